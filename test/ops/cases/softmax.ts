import type { NoAttrs, Op } from "../../../src/ops/define.ts";
import * as records from "../../../src/ops/softmax.ts";
import { apply } from "../../../src/ops/tensor.ts";
import type { OpCase } from "../../harness/op-test.ts";
import { unary } from "../../reference/kernels/elementwise.ts";
import { mapAll, transpose } from "../../reference/ops/arrays.ts";
import * as rows from "../../reference/ops/rows.ts";

const SHAPES = [[5, 7], [3, 1], [9], [2, 3, 10], [0, 4]];

/** Rows that sum to 1, and one row of weights that do not. */
const TARGETS = [0.1, 0.2, 0.3, 0.4, 0, 0, 1, 0, 0.5, 0.5, 0.25, 0.5];
const LABELS = [3, 0, 2, 1, 3];

/** Applies a record without attributes; its first output. */
const first =
  (op: Op<NoAttrs>): OpCase["call"] =>
  (...inputs) =>
    apply(op, inputs, {})[0]!;

function rowCases(op: Op<NoAttrs>, oracle: (x: ArrayLike<number>, cols: number) => number[]): OpCase[] {
  return SHAPES.map((shape) => ({
    name: `(${shape})`,
    op,
    inputs: [{ shape, low: -4, high: 4 }],
    call: (x) => (op === records.softmaxOp ? x.softmax() : x.logSoftmax()),
    oracle: (x) => oracle(x, shape.at(-1)!),
  }));
}

export const cases: readonly OpCase[] = [
  ...rowCases(records.softmaxOp, rows.softmax),
  ...rowCases(records.logSoftmaxOp, rows.logSoftmax),
  {
    name: "along the first axis",
    op: records.softmaxOp,
    inputs: [{ shape: [4, 3] }],
    call: (x) => x.softmax(0),
    oracle: (x) => transpose(rows.softmax(transpose(x, [4, 3], [1, 0]), 4), [3, 4], [1, 0]),
  },
  {
    name: "logits far from 0",
    op: records.softmaxOp,
    inputs: [{ shape: [2, 3], values: [1000, 1001, 999, -1000, -1001, -1000.5] }],
    call: (x) => x.softmax(),
    oracle: (x) => rows.softmax(x, 3),
  },
  {
    name: "dy and y",
    op: records.softmaxGradOp,
    inputs: [{ shape: [5, 7] }, { shape: [5, 7], low: 0, high: 1 }],
    call: first(records.softmaxGradOp),
    oracle: (dy, y) => rows.softmaxGrad(dy!, y!, 7),
  },
  {
    name: "dy and y",
    op: records.logSoftmaxGradOp,
    inputs: [{ shape: [5, 7] }, { shape: [5, 7], low: -3, high: 0 }],
    call: first(records.logSoftmaxGradOp),
    oracle: (dy, y) => rows.logSoftmaxGrad(dy!, y!, 7),
  },
  {
    name: "targets and logits, both differentiated",
    op: records.softmaxCrossEntropyOp,
    inputs: [{ shape: [3, 4], values: TARGETS }, { shape: [3, 4] }],
    call: first(records.softmaxCrossEntropyOp),
    oracle: (target, logits) => rows.crossEntropy(target!, logits!, 4),
  },
  {
    name: "the probabilities beside the loss",
    op: records.softmaxCrossEntropyOp,
    inputs: [{ shape: [3, 4], values: TARGETS, gradient: false }, { shape: [3, 4] }],
    call: (target, logits) => apply(records.softmaxCrossEntropyOp, [target, logits], {}),
    oracle: (target, logits) => [...rows.crossEntropy(target!, logits!, 4), ...rows.softmax(logits!, 4)],
  },
  {
    name: "no rows",
    op: records.softmaxCrossEntropyOp,
    inputs: [{ shape: [0, 4] }, { shape: [0, 4] }],
    call: first(records.softmaxCrossEntropyOp),
    oracle: () => [],
  },
  {
    name: "dloss, p, targets",
    op: records.softmaxCrossEntropyGradOp,
    inputs: [{ shape: [3] }, { shape: [3, 4], low: 0, high: 1 }, { shape: [3, 4], values: TARGETS }],
    call: first(records.softmaxCrossEntropyGradOp),
    oracle: (dloss, p, target) => rows.crossEntropyGrad(dloss!, p!, target!, 4),
  },
  {
    name: "labels and logits",
    op: records.sparseSoftmaxCrossEntropyOp,
    inputs: [{ shape: [5], dtype: "int32", values: LABELS }, { shape: [5, 4] }],
    call: first(records.sparseSoftmaxCrossEntropyOp),
    oracle: (labels, logits) => rows.crossEntropy(rows.oneHot(labels!, 4), logits!, 4),
  },
  {
    name: "the probabilities beside the loss",
    op: records.sparseSoftmaxCrossEntropyOp,
    inputs: [{ shape: [5], dtype: "int32", values: LABELS }, { shape: [5, 4] }],
    call: (labels, logits) => apply(records.sparseSoftmaxCrossEntropyOp, [labels, logits], {}),
    oracle: (labels, logits) => [
      ...rows.crossEntropy(rows.oneHot(labels!, 4), logits!, 4),
      ...rows.softmax(logits!, 4),
    ],
  },
  {
    name: "dloss, p, labels",
    op: records.sparseSoftmaxCrossEntropyGradOp,
    inputs: [{ shape: [5] }, { shape: [5, 4], low: 0, high: 1 }, { shape: [5], dtype: "int32", values: LABELS }],
    call: first(records.sparseSoftmaxCrossEntropyGradOp),
    oracle: (dloss, p, labels) => rows.crossEntropyGrad(dloss!, p!, rows.oneHot(labels!, 4), 4),
  },
  {
    name: "targets and logits, both differentiated",
    op: records.sigmoidCrossEntropyOp,
    inputs: [
      { shape: [3, 5], low: 0, high: 1 },
      { shape: [3, 5], gap: 0.05 },
    ],
    call: first(records.sigmoidCrossEntropyOp),
    oracle: mapAll(rows.sigmoidCrossEntropy),
  },
  {
    name: "dy, targets, logits",
    op: records.sigmoidCrossEntropyGradOp,
    inputs: [{ shape: [15] }, { shape: [15], low: 0, high: 1 }, { shape: [15] }],
    call: first(records.sigmoidCrossEntropyGradOp),
    oracle: mapAll((dy, t, z) => dy * (unary.sigmoid!(z, 0, 0) - t)),
  },
];
