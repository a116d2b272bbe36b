import type { ScaledOptions } from "./variance-scaling.ts";
import { ScaledInitializer } from "./variance-scaling.ts";

/** Uniform in ±√(3 / inputs) (LeCun et al. 1998). */
export class LecunUniform extends ScaledInitializer {
  static override readonly className: string = "LecunUniform";

  constructor(options: ScaledOptions = {}) {
    super("LecunUniform", { scale: 1, mode: "fan_in", distribution: "uniform" }, options);
  }
}
