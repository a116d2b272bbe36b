/** What stops `fit` on the way: aborts, pauses, NaN. Everything is then as after the last finished step. */
import { configure } from "../../src/configure.ts";
import * as layers from "../../src/layers/index.ts";
import type { Model } from "../../src/models/model.ts";
import type { FitOptions } from "../../src/models/options.ts";
import { sequential } from "../../src/models/sequential.ts";
import type { Tensor } from "../../src/ops/tensor.ts";
import { HornbeamError } from "../../src/util/errors.ts";
import { assertClose, assertEqual, assertRejects } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";
import { dropoutModel, LINEAR_X, LINEAR_Y, linear, stateOf, X4 } from "./helpers.ts";

const LABELS = [0, 1, 2, 2];
const single = { batchSize: 1, shuffle: false, verbose: 0 } as const;
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

/** The state after the first `steps` steps of one sample each. */
async function after(steps: number): Promise<number[][]> {
  const model = dropoutModel();
  await model.fit(X4.slice(0, steps), LABELS.slice(0, steps), single);
  return stateOf(model);
}

async function goesOn(model: Model): Promise<void> {
  assertEqual((await model.fit(X4, LABELS, { ...single, epochs: 2 })).epoch, [0, 1]);
}

suite("fit: aborts", (test) => {
  test("within an epoch, by a batch hook: no further step", async () => {
    const model = dropoutModel();
    const controller = new AbortController();
    let ended = 0;
    let told = 0;
    const callbacks = {
      onTrainBatchEnd: (batch: number) => void (batch === 1 && controller.abort(new Error("that will do"))),
      onTrainEnd: () => void ended++,
      onInterrupt: () => void told++,
    };
    const options: FitOptions = { ...single, callbacks, signal: controller.signal };
    await assertRejects(model.fit(X4, LABELS, options), Error, /that will do/);
    assertEqual([ended, told], [0, 1]);
    assertEqual(stateOf(model), await after(2));
    await goesOn(model);
  });

  test("by a timer, while steps run through", async () => {
    const model = dropoutModel();
    const { signal } = new (class {
      readonly controller = new AbortController();
      readonly timer = setTimeout(() => this.controller.abort(), 120);
      get signal(): AbortSignal {
        return this.controller.signal;
      }
    })();
    const error = await assertRejects(model.fit(X4, LABELS, { ...single, epochs: 1e9, signal }), Error);
    assertEqual(error.name, "AbortError");
    const steps = model.optimizer!.iterations;
    assertEqual([steps > 0, Number.isInteger(steps)], [true, true]);
    await goesOn(model);
  });

  test("while data are waited for that never come; the source is told", async () => {
    const model = dropoutModel();
    const controller = new AbortController();
    let closed = false;
    const stalling = {
      [Symbol.asyncIterator]: () => {
        let next = 0;
        return {
          next: () =>
            next < 2
              ? Promise.resolve({ done: false, value: [[X4[next]!], [LABELS[next++]!]] as const })
              : new Promise<never>(() => {}),
          return: () => {
            closed = true;
            return Promise.resolve({ done: true as const, value: undefined });
          },
        };
      },
    };
    const run = model.fit(stalling as never, null, { verbose: 0, signal: controller.signal });
    await pause();
    controller.abort(new Error("too slow"));
    await assertRejects(run, Error, /too slow/);
    assertEqual(closed, true);
    assertEqual(stateOf(model), await after(2));
    await goesOn(model);
  });

  test("while a hook is waited for, and while paused", async () => {
    for (const paused of [false, true]) {
      const model = dropoutModel();
      const controller = new AbortController();
      const callbacks = {
        onTrainBatchEnd: () => (paused ? model.pause() : new Promise<void>(() => {})),
      };
      const run = model.fit(X4, LABELS, { ...single, callbacks, signal: controller.signal });
      await pause();
      controller.abort(new Error("no more"));
      await assertRejects(run, Error, /no more/);
      assertEqual(stateOf(model), await after(1));
      await goesOn(model);
    }
  });

  test("in the validation", async () => {
    const model = dropoutModel();
    const controller = new AbortController();
    const callbacks = { onTestBatchEnd: () => controller.abort() };
    const options = { ...single, callbacks, signal: controller.signal, validationData: [X4, LABELS] as const };
    await assertRejects(model.fit(X4, LABELS, options), Error);
    assertEqual(stateOf(model), await after(4));
  });
});

