import type { BufferRef } from "../graph/op.ts";
import type { Spec } from "../graph/spec.ts";
import type { KernelTable } from "../runtime/kernel-table.ts";
import { splitAxis } from "../util/shape.ts";
import { callKernel, elementwise, noSecondDerivative, type Op, op, requireDType, requireSameShape } from "./define.ts";

/**
 * Batch normalization (Ioffe and Szegedy 2015) as Keras 3 does it: biased variance, statistics over all axes but one.
 * gamma and beta are optional inputs: `scale` and `center` say which are there.
 */
export type BatchNormAttrs = { axis: number; epsilon: number; scale: boolean; center: boolean };

const perChannel = (x: Spec, axis: number): Spec => ({ shape: [x.shape[axis]!], dtype: "float32" });

/** Checks that statistics, gamma and beta are float32 and hold one value for each channel. */
function requireChannels(name: string, channels: Spec, values: readonly Spec[]): void {
  requireDType(name, "float32", ...values);
  for (const value of values) requireSameShape(name, channels, value);
}

/** Addresses of gamma and beta (0 where there is none) among the inputs from `first` on. */
function parameters(inputs: readonly BufferRef[], first: number, { scale, center }: BatchNormAttrs): [number, number] {
  return [scale ? inputs[first]!.ptr : 0, center ? inputs[first + Number(scale)]!.ptr : 0];
}

/** The kernels' word for what there is. */
const flagsOf = ({ scale, center }: BatchNormAttrs): number => Number(scale) + 2 * Number(center);

const workspaceOf = (k: KernelTable, [x]: readonly Spec[], _: unknown, { axis }: { axis: number }): number =>
  k.f32_batch_norm_workspace(...splitAxis(x!.shape, axis));

/** Mean and biased variance of each channel. Input x; outputs mean, variance. */
export const batchNormStatsOp: Op<{ axis: number }> = op<{ axis: number }>({
  name: "batchNormStats",
  shape: ([x], { axis }) => [perChannel(x!, axis), perChannel(x!, axis)],
  gradient: ({ inputs: [x], outputs: [mean], grads: [dmean, dvariance], attrs: { axis } }) => {
    // dmean/dx = 1/N; dvariance/dx = 2(x − mean)/N.
    const channels = x!.shape.map((dim, i) => (i === axis ? dim : 1));
    const n = x!.size / x!.shape[axis]!;
    const flat = dmean?.reshape(channels).div(n).broadcastTo(x!.shape);
    const spread =
      dvariance &&
      x!
        .sub(mean!.reshape(channels))
        .mul(dvariance.reshape(channels))
        .mul(2 / n);
    return [flat && spread ? flat.add(spread) : (flat ?? spread ?? null)];
  },
  kernel: (k, io) =>
    callKernel(k, "f32_batch_norm_stats", io, ...splitAxis(io.inputs[0]!.shape, io.attrs.axis), io.workspace),
  workspace: workspaceOf,
});

/**
 * Inputs x, mean, variance (both of this very x), gamma?, beta?: γ(x − μ)/√(σ² + ε) + β. Its gradient is the one of the
 * whole normalisation, through the statistics: they are constants for autodiff otherwise.
 */
export const batchNormTrainOp: Op<BatchNormAttrs> = op<BatchNormAttrs>({
  name: "batchNormTrain",
  shape: ([x, ...values], { axis }) => {
    requireChannels("batchNormTrain", perChannel(x!, axis), values);
    return { shape: x!.shape, dtype: "float32" };
  },
  gradient: ({ inputs, grads: [dy], attrs, apply }) => {
    const [x, mean, variance, gamma] = inputs;
    const [dx, dgamma, dbeta] = apply(
      batchNormTrainGradOp,
      [dy!, x!, mean!, variance!, ...(attrs.scale ? [gamma!] : [])],
      attrs,
    );
    return [dx!, null, null, ...(attrs.scale ? [dgamma!] : []), ...(attrs.center ? [dbeta!] : [])];
  },
  kernel: (k, { inputs, outputs, attrs, workspace }) => {
    const [gamma, beta] = parameters(inputs, 3, attrs);
    const io = { inputs: inputs.slice(0, 3), outputs, attrs, workspace };
    const sizes = splitAxis(inputs[0]!.shape, attrs.axis);
    callKernel(k, "f32_batch_norm_apply", io, gamma, beta, ...sizes, attrs.epsilon, flagsOf(attrs));
  },
  inPlace: [[0, 0]],
});

