/**
 * Element-wise kernels on 16 KB (first-level cache) and 4 MB arrays.
 *
 * Variants that lost, Melem/s at 16 KB, Node 20: one loop whose loads and stores test for the tail (calls in the loop make
 * V8 spill): relu 1600, exp 460 to 730, add 1900, against 3400, 830, 3300; exp with integer constants as v128.const, which
 * are rebuilt at each use: 530.
 */
import type { Bench } from "../bench.ts";
import { kernels, numbers, space } from "./area.ts";

const SMALL = 4096;
const LARGE = 1 << 20;
const UNARY = ["relu", "neg", "exp", "log", "sigmoid", "tanh", "erf", "softplus", "gelu"] as const;

const [x, z, y] = [numbers(LARGE), numbers(LARGE), space(LARGE)];
const positive = numbers(SMALL, 0.1, 4);

const unary = UNARY.map((name): Bench => {
  const kernel = kernels[`f32_${name}`];
  const input = name === "log" ? positive : x;
  return { name: `elementwise/${name} 4K`, bytes: 8 * SMALL, prepare: () => () => kernel(y.ptr, input.ptr, SMALL) };
});

const add = (n: number, label: string): Bench => ({
  name: `elementwise/add ${label}`,
  bytes: 12 * n,
  prepare: () => () => kernels.f32_add(y.ptr, x.ptr, z.ptr, 1, 1, n, 0, 0, 1, 0, 0, 1),
});

export const benches: readonly Bench[] = [
  ...unary,
  { name: "elementwise/relu 1M", bytes: 8 * LARGE, prepare: () => () => kernels.f32_relu(y.ptr, x.ptr, LARGE) },
  {
    name: "elementwise/relu_grad 4K",
    bytes: 12 * SMALL,
    prepare: () => () => kernels.f32_relu_grad(y.ptr, x.ptr, z.ptr, SMALL),
  },
  add(SMALL, "4K"),
  add(LARGE, "1M"),
  {
    name: "elementwise/add bias 128x512",
    bytes: 8 * 65536,
    prepare: () => () => kernels.f32_add(y.ptr, x.ptr, z.ptr, 1, 128, 512, 0, 512, 1, 0, 0, 1),
  },
  {
    name: "elementwise/transpose 128x512",
    bytes: 8 * 65536,
    prepare: () => () => kernels.u32_copy_strided(y.ptr, x.ptr, 1, 1, 512, 128, 0, 0, 128, 1, 0, 0, 1, 512),
  },
  { name: "elementwise/sum 64K", bytes: 4 * 65536, prepare: () => () => kernels.f32_sum(y.ptr, x.ptr, 1, 65536, 1) },
  {
    name: "elementwise/sum columns 128x512",
    bytes: 4 * 65536,
    prepare: () => () => kernels.f32_sum(y.ptr, x.ptr, 1, 128, 512),
  },
  {
    name: "elementwise/softmax 128x10",
    bytes: 8 * 1280,
    prepare: () => () => kernels.f32_softmax(y.ptr, x.ptr, 128, 10),
  },
  {
    name: "elementwise/softmax 256x1000",
    bytes: 8 * 256000,
    prepare: () => () => kernels.f32_softmax(y.ptr, x.ptr, 256, 1000),
  },
];
