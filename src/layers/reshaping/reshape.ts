import type { Tensor } from "../../ops/tensor.ts";
import { describe, ShapeError, ValueError } from "../../util/errors.ts";
import { type Shape, sizeOf } from "../../util/shape.ts";
import { markBuilt } from "../build.ts";
import type { LayerConfig } from "../config.ts";
import { kerasShape } from "../input-spec.ts";
import { whereOf } from "../internals.ts";
import { Layer } from "../layer.ts";
import { baseOptions, type LayerOptions } from "../options.ts";

/** Options of {@link Reshape}. */
export interface ReshapeOptions extends LayerOptions {
  /** Shape of one sample afterwards; one size may be -1 and is then found from the others. */
  readonly targetShape: readonly number[];
}

/** (batch, …) → (batch, ...targetShape). */
export class Reshape extends Layer {
  static override readonly className: string = "Reshape";
  static readonly keepsDType: boolean = true;

  readonly targetShape: readonly number[];

  constructor(options: ReshapeOptions) {
    super(baseOptions("Reshape", options, ["targetShape"]));
    this.targetShape = checkTarget(options?.targetShape, whereOf(this));
    this.inputSpec = [{ minNdim: 1 }];
    markBuilt(this);
  }

  override computeOutputShape([batch = null, ...rest]: Shape): Shape {
    return [batch, ...this.#resolve(rest)];
  }

  override call(inputs: Tensor): Tensor {
    const [batch, ...rest] = inputs.shape;
    return inputs.reshape([batch!, ...(this.#resolve(rest) as number[])]);
  }

  override getConfig(): LayerConfig {
    return { ...super.getConfig(), target_shape: [...this.targetShape] };
  }

  /** The target with -1 replaced: by null where a size of the input is not known. */
  #resolve(sample: Shape): Shape {
    const known = this.targetShape.reduce((size, dim) => (dim === -1 ? size : size * dim), 1);
    const open = this.targetShape.includes(-1);
    if (sample.includes(null)) return this.targetShape.map((dim) => (dim === -1 ? null : dim));
    const total = sizeOf(sample as number[]);
    if (open ? known === 0 || total % known !== 0 : total !== known) {
      throw new ShapeError(
        `[${whereOf(this)}] targetShape: The total size of the tensor must be unchanged: expected ${total} values for ` +
          `samples of shape ${kerasShape(sample)}, got ${kerasShape(this.targetShape)}.`,
      );
    }
    return this.targetShape.map((dim) => (dim === -1 ? total / known : dim));
  }
}

function checkTarget(shape: unknown, where: string): readonly number[] {
  const fits =
    Array.isArray(shape) &&
    shape.every((dim) => Number.isInteger(dim) && dim >= -1) &&
    shape.filter((dim) => dim === -1).length <= 1;
  if (fits) return [...(shape as number[])];
  throw new ValueError(
    `[${where}] targetShape: expected an array of sizes, at most one of them -1, got ${describe(shape)}.`,
  );
}
