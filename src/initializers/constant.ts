import { fill, tensor } from "../ops/creation.ts";
import type { Tensor } from "../ops/tensor.ts";
import { arrayOf, type DType } from "../util/dtype.ts";
import { refuse, ShapeError } from "../util/errors.ts";
import type { Dims } from "../util/shape.ts";
import { BuiltIn } from "./base.ts";

/** Options of {@link Constant}. */
export interface ConstantOptions {
  /** The value of every element; 0 by default. */
  value?: number;
}

/** Every element the same value. */
export class Constant extends BuiltIn {
  static override readonly className: string = "Constant";
  declare readonly value: number;

  constructor(options: ConstantOptions = {}) {
    super(options, { value: [0] });
  }

  protected override make(shape: Dims, dtype: DType): Tensor {
    return fill(shape, this.value, dtype);
  }
}

/** Every element 0. */
export class Zeros extends BuiltIn {
  static override readonly className: string = "Zeros";

  constructor(options: Record<string, never> = {}) {
    super(options, {});
  }

  protected override make(shape: Dims, dtype: DType): Tensor {
    return fill(shape, 0, dtype);
  }
}

/** Every element 1. */
export class Ones extends BuiltIn {
  static override readonly className: string = "Ones";

  constructor(options: Record<string, never> = {}) {
    super(options, {});
  }

  protected override make(shape: Dims, dtype: DType): Tensor {
    return fill(shape, 1, dtype);
  }
}

/** Options of {@link Identity}. */
export interface IdentityOptions {
  /** The value on the diagonal; 1 by default. */
  gain?: number;
}

/** A matrix with `gain` on its diagonal and 0 elsewhere. */
export class Identity extends BuiltIn {
  static override readonly className: string = "Identity";
  declare readonly gain: number;

  constructor(options: IdentityOptions = {}) {
    super(options, { gain: [1] });
  }

  protected override make(shape: Dims, dtype: DType): Tensor {
    if (shape.length !== 2) refuse(this.where, "shape", "that of a matrix", shape, ShapeError);
    const [rows, columns] = shape as [number, number];
    const values = arrayOf(dtype, rows * columns);
    for (let i = 0; i < Math.min(rows, columns); i++) values[i * columns + i] = this.gain;
    return tensor(values, shape, dtype);
  }
}
