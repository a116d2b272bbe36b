// Functions of rare use, one element at a time and in float64 inside: short code, and results that are rounded once. The
// largest error is one unit in the last place; of sin, cos and tan for |x| < 2^30, beyond which it grows with x.

// @ts-ignore: decorator
@inline
export const SIN = 29;
// @ts-ignore: decorator
@inline
export const COS = 30;
// @ts-ignore: decorator
@inline
export const TAN = 31;
// @ts-ignore: decorator
@inline
export const ASIN = 32;
// @ts-ignore: decorator
@inline
export const ACOS = 33;
// @ts-ignore: decorator
@inline
export const ATAN = 34;
// @ts-ignore: decorator
@inline
export const ATAN2 = 35;
// @ts-ignore: decorator
@inline
export const POW = 4;
// @ts-ignore: decorator
@inline
export const MOD = 36;
// @ts-ignore: decorator
@inline
export const FLOOR_DIV = 37;
// @ts-ignore: decorator
@inline
export const I32_MOD = 38;
// @ts-ignore: decorator
@inline
export const I32_FLOOR_DIV = 39;
// @ts-ignore: decorator
@inline
export const I32_POW = 40;

// S, C and A, five coefficients each: sin(r) = r + r·z·S(z) and cos(r) = 1 + z·C(z) with z = r² (Taylor), and
// atan(t) = t + t·z·A(z) for t <= tan(π/8) (our own fit, relative error 7e-10). Then π/2 in two parts, the first of 29 bits.
const TABLE = memory.data<f64>([
  -0.16666666666666666, 0.008333333333333333, -1.984126984126984e-4, 2.7557319223985893e-6, 0,
  -0.5, 0.041666666666666664, -0.001388888888888889, 2.48015873015873e-5, -2.755731922398589e-7,
  -0.33333315504945177, 0.19998489421525698, -0.14243848498933306, 0.10596000002155492, -0.06083449806960422,
  1.570796325802803, 9.920935796805404e-10,
]);
// @ts-ignore: decorator
@inline
const S = 0;
// @ts-ignore: decorator
@inline
const C = 5;
// @ts-ignore: decorator
@inline
const A = 10;
// @ts-ignore: decorator
@inline
const HALF_PI: f64 = 1.5707963267948966;

/** z times one of the polynomials. */
function polynomial(first: i32, z: f64): f64 {
  let p: f64 = 0;
  for (let i = 4; i >= 0; i--) p = p * z + load<f64>(TABLE + (first + i << 3));
  return p * z;
}

/** sin(x + quarter·π/2). */
function sine(x: f64, quarter: i32): f64 {
  const n = nearest(x / HALF_PI);
  let r = x - n * load<f64>(TABLE, 120) - n * load<f64>(TABLE, 128);
  r = min<f64>(max<f64>(r, -1), 1); // an angle too large to be reduced: some number in [−1, 1]
  quarter += <i32>(<i64>n);
  const z = r * r;
  const y = quarter & 1 ? 1 + polynomial(C, z) : r + r * polynomial(S, z);
  return quarter & 2 ? -y : y;
}

/** The angle of the point (x, y), with C's special cases. */
function angle(y: f64, x: f64): f64 {
  const ax = abs(x);
  const ay = abs(y);
  const steep = ay > ax;
  const z = ax == ay ? f64(ax != 0) : steep ? ax / ay : ay / ax;
  const t = z / (1 + sqrt(1 + z * z)); // the half of the angle
  let a = 2 * (t + t * polynomial(A, t * t));
  if (steep) a = HALF_PI - a;
  if (reinterpret<i64>(x) < 0) a = 2 * HALF_PI - a;
  return copysign<f64>(a, y);
}

/** a^b; a negative power of an integer is 0 but for 1 and −1. */
function power(a: i32, b: i32): i32 {
  if (b < 0) return abs(a) != 1 ? 0 : b & 1 ? a : 1;
  let y = 1;
  for (; b; b >>= 1, a *= a) if (b & 1) y *= a;
  return y;
}

/** Toward −∞; 0 where b is 0. Wraps around: −2^31/−1 is −2^31. */
function floorDivide(a: i32, b: i32): i32 {
  return b ? <i32><i64>Math.floor(<f64>a / <f64>b) : 0;
}

/** x − ⌊x/y⌋·y, exact: by halves of the largest 2ⁿ·|y| in |x|. */
function remainder(x: f64, y: f64): f64 {
  const d = abs(y);
  let r = abs(x);
  if (!(r < Infinity && d > 0)) return NaN;
  let t = d;
  while (t * 2 <= r) t *= 2;
  for (; r >= d; t *= 0.5) if (r >= t) r -= t;
  r = copysign<f64>(r, x);
  return r * y < 0 ? r + y : r;
}

/** Function number `op` of one element, or of two; i32 elements by their bits. */
function scalar(op: i32, a: i32, b: i32): i32 {
  if (op == I32_FLOOR_DIV) return floorDivide(a, b);
  if (op == I32_MOD) return a - floorDivide(a, b) * b;
  if (op == I32_POW) return power(a, b);
  const x = <f64>reinterpret<f32>(a);
  const y = <f64>reinterpret<f32>(b);
  let result: f64 = x;
  switch (op) {
    case SIN:
      result = sine(x, 0);
      break;
    case COS:
      result = sine(x, 1);
      break;
    case TAN:
      result = sine(x, 0) / sine(x, 1);
      break;
    case ASIN:
      result = angle(x, sqrt((1 - x) * (1 + x)));
      break;
    case ACOS:
      result = angle(sqrt((1 - x) * (1 + x)), x);
      break;
    case ATAN:
      result = angle(x, 1);
      break;
    case ATAN2:
      result = angle(x, y);
      break;
    case POW:
      // C's rules, not JavaScript's: what the exponent is does not matter to 1, nor its sign to −1.
      result = x == 1 || (x == -1 && abs(y) == Infinity) ? 1 : Mathf.pow(<f32>x, <f32>y);
      break;
    case FLOOR_DIV:
      result = Math.floor(x / y);
      if (result == 0 && x * y < 0) result = -1; // y is infinite
      if (x - x != 0) result = NaN;
      break;
    case MOD:
      result = remainder(x, y);
      break;
  }
  return reinterpret<i32>(<f32>result);
}

/** Function number `op`, lane by lane. */
export function lanes(op: i32, a: v128, b: v128): v128 {
  let y = i32x4.splat(scalar(op, i32x4.extract_lane(a, 0), i32x4.extract_lane(b, 0)));
  y = i32x4.replace_lane(y, 1, scalar(op, i32x4.extract_lane(a, 1), i32x4.extract_lane(b, 1)));
  y = i32x4.replace_lane(y, 2, scalar(op, i32x4.extract_lane(a, 2), i32x4.extract_lane(b, 2)));
  return i32x4.replace_lane(y, 3, scalar(op, i32x4.extract_lane(a, 3), i32x4.extract_lane(b, 3)));
}
