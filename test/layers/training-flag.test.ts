/** Which `training` a layer receives: cases TR-01 … TR-14 and FX-02 of the semantics. */
import * as hb from "../../src/index.ts";
import { callDepth, currentCall } from "../../src/layers/call-context.ts";
import { assert, assertClose, assertEqual, assertThrows } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

type Options = hb.CallOptions;

/** Remembers what each of its calls received, with values only (shape inference does not count). */
class Recorder extends hb.Layer {
  static override readonly className: string = "Recorder";
  readonly seen: (boolean | undefined)[] = [];
  readonly sources: string[] = [];

  override call(inputs: hb.Tensor, { training }: Options): hb.Tensor {
    this.seen.push(training);
    this.sources.push(currentCall()!.resolution.source.kind);
    return inputs;
  }

  /** What came since the last look. */
  take(): (boolean | undefined)[] {
    return this.seen.splice(0);
  }
}

/** A recorder that trains when nobody says anything. */
class DefaultTrue extends Recorder {
  static override readonly className: string = "DefaultTrue";
  static override readonly defaultTraining: boolean = true;
}

/** Calls one inner layer, with a given flag or none. Its own `call` does not look at `training`. */
class Wrapper extends hb.Layer {
  static override readonly className: string = "Wrapper";
  readonly inner: hb.Layer;
  readonly flag: boolean | null | undefined;

  constructor(inner: hb.Layer, flag?: boolean | null) {
    super();
    this.inner = inner;
    this.flag = flag;
  }

  override call(inputs: hb.Tensor): hb.Tensor {
    return this.inner.apply(inputs, { training: this.flag });
  }
}

/** 0·x in training, else x. */
class ZeroInTraining extends hb.Layer {
  static override readonly className: string = "ZeroInTraining";
  override call(inputs: hb.Tensor, { training }: Options): hb.Tensor {
    return training ? inputs.mul(0) : inputs;
  }
}

const ones = (...shape: number[]): hb.Tensor => hb.ones(shape);
const smallest = (x: hb.Tensor): number => Math.min(...x.dataSync());
const dropout = (): hb.Layer => hb.layers.dropout({ rate: 0.9, seed: 3 });

