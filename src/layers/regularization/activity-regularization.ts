import type { Tensor } from "../../ops/tensor.ts";
import { L1L2 } from "../../regularizers/index.ts";
import type { LayerConfig } from "../config.ts";
import type { LayerOptions } from "../options.ts";
import { type Field, NUMBER_FROM_0, PlainLayer } from "../plain-layer.ts";

/** Options of {@link ActivityRegularization}. */
export interface ActivityRegularizationOptions extends LayerOptions {
  /** Weight of Σ|x|. Default 0. */
  readonly l1?: number;
  /** Weight of Σx². Default 0. */
  readonly l2?: number;
}

/** Its input as it is; adds (l1·Σ|x| + l2·Σx²) / batch size to the loss, in every mode. */
export class ActivityRegularization extends PlainLayer<ActivityRegularizationOptions> {
  static override readonly className: string = "ActivityRegularization";
  static override fields(): Readonly<Record<string, Field>> {
    return { l1: [0, NUMBER_FROM_0], l2: [0, NUMBER_FROM_0] };
  }
  declare readonly l1: number;
  declare readonly l2: number;

  constructor(options?: ActivityRegularizationOptions) {
    super(options);
    this.activityRegularizer = new L1L2({ l1: this.l1, l2: this.l2 });
  }

  override call(inputs: Tensor): Tensor {
    return inputs;
  }

  /** The penalty is made anew of l1 and l2. */
  override getConfig(): LayerConfig {
    const { activity_regularizer: _, ...config } = super.getConfig();
    return config;
  }
}
