import type { BufferRef, GradientRule, ValueCheck } from "../graph/op.ts";
import type { Spec } from "../graph/spec.ts";
import { sameShape } from "../util/shape.ts";
import {
  callKernel,
  elementwise,
  elementwiseOp,
  type Gradient,
  type KernelName,
  likeFirst,
  type NoAttrs,
  type Op,
  op,
  requireSameShape,
  shapesDiffer,
} from "./define.ts";
import type { Tensor } from "./tensor.ts";

/** Rows and columns of a value whose last axis holds the classes. */
function rowsOf({ shape, size }: BufferRef): [rows: number, cols: number] {
  const cols = shape.at(-1) ?? 1;
  return [cols === 0 ? 0 : size / cols, cols];
}

/** An op along rows: its kernel takes outputs, inputs, rows and columns. */
function rowOp(name: string, kernel: KernelName, gradient: GradientRule<NoAttrs, Tensor>): Op<NoAttrs> {
  return elementwiseOp(name, (k, io) => callKernel(k, kernel, io, ...rowsOf(io.outputs[0]!)), gradient);
}

/** y·(dy − Σ dy·y) along the last axis. */
export const softmaxGradOp: Op<NoAttrs> = rowOp(
  "softmaxGrad",
  "f32_softmax_grad",
  ({ inputs: [dy, y], grads: [g], needs, apply }) => {
    const inner = dy!.mul(y!).sum(-1, true);
    const outer = g!.mul(y!).sum(-1, true);
    return [
      needs[0] ? apply(softmaxGradOp, [g!, y!], {})[0]! : null,
      needs[1] ? g!.mul(dy!.sub(inner)).sub(dy!.mul(outer)) : null,
    ];
  },
);

/** dy − exp(y)·Σ dy along the last axis, y being the log-softmax. */
export const logSoftmaxGradOp: Op<NoAttrs> = rowOp(
  "logSoftmaxGrad",
  "f32_log_softmax_grad",
  ({ inputs: [dy, y], grads: [g], needs }) => {
    const p = y!.exp();
    const dotted = g!.mul(p).sum(-1, true);
    return [needs[0] ? g!.sub(dotted) : null, needs[1] ? g!.mul(p).mul(dy!.sum(-1, true)).neg() : null];
  },
);

/** exp(x) / Σ exp(x) along the last axis. */
export const softmaxOp: Op<NoAttrs> = rowOp("softmax", "f32_softmax", ({ outputs: [y], grads: [dy], apply }) =>
  apply(softmaxGradOp, [dy!, y!], {}),
);

/** x − ln Σ exp(x) along the last axis. */
export const logSoftmaxOp: Op<NoAttrs> = rowOp(
  "logSoftmax",
  "f32_log_softmax",
  ({ outputs: [y], grads: [dy], apply }) => apply(logSoftmaxGradOp, [dy!, y!], {}),
);

/**
 * Gradient for the logits of a loss: what came through the loss, and what comes through the probabilities, which only
 * the gradient reads: so it is there in second derivatives alone.
 */
function logitsGradient(
  throughLoss: () => Tensor,
  { outputs: [, p], grads: [dloss, dp], apply }: Gradient<NoAttrs>,
): Tensor {
  if (!dp) return throughLoss();
  const [throughP] = apply(softmaxGradOp, [dp, p!], {});
  return dloss ? throughLoss().add(throughP!) : throughP!;
}

/** A loss for each row, and the probabilities, which the gradient reads. */
function lossSpecs(logits: Spec): Spec[] {
  return [
    { shape: logits.shape.slice(0, -1), dtype: "float32" },
    { shape: logits.shape, dtype: "float32" },
  ];
}

/** Inputs (target, logits): −Σ t·logsoftmax(z) for each row; second output softmax(z). */
export const softmaxCrossEntropyOp: Op<NoAttrs> = op<NoAttrs>({
  name: "softmaxCrossEntropy",
  shape: ([target, logits]) => {
    requireSameShape("softmaxCrossEntropy", target!, logits!);
    return lossSpecs(logits!);
  },
  gradient: (args) => {
    const {
      inputs: [target, logits],
      outputs: [, p],
      grads: [dloss],
      needs,
      apply,
    } = args;
    return [
      needs[0] && dloss ? logits!.logSoftmax().mul(dloss.expandDims(-1)).neg() : null,
      needs[1] ? logitsGradient(() => apply(softmaxCrossEntropyGradOp, [dloss!, p!, target!], {})[0]!, args) : null,
    ];
  },
  kernel: (k, io) => callKernel(k, "f32_softmax_cross_entropy", io, ...rowsOf(io.inputs[1]!)),
});

