import { Dataset, type Shaped } from "../../src/data/index.ts";
import * as hb from "../../src/index.ts";
import { ShapeError } from "../../src/util/errors.ts";
import { assertEqual, assertThrows } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

suite("data: batches in a model", (test) => {
  test("trainOnBatch, predict and tensor take a batch as it is", () => {
    const data = Dataset.fromArrays([
      [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
      [1, 0, 1],
    ]).batch(2);
    const model = hb.sequential({
      layers: [hb.input({ shape: [2] }), hb.layers.dense({ units: 1, kernelInitializer: "ones" })],
    });
    model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
    const [[x, y]] = [...data] as [[Shaped, Shaped]];
    assertEqual(hb.tensor(x).shape, [2, 2]);
    assertEqual([...(model.predict(x) as hb.Tensor).dataSync()], [3, 7]);
    // ((3 − 1)² + (7 − 0)²) / 2
    assertEqual(model.trainOnBatch(x, y), 26.5);
    const wrong = Object.assign(Float32Array.of(1, 2, 3), { shape: [2, 2] });
    assertThrows(() => model.predict(wrong), ShapeError, /sizes of 3 elements/);
    assertThrows(() => hb.tensor(wrong), ShapeError, /sizes of 3 elements/);
  });
  test("layers adapt to batches", () => {
    const data = Dataset.fromArrays([[[1], [2], [3]]]).batch(2);
    const layer = hb.layers.normalization();
    layer.adapt(data.map(([x]) => x!));
    assertEqual([...(layer.apply([[2]]) as hb.Tensor).dataSync()], [0]);
  });
});
