// Transposition of four-byte elements in 4×4 blocks of registers.

/** y[i·ldy + j] = x[j·ldx + i] for i < m, j < n. */
export function transpose(y: usize, x: usize, m: i32, n: i32, ldy: i32, ldx: i32): void {
  const sy = <usize>ldy << 2;
  const sx = <usize>ldx << 2;
  for (let i = 0; i < m; i += 4) {
    let xj = x + (i << 2);
    let yj = y + i * sy;
    const rows = min(m - i, 4);
    let j = 0;
    if (rows == 4) {
      for (; j + 4 <= n; j += 4, xj += sx << 2, yj += 16) transposeBlock(yj, xj, sy, sx);
    }
    for (; j < n; j++, xj += sx, yj += 4) {
      for (let k = 0; k < rows; k++) store<u32>(yj + k * sy, load<u32>(xj + (k << 2)));
    }
  }
}

/** One 4×4 block; strides in bytes. */
// @ts-ignore: decorator
@inline
export function transposeBlock(y: usize, x: usize, sy: usize, sx: usize): void {
  const r0 = v128.load(x);
  const r1 = v128.load(x + sx);
  const r2 = v128.load(x + 2 * sx);
  const r3 = v128.load(x + 3 * sx);
  const a = i32x4.shuffle(r0, r1, 0, 4, 1, 5);
  const b = i32x4.shuffle(r2, r3, 0, 4, 1, 5);
  const c = i32x4.shuffle(r0, r1, 2, 6, 3, 7);
  const d = i32x4.shuffle(r2, r3, 2, 6, 3, 7);
  v128.store(y, i64x2.shuffle(a, b, 0, 2));
  v128.store(y + sy, i64x2.shuffle(a, b, 1, 3));
  v128.store(y + 2 * sy, i64x2.shuffle(c, d, 0, 2));
  v128.store(y + 3 * sy, i64x2.shuffle(c, d, 1, 3));
}
