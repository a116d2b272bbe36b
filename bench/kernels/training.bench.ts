/** What a training step does beside products and normalisation: random numbers, dropout, optimizers. */
import type { Bench } from "../bench.ts";
import { kernels, numbers, space, words } from "./area.ts";

const N = 128 * 512;
const [x, y, bits, key] = [numbers(N), space(N), space(N / 32), words(7, 0)];
const [rate, alpha] = [numbers(1), numbers(1)];

function optimizers(n: number, label: string): Bench[] {
  const [w, m, v, g] = [numbers(n), numbers(n), numbers(n, 0, 1), numbers(n)];
  const state = [w.ptr, m.ptr, v.ptr] as const;
  return [
    {
      name: `training/adam ${label}`,
      bytes: 28 * n,
      fn: () => kernels.f32_adam(...state, ...state, g.ptr, n, alpha.ptr, 0.9, 0.999, 1e-7),
    },
    { name: `training/sgd ${label}`, bytes: 12 * n, fn: () => kernels.f32_sgd(w.ptr, w.ptr, g.ptr, n, rate.ptr) },
  ];
}

export const benches: readonly Bench[] = [
  {
    name: "training/dropout 128x512",
    bytes: 8 * N,
    fn: () => kernels.f32_dropout(y.ptr, bits.ptr, x.ptr, key.ptr, 0, N, 0.8),
  },
  {
    name: "training/dropout_grad 128x512",
    bytes: 8 * N,
    fn: () => kernels.f32_dropout_grad(y.ptr, x.ptr, bits.ptr, N, 0.8),
  },
  { name: "training/threefry 64K", bytes: 4 * N, fn: () => kernels.u32_threefry2x32(y.ptr, key.ptr, 0, N) },
  { name: "training/uniform 64K", bytes: 4 * N, fn: () => kernels.f32_random_uniform(y.ptr, key.ptr, 0, N, -1, 1) },
  { name: "training/normal 64K", bytes: 4 * N, fn: () => kernels.f32_random_normal(y.ptr, key.ptr, 0, N, 0, 1) },
  ...optimizers(1024, "1K"),
  ...optimizers(1 << 20, "1M"),
];
