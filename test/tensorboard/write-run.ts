/**
 * Trains a small model with everything the TensorBoard callback can log, and writes beside the event files what they
 * must hold: `node --import tsx test/tensorboard/write-run.ts FOLDER`. test/fixtures/check_tensorboard.py compares.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import * as hb from "../../src/index.ts";
import { tensorBoard } from "../../src/tensorboard/index.ts";

const folder = process.argv[2]!;
mkdirSync(folder, { recursive: true });

const model = hb.sequential({
  layers: [
    hb.input({ shape: [2] }),
    hb.layers.dense({ units: 3, name: "hidden" }),
    hb.layers.dense({ units: 1, name: "top" }),
  ],
});
model.compile({ optimizer: hb.optimizers.sgd({ learningRate: 0.01 }), loss: "mse", metrics: ["mae"] });
const x = [
  [1, 2],
  [3, 4],
  [5, 6],
];
const y = [[1], [2], [3]];
const batches: Record<string, number>[] = [];
const look = { onTrainBatchEnd: (_: number, logs: Record<string, number>) => void batches.push({ ...logs }) };
const callbacks = [look, tensorBoard({ logDir: folder, histogramFreq: 2, updateFreq: 2, writeStepsPerSecond: true })];
const options = { epochs: 3, batchSize: 1, callbacks, validationData: [x, y] as const, verbose: 0 } as const;
const { history } = await model.fit(x, y, options);
const tested = model.evaluate(x, y, { callbacks, returnDict: true, verbose: 0 }) as Record<string, number>;

const byEpoch = (name: string): [number, number][] => history[name]!.map((value, epoch) => [epoch, value]);
const evaluated = (name: string): [number, number][] => [
  ...history[`val_${name}`]!.map((value, epoch): [number, number] => [3 * (epoch + 1), value]),
  [9, tested[name]!],
];
const even = batches.flatMap((logs, i) => (i % 2 === 1 ? [{ step: i + 1, ...logs }] : [])) as Record<string, number>[];
const byBatch = (name: string): [number, number][] => even.map((logs) => [logs.step!, logs[name]!]);
const sizes = { "hidden/kernel": 6, "hidden/bias": 3, "top/kernel": 3, "top/bias": 1 };
const expected = {
  scalars: {
    train: {
      epoch_loss: byEpoch("loss"),
      epoch_mae: byEpoch("mae"),
      epoch_learning_rate: [0, 1, 2].map((epoch) => [epoch, 0.01]),
      // What a clock says is not compared.
      epoch_steps_per_second: [0, 1, 2].map((epoch) => [epoch, null]),
      batch_steps_per_second: even.map(({ step }) => [step, null]),
      batch_loss: byBatch("loss"),
      batch_mae: byBatch("mae"),
    },
    validation: {
      epoch_loss: byEpoch("val_loss"),
      epoch_mae: byEpoch("val_mae"),
      evaluation_loss_vs_iterations: evaluated("loss"),
      evaluation_mae_vs_iterations: evaluated("mae"),
    },
  },
  histograms: {
    train: Object.fromEntries(Object.entries(sizes).map(([name, size]) => [`${name}/histogram`, [[0, 2], size]])),
  },
};
writeFileSync(`${folder}/expected.json`, JSON.stringify(expected));
