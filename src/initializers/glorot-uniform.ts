import type { ScaledOptions } from "./variance-scaling.ts";
import { ScaledInitializer } from "./variance-scaling.ts";

/** Uniform in ±√(6 / (inputs + outputs)) (Glorot and Bengio 2010). */
export class GlorotUniform extends ScaledInitializer {
  static override readonly className: string = "GlorotUniform";

  constructor(options: ScaledOptions = {}) {
    super("GlorotUniform", { scale: 1, mode: "fan_avg", distribution: "uniform" }, options);
  }
}
