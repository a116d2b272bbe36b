import type { ScaledOptions } from "./variance-scaling.ts";
import { ScaledInitializer } from "./variance-scaling.ts";

/** Truncated normal with variance 2 / inputs (He et al. 2015). */
export class HeNormal extends ScaledInitializer {
  static override readonly className: string = "HeNormal";

  constructor(options: ScaledOptions = {}) {
    super("HeNormal", { scale: 2, mode: "fan_in", distribution: "truncated_normal" }, options);
  }
}
