import type { Initializer } from "../../initializers/base.ts";
import { getInitializer, type InitializerSpec } from "../../initializers/get.ts";
import { batchNormTrain } from "../../ops/index.ts";
import type { Tensor } from "../../ops/tensor.ts";
import type { Variable } from "../../ops/variable.ts";
import { describe, ShapeError, ValueError } from "../../util/errors.ts";
import { normalizeAxis, type Shape } from "../../util/shape.ts";
import { initializerConfig, type LayerConfig } from "../config.ts";
import { kerasShape } from "../input-spec.ts";
import { markChanged, whereOf } from "../internals.ts";
import { Layer } from "../layer.ts";
import { baseOptions, checkFinite, checkFlag, type LayerOptions } from "../options.ts";

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
}

const OPTIONS = ["axis", "epsilon", "center", "scale", "betaInitializer", "gammaInitializer"];

/** Base of BatchNormalization, LayerNormalization and GroupNormalization. */
export abstract class Normalizer extends Layer {
  readonly center: boolean;
  readonly scale: boolean;
  readonly betaInitializer: Initializer;
  readonly gammaInitializer: Initializer;
  gamma: Variable | undefined = undefined;
  beta: Variable | undefined = undefined;
  #epsilon: number;

  protected constructor(className: string, options: NormalizerOptions, own: readonly string[] = []) {
    super(baseOptions(className, options, [...OPTIONS, ...own]));
    const where = whereOf(this);
    this.#epsilon = checkFinite(options.epsilon ?? 1e-3, `${where} epsilon`);
    this.center = checkFlag(options.center, true, `${where} center`);
    this.scale = checkFlag(options.scale, true, `${where} scale`);
    this.betaInitializer = getInitializer(options.betaInitializer ?? "zeros", `${where} betaInitializer`);
    this.gammaInitializer = getInitializer(options.gammaInitializer ?? "ones", `${where} gammaInitializer`);
  }

  get epsilon(): number {
    return this.#epsilon;
  }

  set epsilon(epsilon: number) {
    this.#epsilon = checkFinite(epsilon, `${whereOf(this)} epsilon`);
    markChanged(this);
  }

  /** Makes gamma and beta, as far as wanted. */
  protected addScaleAndShift(shape: readonly number[]): void {
    const { gammaInitializer, betaInitializer } = this;
    if (this.scale) this.gamma = this.addWeight({ name: "gamma", shape, initializer: gammaInitializer });
    if (this.center) this.beta = this.addWeight({ name: "beta", shape, initializer: betaInitializer });
  }

  /** γ·x + β, with gamma and beta in a shape that broadcasts to x. */
  protected scaleAndShift(x: Tensor, shape: readonly number[]): Tensor {
    const scaled = this.gamma === undefined ? x : x.mul(this.gamma.value().reshape(shape));
    return this.beta === undefined ? scaled : scaled.add(this.beta.value().reshape(shape));
  }

  override getConfig(): LayerConfig {
    return {
      ...super.getConfig(),
      epsilon: this.#epsilon,
      center: this.center,
      scale: this.scale,
      beta_initializer: initializerConfig(this.betaInitializer),
      gamma_initializer: initializerConfig(this.gammaInitializer),
    };
  }
}

/** An integer, or with `many` also a list of such, as `axis`. */
export function checkAxisOption<A>(axis: A, where: string, many: boolean): A {
  const list = many && Array.isArray(axis) ? (axis as unknown[]) : [axis];
  if (list.length > 0 && list.every(Number.isInteger)) return axis;
  throw new ValueError(`[${where}] axis: expected an integer${many ? " or a list of such" : ""}, got ${describe(axis)}.`);
}

/** Axes as sorted numbers from 0 on. */
export function axesOf(axis: number | readonly number[], shape: Shape, where: string): number[] {
  const axes = [axis].flat().map((each) => {
    const place = normalizeAxis(each as number, shape.length);
    if (place !== undefined) return place;
    throw new ShapeError(
      `[${where}] axis: Axis ${each} is out of bounds for input shape ${kerasShape(shape)}: expected an integer in ` +
        `[${-shape.length}, ${shape.length - 1}].`,
    );
  });
  return axes.sort((a, b) => a - b);
}

/** The size of an axis, which must be known to make weights. */
export function knownSize(shape: Shape, axis: number, where: string): number {
  const size = shape[axis];
  if (typeof size === "number") return size;
  throw new ShapeError(`[${where}] build: expected the size of axis ${axis} to be known, got ${kerasShape(shape)}.`);
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
  const { y } = batchNormTrain(rows.reshape([count, x.size / Math.max(count, 1)]), null, null, { axis: 0, epsilon });
  const back = y.reshape(rows.shape);
  return moved ? back.transpose(order.map((_, i) => order.indexOf(i))) : back;
}
