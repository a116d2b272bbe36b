import type { CallbackHooks, HookResult } from "../callbacks/callback.ts";
import { CallbackList, isThenable } from "../callbacks/callback-list.ts";
import { ValueError } from "../util/errors.ts";
import { Batches } from "./batches.ts";
import type { PreparedData } from "./prepared-data.ts";
import { RunningLogs } from "./running-logs.ts";
import type { Trainer } from "./trainer.ts";

/** How an evaluation runs. */
export interface EvaluationRun {
  readonly batchSize: number;
  readonly callbacks: readonly CallbackHooks[] | CallbackList;
  /** The caller's call, for the text of errors. */
  readonly call: string;
}

/**
 * Evaluates batch by batch. A generator, so that `evaluate` can run it through and `fit` can let other tasks have their
 * turn between batches; what it yields are the results of hooks.
 */
export function* evaluate(
  trainer: Trainer,
  data: PreparedData,
  run: EvaluationRun,
): Generator<HookResult, RunningLogs> {
  const batches = new Batches(data.arrays, data.samples, run.batchSize);
  const params = { epochs: 1, steps: batches.count, verbose: 0 } as const;
  const callbacks =
    run.callbacks instanceof CallbackList ? run.callbacks : new CallbackList(run.callbacks, trainer.model, params);
  trainer.compiled(run.call).metrics.reset();
  const running = new RunningLogs(trainer.metricsNames, trainer.lossCount);
  yield callbacks.call("onTestBegin", {});
  for (let batch = 0; batch < batches.count; batch++) {
    yield callbacks.call("onTestBatchBegin", batch, {});
    running.add(trainer.runStep("test", data, batches.inOrder(batch), run.call), batches.sizeOf(batch));
    if (callbacks.has("onTestBatchEnd")) yield callbacks.call("onTestBatchEnd", batch, running.logs());
  }
  yield callbacks.call("onTestEnd", running.logs());
  return running;
}

/** Runs a generator of hook results through at once; a hook that returns a promise cannot be waited for here. */
export function finishSync<T>(run: Generator<HookResult, T>, call: string): T {
  for (;;) {
    const step = run.next();
    if (step.done === true) return step.value;
    refusePromise(step.value, call);
  }
}

/** `evaluate` and `predict` are synchronous, so their hooks have to be. */
export function refusePromise(result: HookResult, call: string): void {
  if (!isThenable(result)) return;
  result.then(undefined, () => {});
  throw new ValueError(
    `[${call}] callbacks: expected hooks that return nothing, got a promise; only \`fit\` waits for one.`,
  );
}
