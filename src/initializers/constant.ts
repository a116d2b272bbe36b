import { tensor } from "../ops/creation.ts";
import type { Tensor } from "../ops/tensor.ts";
import type { DType } from "../util/dtype.ts";
import { arrayOf } from "../util/dtype.ts";
import { checkNumber, checkOptions } from "../util/names.ts";
import type { Dims } from "../util/shape.ts";
import { sizeOf } from "../util/shape.ts";
import type { InitializerConfig } from "./base.ts";
import { checkShape, Initializer } from "./base.ts";

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
    checkOptions(options, ["value"], "Constant");
    this.value = checkNumber(options.value ?? 0, "Constant", "value");
  }

  override apply(shape: Dims, dtype: DType = "float32"): Tensor {
    return filled(checkShape("Constant", shape), dtype, this.value);
  }

  override getConfig(): InitializerConfig {
    return { value: this.value };
  }
}
