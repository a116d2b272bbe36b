import { oneHot, sigmoidCrossEntropy, softmaxCrossEntropy, sparseSoftmaxCrossEntropy } from "../ops/index.ts";
import { producerOf, type Tensor } from "../ops/tensor.ts";
import { checkAxis, normalizeAxis, type Shape } from "../util/shape.ts";
import { alignLabels } from "./align.ts";
import { checkValues, type HostTargets, mean } from "./loss.ts";
import { aligned, type LossClass, lossClass } from "./loss-class.ts";

/** What all cross-entropies take. */
export interface LogitsOptions {
  /** Predictions are logits, not probabilities. Default false. */
  fromLogits?: boolean;
  /** The axis the classes lie on. Default −1. */
  axis?: number;
}

/** What cross-entropies with targets per class take. */
export interface SmoothingOptions extends LogitsOptions {
  /** Moves targets this far towards the uniform distribution, in [0, 1]. Default 0. */
  labelSmoothing?: number;
}

/** What cross-entropies with class numbers as targets take. */
export interface SparseOptions extends LogitsOptions {
  /** A class number that stands for "no target": 0 loss, and not counted in means. Default null: none. */
  ignoreClass?: number | null;
}

/** What focal cross-entropies take. */
export interface FocalOptions extends SmoothingOptions {
  /** Weight of class 1 (binary, with `applyClassBalancing`) or of all classes. Default 0.25. */
  alpha?: number;
  /** How much confident predictions count less. Default 2. */
  gamma?: number;
}

/** What the binary focal cross-entropy takes. */
export interface BinaryFocalOptions extends FocalOptions {
  /** Weighs class 1 with alpha, class 0 with 1 − alpha. Default false. */
  applyClassBalancing?: boolean;
}

/** Keras's fuzz factor: probabilities are kept this far from 0 and 1 before a logarithm. */
const EPSILON = 1e-7;

const LOGITS = { fromLogits: false, axis: -1 };
const SMOOTHING = { ...LOGITS, labelSmoothing: 0 };
const FOCAL = { ...SMOOTHING, alpha: 0.25, gamma: 2 };

/** Probabilities kept off 0 and 1; no gradient flows where they are cut. */
function clipped(probabilities: Tensor): Tensor {
  return probabilities.clip(EPSILON, 1 - EPSILON);
}

/** Probabilities made to add up to 1, kept off 0 and 1. */
function normalized(p: Tensor, axis: number): Tensor {
  return clipped(p.div(p.sum(axis, true)));
}

/** −Σ t·ln p over `axis`, with p first made to add up to 1. */
function fromProbabilities(t: Tensor, p: Tensor, axis: number): Tensor {
  return t.mul(normalized(p, axis).log()).sum(axis).neg();
}

/** What of 1 is not x. */
function not(x: Tensor): Tensor {
  return x.neg().add(1);
}

function binaryFromProbabilities(t: Tensor, p: Tensor): Tensor {
  return t
    .mul(p.log())
    .add(not(t).mul(not(p).log()))
    .neg();
}

function smooth(t: Tensor, by: number, classes: number): Tensor {
  return by === 0 ? t : t.mul(1 - by).add(by / classes);
}

/** x to a power ≥ 0. The op's gradient at 0⁰ would be NaN. */
function power(x: Tensor, exponent: number): Tensor | number {
  return exponent === 0 ? 1 : x.pow(exponent);
}

/** The tensor with `axis` moved to the end, where the fused ops work. */
function axisLast(x: Tensor, axis: number): Tensor {
  const from = checkAxis("crossentropy", axis, x.shape);
  const order = x.shape.map((_, i) => i).filter((i) => i !== from);
  return x.transpose([...order, from]);
}

/**
 * The logits behind predictions: the predictions themselves, or what a sigmoid or softmax made them from in this same
 * scope; else undefined. A loss on logits neither clips nor loses digits, and its gradient is the plain p − t.
 */
function logitsOf(
  prediction: Tensor,
  { fromLogits, axis }: Required<LogitsOptions>,
  activation: "sigmoid" | "softmax",
): Tensor | undefined {
  if (fromLogits) return prediction;
  const made = producerOf(prediction);
  if (made?.name !== activation) return undefined;
  const place = (wanted: unknown): unknown => normalizeAxis(Number(wanted ?? -1), prediction.rank);
  return activation === "softmax" && place(made.attrs.axis) !== place(axis) ? undefined : made.inputs[0];
}

