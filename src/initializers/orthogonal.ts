import { tensor } from "../ops/creation.ts";
import { randomNormal } from "../ops/index.ts";
import type { Tensor } from "../ops/tensor.ts";
import { refuse, ShapeError } from "../util/errors.ts";
import type { Dims } from "../util/shape.ts";
import { sizeOf } from "../util/shape.ts";
import { orthogonalFactor } from "./qr.ts";
import { type InitializerSeed, RandomInitializer } from "./random-base.ts";

/** Options of {@link Orthogonal}. */
export interface OrthogonalOptions {
  /** Factor of the orthogonal matrix; 1 by default. */
  gain?: number;
  seed?: InitializerSeed;
}

/**
 * A random orthogonal matrix (Saxe et al. 2014): orthonormal columns, or rows where there are more columns than rows.
 * Shapes of higher rank are seen as (product of all but the last, last).
 */
export class Orthogonal extends RandomInitializer {
  static override readonly className: string = "Orthogonal";
  declare readonly gain: number;

  constructor(options: OrthogonalOptions = {}) {
    super(options, { gain: [1] });
  }

  protected override draw(key: () => Tensor, shape: Dims): Tensor {
    if (shape.length < 2) refuse(this.where, "shape", "at least two dimensions", shape, ShapeError);
    const last = shape.at(-1)!;
    const rest = sizeOf(shape.slice(0, -1));
    const rows = Math.max(rest, last);
    const columns = Math.min(rest, last);
    const drawn = Float64Array.from(randomNormal(key(), [rows, columns], 0, 1).dataSync());
    const q = orthogonalFactor(drawn, rows, columns);
    // The transpose where the weight is wider than tall.
    const values = Float32Array.from(
      q,
      (value, i) => this.gain * (rest < last ? q[(i % last) * columns + Math.floor(i / last)]! : value),
    );
    return tensor(values, shape);
  }
}
