/** Models with a `call` of their own. */
import * as hb from "../../src/index.ts";
import { assert, assertBitEqual, assertEqual, assertThrows } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

class Net extends hb.Model {
  static override readonly className: string = "Net";
  readonly hidden: hb.Layer = hb.layers.dense({ units: 4, activation: "relu", name: "hidden" });
  readonly norm: hb.Layer = hb.layers.batchNormalization({ name: "norm" });
  readonly blocks: hb.Layer[] = [hb.layers.dropout({ rate: 0.5, seed: 1, name: "drop" })];
  readonly head: hb.Layer = hb.layers.dense({ units: 1, name: "head" });

  override call(inputs: hb.Tensor, _options: hb.CallOptions): hb.Tensor {
    return this.head.apply(this.blocks[0]!.apply(this.norm.apply(this.hidden.apply(inputs))));
  }
}

suite("subclassed models", (test) => {
  test("sublayers are its layers; weights exist after the first call", () => {
    const model = new Net();
    assert(/^net(_\d+)?$/.test(model.name), model.name);
    assertEqual(
      model.layers.map(({ name }) => name),
      ["hidden", "norm", "drop", "head"],
    );
    assertEqual([model.weights.length, model.inputs, model.outputs], [0, undefined, undefined]);
    assertEqual([...model.apply(hb.ones([3, 2])).shape], [3, 1]);
    assertEqual([model.trainableWeights.length, model.nonTrainableWeights.length], [6, 2]);
  });

  test("fit builds, trains and moves state; predict equals a bare call", async () => {
    const model = new Net();
    model.compile({ optimizer: "sgd", loss: "mse" });
    const x = hb.random.normal([16, 2], { seed: 1 });
    const history = await model.fit(x, hb.zeros([16, 1]), { epochs: 2, batchSize: 8, verbose: 0 });
    assertEqual(history.history.loss!.length, 2);
    assertEqual([...(model.blocks[0] as hb.layers.Dropout).seedGenerator!.state.readSync()], [1, 4]);
    assertBitEqual(model.predict(x), model.apply(x));
  });

  test("predict builds without touching state", () => {
    const model = new Net();
    model.predict(hb.ones([2, 2]));
    const drop = model.blocks[0] as hb.layers.Dropout;
    assertEqual([...drop.seedGenerator!.state.readSync()], [1, 0]);
    assertEqual([...(model.norm as hb.layers.BatchNormalization).movingMean!.readSync()], [0, 0, 0, 0]);
  });

  test("build gets the shape with an open batch", () => {
    let shape: unknown;
    class Built extends hb.Model {
      override build(inputShape: hb.Shape): void {
        shape = inputShape;
      }
      override call(inputs: hb.Tensor, _options: hb.CallOptions): hb.Tensor {
        return inputs;
      }
    }
    new Built().predict(hb.ones([2, 3]));
    assertEqual(shape, [null, 3]);
  });

  test("children built while shapes are inferred do not see a stand-in batch", () => {
    const shapes: unknown[] = [];
    class Inner extends hb.Layer {
      override build(inputShape: hb.Shape): void {
        shapes.push(inputShape);
      }
      override call(inputs: hb.Tensor, _options: hb.CallOptions): hb.Tensor {
        return inputs;
      }
    }
    class Outer extends hb.Model {
      readonly inner: Inner = new Inner();
      override call(inputs: hb.Tensor, _options: hb.CallOptions): hb.Tensor {
        return this.inner.apply(inputs);
      }
    }
    new Outer().predict(hb.ones([2, 3]));
    assertEqual(shapes, [[null, 3]]);
  });

  test("several inputs and outputs as dicts", () => {
    class Both extends hb.Model {
      readonly a: hb.Layer = hb.layers.dense({ units: 2 });
      override call(inputs: Record<string, hb.Tensor>, _options: hb.CallOptions): Record<string, hb.Tensor> {
        return { sum: this.a.apply(inputs.x!).add(inputs.y!), x: inputs.x! };
      }
    }
    const model = new Both();
    const data = { x: hb.ones([3, 2]), y: hb.ones([3, 2]) };
    const [called, predicted] = [
      model.apply<Record<string, hb.Tensor>>(data),
      model.predict<Record<string, hb.Tensor>>(data),
    ];
    assertBitEqual(predicted.sum!, called.sum!);
    assertEqual(predicted.x!.arraySync(), data.x.arraySync());
  });

  test("as a layer of another model", () => {
    const x = hb.input({ shape: [2] });
    const net = new Net();
    const model = hb.model({ inputs: x, outputs: net.apply(x) });
    assertEqual([...model.outputs[0]!.shape], [null, 1]);
    const data = hb.ones([2, 2]);
    assertBitEqual(model.apply(data), net.apply(data));
    assertEqual(model.weights.length, 8);
  });

  test("a failing build leaves the model as it was", () => {
    class Broken extends hb.Model {
      readonly first: hb.Layer = hb.layers.dense({ units: 2 });
      override call(inputs: hb.Tensor, _options: hb.CallOptions): hb.Tensor {
        return this.first.apply(inputs).matMul(hb.ones([5, 5]));
      }
    }
    const model = new Broken();
    assertThrows(() => model.predict(hb.ones([2, 3])), hb.ShapeError, /Broken "broken/);
    assert(!model.built && !model.first.built, "nothing is built");
    assertEqual(model.weights.length, 0);
  });
});
