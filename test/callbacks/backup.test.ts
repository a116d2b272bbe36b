import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as callbacks from "../../src/callbacks/index.ts";
import { Dataset } from "../../src/data/index.ts";
import * as layers from "../../src/layers/index.ts";
import { loadModel } from "../../src/models/load-model.ts";
import type { Model } from "../../src/models/model.ts";
import { sequential } from "../../src/models/sequential.ts";
import { adam } from "../../src/optimizers/index.ts";
import { setRandomSeed } from "../../src/random/global.ts";
import { FormatError, ShapeError, ValueError } from "../../src/util/errors.ts";
import { assertEqual, assertRejects, assertThrows } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";
import { stateOf } from "../training/helpers.ts";

const X = Array.from({ length: 20 }, (_, i) => [Math.sin(i), Math.cos(3 * i)]);
const Y = X.map(([a, b]) => [a! * b!]);
const quiet = { verbose: 0 } as const;

/** A model with everything that has state. */
function makeModel(units = 8): Model {
  const model = sequential({
    layers: [
      layers.input({ shape: [2] }),
      layers.dense({ units, activation: "relu" }),
      layers.batchNormalization(),
      layers.dropout({ rate: 0.4 }),
      layers.dense({ units: 1 }),
    ],
  });
  model.compile({ optimizer: adam({ learningRate: 0.05 }), loss: "mse" });
  return model;
}

