// Arithmetic of two tensors with broadcasting: y[n0, n1, n2] from a and b by their strides (see lib/broadcast.ts).
// maximum and minimum propagate NaN.
// @split-each n0 y=n1*n2 a=a0 b=b0
// @split-each n1 y=n2 a=a1 b=b1 if n0=1
// @split-each n2/64 a=a2 b=b2 if n0=1 n1=1
import {
  broadcast, ADD, DIV, I32_ADD, I32_MAXIMUM, I32_MINIMUM, I32_MUL, I32_SUB, MAXIMUM, MINIMUM, MUL, SUB,
} from "../lib/broadcast";
import { ATAN2, FLOOR_DIV, I32_FLOOR_DIV, I32_MOD, I32_POW, MOD, POW } from "../lib/scalar";

export function f32_add(
  y: usize, a: usize, b: usize, n0: i32, n1: i32, n2: i32, a0: i32, a1: i32, a2: i32, b0: i32, b1: i32, b2: i32,
): void {
  broadcast(ADD, y, a, b, n0, n1, n2, a0, a1, a2, b0, b1, b2);
}

export function f32_sub(
  y: usize, a: usize, b: usize, n0: i32, n1: i32, n2: i32, a0: i32, a1: i32, a2: i32, b0: i32, b1: i32, b2: i32,
): void {
  broadcast(SUB, y, a, b, n0, n1, n2, a0, a1, a2, b0, b1, b2);
}

export function f32_mul(
  y: usize, a: usize, b: usize, n0: i32, n1: i32, n2: i32, a0: i32, a1: i32, a2: i32, b0: i32, b1: i32, b2: i32,
): void {
  broadcast(MUL, y, a, b, n0, n1, n2, a0, a1, a2, b0, b1, b2);
}

export function f32_div(
  y: usize, a: usize, b: usize, n0: i32, n1: i32, n2: i32, a0: i32, a1: i32, a2: i32, b0: i32, b1: i32, b2: i32,
): void {
  broadcast(DIV, y, a, b, n0, n1, n2, a0, a1, a2, b0, b1, b2);
}

export function f32_pow(
  y: usize, a: usize, b: usize, n0: i32, n1: i32, n2: i32, a0: i32, a1: i32, a2: i32, b0: i32, b1: i32, b2: i32,
): void {
  broadcast(POW, y, a, b, n0, n1, n2, a0, a1, a2, b0, b1, b2);
}

export function f32_maximum(
  y: usize, a: usize, b: usize, n0: i32, n1: i32, n2: i32, a0: i32, a1: i32, a2: i32, b0: i32, b1: i32, b2: i32,
): void {
  broadcast(MAXIMUM, y, a, b, n0, n1, n2, a0, a1, a2, b0, b1, b2);
}

export function f32_minimum(
  y: usize, a: usize, b: usize, n0: i32, n1: i32, n2: i32, a0: i32, a1: i32, a2: i32, b0: i32, b1: i32, b2: i32,
): void {
  broadcast(MINIMUM, y, a, b, n0, n1, n2, a0, a1, a2, b0, b1, b2);
}

export function i32_add(
  y: usize, a: usize, b: usize, n0: i32, n1: i32, n2: i32, a0: i32, a1: i32, a2: i32, b0: i32, b1: i32, b2: i32,
): void {
  broadcast(I32_ADD, y, a, b, n0, n1, n2, a0, a1, a2, b0, b1, b2);
}

export function i32_sub(
  y: usize, a: usize, b: usize, n0: i32, n1: i32, n2: i32, a0: i32, a1: i32, a2: i32, b0: i32, b1: i32, b2: i32,
): void {
  broadcast(I32_SUB, y, a, b, n0, n1, n2, a0, a1, a2, b0, b1, b2);
}

export function i32_mul(
  y: usize, a: usize, b: usize, n0: i32, n1: i32, n2: i32, a0: i32, a1: i32, a2: i32, b0: i32, b1: i32, b2: i32,
): void {
  broadcast(I32_MUL, y, a, b, n0, n1, n2, a0, a1, a2, b0, b1, b2);
}

/** The angle of the point (b, a). */
export function f32_atan2(
  y: usize, a: usize, b: usize, n0: i32, n1: i32, n2: i32, a0: i32, a1: i32, a2: i32, b0: i32, b1: i32, b2: i32,
): void {
  broadcast(ATAN2, y, a, b, n0, n1, n2, a0, a1, a2, b0, b1, b2);
}

/** a − ⌊a/b⌋·b: the sign is that of b. */
export function f32_mod(
  y: usize, a: usize, b: usize, n0: i32, n1: i32, n2: i32, a0: i32, a1: i32, a2: i32, b0: i32, b1: i32, b2: i32,
): void {
  broadcast(MOD, y, a, b, n0, n1, n2, a0, a1, a2, b0, b1, b2);
}

/** ⌊a/b⌋. */
export function f32_floor_div(
  y: usize, a: usize, b: usize, n0: i32, n1: i32, n2: i32, a0: i32, a1: i32, a2: i32, b0: i32, b1: i32, b2: i32,
): void {
  broadcast(FLOOR_DIV, y, a, b, n0, n1, n2, a0, a1, a2, b0, b1, b2);
}

export function i32_maximum(
  y: usize, a: usize, b: usize, n0: i32, n1: i32, n2: i32, a0: i32, a1: i32, a2: i32, b0: i32, b1: i32, b2: i32,
): void {
  broadcast(I32_MAXIMUM, y, a, b, n0, n1, n2, a0, a1, a2, b0, b1, b2);
}

export function i32_minimum(
  y: usize, a: usize, b: usize, n0: i32, n1: i32, n2: i32, a0: i32, a1: i32, a2: i32, b0: i32, b1: i32, b2: i32,
): void {
  broadcast(I32_MINIMUM, y, a, b, n0, n1, n2, a0, a1, a2, b0, b1, b2);
}

/** a where b is 0. */
export function i32_mod(
  y: usize, a: usize, b: usize, n0: i32, n1: i32, n2: i32, a0: i32, a1: i32, a2: i32, b0: i32, b1: i32, b2: i32,
): void {
  broadcast(I32_MOD, y, a, b, n0, n1, n2, a0, a1, a2, b0, b1, b2);
}

/** 0 where b is 0. */
export function i32_floor_div(
  y: usize, a: usize, b: usize, n0: i32, n1: i32, n2: i32, a0: i32, a1: i32, a2: i32, b0: i32, b1: i32, b2: i32,
): void {
  broadcast(I32_FLOOR_DIV, y, a, b, n0, n1, n2, a0, a1, a2, b0, b1, b2);
}

/** Wraps around; negative powers are 0 but for those of 1 and −1. */
export function i32_pow(
  y: usize, a: usize, b: usize, n0: i32, n1: i32, n2: i32, a0: i32, a1: i32, a2: i32, b0: i32, b1: i32, b2: i32,
): void {
  broadcast(I32_POW, y, a, b, n0, n1, n2, a0, a1, a2, b0, b1, b2);
}
