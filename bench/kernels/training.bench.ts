/** What a training step does beside products and normalisation: random numbers, dropout, optimizers. */
import type { Bench, Comparison } from "../bench.ts";
import { floats, kernels, numbers, space, words } from "./area.ts";

const N = 128 * 512;
const [x, y, bits, key] = [numbers(N), space(N), space(N / 32), words(7, 0)];
const cells = floats(1, 1e-3, 0, 0, 0, 1e-3, 0.1, 1e-3, 1e-7);

/**
 * Steps, in turns with a copy of an array of that size: four streams read and three written against one and one. On 4 MB
 * arrays Adam reaches 57 GB/s: 0.47 of a copy that stays in the third-level cache (122 GB/s, quiet machine), 0.81 to 1.00 of one
 * that does not (15 runs). It gains nothing by two vectors a turn of its loop (57 against 58 GB/s) nor without weight decay
 * (56): where memory is fast it waits for the unit that divides and takes roots.
 */
function optimizers(n: number, label: string): Comparison {
  const [w, m, v, g] = [numbers(n), numbers(n), numbers(n, 0, 1), numbers(n)];
  const [from, to] = [numbers(n), space(n)];
  return {
    name: `training/optimizers ${label}`,
    sides: [
      { name: "copy", bytes: 8 * n, prepare: () => () => kernels.u32_copy(to.ptr, from.ptr, n) },
      {
        name: "adam",
        bytes: 28 * n,
        prepare: () => () => kernels.f32_adam(w.ptr, m.ptr, v.ptr, g.ptr, n, cells.ptr, 0.004),
      },
      { name: "sgd", bytes: 12 * n, prepare: () => () => kernels.f32_sgd(w.ptr, g.ptr, n, cells.ptr, 0) },
    ],
  };
}

export const benches: readonly Bench[] = [
  {
    name: "training/dropout 128x512",
    elements: N,
    prepare: () => () => kernels.f32_dropout(y.ptr, bits.ptr, x.ptr, key.ptr, 0, N, 0.8),
  },
  {
    name: "training/dropout_grad 128x512",
    elements: N,
    prepare: () => () => kernels.f32_dropout_grad(y.ptr, x.ptr, bits.ptr, N, 0.8),
  },
  {
    name: "training/threefry 64K",
    elements: N,
    prepare: () => () => kernels.u32_threefry2x32(y.ptr, key.ptr, 0, N),
  },
  {
    name: "training/uniform 64K",
    elements: N,
    prepare: () => () => kernels.f32_random_uniform(y.ptr, key.ptr, 0, N, -1, 1),
  },
  {
    name: "training/normal 64K",
    elements: N,
    prepare: () => () => kernels.f32_random_normal(y.ptr, key.ptr, 0, N, 0, 1),
  },
];

export const comparisons: readonly Comparison[] = [optimizers(1024, "1K"), optimizers(1 << 20, "1M")];
