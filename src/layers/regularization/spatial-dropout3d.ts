import { SpatialDropout, type SpatialDropoutNDOptions } from "./spatial-dropout.ts";

/** Dropout of whole channels of volumes (batch, …three axes, channels). */
export class SpatialDropout3D extends SpatialDropout {
  static override readonly className: string = "SpatialDropout3D";

  constructor(options: SpatialDropoutNDOptions) {
    super(options, 3);
  }
}
