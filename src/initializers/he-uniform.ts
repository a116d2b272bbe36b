import type { ScaledOptions } from "./variance-scaling.ts";
import { ScaledInitializer } from "./variance-scaling.ts";

/** Uniform in ±√(6 / inputs) (He et al. 2015). */
export class HeUniform extends ScaledInitializer {
  static override readonly className: string = "HeUniform";

  constructor(options: ScaledOptions = {}) {
    super("HeUniform", { scale: 2, mode: "fan_in", distribution: "uniform" }, options);
  }
}
