import { checkCallbacks } from "../../src/callbacks/callback-list.ts";
import { ProgbarLogger, type Terminal } from "../../src/callbacks/progbar-logger.ts";
import {
  barLine,
  epochLine,
  formatEta,
  formatLog,
  formatStepTime,
  visibleLength,
} from "../../src/callbacks/progress-bar.ts";
import { ValueError } from "../../src/util/errors.ts";
import { changeSettings, settings } from "../../src/util/settings.ts";
import { assertEqual, assertThrows } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";
import { LINEAR_X, LINEAR_Y, linear } from "../training/helpers.ts";

const progress = {
  current: 3,
  target: 12,
  elapsed: 0.7,
  perStep: 0.235,
  logs: { loss: 0.1234, mae: 0.0001 },
  done: false,
};

/** A terminal that keeps what is written, and a clock that goes on by a step at each look. */
function fake(interactive: boolean, tick = 0.06): { terminal: Terminal; written: () => string; now: () => number } {
  let text = "";
  let time = 0;
  const write = (part: string): void => {
    text += part;
  };
  const now = (): number => {
    time += tick;
    return time;
  };
  return { terminal: { isTTY: interactive, write }, written: () => text, now };
}

suite("progress (semantics 7.10)", (test) => {
  test("numbers: four decimals, an exponent below a thousandth, NaN and infinity", () => {
    const shown = [0.12344, 12, 0.001, -0.0005, 0, Number.NaN, Infinity].map((value) => formatLog("loss", value));
    const expected = ["0.1234", "12.0000", "1.0000e-03", "-5.0000e-04", "0.0000e+00", "nan", "inf"];
    assertEqual(
      shown,
      expected.map((number) => `loss: ${number}`),
    );
  });

  test("times: seconds, milliseconds, microseconds a step; what is left", () => {
    assertEqual([2.4, 0.235, 0.00012].map(formatStepTime), ["2s/step", "235ms/step", "120us/step"]);
    assertEqual([9.7, 125, 3723].map(formatEta), ["9s", "2:05", "1:02:03"]);
  });

  test("the line of verbose 2", () => {
    const logs = { loss: 0.1234, val_loss: 0.2345 };
    const line = epochLine({ ...progress, current: 3, target: 3, logs, done: true });
    assertEqual(line, "3/3 - 1s - 235ms/step - loss: 0.1234 - val_loss: 0.2345");
  });

  test("the bar: count, 20 cells, time left, then time taken", () => {
    const plain = barLine(progress, { color: false });
    assertEqual(plain, ` 3/12 ${"━".repeat(20)} 2s 235ms/step - loss: 0.1234 - mae: 1.0000e-04`);
    const colored = barLine(progress);
    assertEqual(visibleLength(colored), plain.length);
    assertEqual(colored.includes(`\x1b[32m${"━".repeat(5)}\x1b[0m\x1b[37m${"━".repeat(15)}`), true);
    assertEqual(barLine({ ...progress, current: 12, done: true }, { color: false }).includes(" 1s 235ms/step"), true);
  });

  test("on a screen the line is rewritten; elsewhere verbose 1 writes each epoch's last line", async () => {
    const run = async (interactive: boolean, verbose: 1 | 2): Promise<string> => {
      const { terminal, written, now } = fake(interactive);
      const callbacks = new ProgbarLogger({ stream: terminal, now });
      await linear().fit(LINEAR_X, LINEAR_Y, { epochs: 2, batchSize: 2, callbacks, verbose });
      return written();
    };
    const screen = await run(true, 1);
    assertEqual(
      [screen.split("\r").length > 4, screen.includes("Epoch 2/2\n"), screen.endsWith("\n")],
      [true, true, true],
    );
    const log = (await run(false, 1)).split("\n");
    assertEqual(
      [log.length, log[0], log[2], log.some((line) => line.includes("\x1b"))],
      [5, "Epoch 1/2", "Epoch 2/2", false],
    );
    assertEqual(/^3\/3 - \ds - \d+ms\/step - loss: 26.0000$/.test((await run(true, 2)).split("\n")[1]!), true);
  });

  test("a screen is rewritten at most every 50 ms", async () => {
    const { terminal, written, now } = fake(true, 0.001);
    const x = Array.from({ length: 200 }, (_, i) => [i]);
    const callbacks = new ProgbarLogger({ stream: terminal, now });
    await linear().fit(x, x, { batchSize: 1, callbacks });
    assertEqual(written().split("\r").length < 30, true);
  });

  test("evaluate and predict show theirs", () => {
    const { terminal, written, now } = fake(true);
    const options = { batchSize: 2, callbacks: new ProgbarLogger({ stream: terminal, now }) };
    const model = linear();
    model.evaluate(LINEAR_X, LINEAR_Y, options);
    model.predict(LINEAR_X, options);
    const [evaluated, predicted, rest] = written().split("\n");
    assertEqual(evaluated!.split("\r").length > 2 && evaluated!.endsWith(" - loss: 26.0000"), true);
    assertEqual(/3\/3.*ms\/step$/.test(predicted!), true);
    assertEqual(rest, "");
  });

  test("where there is no screen, nothing is said unasked; on a screen all three show a bar", async () => {
    const { stdout } = process;
    const { write, isTTY } = stdout;
    const { debug } = settings();
    // Debug levels speak on the same screen.
    changeSettings({ debug: 0 });
    let text = "";
    const said = async (tty: boolean, verbose?: 0 | 1 | 2): Promise<string[]> => {
      text = "";
      stdout.isTTY = tty;
      const options = verbose === undefined ? {} : { verbose };
      const model = linear();
      await model.fit(LINEAR_X, LINEAR_Y, { ...options, validationData: [LINEAR_X, LINEAR_Y] });
      model.evaluate(LINEAR_X, LINEAR_Y, options);
      model.predict(LINEAR_X, options);
      return text.split("\n").map((line) => line.slice(line.lastIndexOf("\r") + 1));
    };
    stdout.write = ((part: string) => {
      text += part;
      return true;
    }) as typeof write;
    let lines: string[][];
    try {
      lines = [await said(false), await said(true, 0), await said(false, 2), await said(true)];
    } finally {
      stdout.write = write;
      stdout.isTTY = isTTY;
      changeSettings({ debug });
    }
    const [unasked, silent, plain, screen] = lines as [string[], string[], string[], string[]];
    assertEqual([unasked, silent], [[""], [""]]);
    const step = "1/1 - 0s - \\S+/step";
    const expected = [`${step} - loss: 26.0000 - val_loss: 26.0000`, `${step} - loss: 26.0000`, step, ""];
    assertEqual(
      plain.map((line, i) => new RegExp(`^${expected[i]}$`).test(line)),
      [true, true, true, true],
    );
    assertEqual([screen.length, screen.filter((line) => line.includes("━")).length], [4, 3]);
    assertThrows(() => linear().predict(LINEAR_X, { verbose: 3 as never }), ValueError, /verbose: expected 0, 1, 2/);
  });

  test("where the number of steps is unknown there is no bar, until the first epoch has told it", () => {
    const { terminal, written, now } = fake(true);
    const logger = new ProgbarLogger({ stream: terminal, now });
    logger.setParams({ epochs: 2, steps: undefined, verbose: 1 });
    logger.onTrainBegin();
    for (const epoch of [0, 1]) {
      logger.onEpochBegin(epoch);
      for (const batch of [0, 1, 2]) logger.onTrainBatchEnd(batch, { loss: 2 });
      logger.onEpochEnd(epoch, { loss: 2 });
    }
    const [, first, , second] = written().split("\n");
    const shown = first!.split("\r").map((line) => line.replace(/ \d+ms\/step/, ""));
    assertEqual(shown[1], "      1/Unknown \x1b[1m0s\x1b[0m - loss: 2.0000");
    assertEqual([shown.at(-1)!.includes("3/3"), shown.at(-1)!.includes("━")], [true, true]);
    assertEqual(second!.split("\r")[1]!.includes("1/3"), true);
  });

  test("validation inside fit shows nothing of its own; an error gets a line of its own", async () => {
    const { terminal, written, now } = fake(true);
    const logger = new ProgbarLogger({ stream: terminal, now });
    const options = { batchSize: 1, validationData: [LINEAR_X, LINEAR_Y] as const, callbacks: logger };
    await linear().fit(LINEAR_X, LINEAR_Y, options);
    assertEqual([written().split("\n").length, written().match(/val_loss/g)!.length], [2, 1]);
    logger.onTrainBegin();
    logger.onEpochBegin(0);
    logger.onTrainBatchEnd(0, { loss: 1 });
    const before = written();
    logger.onInterrupt();
    logger.onInterrupt();
    assertEqual(written(), `${before}\n`);
    assertThrows(
      () => new ProgbarLogger({ stream: 3 as never }),
      ValueError,
      /stream: expected {write\(text\)}, got 3/,
    );
  });

  test("callbacks: one, several or none; hooks that do not exist are refused", () => {
    const hooks = { onEpochEnd() {} };
    assertEqual(
      [undefined, hooks, [hooks]].map((given) => checkCallbacks(given, "fit").length),
      [0, 1, 1],
    );
    assertThrows(() => checkCallbacks({ onEpoch() {} }, "fit"), ValueError, /there is no hook "onEpoch"/);
    assertThrows(() => checkCallbacks(() => {}, "fit"), ValueError, /expected objects with hooks/);
  });
});
