import { SpatialDropout, type SpatialDropoutNDOptions } from "./spatial-dropout.ts";

/** Dropout of whole channels of images (batch, rows, columns, channels). */
export class SpatialDropout2D extends SpatialDropout {
  static override readonly className: string = "SpatialDropout2D";

  constructor(options: SpatialDropoutNDOptions) {
    super(options, 2);
  }
}
