/**
 * 10,000 steps of W1 by `fit` with every callback on, after a warm-up, in a process of its own. Prints as JSON how memory
 * grew over the last 80 % of them: `{rss, total}` in bytes.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as hb from "../../src/index.ts";
import { tensorBoard } from "../../src/tensorboard/index.ts";
import { sample } from "./sample.ts";

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
let before = { rss: 0, total: 0 };
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
  hb.callbacks.lambdaCallback({
    onTrainBatchEnd: () => void seen++,
    async onEpochEnd(epoch) {
      if (epoch === WARM_UP + EPOCHS / 5 - 1) before = await sample();
    },
  }),
];
try {
  const options = { batchSize: 128, validationData: [x.slice([0, 0], [256, 10]), y.slice([0, 0], [256, 10])] as const };
  await w1.fit(x, y, { epochs: WARM_UP + EPOCHS, callbacks, ...options });
} finally {
  rmSync(folder, { recursive: true });
}
if (seen !== STEPS * (WARM_UP + EPOCHS)) throw new Error(`expected ${STEPS * (WARM_UP + EPOCHS)} steps, got ${seen}`);
const after = await sample();
console.log(JSON.stringify({ rss: after.rss - before.rss, total: after.total - before.total }));
