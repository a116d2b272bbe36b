import * as records from "../../../src/ops/batch-norm.ts";
import { batchNormInference, batchNormTrain, movingUpdate } from "../../../src/ops/index.ts";
import { apply } from "../../../src/ops/tensor.ts";
import type { OpCase } from "../../harness/op-test.ts";
import { mapAll } from "../../reference/ops/arrays.ts";
import * as reference from "../../reference/ops/batch-norm.ts";

const EPSILON = 0.01;
const LAYOUTS: readonly (readonly [shape: number[], axis: number])[] = [
  [[37, 5], 1],
  [[70, 3], 1],
  [[4, 3, 5], 1],
  [[2, 3, 2, 6], 3],
  [[5, 8], 0],
];
const WITH = [
  { scale: true, center: true },
  { scale: true, center: false },
  { scale: false, center: true },
  { scale: false, center: false },
];

interface Layout {
  readonly shape: number[];
  readonly axis: number;
  readonly scale: boolean;
  readonly center: boolean;
}

/** Every layout with gamma and beta, the first one also without. */
const ALL: readonly Layout[] = [
  ...LAYOUTS.map(([shape, axis]) => ({ shape, axis, scale: true, center: true })),
  ...WITH.slice(1).map((which) => ({ shape: LAYOUTS[0]![0], axis: 1, ...which })),
];

const named = ({ shape, axis, scale, center }: Layout): string =>
  `(${shape}) along ${axis}${scale ? "" : ", no gamma"}${center ? "" : ", no beta"}`;

/** gamma and beta out of those that are there. */
function split<T>(
  { scale, center }: { scale: boolean; center: boolean },
  given: readonly T[],
): [T | undefined, T | undefined] {
  return [scale ? given[0] : undefined, center ? given[scale ? 1 : 0] : undefined];
}

function parameters({ shape, axis, scale, center }: Layout): { shape: number[] }[] {
  return Array.from({ length: Number(scale) + Number(center) }, () => ({ shape: [shape[axis]!] }));
}

const trainCases = ALL.map(
  (layout): OpCase => ({
    name: named(layout),
    op: records.batchNormTrainOp,
    inputs: [{ shape: layout.shape }, ...parameters(layout)],
    call: (x, ...given) => {
      const [gamma = null, beta = null] = split(layout, given);
      const { y, mean, variance } = batchNormTrain(x, gamma, beta, { axis: layout.axis, epsilon: EPSILON });
      return [y, mean, variance];
    },
    oracle: (x, ...given) => {
      const { shape, axis } = layout;
      const { mean, variance } = reference.statistics(x, shape, axis);
      return [...reference.normalize(x, shape, axis, EPSILON, ...split(layout, given)), ...mean, ...variance];
    },
    second: false,
  }),
);

const gradCases = ALL.slice(0, 6).map(
  (layout): OpCase => ({
    name: named(layout),
    op: records.batchNormTrainGradOp,
    inputs: [layout.shape, layout.shape, ...(layout.scale ? [[layout.shape[layout.axis]!]] : [])].map((shape) => ({
      shape,
      gradient: false,
    })),
    call: (dy, x, ...gamma) => {
      const { axis, scale, center } = layout;
      const [mean, variance] = apply(records.batchNormStatsOp, [x], { axis });
      return apply(records.batchNormTrainGradOp, [dy, x, mean!, variance!, ...gamma], {
        axis,
        scale,
        center,
        epsilon: EPSILON,
      });
    },
    oracle: (dy, x, gamma) => reference.normalizeGrad(dy, x, layout.shape, layout.axis, EPSILON, gamma).flat(),
    second: false,
  }),
);

const inferenceCases = ALL.map(
  (layout): OpCase => ({
    name: named(layout),
    op: records.scaleShiftOp,
    inputs: [
      { shape: layout.shape },
      { shape: [layout.shape[layout.axis]!] },
      { shape: [layout.shape[layout.axis]!], low: 0.5, high: 2 },
      ...parameters(layout),
    ],
    call: (x, mean, variance, ...given) => {
      const [gamma = null, beta = null] = split(layout, given);
      return batchNormInference(x, gamma, beta, mean, variance, { axis: layout.axis, epsilon: EPSILON });
    },
    oracle: (x, mean, variance, ...given) => {
      const [gamma, beta] = split(layout, given);
      return reference
        .channelsOf(layout.shape, layout.axis)
        .map((c, i) => ((x[i]! - mean[c]!) / Math.sqrt(variance[c]! + EPSILON)) * (gamma?.[c] ?? 1) + (beta?.[c] ?? 0));
    },
  }),
);

const coefficientCases = WITH.map(
  (which): OpCase => ({
    name: `${which.scale ? "gamma" : "no gamma"}, ${which.center ? "beta" : "no beta"}`,
    op: records.batchNormCoefficientsOp,
    inputs: [{ shape: [7] }, { shape: [7], low: 0.5, high: 2 }, ...parameters({ shape: [7], axis: 0, ...which })],
    call: (...inputs) => apply(records.batchNormCoefficientsOp, inputs, { axis: 0, epsilon: EPSILON, ...which }),
    oracle: (mean, variance, ...given) => {
      const [gamma, beta] = split(which, given);
      const s = Array.from(variance, (v, i) => (gamma?.[i] ?? 1) / Math.sqrt(v + EPSILON));
      return [...s, ...s.map((value, i) => (beta?.[i] ?? 0) - mean[i]! * value)];
    },
  }),
);

export const cases: readonly OpCase[] = [
  ...LAYOUTS.map(
    ([shape, axis]): OpCase => ({
      name: `(${shape}) along ${axis}`,
      op: records.batchNormStatsOp,
      inputs: [{ shape }],
      call: (x) => apply(records.batchNormStatsOp, [x], { axis }),
      oracle: (x) => Object.values(reference.statistics(x, shape, axis)).flat(),
    }),
  ),
  ...trainCases,
  ...gradCases,
  ...coefficientCases,
  ...inferenceCases,
  {
    name: "momentum 0.9",
    op: records.movingUpdateOp,
    inputs: [{ shape: [7] }, { shape: [7] }],
    call: (moving, batch) => movingUpdate(moving, batch, 0.9),
    oracle: mapAll((moving, batch) => moving * 0.9 + batch * 0.1),
  },
];
