import { oneHot, sigmoidCrossEntropy, softmaxCrossEntropy, sparseSoftmaxCrossEntropy } from "../ops/index.ts";
import { producerOf, type Tensor } from "../ops/tensor.ts";
import { checkBoolean, checkInteger, checkNumber } from "../util/names.ts";
import { normalizeAxis, type Shape } from "../util/shape.ts";
import { alignEqual, alignLabels } from "./align.ts";
import { checkValues, type HostTargets, Loss, type LossOptions } from "./loss.ts";

/** What all cross-entropies take. */
export interface CrossentropyOptions extends LossOptions {
  /** Predictions are logits, not probabilities. Default false. */
  fromLogits?: boolean;
  /** The axis the classes lie on. Default −1. */
  axis?: number;
}

/** What cross-entropies with targets per class take. */
export interface SmoothedCrossentropyOptions extends CrossentropyOptions {
  /** Moves targets this far towards the uniform distribution, in [0, 1]. Default 0. */
  labelSmoothing?: number;
}

/** Keras's fuzz factor: probabilities are kept this far from 0 and 1 before a logarithm. */
const EPSILON = 1e-7;

/** Probabilities kept off 0 and 1; no gradient flows where they are cut. */
function clipped(probabilities: Tensor): Tensor {
  return probabilities.clip(EPSILON, 1 - EPSILON);
}

/** −Σ t·ln p over `axis`, with p first made to add up to 1. */
function fromProbabilities(t: Tensor, p: Tensor, axis: number): Tensor {
  return t
    .mul(clipped(p.div(p.sum(axis, true))).log())
    .sum(axis)
    .neg();
}

function binaryFromProbabilities(t: Tensor, p: Tensor): Tensor {
  const not = (x: Tensor): Tensor => x.neg().add(1);
  return t
    .mul(p.log())
    .add(not(t).mul(not(p).log()))
    .neg();
}

/** The tensor with `axis` moved to the end, where the fused ops work. */
function axisLast(x: Tensor, axis: number): Tensor {
  const from = normalizeAxis(axis, x.rank);
  if (from === undefined || from === x.rank - 1) return x;
  const order = x.shape.map((_, i) => i).filter((i) => i !== from);
  return x.transpose([...order, from]);
}

/** Common part of the cross-entropies: their options, and the way back from probabilities to logits. */
abstract class Crossentropy extends Loss {
  readonly fromLogits: boolean;
  readonly axis: number;

  constructor(options: CrossentropyOptions = {}, more: readonly string[] = []) {
    super(options, undefined, ["fromLogits", "axis", ...more]);
    this.fromLogits = checkBoolean(options.fromLogits ?? false, this.where, "fromLogits");
    this.axis = checkInteger(options.axis ?? -1, this.where, "axis", -8, 8);
  }

  /**
   * The logits behind predictions: the predictions themselves, or what a sigmoid or softmax made them from in this same
   * scope; else undefined. A loss on logits neither clips nor loses digits, and its gradient is the plain p − t.
   */
  protected logits(prediction: Tensor, activation: "sigmoid" | "softmax"): Tensor | undefined {
    if (this.fromLogits) return prediction;
    const made = producerOf(prediction);
    if (made?.name !== activation) return undefined;
    const axis = (wanted: unknown): unknown => normalizeAxis(Number(wanted ?? -1), prediction.rank);
    return activation === "softmax" && axis(made.attrs.axis) !== axis(this.axis) ? undefined : made.inputs[0];
  }
}

/** Cross-entropies with a target for each class, which can be smoothed. */
abstract class Smoothed extends Crossentropy {
  readonly labelSmoothing: number;

  constructor(options?: SmoothedCrossentropyOptions) {
    super(options, ["labelSmoothing"]);
    this.labelSmoothing = checkNumber(options?.labelSmoothing ?? 0, this.where, "labelSmoothing", { min: 0, max: 1 });
  }

  protected smooth(t: Tensor, classes: number): Tensor {
    const s = this.labelSmoothing;
    return s === 0 ? t : t.mul(1 - s).add(s / classes);
  }
}

/** Mean over the axis of −t·ln p − (1 − t)·ln(1 − p). */
export class BinaryCrossentropy extends Smoothed {
  static override readonly className: string = "BinaryCrossentropy";

  protected override call(target: Tensor, prediction: Tensor): Tensor {
    const [aligned, p] = alignEqual(target, prediction, this.where);
    const t = this.smooth(aligned, 2);
    // Asked of the prediction as it came: alignment may have put a reshape between it and its sigmoid.
    const logits = this.logits(prediction, "sigmoid")?.reshape(p.shape);
    const values = logits === undefined ? binaryFromProbabilities(t, clipped(p)) : sigmoidCrossEntropy(t, logits);
    return values.rank === 0 ? values : values.mean(this.axis);
  }
}

/** −Σ t·ln p over the classes, with one target per class (one-hot or soft). */
export class CategoricalCrossentropy extends Smoothed {
  static override readonly className: string = "CategoricalCrossentropy";

  protected override call(target: Tensor, prediction: Tensor): Tensor {
    const { axis } = this;
    const [aligned, p] = alignEqual(target, prediction, this.where);
    const t = this.smooth(aligned, p.shape.at(axis) ?? 1);
    const logits = this.logits(prediction, "softmax")?.reshape(p.shape);
    if (logits === undefined) return fromProbabilities(t, p, axis);
    return softmaxCrossEntropy(axisLast(t, axis), axisLast(logits, axis));
  }
}

/** −ln p of the true class, with class numbers as targets. */
export class SparseCategoricalCrossentropy extends Crossentropy {
  static override readonly className: string = "SparseCategoricalCrossentropy";

  override checkTargets(targets: HostTargets, prediction: Shape, where: string = this.where): void {
    const classes = prediction.at(this.axis) ?? Infinity;
    const fits = (label: number): boolean => Number.isInteger(label) && label >= 0 && label < classes;
    checkValues(targets, where, `class numbers in [0, ${classes})`, fits);
  }

  protected override call(target: Tensor, prediction: Tensor): Tensor {
    const labels = alignLabels(target, prediction, this.axis, this.where);
    const logits = this.logits(prediction, "softmax");
    const classesLast = axisLast(logits ?? prediction, this.axis);
    if (logits !== undefined) return sparseSoftmaxCrossEntropy(labels, classesLast);
    return fromProbabilities(oneHot(labels, classesLast.shape.at(-1)!), classesLast, -1);
  }
}
