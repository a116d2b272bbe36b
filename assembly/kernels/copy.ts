// Filling, copying, transposing and selecting elements of four bytes, whatever they mean.
// @split-each n/64
import { loadPart, storePart } from "../lib/simd";
import { transpose } from "../lib/transpose";

function fillRow(y: usize, n: i32, value: v128): void {
  for (; n >= 4; n -= 4, y += 16) v128.store(y, value);
  if (n > 0) storePart(y, value, n);
}

/** For short rows: a call of memory.copy costs more than a few vectors. */
function copyRow(y: usize, x: usize, n: i32): void {
  if (n > 256) {
    memory.copy(y, x, n << 2);
    return;
  }
  for (; n >= 4; n -= 4, x += 16, y += 16) v128.store(y, v128.load(x));
  if (n > 0) storePart(y, loadPart(x, n), n);
}

export function f32_fill(y: usize, n: i32, value: f32): void {
  assert(n >= 0 && (y & 3) == 0);
  fillRow(y, n, f32x4.splat(value));
}

export function u32_fill(y: usize, n: i32, value: i32): void {
  assert(n >= 0 && (y & 3) == 0);
  fillRow(y, n, i32x4.splat(value));
}

export function u32_copy(y: usize, x: usize, n: i32): void {
  assert(n >= 0 && (x & 3) == 0 && (y & 3) == 0);
  memory.copy(y, x, n << 2);
}

/** The two inner dimensions, by the fastest way their strides allow. */
function copyPlane(y: usize, x: usize, n2: i32, n3: i32, y2: i32, y3: i32, x2: i32, x3: i32): void {
  if (y3 == 1 && x2 == 1 && x3 > 1) {
    transpose(y, x, n2, n3, y2, x3);
    return;
  }
  for (let k = 0; k < n2; k++) {
    if (y3 == 1 && x3 == 1) copyRow(y, x, n3);
    else if (y3 == 1 && x3 == 0) fillRow(y, n3, v128.load32_splat(x));
    else for (let l = 0; l < n3; l++) store<u32>(y + (l * y3 << 2), load<u32>(x + (l * x3 << 2)));
    y += y2 << 2;
    x += x2 << 2;
  }
}

/** y[i,j,k,l by strides y] = x[i,j,k,l by strides x]; strides in elements, also 0 or negative; y and x must not overlap. */
export function u32_copy_strided(
  y: usize, x: usize, n0: i32, n1: i32, n2: i32, n3: i32,
  y0: i32, y1: i32, y2: i32, y3: i32, x0: i32, x1: i32, x2: i32, x3: i32,
): void {
  assert(n0 >= 0 && n1 >= 0 && n2 >= 0 && n3 >= 0 && (x & 3) == 0 && (y & 3) == 0);
  if (n2 == 0 || n3 == 0) return;
  for (let i = 0; i < n0; i++) {
    for (let j = 0; j < n1; j++) {
      copyPlane(y + (i * y0 + j * y1 << 2), x + (i * x0 + j * x1 << 2), n2, n3, y2, y3, x2, x3);
    }
  }
}

/** y = cond ? a : b, element by element; cond is i32, any value but 0 is true. */
export function u32_select(y: usize, cond: usize, a: usize, b: usize, n: i32): void {
  assert(n >= 0 && (y & 3) == 0 && (cond & 3) == 0 && (a & 3) == 0 && (b & 3) == 0);
  for (; n >= 4; n -= 4, y += 16, cond += 16, a += 16, b += 16) {
    const mask = i32x4.ne(v128.load(cond), i32x4.splat(0));
    v128.store(y, v128.bitselect(v128.load(a), v128.load(b), mask));
  }
  for (; n > 0; n--, y += 4, cond += 4, a += 4, b += 4) store<u32>(y, load<u32>(load<u32>(cond) ? a : b));
}
