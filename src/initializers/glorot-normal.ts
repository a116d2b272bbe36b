import type { ScaledOptions } from "./variance-scaling.ts";
import { ScaledInitializer } from "./variance-scaling.ts";

/** Truncated normal with variance 2 / (inputs + outputs) (Glorot and Bengio 2010). */
export class GlorotNormal extends ScaledInitializer {
  static override readonly className: string = "GlorotNormal";

  constructor(options: ScaledOptions = {}) {
    super("GlorotNormal", { scale: 1, mode: "fan_avg", distribution: "truncated_normal" }, options);
  }
}
