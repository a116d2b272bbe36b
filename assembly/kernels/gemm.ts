// Matrix products Y[M,N] = op(X)·op(W), then an epilogue (lib/epilogue.ts). nn: X[M,K]·W[K,N]; nt: W is stored [N,K];
// tn: X is stored [K,M]. ld… are the row lengths in memory, in elements.
//
// Every form and every path adds in rising k from +0, with one multiplication and one addition each (or one fused operation
// in the relaxed build); a later block of k starts from the y of the block before. So an element of y has the same bits
// whichever path computed it, and whatever M is.
//
// Blocks: KC × NC of W and MC × KC of X. W is packed panel by panel in the first sweep over the rows, just before the panel
// is used; when all rows fit one block, the panel is not needed again and all share one place.
// @split-each N/8 x=0 ws=own
// @split-each M/4 y=ldy x=ldx w=0 scale=0 shift=0 ws=own
import { epilogue as finish } from "../lib/epilogue";
import { packColumns, packRows, packTransposedColumns, packTransposedRows } from "../lib/gemm-pack";
import { tileOfColumns, tileOfRows } from "../lib/gemm-tile";
import { gemv } from "../lib/gemv";
import { loadUpTo4, storeUpTo4 } from "../lib/simd";

// @ts-ignore: decorator
@inline
const KC = 512;
// @ts-ignore: decorator
@inline
const NC = 1024;
// @ts-ignore: decorator
@inline
const MC = 64;
/**
 * Up to this many rows W is read where it stands: packing would not pay. Fewer where rows of W lie a multiple of 4 KB apart,
 * so that a strip of its columns has one set of the first cache to itself.
 */
// @ts-ignore: decorator
@inline
const DIRECT_ROWS = 32;
// @ts-ignore: decorator
@inline
const DIRECT_ROWS_ALIASED = 16;
/** Up to this many rows are streamed past W one by one: a tile would compute rows that are not there. */
// @ts-ignore: decorator
@inline
const FEW_ROWS = 3;
/** Up to this many columns X is read where it stands. */
// @ts-ignore: decorator
@inline
const DIRECT_COLUMNS = 16;

// How a tile finds the four values of x that belong to one k: in packed panels, in four rows, or side by side in one row.
// @ts-ignore: decorator
@inline
const PACKED = 0;
// @ts-ignore: decorator
@inline
const ROWS = 1;
// @ts-ignore: decorator
@inline
const COLUMNS = 2;

// @ts-ignore: decorator
@inline
const NN = 0;
// @ts-ignore: decorator
@inline
const NT = 1;
// @ts-ignore: decorator
@inline
const TN = 2;

/** Floats of panels of W: all of a block, or one if no second sweep over rows follows. */
// @ts-ignore: decorator
@inline
function panelFloats(M: i32, N: i32, kc: i32): i32 {
  return (M > MC ? (min(N, NC) + 7) & ~7 : 8) * kc;
}

/** Elements the product wants at `ws`. */
export function f32_gemm_workspace(M: i32, N: i32, K: i32, form: i32): i32 {
  if (M <= FEW_ROWS && form != NT) return 0;
  const kc = min(K, KC);
  return panelFloats(M, N, kc) + ((min(M, MC) + 3) & ~3) * kc + 32;
}

/** rows × cols values between y and the scratch tile. */
function copyTile(to: usize, sto: usize, from: usize, sfrom: usize, rows: i32, cols: i32): void {
  for (; rows > 0; rows--, to += sto, from += sfrom) {
    storeUpTo4(to, loadUpTo4(from, cols), cols);
    if (cols > 4) storeUpTo4(to + 16, loadUpTo4(from + 16, cols - 4), cols - 4);
  }
}

