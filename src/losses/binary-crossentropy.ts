import { sigmoidCrossEntropy } from "../ops/index.ts";
import type { Tensor } from "../ops/tensor.ts";
import { alignEqual } from "./alignment.ts";
import { Crossentropy, checkSmoothing, type SmoothedCrossentropyOptions } from "./crossentropy.ts";
import { clipProbabilities, logitsOfSigmoid } from "./probabilities.ts";

/** Mean over the axis of −t·ln p − (1 − t)·ln(1 − p). */
export class BinaryCrossentropy extends Crossentropy {
  static readonly className: string = "BinaryCrossentropy";
  readonly labelSmoothing: number;

  constructor(options: SmoothedCrossentropyOptions = {}) {
    super(options, "BinaryCrossentropy", "binary_crossentropy", ["labelSmoothing"]);
    this.labelSmoothing = checkSmoothing(options.labelSmoothing, "BinaryCrossentropy");
  }

  protected override call(target: Tensor, prediction: Tensor): Tensor {
    const [aligned, p] = alignEqual(target, prediction, this.where);
    const s = this.labelSmoothing;
    const t = s === 0 ? aligned : aligned.mul(1 - s).add(s / 2);
    // Asked of the prediction as it came: alignment may have put a reshape between it and its sigmoid.
    const logits = this.fromLogits ? p : logitsOfSigmoid(prediction)?.reshape(p.shape);
    const values = logits === undefined ? fromProbabilities(t, p) : sigmoidCrossEntropy(t, logits);
    return values.rank === 0 ? values : values.mean(this.axis);
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), labelSmoothing: this.labelSmoothing };
  }
}

function fromProbabilities(t: Tensor, probabilities: Tensor): Tensor {
  const p = clipProbabilities(probabilities);
  const one = t.mul(p.log());
  const zero = t.neg().add(1).mul(p.neg().add(1).log());
  return one.add(zero).neg();
}
