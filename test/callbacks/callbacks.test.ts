import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as callbacks from "../../src/callbacks/index.ts";
import { sgd } from "../../src/optimizers/index.ts";
import { HornbeamError, StateError, ValueError } from "../../src/util/errors.ts";
import { assertClose, assertEqual, assertRejects, assertThrows } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";
import { LINEAR_X, LINEAR_Y, linear } from "../training/helpers.ts";
import { drive, FakeModel, said } from "./fake-model.ts";

const quiet = { verbose: 0 } as const;

/** Makes each epoch's loss what it is told: runs before the callbacks that watch it. */
function scripted(losses: readonly number[], name = "loss"): callbacks.CallbackHooks {
  return {
    onEpochEnd(epoch, logs) {
      logs[name] = losses[epoch]!;
    },
  };
}

/** A folder of its own, gone afterwards. */
async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "hornbeam-"));
  try {
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

suite("callbacks: cases of the semantics", (test) => {
  const losses = [10, 9, 8, 9, 8.9, 8.8, 8.7, 8.6, 8.5];
  for (const patience of [0, 1, 2, 3]) {
    test(`TL-09: EarlyStopping(loss), patience ${patience}, stops after epoch max(patience, 1) + 2`, async () => {
      const stop = callbacks.earlyStopping({ monitor: "loss", patience });
      const options = { epochs: losses.length, callbacks: [scripted(losses), stop], ...quiet };
      const { epoch } = await linear().fit(LINEAR_X, LINEAR_Y, options);
      const last = Math.max(patience, 1) + 2;
      assertEqual([stop.stoppedEpoch, epoch.at(-1)], [last, last]);
    });
  }

  test("TL-10: ReduceLROnPlateau, patience 2, cooldown 1, over nine epochs of the same loss", async () => {
    const reduce = callbacks.reduceLROnPlateau({ monitor: "loss", factor: 0.1, patience: 2, cooldown: 1, minLr: 1e-4 });
    const model = linear({ optimizer: sgd({ learningRate: 0.1 }) });
    const after: number[] = [];
    const look = { onEpochEnd: () => void after.push(model.optimizer!.learningRate) };
    const options = { epochs: 9, callbacks: [scripted(Array(9).fill(1)), reduce, look], ...quiet };
    const { history } = await model.fit(LINEAR_X, LINEAR_Y, options);
    assertClose(after, [0.1, 0.1, 0.01, 0.01, 0.001, 0.001, 1e-4, 1e-4, 1e-4]);
    // The logs have the rate the epoch was trained with.
    assertClose(history.learning_rate!, [0.1, 0.1, 0.1, 0.01, 0.01, 0.001, 0.001, 1e-4, 1e-4]);
  });
});

suite("EarlyStopping", (test) => {
  test("the best weights come back at the end, stopped or not; patience counts anew in the next fit", async () => {
    for (const patience of [1, 9]) {
      const model = linear({ optimizer: sgd({ learningRate: 0.001 }) });
      const best = callbacks.earlyStopping({ monitor: "loss", patience, restoreBestWeights: true });
      const seen: number[] = [];
      const look = { onEpochEnd: () => void seen.push(model.getWeights()[0]!.item()) };
      const options = { epochs: 4, callbacks: [scripted([3, 1, 2, 2]), look, best], ...quiet };
      await model.fit(LINEAR_X, LINEAR_Y, options);
      assertEqual([seen.length, best.bestEpoch, best.best], [patience === 1 ? 3 : 4, 1, 1]);
      assertEqual(model.getWeights()[0]!.item(), seen[1]);
      await model.fit(LINEAR_X, LINEAR_Y, { ...options, callbacks: [scripted([3, 2, 1, 0]), look, best] });
      assertEqual([best.stoppedEpoch, best.best], [0, 0]);
    }
  });

  test("a number that is not in the logs: a warning each, no stop", async () => {
    const both = [
      callbacks.earlyStopping({ monitor: "val_nothing", mode: "min" }),
      callbacks.reduceLROnPlateau({ monitor: "val_nothing", mode: "max" }),
    ];
    const { warned } = await said(async () => {
      const { epoch } = await linear().fit(LINEAR_X, LINEAR_Y, { epochs: 3, callbacks: both, ...quiet });
      assertEqual(epoch, [0, 1, 2]);
    });
    assertEqual(warned, [
      '[EarlyStopping] monitor: expected one of the logs, loss, got "val_nothing".',
      '[ReduceLROnPlateau] monitor: expected one of the logs, loss, learning_rate, got "val_nothing".',
    ]);
  });

  test('mode "auto": down for losses, as the metric says, an error where nobody knows', async () => {
    const metrics = [
      { name: "accuracy", direction: "up" as const },
      { name: "mae", direction: "down" as const },
    ];
    const best = async (monitor: string): Promise<number | null> => {
      const model = Object.assign(new FakeModel(), { metrics: [...metrics, { name: "mine" }] });
      const callback = callbacks.earlyStopping({ monitor, patience: 9 });
      await drive(callback, [{ [monitor]: 2 }, { [monitor]: 1 }, { [monitor]: 3 }], { model, read: () => 0 });
      return callback.best;
    };
    const names = ["loss", "val_loss", "accuracy", "val_accuracy", "val_mae"];
    assertEqual(await Promise.all(names.map(best)), [1, 1, 3, 3, 1]);
    const text = /\[EarlyStopping\] mode: expected "max" or "min", as it is not known which way "val_mine" is better/;
    await assertRejects(best("val_mine"), ValueError, text);
    await assertRejects(best("a_loss"), ValueError, /expected "max" or "min"/);
    // Metrics of a real model: by class, by function, weighted, and one of the user's own.
    const model = linear({
      metrics: ["mae", "r2Score", (t, p) => p.sub(t).mean([-1])],
      weightedMetrics: ["cosineSimilarity"],
    });
    const watch = ["mae", "r2Score", "cosineSimilarity"].flatMap((name) => [name, `val_${name}`]);
    const list = ["loss", ...watch].map((monitor) => callbacks.earlyStopping({ monitor, patience: 9 }));
    await model.fit(LINEAR_X, LINEAR_Y, { callbacks: list, validationData: [LINEAR_X, LINEAR_Y], ...quiet });
    const hook = /^\[EarlyStopping.onEpochEnd\] mode: expected "max" or "min"/;
    const options = { callbacks: callbacks.earlyStopping({ monitor: "what" }), ...quiet };
    await assertRejects(linear().fit(LINEAR_X, LINEAR_Y, options), ValueError, hook);
  });
});

suite("learning rates", (test) => {
  test("LearningRateScheduler: epoch and rate in, rate out, in the logs; what is no number is refused", async () => {
    const given: number[][] = [];
    const schedule = (epoch: number, rate: number): number => {
      given.push([epoch, rate]);
      return rate / 2;
    };
    const model = linear({ optimizer: sgd({ learningRate: 1 }) });
    const { printed } = await said(async () => {
      const rates = callbacks.learningRateScheduler({ schedule, verbose: 1 });
      const { history } = await model.fit([[0]], [[0]], { epochs: 3, callbacks: rates, ...quiet });
      assertEqual(history.learning_rate, [0.5, 0.25, 0.125]);
    });
    assertEqual(given, [
      [0, 1],
      [1, 0.5],
      [2, 0.25],
    ]);
    assertEqual(printed[1], "Epoch 1: LearningRateScheduler setting learning rate to 0.5.");
    const wrong = callbacks.learningRateScheduler({ schedule: () => "0.1" as never });
    const text =
      /^\[LearningRateScheduler.onEpochBegin\] The output of the `schedule` function: expected a finite number/;
    await assertRejects(model.fit([[0]], [[0]], { callbacks: wrong, ...quiet }), ValueError, text);
  });

  test("without an optimizer there is no rate", async () => {
    const model = Object.assign(new FakeModel(), { optimizer: undefined });
    const text = /expected model "fake" to be compiled with an optimizer/;
    const schedule = callbacks.learningRateScheduler({ schedule: () => 1 });
    await assertRejects(drive(schedule, [{}], { model, read: () => 0 }), StateError, text);
  });
});

suite("ModelCheckpoint", (test) => {
  test("paths, URLs and sinks; folders are made; weights only", async () => {
    await inFolder(async (folder) => {
      const model = new FakeModel();
      const run = (options: callbacks.ModelCheckpointOptions): Promise<unknown> =>
        drive(callbacks.modelCheckpoint(options), [{ val_loss: 0.25 }], { model, read: () => 0 });
      await run({ filepath: join(folder, "a", "b", "{epoch:03d}.safetensors") });
      assertEqual(existsSync(join(folder, "a", "b")), true);
      const url = pathToFileURL(join(folder, "c", "{val_loss:.1e}"));
      await run({ filepath: url, saveWeightsOnly: true });
      assertEqual(existsSync(join(folder, "c")), true);
      const sink = { write() {} };
      await run({ filepath: sink });
      const expected = [join(folder, "a", "b", "001.safetensors"), pathToFileURL(join(folder, "c", "2.5e-01")).href];
      assertEqual(model.saved.slice(0, 2), [`model ${expected[0]}`, `weights ${expected[1]}`]);
      assertEqual(model.sinks[2] === sink, true);
    });
  });

  test("batches: every so many, over the epochs, with the batch in the path", async () => {
    const model = new FakeModel();
    const options = { filepath: "{epoch}-{batch:02d}-{loss:.0f}", saveFreq: 2 } as const;
    const callback = callbacks.modelCheckpoint(options);
    await drive(callback, [{ loss: 1 }, { loss: 2 }, { loss: 3 }], { model, batches: 3, read: () => 0 });
    assertEqual(model.saved, ["model 1-02-1", "model 2-01-2", "model 2-03-2", "model 3-02-3"]);
    // Otherwise the logs of batches are never asked for.
    assertEqual(callbacks.modelCheckpoint({ filepath: "x" }).onTrainBatchEnd === callback.onTrainBatchEnd, false);
    const { onTrainBatchEnd } = callbacks.Callback.prototype;
    assertEqual(callbacks.modelCheckpoint({ filepath: "x" }).onTrainBatchEnd === onTrainBatchEnd, true);
  });

  test("what cannot be formatted, and a monitor that is missing", async () => {
    const run = (filepath: string, more = {}): Promise<unknown> =>
      drive(callbacks.modelCheckpoint({ filepath, ...more }), [{ loss: 0.5 }], { read: () => 0 });
    await assertRejects(
      run("{los}"),
      ValueError,
      /filepath: "\{los\}": expected one of epoch, loss, got "los".*"loss"/,
    );
    await assertRejects(run("{loss:d}"), ValueError, /expected formats like .* got "\{loss:d\}" for 0.5/);
    await assertRejects(run("{epoch:>4}"), ValueError, /got "\{epoch:>4\}"/);
    const { warned } = await said(() => run("x", { saveBestOnly: true, monitor: "val_a", mode: "max" }));
    assertEqual(warned, ['[ModelCheckpoint] monitor: expected one of the logs, loss, got "val_a".']);
  });
});

suite("CSVLogger", (test) => {
  const log = async (options: callbacks.CSVLoggerOptions): Promise<void> => {
    await linear().fit(LINEAR_X, LINEAR_Y, { epochs: 2, callbacks: callbacks.csvLogger(options), ...quiet });
  };
  const header = "epoch,loss,val_loss\r\n";
  const rows = "0,26,NA\r\n1,26,NA\r\n";

  test("a file: written anew, or gone on in without a second header; its folder is made", async () => {
    await inFolder(async (folder) => {
      const filename = join(folder, "runs", "log.csv");
      await log({ filename, append: true });
      assertEqual(readFileSync(filename, "utf8"), header + rows);
      await log({ filename: pathToFileURL(filename).href, append: true });
      assertEqual(readFileSync(filename, "utf8"), header + rows + rows);
      await log({ filename: pathToFileURL(filename) });
      assertEqual(readFileSync(filename, "utf8"), header + rows);
    });
  });

  test("a sink that returns promises; quotes where they are needed", async () => {
    let text = "";
    const write = async (part: string): Promise<void> => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      text += part;
    };
    await log({ filename: { write } });
    assertEqual(text, header + rows);
    text = "";
    const logger = callbacks.csvLogger({ filename: { write } });
    await drive(logger, [{ 'a,"b"': 1.5, val_x: Number.NaN, y: -Infinity }], { read: () => 0 });
    assertEqual(text, 'epoch,"a,""b""",val_x,y\r\n0,1.5,nan,-inf\r\n');
  });

  test("files are found by import() too, where the process does not hand out its modules", async () => {
    const { getBuiltinModule } = process;
    process.getBuiltinModule = (() => undefined) as never;
    try {
      await inFolder(async (folder) => {
        const filename = join(folder, "log.csv");
        await log({ filename });
        assertEqual(readFileSync(filename, "utf8"), header + rows);
      });
    } finally {
      process.getBuiltinModule = getBuiltinModule;
    }
  });
});

