/** Masks given to calls of models and layers: whose they are, and in which forms they may come. */
import * as hb from "../../src/index.ts";
import fixture from "../fixtures/model-masks.json" with { type: "json" };
import { assertClose, assertEqual, assertThrows } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

const { layers } = hb;

const KEPT = [[true, false, true]];

/** A layer that passes masks on and tells which it got. */
class Look extends hb.Layer {
  static override readonly className: string = "Look";
  seen: unknown;

  constructor() {
    super();
    this.supportsMasking = true;
  }

  override call(inputs: hb.Tensor, { mask }: hb.CallOptions<hb.Tensor>): hb.Tensor {
    this.seen = mask?.arraySync() ?? null;
    return inputs;
  }
}

/** A model whose inputs a and b come in the form that `inputs` gives them; tells what reaches each. */
function twoInputs(
  form: (a: hb.SymbolicTensor, b: hb.SymbolicTensor) => hb.SymbolicStructure,
): (x: unknown, mask: unknown) => unknown[] {
  const [a, b] = [hb.input({ shape: [3, 2], name: "a" }), hb.input({ shape: [3, 2], name: "b" })];
  const looks = [new Look(), new Look()];
  const model = hb.model({ inputs: form(a, b), outputs: [looks[0]!.apply(a), looks[1]!.apply(b)] });
  return (x, mask) => {
    model.apply(x as never, { mask });
    return looks.map(({ seen }) => seen);
  };
}

/** What a program says on the console meanwhile. */
function warningsOf(body: () => void): string[] {
  const { warn } = console;
  const texts: string[] = [];
  console.warn = (text: string) => texts.push(text);
  try {
    body();
  } finally {
    console.warn = warn;
  }
  return texts;
}

