import type { Tensor } from "../../ops/tensor.ts";
import { type Shape, sizeOf } from "../../util/shape.ts";
import { markBuilt } from "../build.ts";
import { oneTensor } from "../inputs.ts";
import { whereOf } from "../internals.ts";
import { Layer } from "../layer.ts";
import { checkDataFormat, type DataFormat, type DataFormatOption, type LayerOptions } from "../options.ts";

/** Options of {@link Flatten}. */
export interface FlattenOptions extends LayerOptions {
  /** Where the channels are; "channels_first" puts them last before the values are strung together. Default "channels_last". */
  readonly dataFormat?: DataFormatOption;
}

/** (batch, a, b, …) → (batch, a·b·…); (batch,) → (batch, 1). */
export class Flatten extends Layer {
  static override readonly className: string = "Flatten";
  static readonly keepsDType: boolean = true;

  readonly dataFormat: DataFormat;

  constructor(options: FlattenOptions = {}) {
    super(options, ["dataFormat"]);
    this.dataFormat = checkDataFormat(options.dataFormat, whereOf(this));
    this.inputSpec = [{ minNdim: 1 }];
    markBuilt(this);
  }

  override computeOutputShape([batch = null, ...rest]: Shape): Shape {
    return [batch, rest.includes(null) ? null : sizeOf(rest as number[])];
  }

  override call(inputs: Tensor): Tensor {
    const [batch, ...rest] = oneTensor(inputs).shape;
    const axes = inputs.shape.map((_, axis) => axis);
    const first = this.dataFormat === "channels_first" && inputs.rank > 2;
    return (first ? inputs.transpose([0, ...axes.slice(2), 1]) : inputs).reshape([batch!, sizeOf(rest)]);
  }
}
