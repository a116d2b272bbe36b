/** Every loss against real Keras: all reductions, weights, masks, and the gradient. The fixture names its script. */
import { valueAndGrads } from "../../src/autodiff/gradients.ts";
import * as losses from "../../src/losses/index.ts";
import { tensor } from "../../src/ops/creation.ts";
import { runScoped } from "../../src/ops/scopes.ts";
import { Variable } from "../../src/ops/variable.ts";
import { camelCaseKeys, snakeCase } from "../../src/util/names.ts";
import scores from "../fixtures/scores.json" with { type: "json" };
import { assertClose, assertEqual } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

type Numbers = number | Numbers[];

interface LossCase {
  name: string;
  arguments: Record<string, unknown>;
  target: number[];
  prediction: number[];
  weight: number[] | null;
  mask: boolean[] | null;
  values: Record<string, number> & { none: number[] };
  gradient: Numbers[];
}

const cases = scores.losses as unknown as LossCase[];
const classes = losses as unknown as Record<string, losses.LossClass>;

suite("losses: every one against Keras", (test) => {
  cases.forEach((each, i) => {
    const { name, target, prediction, weight, mask, values } = each;
    const given = JSON.stringify(each.arguments);
    const parts = `${weight === null ? "" : ", weights"}${mask === null ? "" : ", mask"}`;
    test(`${i} ${name} ${given} (${tensor(prediction).shape})${parts}`, () => {
      const make = (reduction: string): losses.Loss =>
        new classes[name]!({ ...camelCaseKeys(each.arguments), reduction: reduction as losses.Reduction });
      const apply = (loss: losses.Loss, p: Variable | number[]) =>
        runScoped(() => {
          const y = p instanceof Variable ? p.value() : tensor(p);
          if (mask !== null) y.mask = tensor(mask);
          return loss.apply(target, y, weight);
        });
      for (const [reduction, value] of Object.entries(values)) {
        const got = apply(make(reduction), prediction);
        // Flat: beside weights (n, 1) Keras gives (n, 1) where we give (n,).
        const numbers = reduction === "none" ? got.flatten().dataSync() : got;
        assertClose(numbers, value, { rtol: 2e-5, atol: 2e-6, what: reduction });
      }
      const variable = new Variable(prediction);
      const { grads } = valueAndGrads(() => apply(make("mean"), variable), [variable]);
      assertClose(grads[0]!, each.gradient, { rtol: 5e-5, atol: 2e-6, what: "gradient" });
    });
  });

  test("every loss that is exported has cases", () => {
    const tested = new Set(cases.map(({ name }) => name));
    const exported = Object.values(losses).flatMap((each) => {
      const { className } = each as { className?: string };
      return className === undefined || className === "Loss" ? [] : [className];
    });
    assertEqual(
      exported.filter((name) => !tested.has(name)),
      [],
    );
  });

  test("every name that Keras takes stands for a loss of that kind, but for those left out", () => {
    const leftOut = /^(circle|ctc|categoricalgeneralizedcrossentropy|loss|lossfunctionwrapper)$/;
    for (const name of scores.names.losses) {
      if (leftOut.test(name.toLowerCase().replaceAll("_", ""))) continue;
      const loss = losses.get(name);
      if (name.length > 5) assertEqual(snakeCase((loss.constructor as typeof losses.Loss).className), snakeCase(name));
    }
  });
});