suite("training flag: layers", (test) => {
  test("TR-01 an outer call's value reaches the inner dropout, at any depth", () => {
    for (const outer of [new Wrapper(dropout()), new Wrapper(new Wrapper(dropout()))]) {
      assertEqual(smallest(outer.apply(ones(4, 4))), 1);
      assertEqual(smallest(outer.apply(ones(4, 4), { training: false })), 1);
      assertEqual(smallest(outer.apply(ones(4, 4), { training: true })), 0);
    }
  });

  test("TR-02 an explicit value for the inner layer wins over the outer one", () => {
    const outer = new Wrapper(dropout(), true);
    assertEqual(smallest(outer.apply(ones(4, 4), { training: false })), 0);
    const off = new Wrapper(dropout(), false);
    assertEqual(smallest(off.apply(ones(4, 4), { training: true })), 1);
  });

  test("TR-03 nothing lingers after a call that throws", () => {
    class Thrower extends hb.Layer {
      override call(): hb.Tensor {
        throw new Error("on purpose");
      }
    }
    assertThrows(() => new Wrapper(new Thrower()).apply(ones(2), { training: true }), Error, /on purpose/);
    assertEqual(callDepth(), 0);
    const recorder = new Recorder();
    recorder.apply(ones(2));
    assertEqual(recorder.take(), [undefined]);
    assertEqual(smallest(dropout().apply(ones(4, 4))), 1);
  });

  test("TR-04 a layer's own default is not seen by the next layer", () => {
    const [first, second] = [new DefaultTrue(), new Recorder()];
    const x = hb.input({ shape: [2] });
    const model = hb.model({ inputs: x, outputs: second.apply(first.apply(x)) });
    first.take();
    second.take();
    model.apply(ones(1, 2));
    assertEqual([first.take(), second.take()], [[true], [undefined]]);
    model.apply(ones(1, 2), { training: true });
    assertEqual([first.take(), second.take()], [[true], [true]]);
  });

  test("TR-05 a functional model hands its own value on", () => {
    const x = hb.input({ shape: [1] });
    const model = hb.model({ inputs: x, outputs: new ZeroInTraining().apply(x) });
    assertEqual(model.apply(ones(1, 1)).item(), 1);
    assertEqual(model.apply(ones(1, 1), { training: false }).item(), 1);
    assertEqual(model.apply(ones(1, 1), { training: true }).item(), 0);
  });

  test("TR-06 a value fixed while the graph was built wins over the model's own", () => {
    const x = hb.input({ shape: [1] });
    const model = hb.model({ inputs: x, outputs: new ZeroInTraining().apply(x, { training: true }) });
    for (const training of [undefined, false, true]) assertEqual(model.apply(ones(1, 1), { training }).item(), 0);
    assertEqual(model.predict(ones(3, 1)).arraySync(), [[0], [0], [0]]);
  });

  test("TR-07 a deferred Sequential hands its own value on", () => {
    const model = hb.sequential({ layers: [new ZeroInTraining()] });
    assertEqual(model.apply(ones(1, 1)).item(), 1);
    assertEqual(model.apply(ones(1, 1), { training: false }).item(), 1);
    assertEqual(model.apply(ones(1, 1), { training: true }).item(), 0);
  });

  test("TR-08 fit trains, evaluate and predict infer", async () => {
    class Identity extends hb.Layer {
      override call(inputs: hb.Tensor, { training }: Options): hb.Tensor {
        return training ? inputs : inputs.mul(0);
      }
    }
    const model = hb.sequential({ layers: [new Identity()] });
    model.compile({ optimizer: "sgd", loss: "mse" });
    const [x, y] = [ones(128, 1), hb.zeros([128, 1])];
    const history = await model.fit(x, y, { verbose: 0 });
    assertClose(history.history.loss![0]!, 1);
    assertClose(model.evaluate(x, y) as number, 0);
    assertClose(model.predict(x), hb.zeros([128, 1]));
  });

  test("TR-09 a layer that ignores the flag may be given one", () => {
    const dense = hb.layers.dense({ units: 2, kernelInitializer: "ones" });
    assertEqual(dense.apply(ones(1, 3), { training: true }).arraySync(), [[3, 3]]);
    assertEqual(hb.layers.activation({ activation: "relu" }).apply(ones(1, 2), { training: true }).arraySync(), [
      [1, 1],
    ]);
  });

  test("TR-10 a positional flag is refused", () => {
    const layer = new Recorder() as unknown as { apply(...args: unknown[]): unknown };
    const text = /Only input tensors may be passed as positional arguments/;
    assertThrows(() => layer.apply(ones(1), true), hb.ValueError, text);
    assertThrows(() => layer.apply(ones(1), {}, true), hb.ValueError, text);
    assertThrows(() => layer.apply(ones(1), { trainig: true }), hb.ValueError, /Did you mean "training"/);
    assertThrows(() => layer.apply(ones(1), { training: "yes" }), hb.ValueError, /expected true, false or nothing/);
  });

  test("TR-11 the value passes through a layer that does not use it", () => {
    const recorder = new Recorder();
    new Wrapper(recorder).apply(ones(1), { training: true });
    assertEqual(recorder.take(), [true]);
    assertEqual(recorder.sources, ["inherited"]);
  });

  test("TR-12 a default of true: training when called alone, inference in predict", () => {
    const layer = new DefaultTrue();
    layer.apply(ones(1, 2));
    assertEqual(layer.take(), [true]);
    const model = hb.sequential({ layers: [layer] });
    model.apply(ones(1, 2), { training: false });
    layer.take();
    model.predict(ones(3, 2));
    assertEqual(layer.take(), [false, false, false], "two runs to infer shapes and one trace");
  });

  test("TR-13 a fixed value is not seen by the layers behind", () => {
    const [a, b, c] = [new Recorder(), new Recorder(), new Recorder()];
    const x = hb.input({ shape: [1] });
    const model = hb.model({ inputs: x, outputs: c.apply(b.apply(a.apply(x), { training: true })) });
    for (const layer of [a, b, c]) layer.take();
    model.apply(ones(1, 1), { training: false });
    assertEqual([a.take(), b.take(), c.take()], [[false], [true], [false]]);
    assertEqual([a.sources.at(-1), b.sources.at(-1), c.sources.at(-1)], ["inherited", "fixed", "inherited"]);
    model.apply(ones(1, 1));
    assertEqual([a.take(), b.take(), c.take()], [[undefined], [true], [undefined]]);
  });

  test("TR-14 dropout fixed to training draws anew in every batch and every call of predict", () => {
    const x = hb.input({ shape: [20] });
    const model = hb.model({ inputs: x, outputs: hb.layers.dropout({ rate: 0.5 }).apply(x, { training: true }) });
    const values = model.predict(ones(4, 20), { batchSize: 2 }).dataSync();
    assert(String(values.slice(0, 40)) !== String(values.slice(40)), "the two halves differ");
    const [first, second] = [model.predictOnBatch(ones(4, 20)), model.predictOnBatch(ones(4, 20))];
    assert(String(first.dataSync()) !== String(second.dataSync()), "the two calls differ");
  });

  test("FX-02 a default of true inside a wrapper: training, unless the wrapper is told otherwise", () => {
    const inner = new DefaultTrue();
    const wrapper = new Wrapper(inner);
    wrapper.apply(ones(1));
    wrapper.apply(ones(1), { training: false });
    assertEqual(inner.take(), [true, false]);
  });

  test("D3 an explicit null or undefined counts as not given", () => {
    for (const flag of [null, undefined]) {
      const recorder = new Recorder();
      new Wrapper(recorder, flag).apply(ones(1), { training: true });
      new Wrapper(recorder, flag).apply(ones(1));
      assertEqual(recorder.take(), [true, undefined]);
    }
  });

  test("D4 children of a model whose call ignores the flag train in fit", async () => {
    const recorder = new Recorder();
    class Silent extends hb.Model {
      readonly inner: Recorder = recorder;
      readonly dense: hb.Layer = hb.layers.dense({ units: 1 });
      override call(inputs: hb.Tensor): hb.Tensor {
        return this.dense.apply(this.inner.apply(inputs));
      }
    }
    const model = new Silent();
    model.compile({ optimizer: "sgd", loss: "mse" });
    await model.fit(ones(4, 2), hb.zeros([4, 1]), { verbose: 0 });
    assertEqual(recorder.take(), [false, false, true], "shapes in inference, then the step");
  });

  test("a value given to one layer is not seen by its later siblings in a custom call", () => {
    const [a, b, c] = [new Recorder(), new Recorder(), new Recorder()];
    class Three extends hb.Layer {
      override call(inputs: hb.Tensor): hb.Tensor {
        return c.apply(b.apply(a.apply(inputs), { training: false }));
      }
    }
    new Three().apply(ones(1), { training: true });
    assertEqual([a.take(), b.take(), c.take()], [[true], [false], [true]]);
  });

  test("a nested model with a fixed value keeps it for that node only", () => {
    const recorder = new Recorder();
    const inner = hb.sequential({ layers: [hb.input({ shape: [2] }), recorder] });
    const x = hb.input({ shape: [2] });
    const h = inner.apply(x, { training: false });
    const model = hb.model({ inputs: x, outputs: inner.apply(h) });
    recorder.take();
    model.apply(ones(1, 2), { training: true });
    assertEqual(recorder.take(), [false, true]);
  });

  test("an async call is refused with a text that says why", () => {
    class Later extends hb.Layer {
      override call(inputs: hb.Tensor): hb.Tensor {
        return Promise.resolve(inputs) as never;
      }
    }
    assertThrows(() => new Later().apply(ones(1)), hb.ValueError, /call may not be async/);
  });

  test("if (training) runs in a traced and in an immediate step alike", async () => {
    class Branch extends hb.Layer {
      override call(inputs: hb.Tensor, { training }: Options): hb.Tensor {
        return training ? inputs.relu() : inputs.sigmoid();
      }
    }
    for (const runEagerly of [false, true]) {
      const model = hb.sequential({ layers: [new Branch()] });
      model.compile({ optimizer: "sgd", loss: "mse", runEagerly });
      const [x, y] = [hb.tensor([[-1], [3]]), hb.zeros([2, 1])];
      assertClose(model.trainOnBatch(x, y) as number, 4.5);
      assertClose(model.testOnBatch(x, y) as number, (0.26894142 ** 2 + 0.95257413 ** 2) / 2);
    }
  });
});