function gemm(
  y: usize, x: usize, w: usize, scale: usize, shift: usize, M: i32, N: i32, K: i32,
  ldx: i32, ldw: i32, ldy: i32, epilogue: i32, ws: usize, form: i32,
): void {
  assert(M >= 0 && N >= 0 && K >= 0 && ((y | x | w | ws) & 3) == 0);
  if (M == 0 || N == 0) return;
  const sx = <usize>ldx << 2;
  const sw = <usize>ldw << 2;
  const sy = <usize>ldy << 2;
  if (K == 0 || (M <= FEW_ROWS && form != NT)) {
    if (form == TN) gemv(y, sy, x, sx, 4, w, sw, M, N, K);
    else gemv(y, sy, x, 4, sx, w, sw, M, N, K);
    if (epilogue) finish(y, sy, M, N, scale, shift, epilogue);
    return;
  }
  const rows = M & ~3;
  const directW = form != NT && M <= (ldw & 1023 ? DIRECT_ROWS : DIRECT_ROWS_ALIASED);
  if (directW && rows && rows < M) {
    // The rows that fill no tile by themselves.
    gemm(y, x, w, scale, shift, rows, N, K, ldx, ldw, ldy, epilogue, ws, form);
    x += rows * (form == TN ? 4 : sx);
    return gemm(y + rows * sy, x, w, scale, shift, M - rows, N, K, ldx, ldw, ldy, epilogue, ws, form);
  }
  const layout = N > DIRECT_COLUMNS ? PACKED : form == TN ? COLUMNS : ROWS;
  const kMax = min(K, KC);
  const panelsX = ws + (panelFloats(M, N, kMax) << 2);
  const scratch = panelsX + (((min(M, MC) + 3) & ~3) * kMax << 2);
  for (let jc = 0; jc < N; jc += NC) {
    const nc = min(N - jc, NC);
    for (let pc = 0; pc < K; pc += KC) {
      const kc = min(K - pc, KC);
      const first = i32(pc == 0);
      const last = pc + kc == K;
      for (let ic = 0; ic < M; ic += MC) {
        const mc = min(M - ic, MC);
        const xBlock = x + (form == TN ? pc * sx + (ic << 2) : ic * sx + (pc << 2));
        if (layout == PACKED) packBlock(panelsX, xBlock, sx, kc, mc, form);
        for (let jr = 0; jr < nc; jr += 8) {
          const cols = nc - jr;
          const n = jc + jr;
          let b = ws + (M > MC ? jr * kc << 2 : 0);
          let sb: usize = 32;
          if (directW && cols >= 8) {
            b = w + pc * sw + (n << 2);
            sb = sw;
          } else if (ic == 0) {
            if (form == NT) packTransposedColumns(b, w + n * sw + (pc << 2), sw, kc, cols);
            else packColumns(b, w + pc * sw + (n << 2), sw, kc, cols);
          }
          const yPanel = y + ic * sy + (n << 2);
          const a = layout == PACKED ? panelsX : xBlock;
          if (cols >= 8) panel(yPanel, sy, mc, a, sx, b, sb, kc, first, layout, panelsX);
          else narrowPanel(yPanel, sy, mc, cols, a, sx, b, kc, first, layout, panelsX, scratch);
          if (last && epilogue) {
            finish(yPanel, sy, mc, min(cols, 8), scale + (n << 2), shift + (n << 2), epilogue);
          }
        }
      }
    }
  }
}

/** All panels of four rows in a block of X. */
function packBlock(panel: usize, x: usize, sx: usize, kc: i32, mc: i32, form: i32): void {
  for (let ir = 0; ir < mc; ir += 4, panel += kc << 4) {
    if (form == TN) packTransposedRows(panel, x + (ir << 2), sx, kc, mc - ir);
    else packRows(panel, x + ir * sx, sx, kc, mc - ir);
  }
}

/** mc rows by 8 columns. `spare` has room for one packed panel of x, unless that is where they all are. */
function panel(
  y: usize, sy: usize, mc: i32, a: usize, sx: usize, b: usize, sb: usize, kc: i32, first: i32, layout: i32, spare: usize,
): void {
  for (let ir = 0; ir < mc; ir += 4, y += sy << 2) {
    const rows = mc - ir;
    if (layout == ROWS) tileOfRows(y, sy, rows, a + ir * sx, sx, b, sb, kc, first);
    else if (layout == PACKED) tileOfColumns(y, sy, rows, a + (ir * kc << 2), 16, b, sb, kc, first);
    else if (rows >= 4) tileOfColumns(y, sy, rows, a + (ir << 2), sx, b, sb, kc, first);
    else {
      // Reading four values where fewer are left could pass the end of the matrix.
      packTransposedRows(spare, a + (ir << 2), sx, kc, rows);
      tileOfColumns(y, sy, rows, spare, 16, b, sb, kc, first);
    }
  }
}

/** The last panel with fewer than 8 columns, by way of a scratch tile. */
function narrowPanel(
  y: usize, sy: usize, mc: i32, cols: i32, a: usize, sx: usize, b: usize, kc: i32, first: i32, layout: i32, spare: usize,
  scratch: usize,
): void {
  const step = layout == ROWS ? sx : layout == COLUMNS ? 4 : <usize>kc << 2;
  for (let ir = 0; ir < mc; ir += 4, y += sy << 2) {
    const rows = min(mc - ir, 4);
    if (!first) copyTile(scratch, 32, y, sy, rows, cols);
    panel(scratch, 32, rows, a + ir * step, sx, b, 32, kc, first, layout, spare);
    copyTile(y, sy, scratch, 32, rows, cols);
  }
}

export function f32_gemm_nn(
  y: usize, x: usize, w: usize, scale: usize, shift: usize, M: i32, N: i32, K: i32,
  ldx: i32, ldw: i32, ldy: i32, epilogue: i32, ws: usize,
): void {
  gemm(y, x, w, scale, shift, M, N, K, ldx, ldw, ldy, epilogue, ws, NN);
}

// @split N/8 x=0 w=ldw ws=own
// @split M/4 y=ldy x=ldx w=0 scale=0 shift=0 ws=own
export function f32_gemm_nt(
  y: usize, x: usize, w: usize, scale: usize, shift: usize, M: i32, N: i32, K: i32,
  ldx: i32, ldw: i32, ldy: i32, epilogue: i32, ws: usize,
): void {
  gemm(y, x, w, scale, shift, M, N, K, ldx, ldw, ldy, epilogue, ws, NT);
}

// @split N/8 x=0 ws=own
// @split M/4 y=ldy w=0 scale=0 shift=0 ws=own
export function f32_gemm_tn(
  y: usize, x: usize, w: usize, scale: usize, shift: usize, M: i32, N: i32, K: i32,
  ldx: i32, ldw: i32, ldy: i32, epilogue: i32, ws: usize,
): void {
  gemm(y, x, w, scale, shift, M, N, K, ldx, ldw, ldy, epilogue, ws, TN);
}
