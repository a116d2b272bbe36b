import type { Tensor } from "../../ops/tensor.ts";
import type { LayerOptions } from "../options.ts";
import { type Field, PlainLayer, POSITIVE } from "../plain-layer.ts";

/** Options of {@link RepeatVector}. */
export interface RepeatVectorOptions extends LayerOptions {
  /** How many times. */
  readonly n: number;
}

/** (batch, features) → (batch, n, features). */
export class RepeatVector extends PlainLayer<RepeatVectorOptions> {
  static override readonly className: string = "RepeatVector";
  static override fields(): Readonly<Record<string, Field>> {
    return { n: [undefined, POSITIVE] };
  }
  declare readonly n: number;

  constructor(options: RepeatVectorOptions) {
    super(options);
    this.supportsMasking = false;
    this.inputSpec = [{ ndim: 2 }];
  }

  override call(inputs: Tensor): Tensor {
    const [batch, features] = inputs.shape;
    return inputs.expandDims(1).broadcastTo([batch!, this.n, features!]);
  }
}