suite("TerminateOnNaN and LambdaCallback", (test) => {
  test("a loss that is NaN or infinite ends the training, with onTrainEnd; raiseError throws instead", async () => {
    const x = [[1], [Infinity], [1], [1]];
    const y = [[0], [0], [0], [0]];
    const batches: string[] = [];
    const look = callbacks.lambdaCallback({
      onTrainBatchEnd: (batch) => void batches.push(`batch ${batch}`),
      onTrainEnd: () => void batches.push("end"),
    });
    const options = { batchSize: 1, epochs: 3, shuffle: false, ...quiet };
    const { printed } = await said(async () => {
      const list = [callbacks.terminateOnNaN(), look];
      const { epoch } = await linear().fit(x, y, { ...options, callbacks: list });
      assertEqual(epoch, [0]);
    });
    assertEqual([batches, printed], [["batch 0", "batch 1", "end"], ["Batch 1: Invalid loss, terminating training"]]);
    batches.length = 0;
    const model = linear();
    const list = [callbacks.terminateOnNaN({ raiseError: true }), look];
    const text = /^\[TerminateOnNaN.onTrainBatchEnd\] NaN or Inf loss encountered at batch 1: expected a finite loss/;
    await assertRejects(model.fit(x, y, { ...options, callbacks: list }), ValueError, text);
    assertEqual(batches, ["batch 0"]);
    await model.fit(LINEAR_X, LINEAR_Y, quiet);
  });

  test("LambdaCallback takes functions under the names of hooks only", () => {
    const hint = /there is no hook "onEpochStart".*Did you mean/;
    assertThrows(() => callbacks.lambdaCallback({ onEpochStart() {} } as never), ValueError, hint);
    assertThrows(
      () => callbacks.lambdaCallback(null as never),
      ValueError,
      /expected an object of functions, got null/,
    );
    assertThrows(
      () => callbacks.lambdaCallback({ onEpochEnd: 3 } as never),
      ValueError,
      /onEpochEnd: expected a function/,
    );
    assertEqual(callbacks.history() instanceof callbacks.History, true);
  });
});

