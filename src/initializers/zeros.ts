import type { Tensor } from "../ops/tensor.ts";
import type { DType } from "../util/dtype.ts";
import { checkOptions } from "../util/names.ts";
import type { Dims } from "../util/shape.ts";
import { checkShape, Initializer } from "./base.ts";
import { filled } from "./constant.ts";

/** Every element 0. */
export class Zeros extends Initializer {
  static override readonly className: string = "Zeros";

  constructor(options: Record<string, never> = {}) {
    super();
    checkOptions(options, [], "Zeros");
  }

  override apply(shape: Dims, dtype: DType = "float32"): Tensor {
    return filled(checkShape("Zeros", shape), dtype, 0);
  }
}
