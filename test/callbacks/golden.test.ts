/** Callbacks against Keras 3.15.1, epoch by epoch: test/fixtures/generate_callbacks.py has made the numbers. */
import { readFileSync } from "node:fs";
import { formatPath } from "../../src/callbacks/format-path.ts";
import * as callbacks from "../../src/callbacks/index.ts";
import { assertClose, assertEqual } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";
import { drive, FakeModel, said } from "./fake-model.ts";

type Maybe = number | string | null;

interface Case {
  readonly options: Record<string, never>;
  readonly values: readonly Maybe[];
  readonly rows: readonly Maybe[][];
  readonly printed: readonly string[];
  readonly restored: number | null;
  readonly saved: readonly string[];
}

interface Golden {
  readonly earlyStopping: readonly Case[];
  readonly reduceLROnPlateau: readonly Case[];
  readonly modelCheckpoint: readonly Case[];
  readonly learningRateScheduler: readonly number[];
  readonly csvLogger: readonly { logs: Record<string, Maybe>[]; separator: string; append: boolean; text: string }[];
  readonly formats: { values: Record<string, Maybe>; cases: readonly (readonly [string, string])[] };
}

const path = new URL("../fixtures/callbacks.json", import.meta.url);
const golden: Golden = JSON.parse(readFileSync(path, "utf8"));

/** The fixture names what JSON cannot write. */
const number = (value: Maybe): number => Number(value === "inf" ? Infinity : value === "-inf" ? -Infinity : value);
const numbers = (logs: Record<string, Maybe>): Record<string, number> =>
  Object.fromEntries(Object.entries(logs).map(([name, value]) => [name, number(value)]));
const rowsOf = (rows: readonly Maybe[][]): number[][] =>
  rows.map((row) => row.map((v) => (v === null ? -1 : number(v))));
const epochsOf = ({ values }: Case): Record<string, number>[] => values.map((value) => ({ val_loss: number(value) }));

/** The fields of each line, numbers as such: Python writes 1.0 for 1. */
const fieldsOf = (table: string, separator: string): (string | number)[][] =>
  table.split("\r\n").map((line) => {
    const fields = [...line.matchAll(new RegExp(`"([^"]*)"|([^${separator}]+)`, "g"))];
    return fields.map(([, quoted, plain]) => quoted ?? plain!).map((text) => (Number.isFinite(+text) ? +text : text));
  });

suite("callbacks: as Keras does, epoch by epoch", (test) => {
  test("EarlyStopping: wait, best, best epoch, stopped epoch, restored weights, messages", async () => {
    for (const [i, each] of golden.earlyStopping.entries()) {
      const callback = callbacks.earlyStopping(each.options);
      const model = new FakeModel();
      let rows: (number | null)[][] = [];
      const read = (): (number | null)[] => [callback.wait, callback.best, callback.bestEpoch, callback.stoppedEpoch];
      const { printed } = await said(async () => {
        rows = await drive(callback, epochsOf(each), { model, read });
      });
      const what = `case ${i}`;
      assertEqual(rowsOf(rows), rowsOf(each.rows), what);
      assertEqual([printed, model.restored], [each.printed, each.restored], what);
    }
    assertEqual(golden.earlyStopping.length, 256);
  });

  test("ReduceLROnPlateau: learning rate to the bit, wait, cooldown, best", async () => {
    for (const [i, each] of golden.reduceLROnPlateau.entries()) {
      const callback = callbacks.reduceLROnPlateau(each.options);
      const read = ({ optimizer }: FakeModel): (number | null)[] => [
        Math.fround(optimizer!.learningRate),
        callback.wait,
        callback.cooldownCounter,
        callback.best,
      ];
      assertEqual(rowsOf(await drive(callback, epochsOf(each), { read })), rowsOf(each.rows), `case ${i}`);
    }
    assertEqual(golden.reduceLROnPlateau.length, 256);
  });

  test("ModelCheckpoint: when, where to, what it says", async () => {
    for (const [i, each] of golden.modelCheckpoint.entries()) {
      const callback = callbacks.modelCheckpoint({ filepath: "at-{epoch:02d}-{val_loss:.3f}.keras", ...each.options });
      const model = new FakeModel();
      let rows: (number | null)[][] = [];
      const { printed } = await said(async () => {
        rows = await drive(callback, epochsOf(each), {
          model,
          batches: 2,
          read: () => [callback.best, model.saved.length],
        });
      });
      assertEqual(rowsOf(rows), rowsOf(each.rows), `case ${i}`);
      assertEqual([printed, model.saved], [each.printed, each.saved], `case ${i}`);
    }
    assertEqual(golden.modelCheckpoint.length, 128);
  });

  test("LearningRateScheduler: the rate is handed on in float32", async () => {
    const schedule = (epoch: number, rate: number): number => (epoch % 2 ? rate * 0.9 : rate);
    const read = ({ optimizer }: FakeModel): number => Math.fround(optimizer!.learningRate);
    const rates = await drive(callbacks.learningRateScheduler({ schedule }), Array(12).fill({}), { read });
    assertClose(rates, golden.learningRateScheduler, { rtol: 0, atol: 0 });
  });

  test("CSVLogger: the same fields in the same lines", async () => {
    for (const { logs, separator, append, text } of golden.csvLogger) {
      let written = "";
      for (const run of [0, 1]) {
        const sink = {
          write(part: string) {
            written += part;
          },
        };
        // Only a file can know that it has a header.
        const callback = callbacks.csvLogger({ filename: sink, separator, append: append && run > 0 });
        if (!append) written = "";
        await drive(callback, logs.map(numbers), { read: () => 0 });
      }
      assertEqual(fieldsOf(written, separator), fieldsOf(text, separator));
      assertEqual([written.split("\r\n").length, written.endsWith("\r\n")], [text.split("\r\n").length, true]);
    }
    assertEqual(golden.csvLogger.length, 18);
  });

  test("paths: Python's formats", () => {
    const { values, cases } = golden.formats;
    for (const [template, expected] of cases) assertEqual(formatPath(template, numbers(values), "here"), expected);
  });
});