suite("fit: pause and resume", (test) => {
  test("fit waits between two steps, and goes on to the same end", async () => {
    const model = dropoutModel();
    const seen: number[] = [];
    const callbacks = {
      onTrainBatchEnd(batch: number) {
        seen.push(batch);
        if (batch === 1) model.pause();
      },
    };
    const run = model.fit(X4, LABELS, { ...single, callbacks });
    await pause();
    assertEqual(seen, [0, 1]);
    assertEqual(stateOf(model), await after(2));
    model.resume();
    await run;
    assertEqual(stateOf(model), await after(4));
  });

  test("a pause before fit holds it back; resuming nothing does nothing", async () => {
    const model = dropoutModel();
    model.resume();
    model.pause();
    model.pause();
    let done = false;
    const run = model.fit(X4, LABELS, single).then(() => {
      done = true;
    });
    await pause();
    assertEqual([done, model.optimizer!.iterations], [false, 0]);
    model.resume();
    await run;
    assertEqual(done, true);
  });
});

suite("fit: NaN", (test) => {
  /** The loss is NaN for the third sample. */
  const model = (): Model => {
    const result = linear({ loss: (_y: Tensor, p: Tensor) => p.sub(3).neg().log().square() });
    result.optimizer!.learningRate = 0.01;
    return result;
  };

  test("training goes on, and the logs say NaN, as in Keras", async () => {
    const { history } = await model().fit(LINEAR_X, LINEAR_Y, single);
    assertEqual(history.loss!.map(String), ["NaN"]);
  });

  test("debug level 5 stops before the weights change, and names op, step and what led there", async () => {
    const expected = model();
    await expected.fit(LINEAR_X.slice(0, 2), LINEAR_Y.slice(0, 2), single);
    const stopped = model();
    const { log } = console;
    console.log = () => {};
    configure({ debug: 5 });
    try {
      const run = stopped.fit(LINEAR_X, LINEAR_Y, { ...single, initialEpoch: 3, epochs: 4 });
      const { message } = await assertRejects(run, HornbeamError, /^\[log\].* got NaN at element 0 of output 0/);
      // The loss of input x is ln(3 − w·x)²; w has made two steps of 0.01.
      let w = 1;
      for (const x of [1, 2]) w += (0.01 * 2 * Math.log(3 - w * x) * x) / (3 - w * x);
      assertClose(Number(/log.* of neg (\S+)/.exec(message)?.[1]), 3 - 3 * w, { rtol: 1e-4 });
      assertEqual(message.split("\n").at(-1), "  in train step 2 of epoch 3");
    } finally {
      configure({ debug: 0 });
      console.log = log;
    }
    assertEqual(stateOf(stopped), stateOf(expected));
    await stopped.fit(LINEAR_X.slice(0, 2), LINEAR_Y.slice(0, 2), single);
  });

  test("a model whose weights are NaN is a model still: new weights mend it", async () => {
    const broken = sequential({ layers: [layers.input({ shape: [1] }), layers.dense({ units: 1, useBias: false })] });
    broken.compile({ optimizer: "sgd", loss: "mse" });
    broken.setWeights([[[Number.NaN]]]);
    assertEqual(String((await broken.fit(LINEAR_X, LINEAR_Y, single)).history.loss), "NaN");
    broken.setWeights([[[0]]]);
    assertEqual((await broken.fit(LINEAR_X, LINEAR_Y, single)).history.loss, [0]);
  });
});
