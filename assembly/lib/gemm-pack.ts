// Packing for the matrix products: panels of w with 8 columns, [k][8], and of x with 4 rows, [k][4]. Strides in bytes.
import { loadUpTo4 } from "./simd";
import { transpose } from "./transpose";

/** A panel of a row-major w; missing columns are zeros. */
export function packColumns(panel: usize, w: usize, sw: usize, kc: i32, cols: i32): void {
  if (cols >= 8) {
    for (; kc > 0; kc--, w += sw, panel += 32) {
      v128.store(panel, v128.load(w));
      v128.store(panel, v128.load(w, 16), 16);
    }
    return;
  }
  for (; kc > 0; kc--, w += sw, panel += 32) {
    v128.store(panel, loadUpTo4(w, cols));
    v128.store(panel, cols > 4 ? loadUpTo4(w + 16, cols - 4) : i32x4.splat(0), 16);
  }
}

/** A panel of a w that is stored transposed: its columns are rows in memory. */
export function packTransposedColumns(panel: usize, w: usize, sw: usize, kc: i32, cols: i32): void {
  if (cols < 8) memory.fill(panel, 0, kc << 5);
  transpose(panel, w, kc, min(cols, 8), 8, <i32>(sw >> 2));
}

/** A panel of a row-major x; missing rows repeat the last. */
export function packRows(panel: usize, x: usize, sx: usize, kc: i32, rows: i32): void {
  const ld = <i32>(sx >> 2);
  if (rows >= 4) return transpose(panel, x, kc, 4, 4, ld);
  for (let r = 0; r < 4; r++) transpose(panel + (r << 2), x + min(r, rows - 1) * sx, kc, 1, 4, ld);
}

/** A panel of an x that is stored transposed: the four values of one k are neighbours. */
export function packTransposedRows(panel: usize, x: usize, sx: usize, kc: i32, rows: i32): void {
  if (rows >= 4) {
    for (; kc > 0; kc--, x += sx, panel += 16) v128.store(panel, v128.load(x));
    return;
  }
  for (; kc > 0; kc--, x += sx) {
    for (let r = 0; r < 4; r++, panel += 4) store<f32>(panel, load<f32>(x + (min(r, rows - 1) << 2)));
  }
}
