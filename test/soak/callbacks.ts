/**
 * 10,000 steps of W1 by `fit` with every callback on, after a warm-up, in a process of its own. Prints as JSON how memory
 * grew over the last 80 % of them: `{rss, total}` in bytes.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as hb from "../../src/index.ts";
import { tensorBoard } from "../../src/tensorboard/index.ts";
import { growth } from "./growth.ts";

const STEPS = 100;
const EPOCHS = 100;
const WARM_UP = 50;

hb.setRandomSeed(1);
const x = hb.random.normal([128 * STEPS, 10], { seed: 1 });
const y = hb.oneHot(
  Array.from({ length: 128 * STEPS }, (_, i) => i % 10),
  10,
);
const w1 = hb.sequential({
  layers: [
    hb.input({ shape: [10] }),
    hb.layers.dense({ units: 64, activation: "relu" }),
    hb.layers.batchNormalization(),
    hb.layers.dense({ units: 10, activation: "softmax" }),
  ],
});
const optimizer = hb.optimizers.adam({ useEma: true });
w1.compile({ optimizer, loss: "categoricalCrossentropy", metrics: ["accuracy"] });

const folder = mkdtempSync(join(tmpdir(), "hornbeam-soak-"));
let done = 0;
let seen = 0;
const callbacks = [
  hb.callbacks.history(),
  hb.callbacks.earlyStopping({ patience: 10_000, restoreBestWeights: true }),
  hb.callbacks.reduceLROnPlateau({ patience: 3, minLr: 1e-6 }),
  hb.callbacks.learningRateScheduler({ schedule: (_, rate) => rate }),
  hb.callbacks.terminateOnNaN(),
  hb.callbacks.csvLogger({ filename: join(folder, "log.csv") }),
  hb.callbacks.modelCheckpoint({ filepath: join(folder, "model.safetensors"), saveFreq: 50 }),
  hb.callbacks.backupAndRestore({ backupDir: join(folder, "backup"), doubleCheckpoint: true }),
  hb.callbacks.swapEMAWeights(),
  hb.callbacks.progbarLogger({ stream: { isTTY: true, write: () => {} } }),
  tensorBoard({ logDir: join(folder, "logs"), histogramFreq: 1, updateFreq: "batch", writeStepsPerSecond: true }),
  hb.callbacks.lambdaCallback({ onTrainBatchEnd: () => void seen++ }),
];

const validationData = [x.slice([0, 0], [256, 10]), y.slice([0, 0], [256, 10])] as const;
async function train(epochs: number): Promise<void> {
  const initialEpoch = done;
  done += epochs;
  await w1.fit(x, y, { initialEpoch, epochs: done, batchSize: 128, validationData, callbacks });
}
try {
  await train(WARM_UP + EPOCHS * 0.2);
  const grown = await growth(() => train(EPOCHS * 0.8));
  if (seen !== STEPS * done) throw new Error(`expected ${STEPS * done} steps, got ${seen}`);
  console.log(JSON.stringify(grown));
} finally {
  rmSync(folder, { recursive: true });
}
