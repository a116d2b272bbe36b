import type { Tensor } from "../ops/tensor.ts";
import type { DType } from "../util/dtype.ts";
import type { Dims } from "../util/shape.ts";
import { Initializer, checkOptions, checkShape } from "./base.ts";
import { filled } from "./constant.ts";

/** Every element 0. */
export class Zeros extends Initializer {
  static override readonly className: string = "Zeros";

  constructor(options: Record<string, never> = {}) {
    super();
    checkOptions("Zeros", options, []);
  }

  override apply(shape: Dims, dtype: DType = "float32"): Tensor {
    return filled(checkShape("Zeros", shape), dtype, 0);
  }
}