suite("masks given to models", (test) => {
  const x = hb.ones([1, 3, 2]);
  const mask = hb.tensor(KEPT);

  test("as Keras has it: by name and by position, as tensors and as arrays", () => {
    const [first, second] = [hb.tensor([[[2], [3], [5]]]), hb.tensor([[[7], [11], [13]]])];
    const toTensor = (given: boolean[][] | null): hb.Tensor | null => given && hb.tensor(given);
    for (const { masks, product, maximum, minimum, out } of fixture.cases) {
      const [a, b] = [hb.input({ shape: [3, 1], name: "a" }), hb.input({ shape: [3, 1], name: "b" })];
      const outputs = [layers.multiply().apply([a, b]), layers.concatenate({ axis: 1 }).apply([a, b])];
      outputs.push(layers.maximum().apply([a, b]), layers.minimum().apply([a, b]));
      const named = !Array.isArray(masks);
      const model = hb.model({ inputs: named ? { a, b } : [a, b], outputs });
      const tensors = named
        ? Object.fromEntries(Object.entries(masks).map(([name, each]) => [name, toTensor(each)]))
        : masks.map(toTensor);
      for (const given of [masks, tensors]) {
        const x = named ? { a: first, b: second } : [first, second];
        const results = model.apply<hb.Tensor[]>(x, { mask: given });
        const [y, , larger, smaller] = results.map((each) => each.flatten().arraySync());
        assertEqual([y, larger, smaller], [product, maximum, minimum], JSON.stringify(masks));
        assertEqual(
          results.slice(0, 2).map((y) => y.mask?.arraySync() ?? null),
          out,
        );
      }
    }
  });
  test("an input whose rank or dtype is adapted keeps its mask, as in Keras", () => {
    for (const { declared, shape, dtype, mask, out } of fixture.ranks) {
      const inputs = hb.input({ shape: declared });
      const x = hb.ones(shape, dtype as hb.DType);
      x.mask = hb.tensor(mask);
      for (const model of [
        hb.model({ inputs, outputs: layers.reLU().apply(inputs) }),
        hb.sequential([layers.inputLayer({ shape: declared }), layers.reLU()]),
      ]) {
        assertEqual(model.apply(x).mask!.arraySync(), out, JSON.stringify({ declared, shape, dtype }));
      }
    }
  });
  test("a dict goes by names, whatever is missing; also where the inputs are a list, and with a list where they are a dict", () => {
    const dict = twoInputs((a, b) => ({ a, b }));
    const list = twoInputs((a, b) => [a, b]);
    for (const given of [mask, KEPT]) {
      assertEqual(dict({ a: x, b: x }, { b: given }), [null, KEPT]);
      assertEqual(dict({ b: x, a: x }, { a: given, b: undefined }), [KEPT, null]);
      assertEqual(dict({ a: x, b: x }, [null, given]), [null, KEPT]);
      assertEqual(list([x, x], { b: given }), [null, KEPT]);
      assertEqual(list([x, x], [null, given]), [null, KEPT]);
    }
    const nested = twoInputs((a, b) => ({ both: [a, { b }] }));
    assertEqual(nested({ both: [x, { b: x }] }, { both: [null, { b: KEPT }] }), [null, KEPT]);
    assertEqual(nested({ both: [x, { b: x }] }, {}), [null, null]);
  });
  test("what fits no input is refused", () => {
    const dict = twoInputs((a, b) => ({ b, a }));
    const list = twoInputs((a, b) => [a, b]);
    const names = (got: string): RegExp =>
      new RegExp(`^.Functional "functional_?\\d*". mask: expected masks by the names a, b, got ${got}`);
    assertThrows(() => dict({ a: x, b: x }, { c: mask }), hb.ValueError, names('\\["c"\\]'));
    assertThrows(() => dict({ a: x, b: x }, [mask, null]), hb.ValueError, names(""));
    assertThrows(() => dict({ a: x, b: x }, mask), hb.ValueError, names("a Tensor"));
    assertThrows(() => list([x, x], mask), hb.ValueError, names("a Tensor"));
    assertThrows(() => list([x, x], [mask, mask, mask]), hb.ValueError, /mask: expected at most 2 masks, got 3/);
    const nested = twoInputs((a, b) => ({ both: [a, { b }] }));
    const length = /mask: The lists `inputs` and `mask` should have the same length: expected 2, got 1/;
    assertThrows(() => nested({ both: [x, { b: x }] }, { both: [mask] }), hb.ValueError, length);
    assertThrows(
      () => hb.sequential([new Look()]).apply(x, { mask: "a" }),
      hb.ValueError,
      /"sequential_?\d*"\] mask: expected a tensor or an array, got "a"/,
    );
  });
  test("a list is not taken for a dict whose keys are written in another order, whatever they are", () => {
    warningsOf(() => {
      // Joined by commas, these and what they are sorted would be one text.
      const model = twoInputs((a, b) => ({ "a,a": a, a: b }));
      const form = /The structure of `inputs` doesn't match .*: expected an object with the keys a,a, a, got an array/;
      assertThrows(() => model([x, x], null), hb.ValueError, form);
      const inputs = { "a,a": x, a: x };
      assertThrows(() => model(inputs, [mask, null]), hb.ValueError, /mask: expected masks by the names a, a,a, got /);
      assertEqual(model(inputs, { "a,a": mask }), [KEPT, null]);
    });
  });
  test("one input: the mask alone, in a list, by name; functional, sequential before and after its build", () => {
    const a = hb.input({ shape: [3, 2], name: "a" });
    const inner = new Look();
    const models = [
      hb.model({ inputs: a, outputs: inner.apply(a) }),
      hb.sequential([a, inner]),
      hb.sequential([inner]),
    ];
    for (const model of models) {
      for (const given of [
        mask,
        KEPT,
        [mask],
        [Uint8Array.of(1, 0, 1)],
        ...(model === models[2] ? [] : [{ a: KEPT }]),
      ]) {
        assertEqual(model.apply(x, { mask: given }).mask!.cast("bool").arraySync(), KEPT);
        inner.seen = undefined;
      }
      assertEqual(model.apply(x).mask, undefined);
    }
    const several = hb.sequential([layers.concatenate({ axis: 1 }), inner]);
    assertEqual(several.apply([x, x], { mask: [KEPT, null] }).mask!.arraySync(), [
      [true, false, true, true, true, true],
    ]);
  });
  test("a model says nothing of masks that its layers take on; a layer without support does, inside as outside", () => {
    const a = hb.input({ shape: [3, 2] });
    const model = hb.model({ inputs: a, outputs: layers.reLU().apply(a) });
    const deferred = hb.sequential([layers.reLU()]);
    const carried = hb.ones([1, 3, 2]);
    carried.mask = mask;
    const quiet = warningsOf(() => {
      for (const each of [model, deferred, hb.sequential([a, layers.reLU()])]) {
        assertEqual(each.apply(x, { mask }).mask!.arraySync(), KEPT);
        assertEqual(each.apply(carried).mask!.arraySync(), KEPT);
      }
    });
    assertEqual(quiet, []);
    const flat = layers.flatten({ name: "destroyer" });
    const loud = warningsOf(() => hb.model({ inputs: a, outputs: flat.apply(a) }).apply(x, { mask }));
    assertEqual(loud.length, 1);
    assertEqual(loud[0]!.startsWith('[Flatten "destroyer"] inputs: the layer was passed an input with a mask'), true);
  });
});