/** Inputs (dloss, p, target): dloss·(p·Σt − t). */
export const softmaxCrossEntropyGradOp: Op<NoAttrs> = op<NoAttrs>({
  name: "softmaxCrossEntropyGrad",
  shape: ([, p]) => ({ shape: p!.shape, dtype: "float32" }),
  gradient: ({ inputs: [dloss, p, target], grads: [g], needs }) => {
    const total = target!.sum(-1, true);
    const weight = dloss!.expandDims(-1);
    return [
      needs[0] ? g!.mul(p!.mul(total).sub(target!)).sum(-1) : null,
      needs[1] ? g!.mul(total).mul(weight) : null,
      needs[2] ? weight.mul(g!.mul(p!).sum(-1, true).sub(g!)) : null,
    ];
  },
  kernel: (k, io) => callKernel(k, "f32_softmax_cross_entropy_grad", io, ...rowsOf(io.inputs[1]!)),
  inPlace: [[0, 1]],
});

/** Labels must name a class. */
const labelCheck: ValueCheck<NoAttrs> = {
  input: 0,
  run: (k, { inputs: [labels, logits] }) => k.i32_check_range(labels!.ptr, labels!.size, 0, logits!.shape.at(-1)!),
  message: (index, value, { inputs: [, logits] }) =>
    `labels: expected integers in [0, ${logits!.shape.at(-1)}), got ${value} at element ${index}.`,
};

/** Inputs (labels int32, logits): −logsoftmax(z)[label] for each row; second output softmax(z). */
export const sparseSoftmaxCrossEntropyOp: Op<NoAttrs> = op<NoAttrs>({
  name: "sparseSoftmaxCrossEntropy",
  shape: ([labels, logits]) => {
    const rows = logits!.shape.slice(0, -1);
    if (!sameShape(labels!.shape, rows)) {
      throw shapesDiffer("sparseSoftmaxCrossEntropy", labels!.shape, logits!.shape, "one label for each row of logits");
    }
    return lossSpecs(logits!);
  },
  gradient: (args) => {
    const {
      inputs: [labels],
      outputs: [, p],
      grads: [dloss],
      apply,
    } = args;
    return [null, logitsGradient(() => apply(sparseSoftmaxCrossEntropyGradOp, [dloss!, p!, labels!], {})[0]!, args)];
  },
  kernel: (k, io) => callKernel(k, "f32_sparse_softmax_cross_entropy", io, ...rowsOf(io.inputs[1]!)),
  check: labelCheck,
});

/** Inputs (dloss, p, labels): dloss·(p − onehot(label)). */
export const sparseSoftmaxCrossEntropyGradOp: Op<NoAttrs> = op<NoAttrs>({
  name: "sparseSoftmaxCrossEntropyGrad",
  shape: ([, p]) => ({ shape: p!.shape, dtype: "float32" }),
  gradient: ({ inputs: [dloss, p, labels], grads: [g], needs }) => [
    needs[0] ? g!.mul(p!.sub(labels!.oneHot(p!.shape.at(-1)!))).sum(-1) : null,
    needs[1] ? g!.mul(dloss!.expandDims(-1)) : null,
    null,
  ],
  kernel: (k, io) => callKernel(k, "f32_sparse_softmax_cross_entropy_grad", io, ...rowsOf(io.inputs[1]!)),
  inPlace: [[0, 1]],
});

/** Inputs (target, logits): max(z, 0) − z·t + ln(1 + exp(−|z|)), element by element. */
export const sigmoidCrossEntropyOp: Op<NoAttrs> = op<NoAttrs>({
  name: "sigmoidCrossEntropy",
  shape: ([target, logits]) => {
    requireSameShape("sigmoidCrossEntropy", target!, logits!);
    return { shape: logits!.shape, dtype: "float32" };
  },
  gradient: ({ inputs: [target, logits], grads: [dy], needs, apply }) => [
    needs[0] ? dy!.mul(logits!).neg() : null,
    needs[1] ? apply(sigmoidCrossEntropyGradOp, [dy!, target!, logits!], {})[0]! : null,
  ],
  kernel: elementwise("f32_sigmoid_cross_entropy"),
});

/** Inputs (dy, target, logits): dy·(σ(z) − t). */
export const sigmoidCrossEntropyGradOp: Op<NoAttrs> = op<NoAttrs>({
  name: "sigmoidCrossEntropyGrad",
  shape: likeFirst,
  gradient: ({ inputs: [dy, target, logits], grads: [g], needs, apply }) => {
    const s = logits!.sigmoid();
    return [
      needs[0] ? apply(sigmoidCrossEntropyGradOp, [g!, target!, logits!], {})[0]! : null,
      needs[1] ? g!.mul(dy!).neg() : null,
      needs[2] ? g!.mul(dy!).mul(s).mul(s.neg().add(1)) : null,
    ];
  },
  kernel: elementwise("f32_sigmoid_cross_entropy_grad"),
  inPlace: [[0, 0]],
});
