// Normal numbers from uniform ones by the inverse error function.
import { constant } from "./simd";
import { log1p4 } from "./math";

// M. Giles, "Approximating the erfinv function" (GPU Computing Gems, 2010), single precision; XLA uses the same: highest
// power first, of w − 2.5 where w < 5, then of √w − 3, with w = −log(1 − x²).
const ERF_INV = memory.data<f32>([
  2.81022636e-8, 3.43273939e-7, -3.5233877e-6, -4.39150654e-6, 0.00021858087, -0.00125372503, -0.00417768164, 0.246640727,
  1.50140941,
  -0.000200214257, 0.000100950558, 0.00134934322, -0.00367342844, 0.00573950773, -0.0076224613, 0.00943887047, 1.00167406,
  2.83297682,
]);

/** erf⁻¹(x) for |x| < 1; ±Inf at ±1. */
export function erfInv4(x: v128): v128 {
  const w = f32x4.neg(log1p4(f32x4.neg(f32x4.mul(x, x))));
  const central = f32x4.lt(w, f32x4.splat(5));
  const t = v128.bitselect(f32x4.sub(w, f32x4.splat(2.5)), f32x4.sub(f32x4.sqrt(w), f32x4.splat(3)), central);
  let p = v128.bitselect(constant(ERF_INV, 0), constant(ERF_INV, 9), central);
  for (let i = 1; i < 9; i++) {
    const c = v128.bitselect(constant(ERF_INV, i), constant(ERF_INV, i + 9), central);
    p = f32x4.add(c, f32x4.mul(p, t));
  }
  const infinite = f32x4.eq(f32x4.abs(x), f32x4.splat(1));
  return f32x4.mul(v128.bitselect(f32x4.splat(Infinity), p, infinite), x);
}
