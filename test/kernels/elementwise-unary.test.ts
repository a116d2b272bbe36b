import type { KernelTable } from "../../src/runtime/kernel-table.ts";
import { assert, assertClose } from "../harness/assert-close.ts";
import { floats, onEveryBuild, SIZES } from "../harness/kernels.ts";
import { suite } from "../harness/suite.ts";
import { unary } from "../reference/kernels/elementwise.ts";

type Unary = (y: number, x: number, n: number, p?: number, q?: number) => void;

/** [name, inputs from, to, parameters]. */
const CASES: readonly [keyof KernelTable, number, number, ...number[]][] = [
  ["f32_neg", -3, 3],
  ["f32_abs", -3, 3],
  ["f32_sign", -3, 3],
  ["f32_exp", -10, 10],
  ["f32_log", 0.01, 20],
  ["f32_log1p", -0.9, 20],
  ["f32_expm1", -5, 5],
  ["f32_sqrt", 0, 20],
  ["f32_rsqrt", 0.01, 20],
  ["f32_square", -3, 3],
  ["f32_reciprocal", 0.1, 3],
  ["f32_floor", -5, 5],
  ["f32_ceil", -5, 5],
  ["f32_round", -5, 5],
  ["f32_sigmoid", -10, 10],
  ["f32_tanh", -5, 5],
  ["f32_relu", -3, 3],
  ["f32_elu", -5, 5, 0.75],
  ["f32_selu", -5, 5],
  ["f32_softplus", -20, 20],
  ["f32_softsign", -5, 5],
  ["f32_silu", -10, 10],
  ["f32_gelu", -5, 5],
  ["f32_gelu_tanh", -5, 5],
  ["f32_erf", -4, 4],
  ["f32_hard_sigmoid", -5, 5],
  ["f32_leaky_relu", -3, 3, 0.25],
  ["f32_clip", -3, 3, -0.5, 1.25],
  ["f32_sin", -20, 20],
  ["f32_cos", -20, 20],
  ["f32_tan", -1.5, 1.5],
  ["f32_asin", -1, 1],
  ["f32_acos", -1, 1],
  ["f32_atan", -5, 5],
  ["f32_sinh", -5, 5],
  ["f32_cosh", -5, 5],
  ["f32_asinh", -5, 5],
  ["f32_acosh", 1, 20],
  ["f32_atanh", -0.95, 0.95],
];