suite("masks as arrays", (test) => {
  test("metrics leave masked steps out in training as in evaluate", () => {
    const dense = layers.dense({ units: 1, kernelInitializer: "ones" });
    const model = hb.sequential([layers.inputLayer({ shape: [2, 1] }), layers.masking(), dense]);
    model.compile({ optimizer: hb.optimizers.sgd({ learningRate: 0 }), loss: "mse", metrics: ["mae"] });
    const [x, y] = [[[[1], [0]]], [[[0], [4]]]];
    // What Keras's evaluate gives; of its train step on JAX see docs/conformance.md.
    assertEqual(model.evaluate(x, y), [1, 1]);
    assertEqual(model.trainOnBatch(x, y), [1, 1]);
  });
  test("every layer gets tensors: one of the user's own, lists of them, merge layers", () => {
    const [a, b] = [hb.ones([1, 3, 1]), hb.ones([1, 3, 1])];
    assertEqual(new Look().apply(a, { mask: KEPT }).mask!.arraySync(), KEPT);
    const second = [[false, true, true]];
    assertEqual(
      layers
        .add()
        .apply([a, b], { mask: [KEPT, second] })
        .mask!.arraySync(),
      [[true, true, true]],
    );
    const joined = layers.concatenate({ axis: 1 });
    const masks = { mask: [KEPT, second] };
    assertEqual(joined.apply([a, b], masks).mask!.arraySync(), [[true, false, true, false, true, true]]);
    assertEqual((joined.computeMask([a, b], masks.mask) as hb.Tensor).shape, [1, 6]);
    assertEqual(joined.computeMask([a, b], [null, null]), undefined);
  });
  test("Maximum, Minimum, Multiply count by the masks given, not by those that the inputs carry", () => {
    const carrying = (values: number[], mask: boolean[]): hb.Tensor => {
      const x = hb.tensor([values.map((value) => [value])]);
      x.mask = hb.tensor([mask]);
      return x;
    };
    const x = [carrying([2, 3, 5], [false, true, true]), carrying([7, 11, 13], [true, true, true])];
    for (const { masks, product, maximum, minimum, out } of fixture.cases) {
      if (!Array.isArray(masks) || masks.length < 2) continue;
      const results = [layers.multiply(), layers.maximum(), layers.minimum()].map((layer) =>
        layer.apply(x, { mask: masks }),
      );
      assertEqual(
        results.map((y) => y.flatten().arraySync()),
        [product, maximum, minimum],
      );
      assertEqual(
        results.map((y) => y.mask?.arraySync() ?? null),
        [out[0], out[0], out[0]],
      );
    }
  });
  test("as many masks as inputs", () => {
    const x = hb.ones([1, 3, 1]);
    for (const layer of [layers.add(), layers.concatenate()]) {
      for (const mask of [[KEPT], [KEPT, KEPT, KEPT]]) {
        const text = `mask: The lists \`inputs\` and \`mask\` should have the same length: expected 2, got ${mask.length}`;
        assertThrows(() => layer.apply([x, x], { mask }), hb.ValueError, new RegExp(text));
        assertThrows(() => layer.computeMask([x, x], mask), hb.ValueError, new RegExp(text));
      }
      assertThrows(
        () => layer.apply([x, x], { mask: hb.tensor(KEPT) }),
        hb.ValueError,
        /mask: expected a list of masks/,
      );
    }
  });
  test("diagnose and recalibrate read them: statistics are those of what the mask keeps", () => {
    const inputs = hb.input({ shape: [2] });
    const bn = layers.batchNormalization();
    const model = hb.model({ inputs, outputs: bn.apply(inputs, { mask: [true, false, true, true] }) });
    const x = hb.tensor([[1], [100], [2], [6]]).mul([[1, 2]]);
    const { findings } = model.diagnose(x);
    assertEqual(
      findings.map(({ kind }) => kind),
      [],
    );
    model.recalibrate(x, { batchSize: 4 });
    assertClose(bn.movingMean!.value(), [3, 6], { rtol: 1e-6 });
    assertClose(bn.movingVariance!.value(), [14 / 3, 56 / 3], { rtol: 1e-5 });
  });
});