/** Throws before the step of an epoch. */
const powerFailure = (at: number, hook: "onEpochBegin" | "onTrainBatchBegin" = "onEpochBegin") => {
  let epochs = -1;
  return {
    onEpochBegin(epoch: number) {
      epochs = epoch;
      if (hook === "onEpochBegin" && epoch === at) throw new Error("power failure");
    },
    onTrainBatchBegin(batch: number) {
      if (hook === "onTrainBatchBegin" && epochs * 5 + batch === at) throw new Error("power failure");
    },
  };
};

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "hornbeam-"));
  try {
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const options = { epochs: 5, batchSize: 4, ...quiet };

/** The state and history of training straight through. */
async function straight(): Promise<{ state: number[][]; loss: number[] }> {
  setRandomSeed(3);
  const model = makeModel();
  const { history } = await model.fit(X, Y, options);
  return { state: stateOf(model), loss: history.loss! };
}

suite("BackupAndRestore", (test) => {
  test("after a failure, a fit in a new model goes on and ends with the same bits; the backup is gone then", async () => {
    const { state, loss } = await straight();
    await inFolder(async (folder) => {
      for (const backupDir of [join(folder, "a"), pathToFileURL(join(folder, "b"))]) {
        const backup = (): callbacks.BackupAndRestore => callbacks.backupAndRestore({ backupDir });
        setRandomSeed(3);
        const failing = makeModel().fit(X, Y, { ...options, callbacks: [backup(), powerFailure(3)] });
        await assertRejects(failing, Error, /power failure/);
        assertEqual(readdirSync(backupDir), ["latest.safetensors"]);
        setRandomSeed(99);
        const model = makeModel();
        const { epoch, history } = await model.fit(X, Y, { ...options, callbacks: backup() });
        assertEqual([epoch, history.loss], [[3, 4], loss.slice(3)]);
        assertEqual(stateOf(model), state);
        assertEqual(existsSync(backupDir), false);
      }
    });
  });

  test("with a Dataset that shuffles, be it used before, the orders go on too", async () => {
    // With and without a pass before `fit`; a pass for every epoch, or two.
    for (const [before, times] of [
      [0, 1],
      [1, 1],
      [0, 2],
    ] as const) {
      const make = async () => {
        setRandomSeed(3);
        const rows = Dataset.fromArrays([X, Y]).shuffle(20, 1).repeat(times).batch(4);
        for (let pass = 0; pass < before; pass++) for (const _ of rows);
        return { model: makeModel(), rows };
      };
      const whole = await make();
      const { history } = await whole.model.fit(whole.rows, null, { epochs: 4, ...quiet });
      let kept: Uint8Array | undefined;
      const write = (bytes: Uint8Array): void => {
        kept = bytes;
      };
      const backupDir = { read: () => kept, write };
      const backup = (): callbacks.BackupAndRestore => callbacks.backupAndRestore({ backupDir });
      const failing = await make();
      const halted = { epochs: 4, ...quiet, callbacks: [backup(), powerFailure(2)] };
      await assertRejects(failing.model.fit(failing.rows, null, halted), Error, /power failure/);
      const resumed = await make();
      const rest = await resumed.model.fit(resumed.rows, null, { epochs: 4, ...quiet, callbacks: backup() });
      assertEqual(rest.history.loss, history.loss!.slice(2));
      assertEqual(stateOf(resumed.model), stateOf(whole.model));
    }
  });

  test("a store; what is kept when deleteCheckpoint is false", async () => {
    const { state } = await straight();
    let kept: Uint8Array | undefined;
    let deleted = 0;
    const backupDir = {
      read: async () => kept,
      write: async (bytes: Uint8Array) => {
        kept = bytes;
      },
      delete: () => void deleted++,
    };
    setRandomSeed(3);
    const failing = makeModel().fit(X, Y, {
      ...options,
      callbacks: [callbacks.backupAndRestore({ backupDir }), powerFailure(1)],
    });
    await assertRejects(failing, Error);
    const model = makeModel();
    const keep = callbacks.backupAndRestore({ backupDir, deleteCheckpoint: false });
    await model.fit(X, Y, { ...options, callbacks: keep });
    assertEqual([stateOf(model), deleted], [state, 0]);
    // All epochs are done: nothing is left to do.
    const { epoch } = await makeModel().fit(X, Y, { ...options, callbacks: callbacks.backupAndRestore({ backupDir }) });
    assertEqual([epoch, deleted], [[], 1]);
  });

  test("saveFreq in batches: the epoch under way is begun anew with the weights of the backup", async () => {
    const written: number[] = [];
    let kept: Uint8Array | undefined;
    let seen = 0;
    const backupDir = {
      read: () => kept,
      write: (bytes: Uint8Array) => {
        kept = bytes;
        written.push(seen);
      },
    };
    const count = { onTrainBatchBegin: () => void seen++ };
    const backup = callbacks.backupAndRestore({ backupDir, saveFreq: 3 });
    const failing = makeModel().fit(X, Y, {
      ...options,
      callbacks: [count, powerFailure(8, "onTrainBatchBegin"), backup],
    });
    await assertRejects(failing, Error, /power failure/);
    assertEqual(written, [3, 6]);
    const model = makeModel();
    const starts: (readonly [number, number])[] = [];
    const look = { onEpochBegin: (epoch: number) => void starts.push([epoch, model.optimizer!.iterations]) };
    await model.fit(X, Y, { ...options, callbacks: [callbacks.backupAndRestore({ backupDir, saveFreq: 3 }), look] });
    assertEqual(starts[0], [1, 6]);
  });

  test("doubleCheckpoint: the one before serves when the last cannot be read; else the error is told", async () => {
    await inFolder(async (folder) => {
      const backupDir = join(folder, "backup");
      const file = join(backupDir, "latest.safetensors");
      const run = async (failAt: number, doubleCheckpoint: boolean): Promise<number[]> => {
        const backup = callbacks.backupAndRestore({ backupDir, doubleCheckpoint });
        const begun: number[] = [];
        const look = { onEpochBegin: (epoch: number) => void begun.push(epoch) };
        await makeModel()
          .fit(X, Y, { ...options, callbacks: [backup, look, powerFailure(failAt)] })
          .catch((error) => {
            if (!/power failure/.test(error.message)) throw error;
          });
        return begun;
      };
      await run(3, true);
      assertEqual(readdirSync(backupDir).sort(), ["latest.safetensors", "latest.safetensors.bkp"]);
      writeFileSync(file, "torn");
      assertEqual(await run(3, true), [2, 3]);
      rmSync(`${file}.bkp`);
      writeFileSync(file, "torn");
      await assertRejects(run(9, false), FormatError, /^\[BackupAndRestore.onTrainBegin\]/);
      rmSync(file);
      writeFileSync(join(backupDir, "mine.txt"), "");
      assertEqual(await run(9, true), [0, 1, 2, 3, 4]);
      assertEqual(readdirSync(backupDir), ["mine.txt"]);
    });
  });

  test("a backup of another model is refused, and changes nothing", async () => {
    let kept: Uint8Array | undefined;
    const backupDir = {
      read: () => kept,
      write: (bytes: Uint8Array) => {
        kept = bytes;
      },
    };
    const backup = callbacks.backupAndRestore({ backupDir });
    await makeModel(4).fit(X, Y, { ...options, callbacks: backup });
    const model = makeModel(8);
    const before = stateOf(model);
    await assertRejects(
      model.fit(X, Y, { ...options, callbacks: backup }),
      ShapeError,
      /BackupAndRestore.onTrainBegin/,
    );
    assertEqual(stateOf(model).slice(0, before.length), before);
    for (const given of ["", {}, { read() {} }, undefined]) {
      const text = /backupDir: expected a path, a URL or \{read, write\}/;
      assertThrows(() => callbacks.backupAndRestore({ backupDir: given as never }), ValueError, text);
    }
  });
});

suite("ModelCheckpoint with a real model", (test) => {
  test("whole models and weights, the best one only, can be loaded", async () => {
    await inFolder(async (folder) => {
      const model = makeModel();
      const filepath = join(folder, "{epoch:02d}.safetensors");
      const best = { saveBestOnly: true, monitor: "scripted", mode: "min" } as const;
      const weights = join(folder, "best.weights.safetensors");
      const scripted = {
        onEpochEnd(epoch: number, logs: callbacks.Logs) {
          logs.scripted = [3, 1, 2][epoch]!;
        },
      };
      const states: number[][][] = [];
      const list = [
        scripted,
        callbacks.modelCheckpoint({ filepath }),
        callbacks.modelCheckpoint({ filepath: weights, saveWeightsOnly: true, ...best }),
        { onEpochEnd: () => void states.push(stateOf(model)) },
      ];
      await model.fit(X, Y, { ...options, epochs: 3, callbacks: list });
      assertEqual(readdirSync(folder).sort(), [
        ...["01", "02", "03"].map((n) => `${n}.safetensors`),
        "best.weights.safetensors",
      ]);
      const loaded = await loadModel(join(folder, "02.safetensors"));
      assertEqual(stateOf(loaded as Model), states[1]);
      const other = makeModel();
      await other.loadWeights(weights);
      const values = (each: Model): number[][] => each.getWeights().map((weight) => [...weight.dataSync()]);
      assertEqual(values(other), values(loaded as Model));
    });
  });
});
