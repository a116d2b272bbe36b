import { softmaxCrossEntropy } from "../ops/index.ts";
import type { Tensor } from "../ops/tensor.ts";
import { alignEqual } from "./alignment.ts";
import { Crossentropy, checkSmoothing, type SmoothedCrossentropyOptions } from "./crossentropy.ts";
import { axisLast, crossEntropyOfProbabilities, logitsOfSoftmax } from "./probabilities.ts";

/** −Σ t·ln p over the classes, with one target per class (one-hot or soft). */
export class CategoricalCrossentropy extends Crossentropy {
  static readonly className: string = "CategoricalCrossentropy";
  readonly labelSmoothing: number;

  constructor(options: SmoothedCrossentropyOptions = {}) {
    super(options, "CategoricalCrossentropy", "categorical_crossentropy", ["labelSmoothing"]);
    this.labelSmoothing = checkSmoothing(options.labelSmoothing, "CategoricalCrossentropy");
  }

  protected override call(target: Tensor, prediction: Tensor): Tensor {
    const [aligned, p] = alignEqual(target, prediction, this.where);
    const classes = p.shape.at(this.axis) ?? 1;
    const s = this.labelSmoothing;
    const t = s === 0 ? aligned : aligned.mul(1 - s).add(s / classes);
    const logits = this.fromLogits ? p : logitsOfSoftmax(prediction, this.axis)?.reshape(p.shape);
    if (logits === undefined) return crossEntropyOfProbabilities(t, p, this.axis);
    return softmaxCrossEntropy(axisLast(t, this.axis), axisLast(logits, this.axis));
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), labelSmoothing: this.labelSmoothing };
  }
}
