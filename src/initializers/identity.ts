import { tensor } from "../ops/creation.ts";
import type { Tensor } from "../ops/tensor.ts";
import type { DType } from "../util/dtype.ts";
import { arrayOf } from "../util/dtype.ts";
import { ShapeError } from "../util/errors.ts";
import { checkNumber, checkOptions } from "../util/names.ts";
import type { Dims } from "../util/shape.ts";
import { formatShape } from "../util/shape.ts";
import type { InitializerConfig } from "./base.ts";
import { checkShape, Initializer } from "./base.ts";

/** Options of {@link Identity}. */
export interface IdentityOptions {
  /** The value on the diagonal; 1 by default. */
  gain?: number;
}

/** A matrix with `gain` on its diagonal and 0 elsewhere. */
export class Identity extends Initializer {
  static override readonly className: string = "Identity";
  readonly gain: number;

  constructor(options: IdentityOptions = {}) {
    super();
    checkOptions(options, ["gain"], "Identity");
    this.gain = checkNumber(options.gain ?? 1, "Identity", "gain");
  }

  override apply(shape: Dims, dtype: DType = "float32"): Tensor {
    const [rows, columns, ...rest] = checkShape("Identity", shape);
    if (rows === undefined || columns === undefined || rest.length > 0) {
      throw new ShapeError(`[Identity] shape: expected a matrix, got ${formatShape(shape)}.`);
    }
    const values = arrayOf(dtype, rows * columns);
    for (let i = 0; i < Math.min(rows, columns); i++) values[i * columns + i] = this.gain;
    return tensor(values, shape, dtype);
  }

  override getConfig(): InitializerConfig {
    return { gain: this.gain };
  }
}
