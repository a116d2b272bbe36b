import type { LayerConfig } from "../config.ts";
import { SpatialDropout, type SpatialDropoutNDOptions } from "./spatial-dropout.ts";

/** Dropout of whole channels of volumes (batch, …three axes, channels). */
export class SpatialDropout3D extends SpatialDropout {
  static override readonly className: string = "SpatialDropout3D";

  constructor(options: SpatialDropoutNDOptions) {
    super("SpatialDropout3D", options, 3);
  }

  override getConfig(): LayerConfig {
    return { ...super.getConfig(), data_format: this.dataFormat };
  }
}
