// threefry2x32 with 20 rounds (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2, 3", SC 2011), four
// counters at once. Element i of a draw takes the counter (high = 0, low = i) and the exclusive or of both output words,
// which is the layout of JAX and so of Keras.
import { constant } from "./simd";

// Added to the key after 4, 8, … rounds.
const STEPS = memory.data<i32>([1, 2, 3, 4, 5]);

// @ts-ignore: decorator
@inline
const PARITY: u32 = 0x1bd11bda;

// @ts-ignore: decorator
@inline
function rotate(x: v128, by: i32): v128 {
  if (by == 16) return i16x8.shuffle(x, x, 1, 0, 3, 2, 5, 4, 7, 6);
  return v128.or(i32x4.shl(x, by), i32x4.shr_u(x, 32 - by));
}

/** out0 XOR out1 for four counters. */
export function threefry4(key0: u32, key1: u32, counter: v128): v128 {
  const k0 = i32x4.splat(key0);
  const k1 = i32x4.splat(key1);
  const k2 = i32x4.splat(key0 ^ key1 ^ PARITY);
  let a = k0;
  let b = i32x4.add(counter, k1);
  a = i32x4.add(a, b); b = v128.xor(rotate(b, 13), a);
  a = i32x4.add(a, b); b = v128.xor(rotate(b, 15), a);
  a = i32x4.add(a, b); b = v128.xor(rotate(b, 26), a);
  a = i32x4.add(a, b); b = v128.xor(rotate(b, 6), a);
  a = i32x4.add(a, k1); b = i32x4.add(b, i32x4.add(k2, constant(STEPS, 0)));
  a = i32x4.add(a, b); b = v128.xor(rotate(b, 17), a);
  a = i32x4.add(a, b); b = v128.xor(rotate(b, 29), a);
  a = i32x4.add(a, b); b = v128.xor(rotate(b, 16), a);
  a = i32x4.add(a, b); b = v128.xor(rotate(b, 24), a);
  a = i32x4.add(a, k2); b = i32x4.add(b, i32x4.add(k0, constant(STEPS, 1)));
  a = i32x4.add(a, b); b = v128.xor(rotate(b, 13), a);
  a = i32x4.add(a, b); b = v128.xor(rotate(b, 15), a);
  a = i32x4.add(a, b); b = v128.xor(rotate(b, 26), a);
  a = i32x4.add(a, b); b = v128.xor(rotate(b, 6), a);
  a = i32x4.add(a, k0); b = i32x4.add(b, i32x4.add(k1, constant(STEPS, 2)));
  a = i32x4.add(a, b); b = v128.xor(rotate(b, 17), a);
  a = i32x4.add(a, b); b = v128.xor(rotate(b, 29), a);
  a = i32x4.add(a, b); b = v128.xor(rotate(b, 16), a);
  a = i32x4.add(a, b); b = v128.xor(rotate(b, 24), a);
  a = i32x4.add(a, k1); b = i32x4.add(b, i32x4.add(k2, constant(STEPS, 3)));
  a = i32x4.add(a, b); b = v128.xor(rotate(b, 13), a);
  a = i32x4.add(a, b); b = v128.xor(rotate(b, 15), a);
  a = i32x4.add(a, b); b = v128.xor(rotate(b, 26), a);
  a = i32x4.add(a, b); b = v128.xor(rotate(b, 6), a);
  a = i32x4.add(a, k2); b = i32x4.add(b, i32x4.add(k0, constant(STEPS, 4)));
  return v128.xor(a, b);
}

/** The counters first, first + 1, first + 2, first + 3. */
// @ts-ignore: decorator
@inline
export function counters(first: i32): v128 {
  return i32x4.add(i32x4.splat(first), i32x4(0, 1, 2, 3));
}

/** Bits → the 23 of them that make a uniform number: an integer below 2^23. */
// @ts-ignore: decorator
@inline
export function fraction(bits: v128): v128 {
  return i32x4.shr_u(bits, 9);
}

/** u < p for u = m/2^23 is the integer comparison m < ⌈p·2^23⌉: the same answers in fewer operations. */
// @ts-ignore: decorator
@inline
export function threshold(p: f32): i32 {
  return <i32>ceil<f32>(p * 8388608);
}

/** max(a, u·(b − a) + a) with one rounding: b − a in float32, the rest in float64. */
export function uniform4(bits: v128, lo: f32, hi: f32): v128 {
  const u = f32x4.sub(v128.or(fraction(bits), i32x4.splat(0x3f800000)), f32x4.splat(1));
  const range = f64x2.splat(<f64>(hi - lo));
  const base = f64x2.splat(<f64>lo);
  const low = f64x2.add(f64x2.mul(f64x2.promote_low_f32x4(u), range), base);
  const upper = i64x2.shuffle(u, u, 1, 1);
  const high = f64x2.add(f64x2.mul(f64x2.promote_low_f32x4(upper), range), base);
  const both = i64x2.shuffle(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 2);
  return f32x4.pmax(both, f32x4.splat(lo));
}
