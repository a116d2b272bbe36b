/**
 * The factor Q of A = QR by Householder reflections (Householder 1958), in float64: `a` is rows × columns in C order,
 * rows ≥ columns, and is overwritten. Signs are chosen such that R has no negative number on its diagonal, which makes Q
 * unique, and uniformly distributed when A's entries are independent and normal (Mezzadri 2007).
 */
export function orthogonalFactor(a: Float64Array, rows: number, columns: number): Float64Array {
  const signs = new Float64Array(columns);
  for (let j = 0; j < columns; j++) {
    signs[j] = reflect(a, rows, columns, j);
    for (let k = j + 1; k < columns; k++) applyReflection(a, columns, j, a, k, rows);
  }
  const q = new Float64Array(rows * columns);
  for (let k = 0; k < columns; k++) {
    q[k * columns + k] = 1;
    for (let j = k; j >= 0; j--) applyReflection(a, columns, j, q, k, rows);
    for (let i = 0; i < rows; i++) q[i * columns + k] = q[i * columns + k]! * signs[k]!;
  }
  return q;
}

/** Turns column j, from row j down, into its Householder vector with vᵀv = 2; returns the sign of R's diagonal entry. */
function reflect(a: Float64Array, rows: number, columns: number, j: number): number {
  let norm = 0;
  for (let i = j; i < rows; i++) norm += a[i * columns + j]! * a[i * columns + j]!;
  norm = Math.sqrt(norm);
  const head = a[j * columns + j]!;
  if (norm === 0) return 1; // a zero column: v = 0 reflects nothing
  const sign = head < 0 ? -1 : 1;
  // v = x + sign·‖x‖·e₁, scaled; x is mapped to −sign·‖x‖·e₁
  const factor = 1 / Math.sqrt(norm * (norm + Math.abs(head)));
  for (let i = j; i < rows; i++) a[i * columns + j] = a[i * columns + j]! * factor;
  a[j * columns + j] = (head + sign * norm) * factor;
  return -sign;
}

/** target[:, k] −= v_j (v_jᵀ target[:, k]). */
function applyReflection(
  v: Float64Array,
  columns: number,
  j: number,
  target: Float64Array,
  k: number,
  rows: number,
): void {
  let dot = 0;
  for (let i = j; i < rows; i++) dot += v[i * columns + j]! * target[i * columns + k]!;
  for (let i = j; i < rows; i++) target[i * columns + k] = target[i * columns + k]! - dot * v[i * columns + j]!;
}
