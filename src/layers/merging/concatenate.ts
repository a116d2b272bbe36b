import { ones } from "../../ops/creation.ts";
import { concat } from "../../ops/index.ts";
import type { Tensor } from "../../ops/tensor.ts";
import { checkInteger } from "../../util/names.ts";
import { checkAxis, type Shape } from "../../util/shape.ts";
import { whereOf } from "../internals.ts";
import type { LayerOptions } from "../options.ts";
import { ListLayer } from "./merge.ts";

/** Options of {@link Concatenate}. */
export interface ConcatenateOptions extends LayerOptions {
  /** Default -1, the last. */
  readonly axis?: number;
}

/** Puts its inputs, a list of tensors, one after the other along an axis. */
export class Concatenate extends ListLayer {
  static override readonly className: string = "Concatenate";
  static readonly keepsDType: boolean = true;

  readonly axis: number;

  constructor(options: ConcatenateOptions = {}) {
    super(options, ["axis"]);
    this.axis = checkInteger(options.axis ?? -1, whereOf(this), "axis");
  }

  protected override joinShapes(shapes: readonly Shape[]): Shape {
    const joined = [...shapes[0]!];
    const axis = checkAxis(whereOf(this), this.axis, joined);
    const refuse = (): never =>
      this.refuseShapes(
        "A `Concatenate` layer requires inputs with matching shapes except for the concatenation axis",
        shapes,
      );
    for (const shape of shapes.slice(1)) {
      if (shape.length !== joined.length) refuse();
      shape.forEach((dim, i) => {
        const before = joined[i]!;
        if (i === axis) joined[i] = dim === null || before === null ? null : before + dim;
        else if (before === null) joined[i] = dim;
        else if (dim !== null && dim !== before) refuse();
      });
    }
    return joined;
  }

  /** Joins the masks as the inputs are joined; an input without one counts. */
  override computeMask(inputs: readonly Tensor[], mask?: unknown): Tensor | undefined {
    const given = this.masksFor(inputs, mask);
    if (given.every((each) => each === null)) return undefined;
    const masks = inputs.map((x, i) => {
      const each = given[i] ?? null;
      return each === null
        ? ones(x.shape, "bool")
        : (each.rank < x.rank ? each.expandDims(-1) : each).broadcastTo(x.shape);
    });
    return concat(masks, this.axis).any(-1);
  }

  protected override join(inputs: readonly Tensor[]): Tensor {
    return concat(inputs, this.axis);
  }
}
