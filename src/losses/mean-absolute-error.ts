import type { Tensor } from "../ops/tensor.ts";
import { checkOptions } from "../util/names.ts";
import { alignEqual, lastMean } from "./alignment.ts";
import { Loss, type LossOptions } from "./loss.ts";

/** Mean over the last axis of |t − p|. */
export class MeanAbsoluteError extends Loss {
  static readonly className: string = "MeanAbsoluteError";

  constructor(options?: LossOptions) {
    checkOptions(options, ["reduction", "name"], "Loss MeanAbsoluteError");
    super(options, "mean_absolute_error");
  }

  protected override call(target: Tensor, prediction: Tensor): Tensor {
    const [t, p] = alignEqual(target, prediction, this.where);
    return lastMean(t.sub(p).abs());
  }
}
