/** A network on real images with early stopping: the floor is one that Keras reaches with the same configuration. */
import { readFileSync } from "node:fs";
import { idx } from "../../src/data/index.ts";
import * as hb from "../../src/index.ts";
import { assert, assertClose, assertEqual } from "../harness/assert-close.ts";
import { withData } from "../harness/data.ts";
import { suite } from "../harness/suite.ts";
import { atLeast, atMost, kerasResult } from "./floors.ts";

const FILES = ["train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"].map(
  (name) => `fashion-mnist/${name}-ubyte.gz`,
);
const PIXELS = 784;
const TRAINED = 12_000;
const HELD = 3000;

suite("real data: images", (test) => {
  withData(test, FILES, "Fashion-MNIST: early stopping with the best weights", async (...paths) => {
    const [trainImages, trainLabels, testImages, testLabels] = paths.map((path) => readFileSync(path));
    const all = idx({ images: trainImages!, labels: trainLabels! });
    const held = idx({ images: testImages!, labels: testLabels! });
    const images = (from: number, to: number): hb.Tensor =>
      hb.tensor(all.images.subarray(from * PIXELS, to * PIXELS), [to - from, PIXELS]);
    const validation = [images(TRAINED, TRAINED + HELD), all.labels.slice(TRAINED, TRAINED + HELD)] as const;

    hb.setRandomSeed(42);
    const model = hb.sequential({
      layers: [
        hb.input({ shape: [PIXELS] }),
        hb.layers.dense({ units: 128, activation: "relu" }),
        hb.layers.dense({ units: 10, activation: "softmax" }),
      ],
    });
    const optimizer = hb.optimizers.adam({ learningRate: 0.002 });
    model.compile({ optimizer, loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
    const stop = hb.callbacks.earlyStopping({ monitor: "val_loss", patience: 2, restoreBestWeights: true });
    const { history } = await model.fit(images(0, TRAINED), all.labels.slice(0, TRAINED), {
      batchSize: 128,
      epochs: 30,
      validationData: [...validation],
      callbacks: [stop],
      verbose: 0,
    });

    const losses = history.val_loss!;
    const best = Math.min(...losses);
    assert(losses.length < 30, "stopped early");
    assertEqual(losses.length - 1 - losses.indexOf(best), 2, "two epochs without improvement were its patience");
    const [restored] = model.evaluate(...validation, { verbose: 0 }) as number[];
    assertClose(restored!, best, { rtol: 1e-6, what: "the weights are those of the best epoch" });

    const keras = kerasResult("fashion");
    console.log(`epochs: ${losses.length}, Keras ${keras.epochs}`);
    atMost("validation loss of the best epoch", best, 0.42, keras.valLoss!);
    const tested = model.evaluate(hb.tensor(held.images, [held.count, PIXELS]), held.labels, { verbose: 0 });
    atLeast("accuracy on the test images", (tested as number[])[1]!, 0.83, keras.accuracy!);
  });
});
