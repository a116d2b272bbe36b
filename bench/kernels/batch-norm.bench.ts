/**
 * Batch normalisation at the sizes of W1, W2 and W3.
 *
 * Variants that lost, GB/s at 256×2048, Node 20: apply in strips of 8 columns over all rows 7.9 (each row on another page),
 * four rows at a time 18.7; the gradient's sums in such strips 14 for the whole gradient against 25.
 */
import type { Bench } from "../bench.ts";
import { kernels, numbers, space } from "./area.ts";

const EPSILON = 1e-3;
const GAMMA_AND_BETA = 3;

function group([rows, C]: readonly [number, number]): Bench[] {
  const n = rows * C;
  const [x, dy, y] = [numbers(n), numbers(n), space(n)];
  const [mean, variance, gamma, beta] = [space(C), space(C), numbers(C), numbers(C)];
  const [dgamma, dbeta, ws] = [space(C), space(C), space(kernels.f32_batch_norm_workspace(rows, C, 1))];
  const shape = `${rows}x${C}`;
  kernels.f32_batch_norm_stats(mean.ptr, variance.ptr, x.ptr, rows, C, 1, ws.ptr);
  return [
    {
      name: `batch-norm/stats ${shape}`,
      bytes: 8 * n,
      prepare: () => () => kernels.f32_batch_norm_stats(mean.ptr, variance.ptr, x.ptr, rows, C, 1, ws.ptr),
    },
    {
      name: `batch-norm/apply ${shape}`,
      bytes: 8 * n,
      prepare: () => () =>
        kernels.f32_batch_norm_apply(
          y.ptr,
          x.ptr,
          mean.ptr,
          variance.ptr,
          gamma.ptr,
          beta.ptr,
          rows,
          C,
          1,
          EPSILON,
          GAMMA_AND_BETA,
        ),
    },
    {
      name: `batch-norm/scale_shift ${shape}`,
      bytes: 8 * n,
      prepare: () => () => kernels.f32_scale_shift(y.ptr, x.ptr, gamma.ptr, beta.ptr, rows, C, 1),
    },
    {
      name: `batch-norm/train_grad ${shape}`,
      bytes: 20 * n,
      prepare: () => () =>
        kernels.f32_batch_norm_train_grad(
          y.ptr,
          dgamma.ptr,
          dbeta.ptr,
          dy.ptr,
          x.ptr,
          mean.ptr,
          variance.ptr,
          gamma.ptr,
          rows,
          C,
          1,
          EPSILON,
          GAMMA_AND_BETA,
          ws.ptr,
        ),
    },
  ];
}

export const benches: readonly Bench[] = (
  [
    [128, 64],
    [128, 512],
    [256, 2048],
  ] as const
).flatMap(group);
