import { parseArgs } from "node:util";
import { suggest } from "../util/errors.ts";

/** What the main job is told to do. */
export interface Job {
  readonly data: "digits" | "idx" | "csv";
  /** Folder of IDX files. */
  readonly dir: string | undefined;
  /** CSV files. */
  readonly train: string | undefined;
  readonly test: string | undefined;
  readonly epochs: number | undefined;
  readonly seed: number;
  /** Test accuracy in percent below which the job fails. */
  readonly target: number | undefined;
}

/** A command line that cannot be understood. */
export class UsageError extends Error {
  override name = "UsageError";
}

export const USAGE: string = `Trains a classifier (Dense, BatchNormalization, Dropout) and shows what the training flag does.

  npm start                                              handwritten digits, made on the spot
  npm start -- --data idx --dir FOLDER                   IDX files as of MNIST (train-images-idx3-ubyte, …; .gz or plain)
  npm start -- --data csv --train FILE --test FILE       tables of numbers, the class in the last column

  --epochs N      passes over the training data
  --seed N        start of all random numbers (42)
  --target P      fail below P % test accuracy (97 for the digits, none for other data)
  --help          this text`;

const OPTIONS = {
  data: { type: "string" },
  dir: { type: "string" },
  train: { type: "string" },
  test: { type: "string" },
  epochs: { type: "string" },
  seed: { type: "string" },
  target: { type: "string" },
  help: { type: "boolean", short: "h" },
} as const;

/** Reads the command line; undefined when it asks for help. */
export function readArguments(args: readonly string[]): Job | undefined {
  const values = parse(args);
  if (values.help === true) return undefined;
  const data = values.data ?? "digits";
  if (data !== "digits" && data !== "idx" && data !== "csv") {
    throw new UsageError(
      `--data: expected digits, idx or csv, got "${data}".${suggest(data, ["digits", "idx", "csv"])}`,
    );
  }
  const job: Job = {
    data,
    dir: values.dir,
    train: values.train,
    test: values.test,
    epochs: values.epochs === undefined ? undefined : whole("epochs", values.epochs, 1, 100_000),
    seed: values.seed === undefined ? 42 : whole("seed", values.seed, 0, 2 ** 32 - 1),
    target: values.target === undefined ? (data === "digits" ? 97 : undefined) : percent(values.target),
  };
  checkFiles(job);
  return job;
}

function parse(args: readonly string[]): Partial<Record<keyof typeof OPTIONS, string | boolean>> & Values {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, strict: true, allowPositionals: false }).values;
  } catch (error) {
    const unknown = /^Unknown option '--?(\w+)/.exec((error as Error).message)?.[1];
    const names = Object.keys(OPTIONS);
    if (unknown === undefined) throw new UsageError((error as Error).message);
    const known = names.map((name) => `--${name}`).join(", ");
    throw new UsageError(`--${unknown}: expected one of ${known}.${suggest(unknown, names)}`);
  }
}

interface Values {
  data?: string;
  dir?: string;
  train?: string;
  test?: string;
  epochs?: string;
  seed?: string;
  target?: string;
  help?: boolean;
}

function checkFiles({ data, dir, train, test }: Job): void {
  if (data === "idx" && dir === undefined) throw new UsageError("--data idx: expected --dir FOLDER beside it.");
  if (data === "csv" && (train === undefined || test === undefined)) {
    throw new UsageError("--data csv: expected --train FILE and --test FILE beside it.");
  }
  const odd =
    data !== "idx" && dir !== undefined
      ? "--dir"
      : data !== "csv" && (train ?? test) !== undefined
        ? "--train, --test"
        : "";
  if (odd !== "")
    throw new UsageError(`${odd}: expected --data ${odd === "--dir" ? "idx" : "csv"} beside it, got --data ${data}.`);
}

function whole(name: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isInteger(value) || value < min || value > max) {
    throw new UsageError(`--${name}: expected a whole number from ${min} to ${max}, got "${text}".`);
  }
  return value;
}

function percent(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value >= 0 && value <= 100)) {
    throw new UsageError(`--target: expected a percentage from 0 to 100, got "${text}".`);
  }
  return value;
}
