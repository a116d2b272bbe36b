// Comparisons of two tensors and logic of truth values (i32, any value but 0 is true), with broadcasting: y[n0, n1, n2]
// is 1 or 0 (i32).
// @split-each n0 y=n1*n2 a=a0 b=b0
// @split-each n1 y=n2 a=a1 b=b1 if n0=1
// @split-each n2/64 a=a2 b=b2 if n0=1 n1=1
import {
  broadcast, EQUAL, GREATER, GREATER_EQUAL, I32_EQUAL, I32_GREATER, I32_GREATER_EQUAL, I32_LESS, I32_LESS_EQUAL,
  I32_NOT_EQUAL, LESS, LESS_EQUAL, LOGICAL_AND, LOGICAL_OR, NOT_EQUAL,
} from "../lib/broadcast";

export function f32_equal(
  y: usize, a: usize, b: usize, n0: i32, n1: i32, n2: i32, a0: i32, a1: i32, a2: i32, b0: i32, b1: i32, b2: i32,
): void {
  broadcast(EQUAL, y, a, b, n0, n1, n2, a0, a1, a2, b0, b1, b2);
}

export function f32_not_equal(
  y: usize, a: usize, b: usize, n0: i32, n1: i32, n2: i32, a0: i32, a1: i32, a2: i32, b0: i32, b1: i32, b2: i32,
): void {
  broadcast(NOT_EQUAL, y, a, b, n0, n1, n2, a0, a1, a2, b0, b1, b2);
}

export function f32_greater(
  y: usize, a: usize, b: usize, n0: i32, n1: i32, n2: i32, a0: i32, a1: i32, a2: i32, b0: i32, b1: i32, b2: i32,
): void {
  broadcast(GREATER, y, a, b, n0, n1, n2, a0, a1, a2, b0, b1, b2);
}

export function f32_greater_equal(
  y: usize, a: usize, b: usize, n0: i32, n1: i32, n2: i32, a0: i32, a1: i32, a2: i32, b0: i32, b1: i32, b2: i32,
): void {
  broadcast(GREATER_EQUAL, y, a, b, n0, n1, n2, a0, a1, a2, b0, b1, b2);
}

export function f32_less(
  y: usize, a: usize, b: usize, n0: i32, n1: i32, n2: i32, a0: i32, a1: i32, a2: i32, b0: i32, b1: i32, b2: i32,
): void {
  broadcast(LESS, y, a, b, n0, n1, n2, a0, a1, a2, b0, b1, b2);
}

export function f32_less_equal(
  y: usize, a: usize, b: usize, n0: i32, n1: i32, n2: i32, a0: i32, a1: i32, a2: i32, b0: i32, b1: i32, b2: i32,
): void {
  broadcast(LESS_EQUAL, y, a, b, n0, n1, n2, a0, a1, a2, b0, b1, b2);
}

export function i32_equal(
  y: usize, a: usize, b: usize, n0: i32, n1: i32, n2: i32, a0: i32, a1: i32, a2: i32, b0: i32, b1: i32, b2: i32,
): void {
  broadcast(I32_EQUAL, y, a, b, n0, n1, n2, a0, a1, a2, b0, b1, b2);
}

export function i32_not_equal(
  y: usize, a: usize, b: usize, n0: i32, n1: i32, n2: i32, a0: i32, a1: i32, a2: i32, b0: i32, b1: i32, b2: i32,
): void {
  broadcast(I32_NOT_EQUAL, y, a, b, n0, n1, n2, a0, a1, a2, b0, b1, b2);
}

export function i32_greater(
  y: usize, a: usize, b: usize, n0: i32, n1: i32, n2: i32, a0: i32, a1: i32, a2: i32, b0: i32, b1: i32, b2: i32,
): void {
  broadcast(I32_GREATER, y, a, b, n0, n1, n2, a0, a1, a2, b0, b1, b2);
}

export function i32_greater_equal(
  y: usize, a: usize, b: usize, n0: i32, n1: i32, n2: i32, a0: i32, a1: i32, a2: i32, b0: i32, b1: i32, b2: i32,
): void {
  broadcast(I32_GREATER_EQUAL, y, a, b, n0, n1, n2, a0, a1, a2, b0, b1, b2);
}

export function i32_less(
  y: usize, a: usize, b: usize, n0: i32, n1: i32, n2: i32, a0: i32, a1: i32, a2: i32, b0: i32, b1: i32, b2: i32,
): void {
  broadcast(I32_LESS, y, a, b, n0, n1, n2, a0, a1, a2, b0, b1, b2);
}

export function i32_less_equal(
  y: usize, a: usize, b: usize, n0: i32, n1: i32, n2: i32, a0: i32, a1: i32, a2: i32, b0: i32, b1: i32, b2: i32,
): void {
  broadcast(I32_LESS_EQUAL, y, a, b, n0, n1, n2, a0, a1, a2, b0, b1, b2);
}

export function i32_logical_and(
  y: usize, a: usize, b: usize, n0: i32, n1: i32, n2: i32, a0: i32, a1: i32, a2: i32, b0: i32, b1: i32, b2: i32,
): void {
  broadcast(LOGICAL_AND, y, a, b, n0, n1, n2, a0, a1, a2, b0, b1, b2);
}

export function i32_logical_or(
  y: usize, a: usize, b: usize, n0: i32, n1: i32, n2: i32, a0: i32, a1: i32, a2: i32, b0: i32, b1: i32, b2: i32,
): void {
  broadcast(LOGICAL_OR, y, a, b, n0, n1, n2, a0, a1, a2, b0, b1, b2);
}

/** y = 1 where x is 0, else 0. */
export function i32_logical_not(y: usize, x: usize, n: i32): void {
  assert(n >= 0 && (x & 3) == 0 && (y & 3) == 0);
  for (; n > 0; n--, x += 4, y += 4) store<i32>(y, i32(load<i32>(x) == 0));
}
