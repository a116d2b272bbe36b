import type { Tensor } from "../../ops/tensor.ts";
import { fail, refuse, ShapeError } from "../../util/errors.ts";
import { type Dims, type Shape, sizeOf } from "../../util/shape.ts";
import { markBuilt } from "../build.ts";
import { kerasShape } from "../input-spec.ts";
import { oneTensor } from "../inputs.ts";
import { whereOf } from "../internals.ts";
import { Layer } from "../layer.ts";
import type { LayerOptions } from "../options.ts";

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
    super(options, ["targetShape"]);
    this.targetShape = checkTarget(options?.targetShape, whereOf(this));
    this.inputSpec = [{ minNdim: 1 }];
    markBuilt(this);
  }

  override computeOutputShape([batch = null, ...rest]: Shape): Shape {
    return [batch, ...this.#resolve(rest)];
  }

  override call(inputs: Tensor): Tensor {
    const [batch, ...rest] = oneTensor(inputs).shape;
    return inputs.reshape([batch!, ...(this.#resolve(rest) as number[])]);
  }

  /** The target with -1 replaced: by null where a size of the input is not known. */
  #resolve(sample: Shape): Shape {
    const target = this.targetShape;
    const open = target.includes(-1);
    const known = sizeOf(target) * (open ? -1 : 1);
    const total = sample.includes(null) ? null : sizeOf(sample as Dims);
    if (total !== null && (open ? known === 0 || total % known !== 0 : total !== known)) {
      const problem = `The total size of the tensor must be unchanged: expected ${total} values`;
      fail(whereOf(this), `targetShape: ${problem}, got ${kerasShape(target)}`, ShapeError);
    }
    return target.map((dim) => (dim === -1 ? total && total / known : dim));
  }
}

function checkTarget(shape: unknown, where: string): readonly number[] {
  const fits =
    Array.isArray(shape) &&
    shape.every((dim) => Number.isInteger(dim) && dim >= -1) &&
    shape.filter((dim) => dim === -1).length <= 1;
  return fits ? [...shape] : refuse(where, "targetShape", "an array of sizes, at most one of them -1", shape);
}
