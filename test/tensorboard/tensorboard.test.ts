import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as layers from "../../src/layers/index.ts";
import { sequential } from "../../src/models/sequential.ts";
import { sgd } from "../../src/optimizers/index.ts";
import { crc32c, maskedCrc32c } from "../../src/tensorboard/crc32c.ts";
import { header, histogram, scalar, summaries } from "../../src/tensorboard/events.ts";
import { TensorBoard, type TensorBoardOptions, tensorBoard } from "../../src/tensorboard/index.ts";
import { ValueError } from "../../src/util/errors.ts";
import { assertClose, assertEqual, assertRejects, assertThrows } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";
import { LINEAR_X, LINEAR_Y, linear } from "../training/helpers.ts";
import { type Entry, readEvents } from "./read-events.ts";

interface Golden {
  readonly time: number;
  readonly crc32c: readonly (readonly [text: string, sum: number, masked: number])[];
  readonly header: string;
  readonly events: readonly { step: number; scalars: readonly [string, string][]; hex: string }[];
  readonly histograms: readonly { step: number; tag: string; values: number[]; hex: string }[];
}

const path = new URL("../fixtures/tensorboard.json", import.meta.url);
const golden: Golden = JSON.parse(readFileSync(path, "utf8"));
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const number = (text: string): number => Number(text.replace("inf", "Infinity"));
const quiet = { verbose: 0 } as const;

suite("event files: the bytes TensorBoard's own writer makes", (test) => {
  test("checksums", () => {
    for (const [text, sum, masked] of golden.crc32c) {
      const bytes = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
      assertEqual([crc32c(bytes), maskedCrc32c(bytes)], [sum, masked]);
    }
  });

  test("the header, scalars, steps beyond 32 bits, NaN and infinity, names in any script", () => {
    assertEqual(hex(header(golden.time)), golden.header);
    for (const { step, scalars, hex: expected } of golden.events) {
      const values = scalars.map(([tag, value]) => scalar(tag, number(value)));
      assertEqual(hex(summaries(golden.time, step, values)), expected, `step ${step}`);
    }
  });

  test("histograms", () => {
    for (const { step, tag, values, hex: expected } of golden.histograms) {
      assertEqual(hex(summaries(golden.time, step, [histogram(tag, values)])), expected, tag);
    }
  });

  test("a histogram leaves out what is not finite", () => {
    assertEqual(hex(histogram("a", [1, Number.NaN, 2, Infinity])), hex(histogram("a", [1, 2])));
    const [{ histogram: none }] = readEvents(summaries(0, 0, [histogram("a", [Number.NaN])])) as [Entry];
    assertEqual(none, { min: 0, max: 0, num: 0, sum: 0, sumSquares: 0, limits: [0], buckets: [0] });
  });
});

/** What a callback writes, by run: the entries of all its files. */
async function logged(
  options: TensorBoardOptions,
  work: (callback: TensorBoard) => Promise<unknown>,
): Promise<Record<string, Entry[]>> {
  const files = new Map<string, Uint8Array[]>();
  const write = async (bytes: Uint8Array, file: string): Promise<void> => {
    await null;
    files.set(file, [...(files.get(file) ?? []), bytes]);
  };
  await work(tensorBoard({ logDir: { write }, ...options }));
  const runs: Record<string, Entry[]> = {};
  for (const [name, parts] of files) {
    const [, run] = /^(train|validation)\/events\.out\.tfevents\.\d+\.\d{3}\.hornbeam\.\w+\.v2$/.exec(name)!;
    runs[run!] = [...(runs[run!] ?? []), ...readEvents(Buffer.concat(parts))];
  }
  return runs;
}

const series = (entries: readonly Entry[], tag: string): [number, number][] =>
  entries.filter((entry) => entry.tag === tag).map(({ step, value }) => [step, value!]);
const tags = (entries: readonly Entry[]): string[] => [...new Set(entries.map(({ tag }) => tag))];

