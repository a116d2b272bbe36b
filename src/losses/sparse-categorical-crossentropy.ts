import { oneHot, sparseSoftmaxCrossEntropy } from "../ops/index.ts";
import type { Tensor } from "../ops/tensor.ts";
import { formatShape, normalizeAxis, type Shape, sameShape } from "../util/shape.ts";
import { mismatch } from "./alignment.ts";
import { Crossentropy, type CrossentropyOptions } from "./crossentropy.ts";
import { checkClassNumbers, type HostTargets } from "./label-checks.ts";
import { axisLast, crossEntropyOfProbabilities, logitsOfSoftmax } from "./probabilities.ts";

/** −ln p of the true class, with class numbers as targets. */
export class SparseCategoricalCrossentropy extends Crossentropy {
  static readonly className: string = "SparseCategoricalCrossentropy";

  constructor(options: CrossentropyOptions = {}) {
    super(options, "SparseCategoricalCrossentropy", "sparse_categorical_crossentropy");
  }

  override checkTargets(targets: HostTargets, prediction: Shape, where: string = this.where): void {
    const classes = prediction.at(this.axis);
    checkClassNumbers(targets, classes ?? Number.POSITIVE_INFINITY, where);
  }

  protected override call(target: Tensor, prediction: Tensor): Tensor {
    const logits = this.fromLogits ? prediction : logitsOfSoftmax(prediction, this.axis);
    const classesLast = axisLast(logits ?? prediction, this.axis);
    const labels = this.#labels(target, prediction).cast("int32");
    if (logits !== undefined) return sparseSoftmaxCrossEntropy(labels, classesLast);
    const targets = oneHot(labels, classesLast.shape.at(-1)!);
    return crossEntropyOfProbabilities(targets, classesLast, -1);
  }

  /** Labels in the shape of the predictions without their class axis; they may come with a trailing 1. */
  #labels(target: Tensor, prediction: Tensor): Tensor {
    const axis = normalizeAxis(this.axis, prediction.rank);
    const expected = prediction.shape.filter((_, i) => i !== axis);
    if (sameShape(target.shape, expected)) return target;
    if (sameShape(target.shape, [...expected, 1])) return target.squeeze(-1);
    throw mismatch(target, prediction, formatShape(expected), this.where);
  }
}
