import type { CallbackHooks } from "../../src/callbacks/index.ts";
import type { Tensor } from "../../src/ops/tensor.ts";
import { assertEqual, assertRejects, assertThrows } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";
import { LINEAR_X, LINEAR_Y, linear } from "../training/helpers.ts";
import { said } from "./fake-model.ts";

const quiet = { verbose: 0 } as const;

/** A callback that keeps the names of the hooks called, and throws in one of them. */
function thrower(hook: string, called: string[]): CallbackHooks {
  const note = (name: string) => (): void => {
    called.push(name);
    if (name === hook) throw new Error("enough");
  };
  const names = ["onTrainBegin", "onEpochBegin", "onTrainBatchEnd", "onTestBegin", "onTestBatchEnd", "onEpochEnd"];
  const more = ["onTrainEnd", "onTestEnd", "onPredictBegin", "onPredictBatchEnd", "onPredictEnd", "onInterrupt"];
  return Object.fromEntries([...names, ...more].map((name) => [name, note(name)]));
}

suite("callbacks: hooks in a run", (test) => {
  for (const hook of [
    "onTrainBegin",
    "onEpochBegin",
    "onTrainBatchEnd",
    "onTestBatchEnd",
    "onEpochEnd",
    "onTrainEnd",
  ]) {
    test(`${hook} throws: onInterrupt comes instead of the end hooks, and fit can be called again`, async () => {
      const called: string[] = [];
      const model = linear();
      const options = { validationData: [LINEAR_X, LINEAR_Y] as const, ...quiet };
      const text = new RegExp(`^\\[callbacks\\[0\\]\\.${hook}\\] enough$`);
      await assertRejects(model.fit(LINEAR_X, LINEAR_Y, { callbacks: thrower(hook, called), ...options }), Error, text);
      assertEqual(called.slice(-2), [hook, "onInterrupt"]);
      const again = await model.fit(LINEAR_X, LINEAR_Y, { callbacks: thrower("", called), ...options });
      assertEqual([again.epoch, called.at(-1)], [[0], "onTrainEnd"]);
    });
  }

  test("evaluate and predict, an abort, and data that fail: the same", async () => {
    const called: string[] = [];
    const model = linear();
    assertThrows(() => model.evaluate(LINEAR_X, LINEAR_Y, { callbacks: thrower("onTestBatchEnd", called) }), Error);
    assertThrows(() => model.predict(LINEAR_X, { callbacks: thrower("onPredictBegin", called) }), Error);
    assertEqual(called, ["onTestBegin", "onTestBatchEnd", "onInterrupt", "onPredictBegin", "onInterrupt"]);
    called.length = 0;
    const controller = new AbortController();
    const stop = { onTrainBatchEnd: () => controller.abort() };
    const options = { batchSize: 1, callbacks: [thrower("", called), stop], signal: controller.signal, ...quiet };
    await assertRejects(model.fit(LINEAR_X, LINEAR_Y, options), Error);
    assertEqual(called, ["onTrainBegin", "onEpochBegin", "onTrainBatchEnd", "onInterrupt"]);
    called.length = 0;
    function* batches(): Generator<[number[][], number[][]]> {
      yield [[[1]], [[0]]];
      throw new Error("no more");
    }
    await assertRejects(model.fit(batches, undefined, { callbacks: thrower("", called), ...quiet }), Error, /no more/);
    assertEqual(called.at(-1), "onInterrupt");
  });

  test("what onInterrupt throws hides nothing", async () => {
    const { warned } = await said(async () => {
      const text = /^\[callbacks\[0\].onTrainBegin\] enough$/;
      const callbacks = [
        thrower("onTrainBegin", []),
        {
          onInterrupt() {
            throw new Error("and this");
          },
        },
      ];
      await assertRejects(linear().fit(LINEAR_X, LINEAR_Y, { callbacks, ...quiet }), Error, text);
    });
    assertEqual(warned, ["[callbacks[1].onInterrupt] and this"]);
  });

  test("a batch of predict has its outputs in the logs, all of them where several steps are one", () => {
    const seen: number[][] = [];
    const callbacks: CallbackHooks = {
      onPredictBatchEnd: (_, { outputs }) => void seen.push([...(outputs as Tensor).dataSync()]),
    };
    linear().predict(LINEAR_X, { batchSize: 2, callbacks });
    linear({ stepsPerExecution: 2 }).predict(LINEAR_X, { batchSize: 2, callbacks });
    assertEqual(seen, [[1, 2], [3, 4], [10], [1, 2, 3, 4], [10]]);
  });
});
