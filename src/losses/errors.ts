import type { Tensor } from "../ops/tensor.ts";
import { mean } from "./loss.ts";
import { aligned, type LossClass, lossClass } from "./loss-class.ts";

/** What cosine similarity takes. */
export interface AxisOptions {
  /** The axis of the vectors. Default −1. */
  axis?: number;
}

/** What the Huber loss takes. */
export interface HuberOptions {
  /** Where the square turns into a straight line. Default 1. */
  delta?: number;
}

/** What the losses of segmentation take. */
export interface OverlapOptions {
  /** The axes that are summed over; null (default): all, which makes one value of the whole batch. */
  axis?: number | readonly number[] | null;
}

/** What the Tversky loss takes. */
export interface TverskyOptions extends OverlapOptions {
  /** Weight of targets that were missed. Default 0.5. */
  alpha?: number;
  /** Weight of what was predicted without a target. Default 0.5. */
  beta?: number;
}

/** Keras's fuzz factor. */
const EPSILON = 1e-7;

type Values = (t: Tensor, p: Tensor) => Tensor;

/** The mean over the last axis of something. */
const meanOf = (className: string, values: Values): LossClass =>
  lossClass(
    className,
    {},
    aligned((t, p) => mean(values(t, p))),
  );

/** Mean over the last axis of (t − p)². */
export const MeanSquaredError: LossClass = /* @__PURE__ */ meanOf("MeanSquaredError", (t, p) => t.sub(p).square());

/** Mean over the last axis of |t − p|. */
export const MeanAbsoluteError: LossClass = /* @__PURE__ */ meanOf("MeanAbsoluteError", (t, p) => t.sub(p).abs());

/** Mean over the last axis of 100·|t − p| / max(|t|, 1e−7). */
export const MeanAbsolutePercentageError: LossClass = /* @__PURE__ */ meanOf("MeanAbsolutePercentageError", (t, p) =>
  t.sub(p).div(t.abs().maximum(EPSILON)).abs().mul(100),
);

const log1p = (x: Tensor): Tensor => x.maximum(EPSILON).add(1).log();

/** Mean over the last axis of (ln(p + 1) − ln(t + 1))², with both at least 1e−7. */
export const MeanSquaredLogarithmicError: LossClass = /* @__PURE__ */ meanOf("MeanSquaredLogarithmicError", (t, p) =>
  log1p(p).sub(log1p(t)).square(),
);

/** Mean over the last axis of ½e² where |e| ≤ δ, else of δ·|e| − ½δ². Huber 1964. */
export const Huber: LossClass<HuberOptions> = /* @__PURE__ */ lossClass<HuberOptions>(
  "Huber",
  { delta: 1 },
  /* @__PURE__ */ aligned((t, p, { delta }) => {
    const error = p.sub(t);
    const far = error.abs();
    const line = far.mul(delta).sub((delta * delta) / 2);
    return mean(error.square().mul(0.5).where(far.lessEqual(delta), line));
  }),
  { name: "huber_loss" },
);

/** Mean over the last axis of ln cosh(p − t). */
export const LogCosh: LossClass = /* @__PURE__ */ meanOf("LogCosh", (t, p) => {
  const error = p.sub(t);
  return error.add(error.mul(-2).softplus()).sub(Math.LN2);
});

/** A vector made to have length 1; one near 0 is only made longer, by 1e7. */
function unit(x: Tensor, axis: number): Tensor {
  return x.mul(
    x
      .square()
      .sum(axis, true)
      .maximum(EPSILON * EPSILON)
      .rsqrt(),
  );
}

/** Σ t·p over the axis, of vectors made to have length 1. */
export function cosine(t: Tensor, p: Tensor, axis: number): Tensor {
  return unit(t, axis).mul(unit(p, axis)).sum(axis);
}

/** The cosine of the angle between targets and predictions, negative: −1 is best. */
export const CosineSimilarity: LossClass<AxisOptions> = /* @__PURE__ */ lossClass<AxisOptions>(
  "CosineSimilarity",
  { axis: -1 },
  /* @__PURE__ */ aligned((t, p, { axis }) => cosine(t, p, axis).neg()),
);

/** Mean over the last axis of p − t·ln(p + 1e−7). */
export const Poisson: LossClass = /* @__PURE__ */ meanOf("Poisson", (t, p) => p.sub(t.mul(p.add(EPSILON).log())));

/** Σ t·ln(t/p) over the last axis, both kept within [1e−7, 1]. */
export const KLDivergence: LossClass = /* @__PURE__ */ lossClass(
  "KLDivergence",
  {},
  /* @__PURE__ */ aligned((target, prediction) => {
    const [t, p] = [target.clip(EPSILON, 1), prediction.clip(EPSILON, 1)];
    return t.mul(t.div(p).log()).sum(-1);
  }),
);

/** max(1 − t·p, 0). Targets that are all 0 or 1 become −1 and 1. */
function margins(t: Tensor, p: Tensor): Tensor {
  const binary = t.mul(t).equal(t).all();
  return t.mul(2).sub(1).where(binary, t).mul(p).neg().add(1).maximum(0);
}

/** Mean over the last axis of max(1 − t·p, 0), for targets −1 and 1 (or 0 and 1). */
export const Hinge: LossClass = /* @__PURE__ */ meanOf("Hinge", margins);

/** Mean over the last axis of max(1 − t·p, 0)², for targets −1 and 1 (or 0 and 1). */
export const SquaredHinge: LossClass = /* @__PURE__ */ meanOf("SquaredHinge", (t, p) => margins(t, p).square());

/** max(max (1 − t)·p − Σ t·p + 1, 0) over the last axis. */
export const CategoricalHinge: LossClass = /* @__PURE__ */ lossClass(
  "CategoricalHinge",
  {},
  /* @__PURE__ */ aligned((t, p) => t.neg().add(1).mul(p).max(-1).sub(t.mul(p).sum(-1)).add(1).maximum(0)),
);

function sumOver(x: Tensor, axis: number | readonly number[] | null): Tensor {
  return axis === null ? x.sum() : x.sum(axis);
}

/** 1 − I / (I + α·missed + β·wrong + 1e−7), with I = Σ t·p. Salehi et al. 2017. */
function tversky(t: Tensor, p: Tensor, { alpha, beta, axis }: Required<TverskyOptions>): Tensor {
  const over = (x: Tensor): Tensor => sumOver(x, axis);
  const both = over(t.mul(p));
  const missed = over(p.neg().add(1).mul(t)).mul(alpha);
  const wrong = over(t.neg().add(1).mul(p)).mul(beta);
  return both.div(both.add(missed).add(wrong).add(EPSILON)).neg().add(1);
}

/** 1 − I / (I + α·missed + β·wrong + 1e−7), with I = Σ t·p over the axes. Salehi et al. 2017. */
export const Tversky: LossClass<TverskyOptions> = /* @__PURE__ */ lossClass<TverskyOptions>(
  "Tversky",
  { alpha: 0.5, beta: 0.5, axis: null },
  /* @__PURE__ */ aligned(tversky),
);

/** 1 − 2I / (Σt + Σp + 1e−7), with I = Σ t·p over the axes. */
export const Dice: LossClass<OverlapOptions> = /* @__PURE__ */ lossClass<OverlapOptions>(
  "Dice",
  { axis: null },
  /* @__PURE__ */ aligned((t, p, { axis }) => {
    const over = (x: Tensor): Tensor => sumOver(x, axis);
    return over(t.mul(p))
      .mul(2)
      .div(over(t).add(over(p)).add(EPSILON))
      .neg()
      .add(1);
  }),
);
