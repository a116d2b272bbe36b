import { tensor } from "../ops/creation.ts";
import { randomNormal } from "../ops/index.ts";
import type { Tensor } from "../ops/tensor.ts";
import type { DType } from "../util/dtype.ts";
import { ShapeError } from "../util/errors.ts";
import { checkNumber, checkOptions } from "../util/names.ts";
import type { Dims } from "../util/shape.ts";
import { formatShape, sizeOf } from "../util/shape.ts";
import type { InitializerConfig } from "./base.ts";
import { checkFloat, checkShape } from "./base.ts";
import { orthogonalFactor } from "./qr.ts";
import type { InitializerSeed } from "./random-base.ts";
import { RandomInitializer } from "./random-base.ts";

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
  readonly gain: number;

  constructor(options: OrthogonalOptions = {}) {
    checkOptions(options, ["gain", "seed"], "Orthogonal");
    const gain = checkNumber(options.gain ?? 1, "Orthogonal", "gain");
    super("Orthogonal", options.seed);
    this.gain = gain;
  }

  override apply(shape: Dims, dtype: DType = "float32"): Tensor {
    checkFloat("Orthogonal", dtype);
    if (checkShape("Orthogonal", shape).length < 2) {
      throw new ShapeError(`[Orthogonal] shape: expected at least two dimensions, got ${formatShape(shape)}.`);
    }
    const last = shape[shape.length - 1]!;
    const rest = sizeOf(shape.slice(0, -1));
    const rows = Math.max(rest, last);
    const columns = Math.min(rest, last);
    const drawn = Float64Array.from(randomNormal(this.drawKey(), [rows, columns], 0, 1).dataSync());
    const q = orthogonalFactor(drawn, rows, columns);
    const values = new Float32Array(q.length);
    for (let i = 0; i < values.length; i++) {
      // the transpose where the weight is wider than tall
      values[i] = this.gain * (rest < last ? q[(i % last) * columns + Math.floor(i / last)]! : q[i]!);
    }
    return tensor(values, shape, dtype);
  }

  override getConfig(): InitializerConfig {
    return { ...super.getConfig(), gain: this.gain };
  }
}
