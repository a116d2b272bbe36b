import * as constraints from "../../src/constraints/index.ts";
import * as layers from "../../src/layers/index.ts";
import type { Model } from "../../src/models/model.ts";
import { sequential } from "../../src/models/sequential.ts";
import type { Tensor } from "../../src/ops/tensor.ts";
import * as optimizers from "../../src/optimizers/index.ts";
import { getSchedule } from "../../src/optimizers/schedules/get.ts";
import type * as schedules from "../../src/optimizers/schedules/index.ts";
import { changeSettings, settings } from "../../src/util/settings.ts";
import fixture from "../fixtures/optimizers.json" with { type: "json" };
import { assertBitEqual, assertClose, assertEqual } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

type Nested = number | readonly Nested[];

interface Case {
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly constraint?: boolean;
  readonly exclude?: readonly string[];
  readonly losses: readonly number[];
  readonly weights: readonly Nested[];
  readonly variables: readonly (readonly [string, Nested])[];
  readonly finalized?: readonly Nested[];
}

const cases = fixture.cases as unknown as Case[];
const { x, y, start } = fixture;

function netFor(each: Case, runEagerly = false): Model {
  const bound = each.constraint
    ? { kernelConstraint: constraints.maxNorm({ maxValue: 1 }), biasConstraint: "non_neg" as const }
    : {};
  const model = sequential({
    layers: [
      layers.input({ shape: [3] }),
      layers.dense({ units: 5, activation: "tanh", name: "first", ...bound }),
      layers.dense({ units: 2, name: "second" }),
    ],
  });
  model.setWeights(start as never);
  const optimizer = optimizers.get({ class_name: each.name, config: each.arguments });
  if (each.exclude !== undefined) optimizer.excludeFromWeightDecay({ varNames: each.exclude });
  model.compile({ optimizer, loss: "mse", runEagerly });
  return model;
}

function train(model: Model): number[] {
  return cases[0]!.losses.map((_, i) => model.trainOnBatch(x[i % x.length]!, y[i % y.length]!) as number);
}

/** The bound of the project: relative to Keras, and to the largest value of the kind (at least 1). */
function within(actual: ArrayLike<number>, expected: Nested, scale: number, what: string): void {
  assertClose(actual, [expected].flat(9) as number[], { rtol: 1e-5, atol: 1e-5 * Math.max(1, scale), what });
}

const largest = (values: Nested): number => Math.max(...([values].flat(9) as number[]).map(Math.abs));

suite("optimizers: 20 steps against Keras, every optimizer with each option", (test) => {
  cases.forEach((each, i) => {
    test(`${i} ${each.name} ${JSON.stringify(each.arguments)}${each.constraint ? " constrained" : ""}`, () => {
      const model = netFor(each);
      within(train(model), each.losses, largest(each.losses), "losses");
      const scale = largest(each.weights);
      const check = (weights: readonly Nested[], what: string): void =>
        model.getWeights().forEach((weight: Tensor, j) => {
          within(weight.dataSync(), weights[j]!, scale, `${what} ${j}`);
        });
      check(each.weights, "weight");
      const optimizer = model.optimizer!;
      // Paths of Keras begin with the name of the model, and it numbers variables that have no name.
      const plain = (name: string): string => name.replace(/^sequential(_\d+)?_|(?<=^variable)_\d+$/, "");
      assertEqual(
        optimizer.variables.map(({ name }) => name),
        each.variables.map(([name]) => plain(name)),
      );
      const slots = largest(each.variables.slice(1).map(([, value]) => value));
      each.variables.forEach(([name, value], j) => {
        within(optimizer.variables[j]!.readSync(), value, slots, name);
      });
      optimizer.finalizeVariableValues(model.trainableVariables);
      if (each.finalized !== undefined) check(each.finalized, "finalized weight");
    });
  });
});

suite("optimizers: equal bits in a plan, without sharing, without fusion, at once", (test) => {
  cases.forEach((each, i) => {
    test(`${i} ${each.name} ${JSON.stringify(each.arguments)}`, () => {
      const run = (changes: Parameters<typeof changeSettings>[0], eager = false): Tensor[] => {
        const before = { ...settings() };
        changeSettings(changes);
        try {
          const model = netFor(each, eager);
          train(model);
          return [...model.getWeights(), ...model.optimizer!.variables.map((variable) => variable.value())];
        } finally {
          changeSettings(before);
        }
      };
      const expected = run({});
      for (const [way, result] of Object.entries({
        "plan: false": run({ plan: false }),
        "fuse: false": run({ fuse: false }),
        eager: run({}, true),
      })) {
        result.forEach((values, j) => {
          assertBitEqual(values, expected[j]!, `${way} ${j}`);
        });
      }
    });
  });
});

suite("schedules: against Keras", (test) => {
  for (const { name, config, rates } of fixture.schedules) {
    const { name: _, ...options } = config as Record<string, unknown>;
    test(`${name} ${JSON.stringify(options)}`, () => {
      const schedule = getSchedule({ class_name: name, config }, "test") as schedules.LearningRateSchedule;
      assertEqual(schedule.getConfig(), config);
      const ours = rates.map((_rate, step) => schedule.apply(step));
      // Keras computes in float32: what a difference of nearly equal numbers leaves is only good to 1e-7 of the whole.
      assertClose(ours, rates, { rtol: 2e-6, atol: 2e-7 * Math.max(...rates) });
    });
  }
});
