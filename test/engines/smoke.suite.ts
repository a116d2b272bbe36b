/** The shortest way through the whole package: build, train, evaluate, predict. */
import * as hb from "hornbeam";
import { assert, assertEqual } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

/** 64 points in the plane; the class is the side of the line x = y. */
function twoClasses(): { x: number[][]; y: number[][] } {
  const x = Array.from({ length: 64 }, (_, i) => [((i * 37) % 64) / 32 - 1, ((i * 23 + 5) % 64) / 32 - 1]);
  const y = x.map(([a, b]) => (a! > b! ? [1, 0] : [0, 1]));
  return { x, y };
}

suite("smoke", (test) => {
  test("a model with Dense, BatchNormalization and Dropout learns", async () => {
    hb.setRandomSeed(1);
    const { x, y } = twoClasses();
    const input = hb.input({ shape: [2] });
    const hidden = hb.layers.dense({ units: 16, activation: "relu" }).apply(input);
    const normal = hb.layers.batchNormalization().apply(hidden);
    const dropped = hb.layers.dropout({ rate: 0.1 }).apply(normal);
    const outputs = hb.layers.dense({ units: 2, activation: "softmax" }).apply(dropped);
    const model = hb.model({ inputs: input, outputs });
    model.compile({
      optimizer: hb.optimizers.adam({ learningRate: 0.02 }),
      loss: "categoricalCrossentropy",
      metrics: ["accuracy"],
    });
    const history = await model.fit(x, y, { epochs: 40, batchSize: 16, verbose: 0 });
    const losses = history.history.loss!;
    assertEqual(losses.length, 40);
    assert(losses[39]! < 0.6 * losses[0]!, `loss ${losses[0]} → ${losses[39]}`);

    const [loss, accuracy] = model.evaluate(x, y) as number[];
    assert(loss! < 0.4 && accuracy! > 0.8, `loss ${loss}, accuracy ${accuracy}`);
    const probabilities = model.predict(x) as hb.Tensor;
    assertEqual(probabilities.shape, [64, 2]);
    for (const [p, q] of probabilities.arraySync() as number[][]) assert(Math.abs(p! + q! - 1) < 1e-5, `${p} + ${q}`);
  });
  test("training and inference differ, and inference repeats", () => {
    const model = hb.sequential({ layers: [hb.input({ shape: [8] }), hb.layers.dropout({ rate: 0.5, seed: 3 })] });
    const x = hb.ones([4, 8]);
    const dropped = (model.apply(x, { training: true }) as hb.Tensor).dataSync();
    assert(
      dropped.every((value) => value === 0 || value === 2),
      `kept units are doubled: ${dropped}`,
    );
    assert(dropped.includes(0) && dropped.includes(2), `some are kept, some dropped: ${dropped}`);
    assertEqual((model.apply(x) as hb.Tensor).dataSync(), x.dataSync());
  });
});
