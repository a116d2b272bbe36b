/** Losses with their gradients, and metrics, give equal bits in plans, without fusion, without shared memory and at once. */
import { compile } from "../../src/autodiff/compile.ts";
import { valueAndGrads } from "../../src/autodiff/gradients.ts";
import { configure } from "../../src/configure.ts";
import * as losses from "../../src/losses/index.ts";
import * as metrics from "../../src/metrics/index.ts";
import { tensor } from "../../src/ops/creation.ts";
import type { Tensor } from "../../src/ops/tensor.ts";
import { Variable } from "../../src/ops/variable.ts";
import { camelCaseKeys } from "../../src/util/names.ts";
import scores from "../fixtures/scores.json" with { type: "json" };
import { assertBitEqual } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

interface Case {
  name: string;
  arguments: Record<string, unknown>;
  target: number[];
  prediction: number[];
  weight: number[] | null;
}

const SETTINGS = [
  { plan: true, fuse: true },
  { plan: false, fuse: true },
  { plan: true, fuse: false },
  { plan: false, fuse: false },
];

/** What a function gives under each setting, as a plan. */
function underAll(run: () => Tensor[], check: (result: Tensor[], what: string) => void): void {
  try {
    for (const setting of SETTINGS) {
      configure(setting);
      check(run(), JSON.stringify(setting));
    }
  } finally {
    configure(SETTINGS[0]!);
  }
}

/** One case of each name and options, with weights where there are any. */
function onePerKind(cases: readonly Case[]): Case[] {
  const kinds = new Map(cases.map((each) => [each.name + JSON.stringify(each.arguments), each]));
  return [...kinds.values()];
}

suite("losses and metrics: equal bits under all settings", (test) => {
  const classes = losses as unknown as Record<string, losses.LossClass>;
  for (const { name, arguments: given, target, prediction, weight } of onePerKind(scores.losses as unknown as Case[])) {
    test(`${name} ${JSON.stringify(given)}`, () => {
      const loss = new classes[name]!(camelCaseKeys(given));
      const variable = new Variable(prediction);
      const both = (t: Tensor): Tensor[] => {
        const { value, grads } = valueAndGrads(() => loss.apply(t, variable, weight), [variable]);
        return [value, grads[0]!];
      };
      const [value, gradient] = both(tensor(target));
      underAll(
        () => compile(both)(tensor(target)),
        (result, what) => {
          assertBitEqual(result[0]!, value!, what);
          assertBitEqual(result[1]!, gradient!, `gradient ${what}`);
        },
      );
    });
  }

  const made = [
    ...[
      metrics.auc({ curve: "PR" }),
      metrics.recall({ thresholds: [0.2, 0.6] }),
      metrics.f1Score({ average: "weighted" }),
    ],
    ...[metrics.r2Score(), metrics.oneHotMeanIoU({ numClasses: 3 }), metrics.topKCategoricalAccuracy({ k: 2 })],
    ...[metrics.precisionAtRecall({ recall: 0.5 }), metrics.rootMeanSquaredError(), metrics.logCoshError()],
  ];
  const t = [[1, 0, 0], [0, 0, 1], [0, 1, 0], [0, 0, 1]]; // biome-ignore format: a table
  const p = [[0.5, 0.3, 0.2], [0.1, 0.7, 0.2], [0.3, 0.6, 0.1], [0.05, 0.15, 0.8]]; // biome-ignore format: a table
  const w = [1, 0.5, 2, 0.3];
  for (const metric of made) {
    test(`metric ${metric.name}`, () => {
      metric.updateState(t, p, w);
      const expected = metric.result();
      underAll(
        () => {
          metric.resetState();
          const step = compile((target: Tensor, prediction: Tensor) => {
            metric.updateState(target, prediction, w);
            return [metric.result()];
          });
          return step(tensor(t), tensor(p));
        },
        ([result], what) => assertBitEqual(result!, expected, what),
      );
    });
  }
});
