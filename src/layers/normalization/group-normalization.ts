import type { Tensor } from "../../ops/tensor.ts";
import { refuse } from "../../util/errors.ts";
import { checkInteger } from "../../util/names.ts";
import type { Shape } from "../../util/shape.ts";
import { asFloat } from "../inputs.ts";
import { whereOf } from "../internals.ts";
import { alongAxes, axesOf, knownSize, Normalizer, type NormalizerOptions, standardize } from "./normalizer.ts";

/** Options of {@link GroupNormalization}. */
export interface GroupNormalizationOptions extends NormalizerOptions {
  /** Number of groups; -1 for as many as there are channels. Default 32. */
  readonly groups?: number;
  /** The axis of the channels. Default -1. */
  readonly axis?: number;
}

/**
 * Normalises each group of channels of each sample by its own mean and biased variance, then scales by `gamma` and
 * shifts by `beta`, of one value a channel. The flag `training` makes no difference. Wu and He 2018.
 */
export class GroupNormalization extends Normalizer {
  static override readonly className: string = "GroupNormalization";
  readonly axis: number;
  groups: number;

  constructor(options: GroupNormalizationOptions = {}) {
    super(options, ["groups"]);
    const { groups = 32 } = options;
    const fits = Number.isInteger(groups) && (groups > 0 || groups === -1);
    this.groups = fits ? groups : refuse(whereOf(this), "groups", "a positive integer, or -1", groups);
    this.axis = checkInteger(options.axis ?? -1, whereOf(this), "axis");
  }

  override build(inputShape: Shape): void {
    const where = whereOf(this);
    const channels = knownSize(inputShape, axesOf(this.axis, inputShape, where)[0]!, where);
    if (this.groups === -1) this.groups = channels;
    if (channels < this.groups || channels % this.groups !== 0) {
      refuse(where, "groups", `a number of groups that divides the ${channels} channels`, this.groups);
    }
    this.addScaleAndShift([channels]);
    this.inputSpec = [{ ndim: inputShape.length, axes: { [this.axis]: channels } }];
  }

  override call(inputs: Tensor): Tensor {
    const x = asFloat(inputs);
    const [axis] = axesOf(this.axis, x.shape, whereOf(this)) as [number];
    const split = [...x.shape];
    split.splice(axis, 1, this.groups, x.shape[axis]! / this.groups);
    const axes = split.map((_, i) => i).filter((i) => i !== 0 && i !== axis);
    const y = standardize(x.reshape(split), axes, this.epsilon).reshape(x.shape);
    return this.scaleAndShift(y, alongAxes(x.shape, [axis]));
  }
}
