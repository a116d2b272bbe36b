// The few vector helpers every kernel shares. This is the only file that knows of two builds: `madd` and `nmadd` are one
// fused operation in the relaxed build and two rounded ones in the simd build.

/** c + a·b. */
// @ts-ignore: decorator
@inline
export function madd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  else return f32x4.add(f32x4.mul(a, b), c);
}

/** c − a·b. */
// @ts-ignore: decorator
@inline
export function nmadd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_nmadd(a, b, c);
  else return f32x4.sub(c, f32x4.mul(a, b));
}

/** The constant number `i` of a table of f32 made by memory.data. A literal in a loop would be rebuilt at each use. */
// @ts-ignore: decorator
@inline
export function constant(table: usize, i: i32): v128 {
  return v128.load32_splat(table + (i << 2));
}

/** n = 1, 2 or 3 elements, then zeros; reads nothing beyond them. */
export function loadPart(p: usize, n: i32): v128 {
  if (n == 1) return v128.load32_zero(p);
  const v = v128.load64_zero(p);
  return n == 2 ? v : v128.load32_lane(p, v, 2, 8);
}

/** The first n = 1, 2 or 3 lanes; writes nothing beyond them. */
export function storePart(p: usize, v: v128, n: i32): void {
  if (n == 1) {
    v128.store32_lane(p, v, 0);
    return;
  }
  v128.store64_lane(p, v, 0);
  if (n == 3) v128.store32_lane(p, v, 2, 8);
}

/** Four elements, or the n < 4 that are left followed by zeros. */
// @ts-ignore: decorator
@inline
export function loadUpTo4(p: usize, n: i32): v128 {
  return n >= 4 ? v128.load(p) : loadPart(p, n);
}

/** Stores four lanes, or the first n < 4. */
// @ts-ignore: decorator
@inline
export function storeUpTo4(p: usize, v: v128, n: i32): void {
  if (n >= 4) v128.store(p, v);
  else storePart(p, v, n);
}

/** All bits set in the first n lanes: what keeps the padding of loadPart out of a sum. */
// @ts-ignore: decorator
@inline
export function laneMask(n: i32): v128 {
  return i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(n));
}

/** Sum of the lanes in the one order used everywhere: (0 + 1) + (2 + 3). */
export function sumLanes(v: v128): f32 {
  return f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1) + (f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3));
}
