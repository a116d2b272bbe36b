import { tensor } from "../ops/tensor.ts";
import type { Tensor } from "../ops/tensor.ts";
import { arrayOf } from "../util/dtype.ts";
import type { DType } from "../util/dtype.ts";
import { sizeOf } from "../util/shape.ts";
import type { Dims } from "../util/shape.ts";
import { Initializer, checkFinite, checkOptions, checkShape } from "./base.ts";
import type { InitializerConfig } from "./base.ts";

/** Options of {@link Constant}. */
export interface ConstantOptions {
  /** The value of every element; 0 by default. */
  value?: number;
}

/** A tensor filled with one value. */
export function filled(shape: Dims, dtype: DType, value: number): Tensor {
  return tensor(arrayOf(dtype, sizeOf(shape)).fill(value), shape, dtype);
}

/** Every element the same value. */
export class Constant extends Initializer {
  static override readonly className: string = "Constant";
  readonly value: number;

  constructor(options: ConstantOptions = {}) {
    super();
    checkOptions("Constant", options, ["value"]);
    this.value = checkFinite("Constant", "value", options.value ?? 0);
  }

  override apply(shape: Dims, dtype: DType = "float32"): Tensor {
    return filled(checkShape("Constant", shape), dtype, this.value);
  }

  override getConfig(): InitializerConfig {
    return { value: this.value };
  }
}
