import type { Tensor } from "../ops/tensor.ts";
import { checkOptions } from "../util/names.ts";
import { alignEqual, lastMean } from "./alignment.ts";
import { Loss, type LossOptions } from "./loss.ts";

/** Mean over the last axis of (t − p)². */
export class MeanSquaredError extends Loss {
  static readonly className: string = "MeanSquaredError";

  constructor(options?: LossOptions) {
    checkOptions(options, ["reduction", "name"], "Loss MeanSquaredError");
    super(options, "mean_squared_error");
  }

  protected override call(target: Tensor, prediction: Tensor): Tensor {
    const [t, p] = alignEqual(target, prediction, this.where);
    return lastMean(t.sub(p).square());
  }
}
