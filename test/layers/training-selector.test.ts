/** The mode of some layers only. */
import * as hb from "../../src/index.ts";
import { assertClose, assertEqual, assertThrows } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

class Recorder extends hb.Layer {
  static override readonly className: string = "Recorder";
  readonly seen: (boolean | undefined)[] = [];
  override call(inputs: hb.Tensor, { training }: hb.CallOptions): hb.Tensor {
    this.seen.push(training);
    return inputs;
  }
}

class Special extends Recorder {
  static override readonly className: string = "Special";
}

/** Runs two recorders, the second below a wrapper. */
class Wrapper extends Recorder {
  static override readonly className: string = "Wrapper";
  readonly inner: hb.Layer;
  constructor(inner: hb.Layer, name: string) {
    super({ name });
    this.inner = inner;
  }
  override call(inputs: hb.Tensor, options: hb.CallOptions): hb.Tensor {
    return this.inner.apply(super.call(inputs, options));
  }
}

interface Parts {
  model: hb.Model;
  plain: Recorder;
  special: Special;
  wrapper: Wrapper;
  fixed: Recorder;
}

function build(): Parts {
  const [plain, special, fixed] = [new Recorder({ name: "plain" }), new Special({ name: "special" }), new Recorder()];
  const wrapper = new Wrapper(special, "wrapper");
  const x = hb.input({ shape: [2] });
  const outputs = fixed.apply(wrapper.apply(plain.apply(x)), { training: true });
  const model = hb.model({ inputs: x, outputs });
  for (const each of [plain, special, wrapper, fixed]) each.seen.length = 0;
  return { model, plain, special, wrapper, fixed };
}

/** What plain, wrapper, special and the layer fixed to true receive. */
function seen(training: hb.ApplyOptions["training"]): unknown[] {
  const { model, plain, special, wrapper, fixed } = build();
  model.apply(hb.ones([1, 2]), { training });
  return [plain, wrapper, special, fixed].map((layer) => layer.seen.at(-1));
}

suite("training flag: selectors", (test) => {
  test("by class: the short and the long form, subclasses too, the nearest class counts", () => {
    assertEqual(seen({ Special: true }), [false, false, true, true]);
    assertEqual(seen({ classes: { Special: true } }), [false, false, true, true]);
    assertEqual(seen({ classes: ["Special"] }), [false, false, true, true]);
    assertEqual(seen({ Recorder: true, Special: false }), [true, true, false, true]);
  });
  test("by name, which counts before the class; what nothing names gets else", () => {
    assertEqual(seen({ names: { special: true } }), [false, false, true, true]);
    assertEqual(seen({ names: { special: false }, classes: { Recorder: true } }), [true, true, false, true]);
    assertEqual(seen({ names: { plain: false }, else: true }), [false, true, true, true]);
    assertEqual(seen({ Special: false, else: true } as never), [true, true, false, true]);
  });
  test("what holds for a layer does not reach those inside it", () => {
    assertEqual(seen({ names: { wrapper: true } }), [false, true, false, true]);
  });
  test("by a function of the layer", () => {
    assertEqual(
      seen((layer: hb.Layer) => layer.name === "plain"),
      [true, false, false, true],
    );
    assertEqual(
      seen(() => undefined),
      [false, false, false, true],
    );
  });
  test("a value fixed in the graph wins, also over a function", () => {
    assertEqual(
      seen(() => false),
      [false, false, false, true],
    );
  });
  test("a boolean given inside ends the selector there; a selector may be fixed in a graph", () => {
    const { model, special, plain } = build();
    const x = hb.input({ shape: [2] });
    const outer = hb.model({ inputs: x, outputs: model.apply(x, { training: { Special: true } }) });
    outer.apply(hb.ones([1, 2]), { training: false });
    assertEqual([plain.seen.at(-1), special.seen.at(-1)], [false, true]);
    outer.predict(hb.ones([1, 2]));
    assertEqual([plain.seen.at(-1), special.seen.at(-1)], [false, true]);
  });
  test("unknown names, wrong values", () => {
    assertThrows(() => seen({ Droput: true }), hb.ValueError, /training\.classes.*"Droput"/);
    assertThrows(() => seen({ Specal: true }), hb.ValueError, /Did you mean "Special"/);
    assertThrows(() => seen({ Object: true }), hb.ValueError, /Functional, Model, Layer, InputLayer/);
    assertThrows(() => seen({ names: { plan: true } }), hb.ValueError, /training\.names.*Did you mean "plain"/);
    assertThrows(() => seen({ classes: { Special: 1 } } as never), hb.ValueError, /true or false by name/);
    assertThrows(() => seen({ names: "plain" } as never), hb.ValueError, /training\.names/);
    assertThrows(() => seen({ classes: {}, else: "yes" } as never), hb.ValueError, /training\.else/);
    assertThrows(() => seen("yes" as never), hb.ValueError, /or a selector/);
  });
  test("dropout alone trains: BatchNormalization keeps its statistics, gradients and plans follow", () => {
    const layers = [
      hb.input({ shape: [3] }),
      hb.layers.batchNormalization(),
      hb.layers.dropout({ rate: 0.5, seed: 1 }),
      hb.layers.spatialDropout1d({ rate: 0, name: "sd" }),
    ];
    const model = hb.sequential({ layers: layers.slice(0, 3) });
    const x = hb.ones([4, 3]);
    const before = model.getWeights().map((w) => w.arraySync());
    const plain = model.apply(x);
    const dropped = model.apply(x, { training: { Dropout: true } });
    assertEqual(
      [...dropped.dataSync()].map((v, i) => v === 0 || Math.abs(v - 2 * plain.dataSync()[i]!) < 1e-6),
      new Array(12).fill(true),
    );
    assertEqual(
      model.getWeights().map((w) => w.arraySync()),
      before,
    );
    const step = hb.compile((input: hb.Tensor) => model.apply(input, { training: { BatchNormalization: true } }));
    assertClose(step(x) as hb.Tensor, hb.zeros([4, 3]));
    assertEqual([...model.variables.at(-1)!.readSync()], [1, 1], "one draw, and none in the compiled call");
  });
});
