/** Sequential models: deferred build, add and pop, errors. */
import * as hb from "../../src/index.ts";
import { assert, assertBitEqual, assertEqual, assertThrows } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

const dense = (units: number, name?: string): hb.layers.Dense => hb.layers.dense({ units, ...(name ? { name } : {}) });

suite("sequential models", (test) => {
  test("with an input the weights exist at once, in each of the ways to give one", () => {
    const layer = new hb.layers.InputLayer({ shape: [3] });
    for (const first of [hb.input({ shape: [3] }), layer, hb.layers.dense({ units: 3, inputShape: [3] })]) {
      const model = hb.sequential({ layers: [first, dense(2)] });
      assert(model.built, "built");
      assertEqual([...model.outputs[0]!.shape], [null, 2]);
      assertEqual([...model.inputs[0]!.shape], [null, 3]);
      assert(!model.layers.some((each) => each instanceof hb.layers.InputLayer), "the input is not listed");
    }
  });

  test("without one they come with the first data, and other batches fit", () => {
    const model = hb.sequential({ layers: [dense(4), dense(2)] });
    assert(!model.built, "not built");
    assertEqual(model.weights.length, 0);
    assertThrows(() => model.outputs, hb.StateError, /has no defined outputs yet/);
    assertThrows(() => model.inputs, hb.StateError, /has no defined inputs yet/);
    assertThrows(() => model.countParams(), hb.StateError, /isn't built/);
    assertEqual([...model.apply(hb.ones([5, 3])).shape], [5, 2]);
    assertEqual([...model.apply(hb.ones([2, 3])).shape], [2, 2]);
    assertEqual([...model.outputs[0]!.shape], [null, 2]);
    assertEqual(model.countParams(), 16 + 10);
    assertThrows(() => model.apply(hb.ones([2, 4])), hb.ShapeError, /expected shape=\(None, 3\), found shape=\(2, 4\)/);
  });

  test("build, and building for another shape", () => {
    const model = hb.sequential({ layers: [dense(2)] });
    model.build([null, 3]);
    model.build([null, 3]);
    assertEqual(model.weights.length, 2);
    assertThrows(
      () => model.build([null, 4]),
      hb.ValueError,
      /has already been configured to use input shape \(null, 3\)/,
    );
  });

  test("add and pop", () => {
    const model = hb.sequential({ layers: [hb.input({ shape: [2], batchSize: 3 })] });
    assert(!model.built, "no layer yet");
    model.add(dense(4));
    const top = dense(5);
    model.add(top);
    assertEqual([model.weights.length, [...model.outputs[0]!.shape]], [4, [3, 5]]);
    assert(model.pop() === top, "the layer on top");
    assertEqual([model.weights.length, [...model.outputs[0]!.shape], model.built], [2, [3, 4], true]);
    model.pop();
    assert(!model.built, "nothing left");
    assertThrows(() => model.pop(), hb.StateError, /no layers/);
  });

  test("a model that was trained can grow", () => {
    const model = hb.sequential({ layers: [hb.input({ shape: [2] }), dense(2)] });
    model.compile({ optimizer: "sgd", loss: "mse" });
    const [x, y] = [hb.ones([4, 2]), hb.zeros([4, 2])];
    model.trainOnBatch(x, y);
    model.add(hb.layers.dense({ units: 1, kernelInitializer: "zeros" }));
    assertEqual([...model.predict(x).shape], [4, 1]);
    assertEqual(model.predict(x).dataSync()[0], 0);
  });

  test("the same layer twice is shared", () => {
    const layer = dense(2);
    const model = hb.sequential({ layers: [hb.input({ shape: [2] }), layer, layer] });
    assertEqual([model.layers.length, model.weights.length], [2, 2]);
    const x = hb.tensor([[1, 2]]);
    assertBitEqual(model.apply(x), layer.apply(layer.apply(x)));
  });

  test("a functional model as the first layer brings its input along", () => {
    const x = hb.input({ shape: [3] });
    const base = hb.model({ inputs: x, outputs: dense(2).apply(x) });
    const model = hb.sequential({ layers: [base, dense(1)] });
    assert(model.built, "built");
    assertEqual([...model.apply(hb.ones([4, 3])).shape], [4, 1]);
  });

  test("refused layers leave the model as it was", () => {
    const model = hb.sequential({ layers: [hb.input({ shape: [2] }), dense(2, "a")] });
    const wrong = model.add.bind(model) as (part: unknown) => void;
    assertThrows(() => wrong(3), hb.ValueError, /Only instances of `keras.Layer`/);
    assertThrows(() => wrong(dense(1, "a")), hb.ValueError, /should have unique names/);
    assertThrows(
      () => wrong(hb.input({ shape: [3] })),
      hb.ValueError,
      /has already been configured to use input shape/,
    );
    assertThrows(() => wrong(hb.layers.reshape({ targetShape: [7] })), hb.ShapeError, /total size/);
    assertThrows(() => wrong(model), hb.ValueError, /got the model itself/);
    assertEqual([model.layers.length, model.weights.length, [...model.outputs[0]!.shape]], [1, 2, [null, 2]]);
    assertEqual([...model.apply(hb.ones([1, 2])).shape], [1, 2]);
    assertThrows(() => hb.sequential({ layers: 3 } as never), hb.ValueError, /expected an array of layers, got 3/);
    assertThrows(() => hb.sequential().apply([[1]]), hb.ValueError, /no layers/);
    assertThrows(() => hb.sequential().build([null, 1]), hb.ValueError, /no layers/);
  });

  test("a build that fails leaves every layer unbuilt", () => {
    const first = dense(3);
    const model = hb.sequential({ layers: [first, hb.layers.reshape({ targetShape: [7] })] });
    assertThrows(() => model.apply(hb.ones([1, 2])), hb.ShapeError, /total size/);
    assert(!model.built && !first.built, "as before");
    assertEqual(model.weights.length, 0);
    model.pop();
    assertEqual([...model.apply(hb.ones([1, 5])).shape], [1, 3]);
  });

  test("an array of layers is enough; automatic names", () => {
    const model = hb.sequential([dense(1)]);
    assertEqual(model.layers.length, 1);
    assert(/^sequential(_\d+)?$/.test(model.name), model.name);
  });
});
