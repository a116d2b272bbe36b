/** `fit`, `evaluate` and `predict` with many combinations of arguments against Keras: hooks, logs, results, weights. */
import type { CallbackHooks } from "../../src/callbacks/index.ts";
import * as layers from "../../src/layers/index.ts";
import { model as makeModel } from "../../src/models/functional.ts";
import type { Model } from "../../src/models/model.ts";
import type { CompileOptions, FitOptions } from "../../src/models/options.ts";
import type { Tensor } from "../../src/ops/tensor.ts";
import * as optimizers from "../../src/optimizers/index.ts";
import { camelCaseKeys } from "../../src/util/names.ts";
import golden from "../fixtures/training.json" with { type: "json" };
import { assertClose, assertEqual } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";
import { LINEAR_X, warningsOf } from "./helpers.ts";

type Call = [hook: string, number: number | null, logs: Record<string, number> | null];

interface Case {
  name: string;
  model: "lin" | "two" | "dict";
  compile: Record<string, unknown>;
  call: "fit" | "evaluate" | "predict";
  arguments: Record<string, unknown> & { batches?: number[]; weighted?: boolean; stop?: [number, number] };
  ran_out: boolean;
  epoch?: number[];
  history?: Record<string, number[]>;
  result?: number | number[] | number[][];
  calls: Call[];
  weights: number[];
}

const HALVES = LINEAR_X.map(([value]) => [value! / 2]);
const WEIGHTS = golden.weights;

function make(kind: Case["model"]): Model {
  const x = layers.input({ shape: [1], name: "x" });
  const dense = (name: string) => layers.dense({ units: 1, useBias: false, kernelInitializer: "ones", name }).apply(x);
  if (kind === "lin") return makeModel({ inputs: x, outputs: dense("a") });
  if (kind === "two") return makeModel({ inputs: x, outputs: [dense("a"), dense("b")] });
  return makeModel({ inputs: x, outputs: { second: dense("a"), first: dense("b") } });
}

/** Notes every hook, its number and its logs under Keras's names. */
function notes(): { calls: Call[]; hooks: CallbackHooks } {
  const calls: Call[] = [];
  const kinds = ["Train", "Test", "Predict"].flatMap((kind) => [`${kind}Begin`, `${kind}End`]);
  const numbered = ["Epoch", "TrainBatch", "TestBatch", "PredictBatch"].flatMap((kind) => [
    `${kind}Begin`,
    `${kind}End`,
  ]);
  const snake = (name: string): string => `on${name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`;
  const plain = (logs: object) => (Object.keys(logs).length === 0 || "outputs" in logs ? null : { ...logs });
  const hooks = Object.fromEntries([
    ...kinds.map((name) => [`on${name}`, (logs: object) => void calls.push([snake(name), null, plain(logs) as null])]),
    ...numbered.map((name) => [
      `on${name}`,
      (number: number, logs: object) => void calls.push([snake(name), number, plain(logs) as null]),
    ]),
  ]);
  return { calls, hooks: hooks as CallbackHooks };
}

function* batchesOf(sizes: readonly number[], weighted: boolean, inputsOnly: boolean) {
  let at = 0;
  for (const size of sizes) {
    const rows = Array.from({ length: size }, (_, i) => (at + i) % 5);
    at += size;
    const [x, y, w] = [LINEAR_X, HALVES, WEIGHTS].map((column) => rows.map((row) => column[row]!));
    yield (inputsOnly ? [x] : weighted ? [x, y, w] : [x, y]) as [typeof LINEAR_X];
  }
}

/** Arguments of a call as they are here. */
function argumentsOf(each: Case, model: Model, hooks: CallbackHooks) {
  const { batches, weighted = false, stop, validation_data, sample_weight, ...rest } = each.arguments;
  const y = { lin: HALVES, two: [HALVES, HALVES], dict: { second: HALVES, first: HALVES } }[each.model];
  let epoch = 0;
  const stopper: CallbackHooks = {
    onEpochBegin(number) {
      epoch = number;
    },
    onTrainBatchEnd(batch) {
      if (epoch === stop?.[0] && batch === stop[1]) model.stopTraining = true;
    },
  };
  const options = {
    ...camelCaseKeys(rest),
    ...(sample_weight ? { sampleWeight: WEIGHTS } : {}),
    ...(validation_data ? { validationData: validation_data === "xyw" ? [LINEAR_X, y, WEIGHTS] : [LINEAR_X, y] } : {}),
    ...(each.call === "fit" && batches === undefined ? { shuffle: false } : {}),
    callbacks: stop ? [hooks, stopper] : hooks,
    verbose: 0,
  } as FitOptions;
  const inputsOnly = each.call === "predict";
  return batches === undefined
    ? ([LINEAR_X, y, options] as const)
    : ([batchesOf(batches, weighted, inputsOnly), undefined, options] as const);
}

/** Keras calls the begin hook of a batch that turns out not to come; here a batch is fetched before. */
function withoutUnmet(calls: readonly Call[]): Call[] {
  return calls.filter(([hook], i) => !(hook.endsWith("batch_begin") && !calls[i + 1]?.[0].endsWith("batch_end")));
}

suite("training: arguments of fit, evaluate and predict against Keras", (test) => {
  for (const each of golden.cases as unknown as Case[]) {
    test(each.name, async () => {
      const model = make(each.model);
      const compiling = camelCaseKeys(each.compile) as Partial<CompileOptions>;
      model.compile({ optimizer: optimizers.sgd({ learningRate: golden.learning_rate }), loss: "mse", ...compiling });
      const { calls, hooks } = notes();
      const [x, y, options] = argumentsOf(each, model, hooks);
      const said = await warningsOf(async () => {
        if (each.call === "fit") {
          const { epoch, history } = await model.fit(x, y, options);
          assertEqual([epoch, Object.keys(history)], [each.epoch, Object.keys(each.history!)]);
          for (const [name, values] of Object.entries(each.history!)) {
            assertClose(history[name]!, values, { rtol: 1e-5, atol: 1e-7, what: name });
          }
        } else if (each.call === "evaluate") {
          assertClose(model.evaluate(x, y, options as object) as number[], each.result as number[]);
        } else assertClose(model.predict(x, options as object) as Tensor, each.result as number[][]);
      });
      // Data whose end nobody knew are no reason for a warning.
      const ranOut = each.ran_out && each.arguments.batches === undefined;
      assertEqual(
        said.some((text) => text.includes("ran out")),
        ranOut,
      );
      const expected = withoutUnmet(each.calls);
      assertEqual(
        calls.map(([hook, number]) => [hook, number]),
        expected.map(([hook, number]) => [hook, number]),
      );
      calls.forEach(([hook, , logs], i) => {
        const wanted = expected[i]![2];
        assertEqual(Object.keys(logs ?? {}), Object.keys(wanted ?? {}), hook);
        for (const name in wanted) assertClose(logs![name]!, wanted[name]!, { rtol: 1e-5, atol: 1e-7, what: name });
      });
      assertClose(
        model.getWeights().map((weight) => weight.item()),
        each.weights,
      );
    });
  }
});
