import { concat } from "../../ops/index.ts";
import type { Tensor } from "../../ops/tensor.ts";
import { describe, ShapeError, ValueError } from "../../util/errors.ts";
import { normalizeAxis, type Shape } from "../../util/shape.ts";
import type { Structure } from "../../util/structure.ts";
import type { LayerConfig } from "../config.ts";
import { kerasShape } from "../input-spec.ts";
import { whereOf } from "../internals.ts";
import { Layer } from "../layer.ts";
import { baseOptions, type LayerOptions } from "../options.ts";
import { checkList } from "./merge.ts";

/** Options of {@link Concatenate}. */
export interface ConcatenateOptions extends LayerOptions {
  /** Default -1, the last. */
  readonly axis?: number;
}

/** Puts its inputs, a list of tensors, one after the other along an axis. */
export class Concatenate extends Layer {
  static override readonly className: string = "Concatenate";
  static readonly keepsDType: boolean = true;

  readonly axis: number;

  constructor(options: ConcatenateOptions = {}) {
    super(baseOptions("Concatenate", options, ["axis"]));
    const axis = options.axis ?? -1;
    if (!Number.isInteger(axis)) {
      throw new ValueError(`[${whereOf(this)}] axis: expected an integer, got ${describe(axis)}.`);
    }
    this.axis = axis;
  }

  override build(inputShape: Structure<Shape>): void {
    this.#joinedShape(checkList(this, inputShape));
  }

  override computeOutputShape(inputShape: Structure<Shape>): Structure<Shape> {
    return this.#joinedShape(checkList(this, inputShape));
  }

  #joinedShape(shapes: readonly Shape[]): Shape {
    const first = shapes[0]!;
    const axis = normalizeAxis(this.axis, first.length);
    if (axis === undefined) {
      throw new ShapeError(
        `[${whereOf(this)}] axis: expected an integer in [${-first.length}, ${first.length - 1}] for an input of shape ` +
          `${kerasShape(first)}, got ${this.axis}.`,
      );
    }
    const joined = [...first];
    for (const shape of shapes.slice(1)) {
      if (shape.length !== first.length) this.#refuse(shapes);
      shape.forEach((dim, i) => {
        const before = joined[i]!;
        if (i === axis) joined[i] = dim === null || before === null ? null : before + dim;
        else if (before === null) joined[i] = dim;
        else if (dim !== null && dim !== before) this.#refuse(shapes);
      });
    }
    return joined;
  }

  #refuse(shapes: readonly Shape[]): never {
    throw new ShapeError(
      `[${whereOf(this)}] inputs: A \`Concatenate\` layer requires inputs with matching shapes except for the ` +
        `concatenation axis, got ${shapes.map((shape) => kerasShape(shape)).join(", ")}.`,
    );
  }

  override call(inputs: readonly Tensor[]): Tensor {
    this.#joinedShape(checkList(this, Array.isArray(inputs) ? inputs.map((x) => x.shape) : []));
    return concat(inputs, this.axis);
  }

  override getConfig(): LayerConfig {
    return { ...super.getConfig(), axis: this.axis };
  }
}