/** Mean over the axis of −t·ln p − (1 − t)·ln(1 − p). */
export const BinaryCrossentropy: LossClass<SmoothingOptions> = /* @__PURE__ */ lossClass<SmoothingOptions>(
  "BinaryCrossentropy",
  SMOOTHING,
  /* @__PURE__ */ aligned((target, p, options, given) => {
    const t = smooth(target, options.labelSmoothing, 2);
    // Asked of the prediction as it came: alignment may have put a reshape between it and its sigmoid.
    const logits = logitsOf(given, options, "sigmoid")?.reshape(p.shape);
    const values = logits === undefined ? binaryFromProbabilities(t, clipped(p)) : sigmoidCrossEntropy(t, logits);
    return mean(values, options.axis);
  }),
);

/** The same times (1 − pₜ)^γ, with pₜ the probability of the true class. Lin et al. 2017. */
export const BinaryFocalCrossentropy: LossClass<BinaryFocalOptions> = /* @__PURE__ */ lossClass<BinaryFocalOptions>(
  "BinaryFocalCrossentropy",
  { ...FOCAL, applyClassBalancing: false },
  /* @__PURE__ */ aligned(
    (target, prediction, { fromLogits, axis, labelSmoothing, alpha, gamma, applyClassBalancing }) => {
      const t = smooth(target, labelSmoothing, 2);
      const p = fromLogits ? prediction.sigmoid() : prediction;
      const missed = not(t.mul(p).add(not(t).mul(not(p))));
      const values = binaryFromProbabilities(t, clipped(p)).mul(power(missed, gamma));
      return mean(applyClassBalancing ? values.mul(t.mul(alpha).add(not(t).mul(1 - alpha))) : values, axis);
    },
  ),
);

/** −Σ t·ln p over the classes, with one target per class (one-hot or soft). */
export const CategoricalCrossentropy: LossClass<SmoothingOptions> = /* @__PURE__ */ lossClass<SmoothingOptions>(
  "CategoricalCrossentropy",
  SMOOTHING,
  /* @__PURE__ */ aligned((target, p, options, given) => {
    const { axis, labelSmoothing } = options;
    const t = smooth(target, labelSmoothing, p.shape.at(axis) ?? 1);
    const logits = logitsOf(given, options, "softmax")?.reshape(p.shape);
    if (logits === undefined) return fromProbabilities(t, p, axis);
    return softmaxCrossEntropy(axisLast(t, axis), axisLast(logits, axis));
  }),
);

/** −Σ α·(1 − p)^γ·t·ln p over the classes, with one target per class. Lin et al. 2017. */
export const CategoricalFocalCrossentropy: LossClass<FocalOptions> = /* @__PURE__ */ lossClass<FocalOptions>(
  "CategoricalFocalCrossentropy",
  FOCAL,
  /* @__PURE__ */ aligned((target, prediction, { fromLogits, axis, labelSmoothing, alpha, gamma }) => {
    const t = smooth(target, labelSmoothing, prediction.shape.at(axis) ?? 1);
    const p = normalized(fromLogits ? prediction.softmax(axis) : prediction, axis);
    return t
      .mul(p.log())
      .mul(power(not(p), gamma))
      .sum(axis)
      .mul(-alpha);
  }),
);

/** Labels have to be class numbers, or the one that is ignored. */
export function checkLabels(
  targets: HostTargets,
  prediction: Shape,
  where: string,
  { axis, ignoreClass }: Pick<Required<SparseOptions>, "axis" | "ignoreClass">,
): void {
  const classes = prediction.at(axis) ?? Infinity;
  const fits = (label: number): boolean =>
    (Number.isInteger(label) && label >= 0 && label < classes) || label === ignoreClass;
  checkValues(targets, where, `class numbers in [0, ${classes})`, fits);
}

/** −ln p of the true class, with class numbers as targets. */
export const SparseCategoricalCrossentropy: LossClass<SparseOptions> = /* @__PURE__ */ lossClass<SparseOptions>(
  "SparseCategoricalCrossentropy",
  { ...LOGITS, ignoreClass: null },
  (target, prediction, options) => {
    const { axis, ignoreClass, where } = options;
    const given = alignLabels(target, prediction, axis, where);
    const valid = ignoreClass === null ? undefined : given.notEqual(ignoreClass);
    const labels = valid === undefined ? given : given.where(valid, 0);
    const logits = logitsOf(prediction, options, "softmax");
    let classesLast = axisLast(logits ?? prediction, axis);
    // Whatever was predicted where nothing is wanted, NaN too, stays out of the gradient.
    if (valid !== undefined) classesLast = classesLast.where(valid.expandDims(), 1);
    const values =
      logits === undefined
        ? fromProbabilities(oneHot(labels, classesLast.shape.at(-1)!), classesLast, -1)
        : sparseSoftmaxCrossEntropy(labels, classesLast);
    if (valid === undefined) return values;
    const counted = values.where(valid, 0);
    counted.mask = valid;
    return counted;
  },
  { check: checkLabels },
);
