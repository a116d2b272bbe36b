import { checkOptions } from "../../util/names.ts";
import type { LayerConfig } from "../config.ts";
import { classNameOf, internalsOf } from "../internals.ts";
import { BASE_OPTIONS, checkDataFormat, type DataFormat, type DataFormatOption } from "../options.ts";
import { Dropout } from "./dropout.ts";
import type { SeedLayerOptions } from "./noise.ts";

/** Options of {@link SpatialDropout1D}. */
export interface SpatialDropoutOptions extends SeedLayerOptions {
  /** Share of the channels that are dropped, in [0, 1]. */
  readonly rate: number;
}

/** Options of {@link SpatialDropout2D} and {@link SpatialDropout3D}. */
export interface SpatialDropoutNDOptions extends SpatialDropoutOptions {
  /** Where the channels stand. Default "channelsLast". */
  readonly dataFormat?: DataFormatOption;
}

/** Base of the layers that drop whole channels: one draw serves all places of a channel. */
export abstract class SpatialDropout extends Dropout {
  /** As Keras writes it. */
  readonly dataFormat: DataFormat;

  protected constructor(options: SpatialDropoutNDOptions, axes: number) {
    const { dataFormat, ...rest } = options ?? {};
    const format = checkDataFormat(dataFormat, "SpatialDropout");
    const spots = new Array<1>(axes).fill(1);
    super({ ...rest, noiseShape: format === "channels_first" ? [null, null, ...spots] : [null, ...spots, null] });
    const own = axes === 1 ? ["rate", "seed"] : ["rate", "seed", "dataFormat"];
    checkOptions(options, [...own, ...BASE_OPTIONS], classNameOf(this));
    this.dataFormat = format;
    internalsOf(this).options = own;
    this.inputSpec = [{ ndim: axes + 2 }];
  }

  /** Keras's has no `trainable`. */
  override getConfig(): LayerConfig {
    const { trainable: _, ...config } = super.getConfig();
    return config;
  }
}
