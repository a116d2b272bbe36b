import type { Tensor } from "../../ops/tensor.ts";
import { checkNumber } from "../../util/names.ts";
import { markBuilt } from "../build.ts";
import { asFloat } from "../inputs.ts";
import { whereOf } from "../internals.ts";
import { Layer } from "../layer.ts";
import type { LayerOptions } from "../options.ts";

/** Options of {@link ActivityRegularization}. */
export interface ActivityRegularizationOptions extends LayerOptions {
  /** Weight of the sum of absolute values. Default 0. */
  readonly l1?: number;
  /** Weight of the sum of squares. Default 0. */
  readonly l2?: number;
}

/** Returns its input as it is and adds (l1·Σ|x| + l2·Σx²) / batch size to the loss, in every mode. */
export class ActivityRegularization extends Layer {
  static override readonly className: string = "ActivityRegularization";
  readonly l1: number;
  readonly l2: number;

  constructor(options: ActivityRegularizationOptions = {}) {
    super(options, ["l1", "l2"]);
    this.l1 = checkNumber(options.l1 ?? 0, whereOf(this), "l1");
    this.l2 = checkNumber(options.l2 ?? 0, whereOf(this), "l2");
    markBuilt(this);
  }

  override call(inputs: Tensor): Tensor {
    const x = asFloat(inputs);
    const penalty = x.abs().sum().mul(this.l1).add(x.square().sum().mul(this.l2));
    this.addLoss(penalty.div(Math.max(x.shape[0] ?? 1, 1)));
    return inputs;
  }
}
