import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { columnRange, csv, idx, type LabelledImages, scaleToRange, syntheticDigits } from "../data/index.ts";
import { type Tensor, tensor } from "../index.ts";
import { type Job, UsageError } from "./arguments.ts";

/** Inputs (samples × width, scaled to 0…1) and class numbers. */
export interface Samples {
  readonly x: Tensor;
  readonly y: Int32Array;
  readonly count: number;
}

/** Data to train on, and data held back. */
export interface Split {
  readonly name: string;
  readonly training: Samples;
  readonly heldBack: Samples;
  readonly width: number;
  readonly classes: readonly string[];
}

const TRAINING_DIGITS = 10_000;
const HELD_BACK_DIGITS = 2_000;
const DIGIT_SIZE = 28;

/** Loads or makes the data of a job. */
export function loadData(job: Job): Split {
  if (job.data === "idx") return loadIdx(job.dir!);
  if (job.data === "csv") return loadCsv(job.train!, job.test!);
  return makeDigits(job.seed);
}

function makeDigits(seed: number): Split {
  const count = TRAINING_DIGITS + HELD_BACK_DIGITS;
  const { images, labels } = syntheticDigits({ count, size: DIGIT_SIZE, seed });
  const width = DIGIT_SIZE * DIGIT_SIZE;
  const part = (from: number, to: number): Samples => {
    return samples(images.subarray(from * width, to * width), labels.slice(from, to), width);
  };
  const [training, heldBack] = [part(0, TRAINING_DIGITS), part(TRAINING_DIGITS, count)];
  return { name: "digits made on the spot", training, heldBack, width, classes: classNames(10) };
}

function loadIdx(dir: string): Split {
  if (!existsSync(dir)) throw new UsageError(`--dir: there is no folder "${dir}".`);
  const read = (set: string): LabelledImages =>
    idx({
      images: readFileSync(findFile(dir, `${set}-images`, "idx3")),
      labels: readFileSync(findFile(dir, `${set}-labels`, "idx1")),
    });
  const [train, test] = [read("train"), read("t10k")];
  const width = train.height * train.width;
  if (test.height * test.width !== width) {
    throw new UsageError(
      `--dir: expected test images of ${train.height} × ${train.width} pixels, got ${test.height} × ${test.width}.`,
    );
  }
  const part = ({ images, labels }: LabelledImages): Samples => samples(images, labels, width);
  const classes = Math.max(...[train, test].map(({ labels }) => labels.reduce((a, b) => Math.max(a, b), 0))) + 1;
  return {
    name: `IDX files of ${dir}`,
    training: part(train),
    heldBack: part(test),
    width,
    classes: classNames(classes),
  };
}

/** The names the files of MNIST and its relatives go by. */
function findFile(dir: string, stem: string, kind: string): string {
  const names = [`${stem}-${kind}-ubyte`, `${stem}.${kind}-ubyte`].flatMap((name) => [name, `${name}.gz`]);
  const found = names.map((name) => join(dir, name)).find((path) => existsSync(path));
  if (found === undefined) throw new UsageError(`--dir: expected ${names.join(" or ")} in "${dir}".`);
  return found;
}

function loadCsv(trainFile: string, testFile: string): Split {
  const table = (option: string, file: string) => {
    if (!existsSync(file)) throw new UsageError(`--${option}: there is no file "${file}".`);
    return csv(readFileSync(file));
  };
  const train = table("train", trainFile).withClasses();
  const test = table("test", testFile).withClasses({ classes: train.classes });
  if (train.width !== test.width) {
    throw new UsageError(`--test: expected ${train.width + 1} columns as in the training file, got ${test.width + 1}.`);
  }
  if (train.classes.length < 2) throw new UsageError("--train: expected at least two classes in the last column.");
  const range = columnRange(train.inputs, train.width);
  const part = (rows: typeof train): Samples => samples(scaleToRange(rows.inputs, range), rows.labels, rows.width);
  const { width, classes } = train;
  return { name: `tables ${trainFile} and ${testFile}`, training: part(train), heldBack: part(test), width, classes };
}

function samples(values: Float32Array, labels: Int32Array, width: number): Samples {
  return { x: tensor(values, [labels.length, width]), y: labels, count: labels.length };
}

function classNames(count: number): string[] {
  return Array.from({ length: count }, (_, i) => String(i));
}