suite("callbacks: options", (test) => {
  const refused: readonly (readonly [string, () => unknown, RegExp])[] = [
    [
      "a misspelt option",
      () => callbacks.earlyStopping({ patiense: 1 } as never),
      /"patiense".*Did you mean "patience"/,
    ],
    [
      "patience",
      () => callbacks.earlyStopping({ patience: -1 }),
      /\[EarlyStopping\] patience: expected an integer ≥ 0/,
    ],
    ["mode", () => callbacks.earlyStopping({ mode: "least" as never }), /mode: expected one of auto, min, max/],
    [
      "baseline",
      () => callbacks.earlyStopping({ baseline: "1" as never }),
      /baseline: expected a finite number, got "1"/,
    ],
    [
      "a flag",
      () => callbacks.earlyStopping({ restoreBestWeights: 1 as never }),
      /restoreBestWeights: expected a boolean/,
    ],
    ["monitor", () => callbacks.reduceLROnPlateau({ monitor: "" }), /monitor: expected a string/],
    ["factor", () => callbacks.reduceLROnPlateau({ factor: 1 }), /does not support a factor >= 1.0/],
    ["a missing path", () => callbacks.modelCheckpoint({} as never), /filepath: expected a path, a URL or \{write\}/],
    ["no path", () => callbacks.modelCheckpoint({ filepath: {} as never }), /filepath: expected a path/],
    ["saveFreq", () => callbacks.modelCheckpoint({ filepath: "x", saveFreq: 0 }), /"epoch" or a number of batches/],
    ["a schedule", () => callbacks.learningRateScheduler({ schedule: 0.1 as never }), /schedule: expected a function/],
    ["a separator", () => callbacks.csvLogger({ filename: "x", separator: "::" }), /separator: expected one character/],
    ["no options", () => callbacks.csvLogger("log.csv" as never), /options: expected an object, got "log.csv"/],
    ["a verbosity", () => callbacks.earlyStopping({ verbose: true as never }), /verbose: expected an integer ≥ 0/],
  ];
  for (const [name, make, text] of refused) test(name, () => void assertThrows(make, ValueError, text));

  test("errors are Hornbeam's", () => {
    assertThrows(() => callbacks.terminateOnNaN({ raiseError: "no" as never }), HornbeamError);
  });
});
