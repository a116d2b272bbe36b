/** Every metric against real Keras, over batches of different sizes. The fixture names its script. */
import { compile } from "../../src/autodiff/compile.ts";
import * as metrics from "../../src/metrics/index.ts";
import { tensor } from "../../src/ops/creation.ts";
import type { Tensor } from "../../src/ops/tensor.ts";
import { camelCaseKeys, snakeCase } from "../../src/util/names.ts";
import scores from "../fixtures/scores.json" with { type: "json" };
import { assertClose, assertEqual } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

interface Batch {
  target: number[];
  prediction: number[];
  weight: number[] | null;
  mask: boolean[] | null;
}

interface MetricCase {
  name: string;
  arguments: Record<string, unknown>;
  log_name: string;
  direction: "up" | "down" | null;
  batches: Batch[];
  results: (number | number[])[];
}

interface ReductionCase {
  name: "Mean" | "Sum";
  updates: { values: number[]; weight: number[] | null }[];
  results: number[];
}

type MetricConstructor = new (options: object) => metrics.NumberMetric;

const cases = scores.metrics as unknown as MetricCase[];
const classes = metrics as unknown as Record<string, MetricConstructor>;
const TOLERANCE = { rtol: 2e-5, atol: 2e-6 };

suite("metrics: every one against Keras", (test) => {
  cases.forEach((each, i) => {
    const { name, batches, results } = each;
    const [{ weight, mask, prediction }] = batches as [Batch];
    const parts = `${weight === null ? "" : ", weights"}${mask === null ? "" : ", masks"}`;
    test(`${i} ${name} ${JSON.stringify(each.arguments)} (${tensor(prediction).shape})${parts}`, () => {
      const make = (): metrics.NumberMetric => new classes[name]!(camelCaseKeys(each.arguments));
      const [direct, planned] = [make(), make()];
      assertEqual(direct.name, each.log_name.replace(/(?<=[a-z])_\d+$/, ""));
      assertEqual(direct.direction ?? null, each.direction);
      const config = direct.getConfig();
      assertEqual(new classes[name]!(config).getConfig(), config, "made anew from its config");
      const step = compile((t: Tensor, p: Tensor, w: Tensor | null, m: Tensor | null) => {
        if (m !== null) p.mask = m;
        planned.updateState(t, p, w);
        return planned.result();
      });
      batches.forEach((batch, k) => {
        const inputs = [tensor(batch.target), tensor(batch.prediction)] as const;
        const [w, m] = [batch.weight, batch.mask].map((given) => (given === null ? null : tensor(given)));
        const masked = tensor(batch.prediction);
        if (m) masked.mask = m;
        direct.updateState(inputs[0], masked, w);
        assertClose(direct.result(), results[k]!, { ...TOLERANCE, what: `batch ${k}` });
        assertClose(step(...inputs, w!, m!), direct.result(), { rtol: 0, atol: 0, what: `batch ${k} in a plan` });
      });
      direct.resetState();
      const [first] = batches;
      const again = tensor(first!.prediction);
      if (first!.mask !== null) again.mask = tensor(first!.mask);
      direct.updateState(first!.target, again, first!.weight);
      assertClose(direct.result(), results[0]!, { ...TOLERANCE, what: "after resetState" });
    });
  });

  (scores.reductions as unknown as ReductionCase[]).forEach(({ name, updates, results }, i) => {
    test(`${i} ${name} of shape (${tensor(updates[0]!.values).shape})`, () => {
      const metric = name === "Mean" ? metrics.mean() : metrics.sum();
      updates.forEach(({ values, weight }, k) => {
        metric.updateState(values, weight);
        assertClose(metric.result(), results[k]!, TOLERANCE);
      });
    });
  });

  test("every metric that is exported has cases", () => {
    const tested = new Set(cases.map(({ name }) => name));
    const exported = Object.values(metrics).flatMap((each) => {
      const { className } = each as { className?: string };
      return className === undefined || /^(Metric|MeanMetricWrapper|Mean|Sum)$/.test(className) ? [] : [className];
    });
    assertEqual(
      exported.filter((name) => !tested.has(name)),
      [],
    );
  });

  test("every name that Keras takes stands for a metric of that kind", () => {
    // Those that cannot be made without options say so.
    const needs = /^(.*_at_.*|(one_hot_)?(mean_)?io_u|mean_metric_wrapper|metric)$/;
    for (const name of scores.names.metrics) {
      if (needs.test(snakeCase(name))) continue;
      const metric = metrics.get(name);
      assertEqual(metric.name, name);
      if (name.length > 5) {
        const { className } = metric.constructor as typeof metrics.Metric;
        assertEqual(className.toLowerCase(), name.replaceAll("_", "").toLowerCase());
      }
    }
  });
});
