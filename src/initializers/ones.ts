import type { Tensor } from "../ops/tensor.ts";
import type { DType } from "../util/dtype.ts";
import { checkOptions } from "../util/names.ts";
import type { Dims } from "../util/shape.ts";
import { checkShape, Initializer } from "./base.ts";
import { filled } from "./constant.ts";

/** Every element 1. */
export class Ones extends Initializer {
  static override readonly className: string = "Ones";

  constructor(options: Record<string, never> = {}) {
    super();
    checkOptions(options, [], "Ones");
  }

  override apply(shape: Dims, dtype: DType = "float32"): Tensor {
    return filled(checkShape("Ones", shape), dtype, 1);
  }
}
