/** The element-wise functions in float64: the names are those of the kernels without `f32_`. */
import { erf } from "./special.ts";

const SELU_SCALE = 1.05070098735548;
const SELU_ALPHA = 1.6732632423543772;

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const elu = (x: number, alpha: number): number => (x > 0 ? x : alpha * Math.expm1(x));

/** To the nearest integer, halves to even. */
export function roundHalfEven(x: number): number {
  const rounded = Math.round(x);
  return Math.abs(x % 1) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

/** One argument, then the parameters. */
export const unary: Readonly<Record<string, (x: number, p: number, q: number) => number>> = {
  neg: (x) => -x,
  abs: Math.abs,
  sign: Math.sign,
  exp: Math.exp,
  log: Math.log,
  log1p: Math.log1p,
  expm1: Math.expm1,
  sqrt: Math.sqrt,
  rsqrt: (x) => 1 / Math.sqrt(x),
  square: (x) => x * x,
  reciprocal: (x) => 1 / x,
  floor: Math.floor,
  ceil: Math.ceil,
  round: roundHalfEven,
  sigmoid,
  tanh: Math.tanh,
  relu: (x) => (x < 0 ? 0 : x),
  elu,
  selu: (x) => SELU_SCALE * elu(x, SELU_ALPHA),
  softplus: (x) => (x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x))),
  softsign: (x) => x / (1 + Math.abs(x)),
  silu: (x) => x * sigmoid(x),
  gelu: (x) => 0.5 * x * (1 + erf(x / Math.SQRT2)),
  gelu_tanh: (x) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
  erf,
  hard_sigmoid: (x) => Math.min(Math.max(x / 6 + 0.5, 0), 1),
  leaky_relu: (x, slope) => (x > 0 ? x : slope * x),
  clip: (x, lo, hi) => Math.min(Math.max(x, lo), hi),
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  asin: Math.asin,
  acos: Math.acos,
  atan: Math.atan,
  sinh: Math.sinh,
  cosh: Math.cosh,
  asinh: Math.asinh,
  acosh: Math.acosh,
  atanh: Math.atanh,
};

/** ⌊a/b⌋ of integers, 0 where b is 0. */
const floorDivide = (a: number, b: number): number => (b === 0 ? 0 : Math.floor(a / b));

/** Two arguments; truth values are 1 and 0. */
export const binary: Readonly<Record<string, (a: number, b: number) => number>> = {
  f32_add: (a, b) => a + b,
  f32_sub: (a, b) => a - b,
  f32_mul: (a, b) => a * b,
  f32_div: (a, b) => a / b,
  f32_pow: (a, b) => a ** b,
  f32_maximum: Math.max,
  f32_minimum: Math.min,
  f32_equal: (a, b) => Number(a === b),
  f32_not_equal: (a, b) => Number(a !== b),
  f32_greater: (a, b) => Number(a > b),
  f32_greater_equal: (a, b) => Number(a >= b),
  f32_less: (a, b) => Number(a < b),
  f32_less_equal: (a, b) => Number(a <= b),
  i32_add: (a, b) => (a + b) | 0,
  i32_sub: (a, b) => (a - b) | 0,
  i32_mul: Math.imul,
  i32_equal: (a, b) => Number(a === b),
  i32_not_equal: (a, b) => Number(a !== b),
  i32_greater: (a, b) => Number(a > b),
  i32_greater_equal: (a, b) => Number(a >= b),
  i32_less: (a, b) => Number(a < b),
  i32_less_equal: (a, b) => Number(a <= b),
  f32_atan2: Math.atan2,
  f32_mod: (a, b) => a - Math.floor(a / b) * b,
  f32_floor_div: (a, b) => Math.floor(a / b),
  i32_maximum: Math.max,
  i32_minimum: Math.min,
  i32_mod: (a, b) => a - floorDivide(a, b) * b,
  i32_floor_div: floorDivide,
  i32_pow: (a, b) => (b < 0 && Math.abs(a) !== 1 ? 0 : a ** b),
  i32_logical_and: (a, b) => Number(a !== 0 && b !== 0),
  i32_logical_or: (a, b) => Number(a !== 0 || b !== 0),
};
