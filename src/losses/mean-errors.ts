import type { Tensor } from "../ops/tensor.ts";
import { alignEqual } from "./align.ts";
import { Loss, type LossOptions } from "./loss.ts";

/** The mean over the last axis of something made of the differences. */
abstract class MeanError extends Loss {
  constructor(options?: LossOptions) {
    super(options, undefined, []);
  }

  protected abstract error(difference: Tensor): Tensor;

  protected override call(target: Tensor, prediction: Tensor): Tensor {
    const [t, p] = alignEqual(target, prediction, this.where);
    const errors = this.error(t.sub(p));
    return errors.rank === 0 ? errors : errors.mean(-1);
  }
}

/** Mean over the last axis of (t − p)². */
export class MeanSquaredError extends MeanError {
  static override readonly className: string = "MeanSquaredError";

  protected override error(difference: Tensor): Tensor {
    return difference.square();
  }
}

/** Mean over the last axis of |t − p|. */
export class MeanAbsoluteError extends MeanError {
  static override readonly className: string = "MeanAbsoluteError";

  protected override error(difference: Tensor): Tensor {
    return difference.abs();
  }
}
