import { describe, ValueError } from "../../util/errors.ts";
import type { LayerConfig } from "../config.ts";
import { whereOf } from "../internals.ts";
import { baseOptions } from "../options.ts";
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
  readonly dataFormat?: DataFormat | "channels_last" | "channels_first" | null;
}

/** Which axis holds the channels. */
export type DataFormat = "channelsLast" | "channelsFirst";

/** Base of the layers that drop whole channels: one draw serves all places of a channel. */
export abstract class SpatialDropout extends Dropout {
  /** As Keras writes it. */
  readonly dataFormat: "channels_last" | "channels_first";

  protected constructor(className: string, options: SpatialDropoutNDOptions, axes: number) {
    const { dataFormat, ...rest } = options ?? {};
    baseOptions(className, options, axes === 1 ? ["rate", "seed"] : ["rate", "seed", "dataFormat"]);
    const format = String(dataFormat ?? "channels_last").replace("sL", "s_l").replace("sF", "s_f");
    const spots = new Array<1>(axes).fill(1);
    super({ ...rest, noiseShape: format === "channels_first" ? [null, null, ...spots] : [null, ...spots, null] });
    if (format !== "channels_last" && format !== "channels_first") {
      throw new ValueError(
        `[${whereOf(this)}] dataFormat: expected "channelsLast" or "channelsFirst", got ${describe(dataFormat)}.`,
      );
    }
    this.dataFormat = format;
    this.inputSpec = [{ ndim: axes + 2 }];
  }

  override getConfig(): LayerConfig {
    const { noise_shape: _shape, trainable: _trainable, ...config } = super.getConfig();
    return config;
  }
}
