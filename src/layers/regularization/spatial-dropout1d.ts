import { SpatialDropout, type SpatialDropoutOptions } from "./spatial-dropout.ts";

/** Dropout of whole channels of sequences (batch, steps, channels). */
export class SpatialDropout1D extends SpatialDropout {
  static override readonly className: string = "SpatialDropout1D";

  constructor(options: SpatialDropoutOptions) {
    super(options, 1);
  }
}
