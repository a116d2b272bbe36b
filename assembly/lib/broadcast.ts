// Element-wise functions of two tensors with broadcasting, as one driver for all kernels: y is dense [n0, n1, n2], a and b
// are read with their own strides (in elements; 0 repeats), of which the last is 0 or 1. y may be a or b if that is dense.
import { lanes, POW } from "./scalar";
import { loadPart, storePart } from "./simd";

// @ts-ignore: decorator
@inline
export const ADD = 0;
// @ts-ignore: decorator
@inline
export const SUB = 1;
// @ts-ignore: decorator
@inline
export const MUL = 2;
// @ts-ignore: decorator
@inline
export const DIV = 3;
// @ts-ignore: decorator
@inline
export const MAXIMUM = 5;
// @ts-ignore: decorator
@inline
export const MINIMUM = 6;
// @ts-ignore: decorator
@inline
export const I32_ADD = 7;
// @ts-ignore: decorator
@inline
export const I32_SUB = 8;
// @ts-ignore: decorator
@inline
export const I32_MUL = 9;
// @ts-ignore: decorator
@inline
export const EQUAL = 10;
// @ts-ignore: decorator
@inline
export const NOT_EQUAL = 11;
// @ts-ignore: decorator
@inline
export const GREATER = 12;
// @ts-ignore: decorator
@inline
export const GREATER_EQUAL = 13;
// @ts-ignore: decorator
@inline
export const LESS = 14;
// @ts-ignore: decorator
@inline
export const LESS_EQUAL = 15;
// @ts-ignore: decorator
@inline
export const I32_EQUAL = 16;
// @ts-ignore: decorator
@inline
export const I32_NOT_EQUAL = 17;
// @ts-ignore: decorator
@inline
export const I32_GREATER = 18;
// @ts-ignore: decorator
@inline
export const I32_GREATER_EQUAL = 19;
// @ts-ignore: decorator
@inline
export const I32_LESS = 20;
// @ts-ignore: decorator
@inline
export const I32_LESS_EQUAL = 21;
// @ts-ignore: decorator
@inline
export const LOGICAL_AND = 22;
// @ts-ignore: decorator
@inline
export const LOGICAL_OR = 23;
// @ts-ignore: decorator
@inline
export const I32_MAXIMUM = 24;
// @ts-ignore: decorator
@inline
export const I32_MINIMUM = 25;

/** A mask of the comparisons → 1 and 0. */
// @ts-ignore: decorator
@inline
function one(mask: v128): v128 {
  return i32x4.neg(mask);
}

// @ts-ignore: decorator
@inline
function truth(x: v128): v128 {
  return i32x4.ne(x, i32x4.splat(0));
}

/** Function number `op` of four pairs. */
function binary4(op: i32, a: v128, b: v128): v128 {
  switch (op) {
    case ADD:
      return f32x4.add(a, b);
    case SUB:
      return f32x4.sub(a, b);
    case MUL:
      return f32x4.mul(a, b);
    case DIV:
      return f32x4.div(a, b);
    case MAXIMUM:
      return f32x4.max(a, b);
    case MINIMUM:
      return f32x4.min(a, b);
    case I32_ADD:
      return i32x4.add(a, b);
    case I32_SUB:
      return i32x4.sub(a, b);
    case I32_MUL:
      return i32x4.mul(a, b);
    case EQUAL:
      return one(f32x4.eq(a, b));
    case NOT_EQUAL:
      return one(f32x4.ne(a, b));
    case GREATER:
      return one(f32x4.gt(a, b));
    case GREATER_EQUAL:
      return one(f32x4.ge(a, b));
    case LESS:
      return one(f32x4.lt(a, b));
    case LESS_EQUAL:
      return one(f32x4.le(a, b));
    case I32_EQUAL:
      return one(i32x4.eq(a, b));
    case I32_NOT_EQUAL:
      return one(i32x4.ne(a, b));
    case I32_GREATER:
      return one(i32x4.gt_s(a, b));
    case I32_GREATER_EQUAL:
      return one(i32x4.ge_s(a, b));
    case I32_LESS:
      return one(i32x4.lt_s(a, b));
    case I32_LESS_EQUAL:
      return one(i32x4.le_s(a, b));
    case LOGICAL_AND:
      return one(v128.and(truth(a), truth(b)));
    case LOGICAL_OR:
      return one(truth(v128.or(a, b)));
    case I32_MAXIMUM:
      return i32x4.max_s(a, b);
    case I32_MINIMUM:
      return i32x4.min_s(a, b);
    default:
      return lanes(op, a, b);
  }
}

/** The four that deserve a loop of their own, over whole vectors; `op` is a constant. */
// @ts-ignore: decorator
@inline
function arithmetic(op: i32, a: v128, b: v128): v128 {
  if (op == ADD) return f32x4.add(a, b);
  if (op == SUB) return f32x4.sub(a, b);
  if (op == MUL) return f32x4.mul(a, b);
  return f32x4.div(a, b);
}

// @ts-ignore: decorator
@inline
function wholeVectors(op: i32, y: usize, a: usize, b: usize, n: i32, sa: i32, sb: i32): void {
  let va = v128.load32_splat(a);
  let vb = v128.load32_splat(b);
  for (; n >= 4; n -= 4, y += 16) {
    if (sa) {
      va = v128.load(a);
      a += 16;
    }
    if (sb) {
      vb = v128.load(b);
      b += 16;
    }
    v128.store(y, arithmetic(op, va, vb));
  }
}

/** One row; sa and sb are 1 for a vector and 0 for a scalar. */
function row(op: i32, y: usize, a: usize, b: usize, n: i32, sa: i32, sb: i32): void {
  if (op < POW) {
    if (op == ADD) wholeVectors(ADD, y, a, b, n, sa, sb);
    else if (op == SUB) wholeVectors(SUB, y, a, b, n, sa, sb);
    else if (op == MUL) wholeVectors(MUL, y, a, b, n, sa, sb);
    else wholeVectors(DIV, y, a, b, n, sa, sb);
    const done = (n & ~3) << 2;
    y += done;
    if (sa) a += done;
    if (sb) b += done;
    n &= 3;
    if (n == 0) return;
  }
  let va = v128.load32_splat(a);
  let vb = v128.load32_splat(b);
  for (; n >= 4; n -= 4, y += 16) {
    if (sa) {
      va = v128.load(a);
      a += 16;
    }
    if (sb) {
      vb = v128.load(b);
      b += 16;
    }
    v128.store(y, binary4(op, va, vb));
  }
  if (n == 0) return;
  if (sa) va = loadPart(a, n);
  if (sb) vb = loadPart(b, n);
  storePart(y, binary4(op, va, vb), n);
}

/** The kernels' common body. */
export function broadcast(
  op: i32, y: usize, a: usize, b: usize, n0: i32, n1: i32, n2: i32,
  a0: i32, a1: i32, a2: i32, b0: i32, b1: i32, b2: i32,
): void {
  assert(n0 >= 0 && n1 >= 0 && n2 >= 0 && (y & 3) == 0 && (a & 3) == 0 && (b & 3) == 0);
  assert((a2 == 0 || a2 == 1) && (b2 == 0 || b2 == 1));
  if (n2 == 0) return;
  for (let i = 0; i < n0; i++) {
    let ai = a + (i * a0 << 2);
    let bi = b + (i * b0 << 2);
    for (let j = 0; j < n1; j++) {
      row(op, y, ai, bi, n2, a2, b2);
      y += n2 << 2;
      ai += a1 << 2;
      bi += b1 << 2;
    }
  }
}
