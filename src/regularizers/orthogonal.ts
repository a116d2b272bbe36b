import { eye } from "../ops/creation.ts";
import { type Tensor, type TensorLike, toTensor } from "../ops/tensor.ts";
import { refuse, refuseName, ShapeError } from "../util/errors.ts";
import { checkNumber, checkOptions } from "../util/names.ts";
import { formatShape } from "../util/shape.ts";
import { Regularizer } from "./regularizer.ts";

/** Options of {@link OrthogonalRegularizer}. */
export interface OrthogonalOptions {
  /** Default 0.01. */
  readonly factor?: number;
  /** What is to be orthogonal: "rows" (default) or "columns". */
  readonly mode?: "rows" | "columns";
}

/** Asks rows (or columns) of a matrix to be orthogonal: factor times the mean |cosine| of two different ones. */
export class OrthogonalRegularizer extends Regularizer {
  static override readonly className: string = "OrthogonalRegularizer";
  readonly factor: number;
  readonly mode: "rows" | "columns";

  constructor(options: OrthogonalOptions = {}) {
    super();
    const where = "OrthogonalRegularizer";
    checkOptions(options, ["factor", "mode"], where);
    this.factor = checkNumber(options.factor ?? 0.01, where, "factor");
    this.mode = options.mode ?? "rows";
    if (this.mode !== "rows" && this.mode !== "columns") refuseName(where, "mode", this.mode, ["rows", "columns"]);
  }

  override apply(x: TensorLike): Tensor {
    const given = toTensor(x);
    if (given.rank !== 2) {
      refuse("OrthogonalRegularizer", "x", "a matrix", formatShape(given.shape), ShapeError);
    }
    const rows = this.mode === "rows" ? given : given.transpose();
    const lengths = rows.square().sum(1, true);
    const unit = rows.mul(lengths.maximum(1e-12).rsqrt());
    const n = rows.shape[0]!;
    const others = unit.matMul(unit, false, true).mul(toTensor(1).sub(eye(n)));
    return others
      .abs()
      .sum()
      .mul((this.factor * 0.5) / ((n * (n - 1)) / 2));
  }

  override getConfig(): Record<string, unknown> {
    return { factor: this.factor, mode: this.mode };
  }
}