/** x → y for the values where rounding decides nothing. */
const LIMITS: Readonly<Partial<Record<keyof KernelTable, readonly [number, number][]>>> = {
  f32_exp: [
    [-Infinity, 0],
    [Infinity, Infinity],
    [1000, Infinity],
    [-1000, 0],
    [89, Infinity],
    [0, 1],
    [-104, 0],
  ],
  f32_log: [
    [0, -Infinity],
    [-0, -Infinity],
    [-1, NaN],
    [-Infinity, NaN],
    [Infinity, Infinity],
    [1, 0],
  ],
  f32_log1p: [
    [-1, -Infinity],
    [-2, NaN],
    [Infinity, Infinity],
    [0, 0],
    [1e-30, Math.fround(1e-30)],
  ],
  f32_expm1: [
    [-Infinity, -1],
    [Infinity, Infinity],
    [-1000, -1],
    [1000, Infinity],
    [0, 0],
    [1e-30, Math.fround(1e-30)],
  ],
  f32_sigmoid: [
    [-Infinity, 0],
    [Infinity, 1],
    [-1000, 0],
    [1000, 1],
    [0, 0.5],
  ],
  f32_tanh: [
    [-Infinity, -1],
    [Infinity, 1],
    [-100, -1],
    [100, 1],
    [0, 0],
    [-0, -0],
  ],
  f32_erf: [
    [-Infinity, -1],
    [Infinity, 1],
    [-10, -1],
    [10, 1],
    [0, 0],
  ],
  f32_softplus: [
    [-Infinity, 0],
    [Infinity, Infinity],
    [1000, 1000],
    [-1000, 0],
  ],
  f32_relu: [
    [-Infinity, 0],
    [Infinity, Infinity],
    [-1, 0],
  ],
  f32_elu: [
    [-Infinity, -0.75],
    [Infinity, Infinity],
    [0, 0],
  ],
  f32_sqrt: [
    [-1, NaN],
    [Infinity, Infinity],
  ],
  f32_rsqrt: [
    [0, Infinity],
    [Infinity, 0],
  ],
  f32_reciprocal: [
    [0, Infinity],
    [-0, -Infinity],
  ],
  f32_round: [
    [0.5, 0],
    [1.5, 2],
    [2.5, 2],
    [-0.5, -0],
    [-1.5, -2],
  ],
  f32_sign: [
    [-Infinity, -1],
    [0, 0],
    [Infinity, 1],
  ],
  f32_clip: [
    [-Infinity, -0.5],
    [Infinity, 1.25],
  ],
  f32_sin: [
    [Infinity, NaN],
    [0, 0],
  ],
  f32_cos: [
    [-Infinity, NaN],
    [0, 1],
  ],
  f32_asin: [
    [1.5, NaN],
    [0, 0],
    [-1, Math.fround(-Math.PI / 2)],
  ],
  f32_acos: [
    [-1.5, NaN],
    [1, 0],
    [-1, Math.fround(Math.PI)],
  ],
  f32_atan: [
    [-Infinity, Math.fround(-Math.PI / 2)],
    [Infinity, Math.fround(Math.PI / 2)],
    [-0, -0],
  ],
  f32_sinh: [
    [-Infinity, -Infinity],
    [1000, Infinity],
    [-0, -0],
  ],
  f32_cosh: [
    [-Infinity, Infinity],
    [1000, Infinity],
    [0, 1],
  ],
  f32_asinh: [
    [-Infinity, -Infinity],
    [Infinity, Infinity],
    [-0, -0],
  ],
  f32_acosh: [
    [Infinity, Infinity],
    [1, 0],
    [0.5, NaN],
    [-1e9, NaN],
  ],
  f32_atanh: [
    [-1, -Infinity],
    [1, Infinity],
    [1.5, NaN],
    [-0, -0],
  ],
  f32_hard_sigmoid: [
    [-Infinity, 0],
    [Infinity, 1],
    [-3, 0],
    [3, 1],
  ],
};

suite("kernels: element-wise, one argument", (test) => {
  for (const [name, low, high, p = 0, q = 0] of CASES) {
    const reference = unary[name.slice(4)]!;
    test(`${name} agrees with float64 at every size, also in place`, () => {
      onEveryBuild((kernels, area) => {
        const kernel = kernels[name] as Unary;
        for (const n of SIZES) {
          const x = area.f32(floats(n, n + 1, low, high));
          const y = area.empty(n);
          kernel(y.ptr, x.ptr, n, p, q);
          const expected = Array.from(x.f32, (value) => reference(value, p, q));
          assertClose(y.f32, expected, { rtol: 1e-6, atol: 3e-7, what: `n = ${n}` });
          kernel(x.ptr, x.ptr, n, p, q);
          assertClose(x.f32, y.f32, { rtol: 0, atol: 0, what: `in place, n = ${n}` });
        }
      });
    });
    test(`${name} keeps NaN and has exact limits`, () => {
      onEveryBuild((kernels, area) => {
        const pairs = [...(LIMITS[name] ?? []), [NaN, NaN] as const];
        const x = area.f32(pairs.map(([value]) => value));
        const y = area.empty(pairs.length);
        (kernels[name] as Unary)(y.ptr, x.ptr, pairs.length, p, q);
        pairs.forEach(([value, limit], i) => {
          const got = y.f32[i]!;
          assert(got === limit || Object.is(got, limit), `${name}(${value}): expected ${limit}, got ${got}`);
        });
      });
    });
  }
});
