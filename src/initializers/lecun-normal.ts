import type { ScaledOptions } from "./variance-scaling.ts";
import { ScaledInitializer } from "./variance-scaling.ts";

/** Truncated normal with variance 1 / inputs (LeCun et al. 1998). */
export class LecunNormal extends ScaledInitializer {
  static override readonly className: string = "LecunNormal";

  constructor(options: ScaledOptions = {}) {
    super("LecunNormal", { scale: 1, mode: "fan_in", distribution: "truncated_normal" }, options);
  }
}