suite("TensorBoard", (test) => {
  const data = { validationData: [LINEAR_X, LINEAR_Y] as const, ...quiet };

  test("epochs: training and validation apart, with the learning rate; evaluations by iterations", async () => {
    let history: Record<string, number[]> = {};
    const { train, validation } = await logged({}, async (callbacks) => {
      const model = linear({ optimizer: sgd({ learningRate: 0.01 }), metrics: ["mae"] });
      ({ history } = await model.fit(LINEAR_X, LINEAR_Y, { epochs: 2, batchSize: 2, callbacks, ...data }));
    });
    assertEqual(tags(train!), ["epoch_loss", "epoch_mae", "epoch_learning_rate"]);
    const byEpoch = (name: string): [number, number][] => history[name]!.map((value, epoch) => [epoch, value]);
    assertClose(series(train!, "epoch_mae"), byEpoch("mae"));
    assertClose(series(train!, "epoch_learning_rate"), [
      [0, 0.01],
      [1, 0.01],
    ]);
    assertClose(series(validation!, "epoch_loss"), byEpoch("val_loss"));
    const iterations = history.val_loss!.map((value, epoch): [number, number] => [3 * (epoch + 1), value]);
    assertClose(series(validation!, "evaluation_loss_vs_iterations"), iterations);
  });

  test("updateFreq: batches counted from 1 over the epochs; steps per second", async () => {
    const losses: number[] = [];
    const look = { onTrainBatchEnd: (_: number, { loss }: Record<string, number>) => void losses.push(loss!) };
    const { train } = await logged({ updateFreq: 2, writeStepsPerSecond: true }, (callback) =>
      linear().fit(LINEAR_X, LINEAR_Y, { epochs: 2, batchSize: 2, callbacks: [look, callback], ...quiet }),
    );
    assertClose(series(train!, "batch_loss"), [
      [2, losses[1]!],
      [4, losses[3]!],
      [6, losses[5]!],
    ]);
    const rates = [...series(train!, "batch_steps_per_second"), ...series(train!, "epoch_steps_per_second")];
    assertEqual([rates.map(([step]) => step), rates.every(([, rate]) => rate > 0)], [[2, 4, 6, 0, 1], true]);
    // Unless it is wanted, the logs of batches are never asked for.
    assertEqual(
      [tensorBoard().onTrainBatchEnd, typeof tensorBoard({ updateFreq: "batch" }).onTrainBatchEnd],
      [undefined, "function"],
    );
  });

  test("histogramFreq: every weight, every so many epochs", async () => {
    const model = sequential({
      layers: [
        layers.input({ shape: [1] }),
        layers.dense({ units: 2, name: "a" }),
        sequential({ layers: [layers.dense({ units: 1, name: "b" })] }),
      ],
    });
    model.compile({ optimizer: "sgd", loss: "mse" });
    const { train } = await logged({ histogramFreq: 2 }, (callbacks) =>
      model.fit([[1], [2]], [[0], [0]], { epochs: 3, callbacks, ...quiet }),
    );
    const histograms = train!.filter((entry) => entry.histogram !== undefined);
    assertEqual(
      tags(histograms),
      model.weights.map(({ path }) => `${path}/histogram`),
    );
    const kernels = histograms.filter(({ tag }) => tag === "a/kernel/histogram");
    assertEqual(
      kernels.map(({ step }) => step),
      [0, 2],
    );
    const [, last] = kernels;
    const weights = [...model.getWeights()[0]!.dataSync()];
    const { min, max, num, sum, buckets } = last!.histogram!;
    const expected = [Math.min(...weights), Math.max(...weights), 2, weights[0]! + weights[1]!];
    assertClose([min, max, num, sum], expected);
    assertEqual([buckets.length, buckets[0], buckets[29]], [30, 1, 1]);
  });

  test("files: a folder by path or URL, one file for each run of fit; evaluate writes at once", async () => {
    const folder = mkdtempSync(join(tmpdir(), "hornbeam-"));
    try {
      const callbacks = tensorBoard({ logDir: join(folder, "logs") });
      const model = linear();
      await model.fit(LINEAR_X, LINEAR_Y, { callbacks, ...quiet });
      await model.fit(LINEAR_X, LINEAR_Y, {
        callbacks: [tensorBoard({ logDir: pathToFileURL(join(folder, "logs")) })],
        ...quiet,
      });
      model.evaluate(LINEAR_X, LINEAR_Y, { callbacks, ...quiet });
      const found = ["train", "validation"].map((run) => readdirSync(join(folder, "logs", run)));
      assertEqual(
        found.map((files) => files.length),
        [2, 1],
      );
      const entries = readEvents(readFileSync(join(folder, "logs", "validation", found[1]![0]!)));
      assertEqual(series(entries, "evaluation_loss_vs_iterations"), [[2, 26]]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("a sink that fails ends fit with an error that names callback and hook", async () => {
    const write = async (): Promise<void> => {
      throw new Error("no room");
    };
    const callbacks = tensorBoard({ logDir: { write } });
    const text = /^\[TensorBoard.onEpochEnd\] no room$/;
    await assertRejects(linear().fit(LINEAR_X, LINEAR_Y, { callbacks, ...quiet }), Error, text);
  });

  test("options that cannot be", () => {
    assertThrows(() => tensorBoard({ updateFreq: 0 }), ValueError, /updateFreq: expected "epoch", "batch" or a number/);
    assertThrows(() => tensorBoard({ histogramFreq: -1 }), ValueError, /histogramFreq: expected an integer ≥ 0/);
    assertThrows(() => new TensorBoard({ logdir: "x" } as never), ValueError, /Did you mean "logDir"/);
    assertThrows(() => tensorBoard({ logDir: 3 as never }), ValueError, /logDir: expected a path, a URL or {write}/);
  });
});
