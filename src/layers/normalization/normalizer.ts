import type { Constraint, ConstraintSpec } from "../../constraints/index.ts";
import type { Initializer } from "../../initializers/base.ts";
import type { InitializerSpec } from "../../initializers/get.ts";
import { batchNormTrain } from "../../ops/index.ts";
import type { Tensor } from "../../ops/tensor.ts";
import type { Variable } from "../../ops/variable.ts";
import type { Regularizer, RegularizerSpec } from "../../regularizers/index.ts";
import { refuse, ShapeError } from "../../util/errors.ts";
import { checkBoolean, checkNumber } from "../../util/names.ts";
import { checkAxis, type Shape } from "../../util/shape.ts";
import { oneShape } from "../inputs.ts";
import { markChanged, whereOf } from "../internals.ts";
import { Layer } from "../layer.ts";
import type { LayerOptions } from "../options.ts";
import { readWeightParts, weightKeys, weightParts } from "../weight-parts.ts";

/** What the layers that normalise and then scale by gamma and shift by beta have in common. */
export interface NormalizerOptions extends LayerOptions {
  /** Added to the variance. Default 0.001. */
  readonly epsilon?: number;
  /** Whether there is a `beta`. Default true. */
  readonly center?: boolean;
  /** Whether there is a `gamma`. Default true. */
  readonly scale?: boolean;
  readonly betaInitializer?: InitializerSpec;
  readonly gammaInitializer?: InitializerSpec;
  readonly betaRegularizer?: RegularizerSpec;
  readonly gammaRegularizer?: RegularizerSpec;
  readonly betaConstraint?: ConstraintSpec;
  readonly gammaConstraint?: ConstraintSpec;
}

const ownOptions = (): string[] => ["axis", "epsilon", "center", "scale", ...weightKeys("beta", "gamma")];

/** Base of BatchNormalization, LayerNormalization and GroupNormalization. */
export abstract class Normalizer extends Layer {
  readonly center: boolean;
  readonly scale: boolean;
  declare readonly betaInitializer: Initializer;
  declare readonly gammaInitializer: Initializer;
  declare readonly betaRegularizer: Regularizer | undefined;
  declare readonly gammaRegularizer: Regularizer | undefined;
  declare readonly betaConstraint: Constraint | undefined;
  declare readonly gammaConstraint: Constraint | undefined;
  gamma: Variable | undefined = undefined;
  beta: Variable | undefined = undefined;
  #epsilon: number;

  protected constructor(options: NormalizerOptions, own: readonly string[] = []) {
    super(options, [...ownOptions(), ...own]);
    const where = whereOf(this);
    const { epsilon = 1e-3, center = true, scale = true } = options;
    this.#epsilon = checkNumber(epsilon, where, "epsilon");
    this.center = checkBoolean(center, where, "center");
    this.scale = checkBoolean(scale, where, "scale");
    readWeightParts(this, options, { beta: "zeros", gamma: "ones" });
    this.supportsMasking = true;
  }

  get epsilon(): number {
    return this.#epsilon;
  }

  set epsilon(epsilon: number) {
    this.#epsilon = checkNumber(epsilon, whereOf(this), "epsilon");
    markChanged(this);
  }

  /** Makes gamma and beta, as far as wanted. */
  protected addScaleAndShift(shape: readonly number[]): void {
    const weight = (name: string): Variable => this.addWeight({ name, shape, ...weightParts(this, name) });
    if (this.scale) this.gamma = weight("gamma");
    if (this.center) this.beta = weight("beta");
  }

  /** γ·x + β, with gamma and beta in a shape that broadcasts to x. */
  protected scaleAndShift(x: Tensor, shape: readonly number[]): Tensor {
    const scaled = this.gamma === undefined ? x : x.mul(this.gamma.value().reshape(shape));
    return this.beta === undefined ? scaled : scaled.add(this.beta.value().reshape(shape));
  }
}

/** What may be given as the axes of a sample. */
export type Axes = number | readonly number[];

/** An integer or a list of such. */
export function checkAxes(axis: Axes | undefined, where: string): Axes {
  const given = axis ?? -1;
  const fits = [given].flat().every(Number.isInteger) && given !== undefined && [given].flat().length > 0;
  return fits ? given : refuse(where, "axis", "an integer or a list of such", axis);
}

/** Axes as sorted numbers from 0 on. */
export function axesOf(axis: Axes, shape: Shape, where: string): number[] {
  oneShape(shape, where);
  return [axis]
    .flat()
    .map((each) => checkAxis(where, each, shape))
    .sort((a, b) => a - b);
}

/** The size of an axis, which must be known to make weights. */
export function knownSize(shape: Shape, axis: number, where: string): number {
  return shape[axis] ?? refuse(where, "build", `the size of axis ${axis} to be known`, shape, ShapeError);
}

/** A shape with 1 everywhere but along some axes. */
export function alongAxes(shape: readonly number[], axes: readonly number[]): number[] {
  return shape.map((dim, i) => (axes.includes(i) ? dim : 1));
}

/** (x − μ) / √(σ² + ε) with mean and biased variance over some axes: those of a batch norm of the rows that are left. */
export function standardize(x: Tensor, axes: readonly number[], epsilon: number): Tensor {
  const kept = x.shape.map((_, i) => i).filter((i) => !axes.includes(i));
  const order = [...kept, ...axes];
  const moved = order.some((axis, i) => axis !== i);
  const rows = moved ? x.transpose(order) : x;
  const count = kept.reduce((size, axis) => size * x.shape[axis]!, 1);
  if (x.size === 0) return x;
  const { y } = batchNormTrain(rows.reshape([count, x.size / count]), null, null, { axis: 0, epsilon });
  const back = y.reshape(rows.shape);
  return moved ? back.transpose(order.map((_, i) => order.indexOf(i))) : back;
}