/** Inputs dy, x, mean, variance, gamma?; outputs dx, dgamma, dbeta. */
export const batchNormTrainGradOp: Op<BatchNormAttrs> = op<BatchNormAttrs>({
  name: "batchNormTrainGrad",
  shape: ([dy], { axis }) => [{ shape: dy!.shape, dtype: "float32" }, perChannel(dy!, axis), perChannel(dy!, axis)],
  gradient: noSecondDerivative("batchNormTrainGrad"),
  kernel: (k, { inputs, outputs, attrs, workspace }) => {
    const gamma = inputs[4]?.ptr ?? 0;
    const io = { inputs: inputs.slice(0, 4), outputs, attrs, workspace };
    const rest = [...splitAxis(inputs[0]!.shape, attrs.axis), attrs.epsilon, Number(attrs.scale), workspace];
    callKernel(k, "f32_batch_norm_train_grad", io, gamma, ...rest);
  },
  workspace: workspaceOf,
  inPlace: [[0, 0]],
});

/** Inputs mean, variance, gamma?, beta?; outputs s = γ/√(v + ε) and t = β − mean·s, so that y = x·s + t. */
export const batchNormCoefficientsOp: Op<BatchNormAttrs> = op<BatchNormAttrs>({
  name: "batchNormCoefficients",
  shape: ([mean, ...values]) => {
    requireChannels("batchNormCoefficients", mean!, [mean!, ...values]);
    return [mean!, mean!];
  },
  gradient: ({ inputs, outputs: [s], grads: [ds, dt], attrs: { scale, center, epsilon }, needs }) => {
    const [mean, variance] = inputs;
    const shifted = variance!.add(epsilon);
    // t = β − mean·s, so a change of s changes t as well.
    const throughShift = dt ? dt.mul(mean!).neg() : null;
    const total = ds && throughShift ? ds.add(throughShift) : (ds ?? throughShift)!;
    return [
      needs[0] && dt ? dt.mul(s!).neg() : null,
      needs[1] ? total.mul(s!).mul(-0.5).div(shifted) : null,
      ...(scale ? [needs[2] ? total.mul(shifted.rsqrt()) : null] : []),
      ...(center ? [dt ?? null] : []),
    ];
  },
  kernel: (k, { inputs, outputs: [s, t], attrs }) => {
    const [mean, variance] = inputs;
    const [gamma, beta] = parameters(inputs, 2, attrs);
    const rest = [s!.size, attrs.epsilon, flagsOf(attrs)] as const;
    k.f32_batch_norm_coefficients(s!.ptr, t!.ptr, mean!.ptr, variance!.ptr, gamma, beta, ...rest);
  },
});

/** Inputs x, s, t: x·s + t along an axis. Attribute `inner` says whether the axis is the last (1). */
export const scaleShiftOp: Op<{ axis: number; inner: number }> = op<{ axis: number; inner: number }>({
  name: "scaleShift",
  shape: ([x, ...values], { axis }) => {
    requireChannels("scaleShift", perChannel(x!, axis), values);
    return { shape: x!.shape, dtype: "float32" };
  },
  gradient: ({ inputs: [x, s], grads: [dy], attrs: { axis }, needs }) => {
    const channels = x!.shape.map((dim, i) => (i === axis ? dim : 1));
    return [
      needs[0] ? dy!.mul(s!.reshape(channels)) : null,
      needs[1] ? dy!.mul(x!).sumTo(channels).reshape(s!.shape) : null,
      needs[2] ? dy!.sumTo(channels).reshape(s!.shape) : null,
    ];
  },
  kernel: (k, io) => callKernel(k, "f32_scale_shift", io, ...splitAxis(io.inputs[0]!.shape, io.attrs.axis)),
  inPlace: [[0, 0]],
});

/** Inputs moving, batch: moving·m + batch·(1 − m). */
export const movingUpdateOp: Op<{ momentum: number }> = op<{ momentum: number }>({
  name: "movingUpdate",
  shape: ([moving, batch]) => {
    requireChannels("movingUpdate", moving!, [moving!, batch!]);
    return moving!;
  },
  // A layer used twice normalises by what its first use assigned, so a gradient may come back this way.
  gradient: ({ grads: [dy], attrs: { momentum }, needs }) => [
    needs[0] ? dy!.mul(momentum) : null,
    needs[1] ? dy!.mul(1 - momentum) : null,
  ],
  kernel: elementwise("f32_moving_update", "momentum"),
  inPlace: [[0, 0]],
});
