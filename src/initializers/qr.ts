/** Columns that a reflection is applied to at once: each sum by itself would wait for its last addition. */
const AT_ONCE = 4;

/**
 * The factor Q of A = QR by Householder reflections (Householder 1958), in float64: `a` is rows × columns in C order,
 * rows ≥ columns. Signs are chosen such that R has no negative number on its diagonal, which makes Q unique, and uniformly
 * distributed when A's entries are independent and normal (Mezzadri 2007).
 */
export function orthogonalFactor(a: Float64Array, rows: number, columns: number): Float64Array {
  // Columns are arrays of their own, so that what is walked through lies together; further ones fill up the last step.
  const columnsOf = (value: (i: number, k: number) => number): Float64Array[] =>
    Array.from({ length: columns + AT_ONCE }, (_, k) =>
      Float64Array.from({ length: rows }, (_, i) => (k < columns ? value(i, k) : 0)),
    );
  const vectors = columnsOf((i, k) => a[i * columns + k]!);
  const signs: number[] = [];
  for (let k = 0; k < columns; k += AT_ONCE) {
    // All earlier reflections at once, while these columns are in the cache; then each of its own to those after it.
    const block = [...vectors.slice(k, k + AT_ONCE), ...vectors.slice(columns)];
    for (let j = 0; j < k; j++) applyReflection(vectors[j]!, j, block, 0);
    for (let j = k; j < Math.min(k + AT_ONCE, columns); j++) {
      signs.push(reflect(vectors[j]!, j));
      applyReflection(vectors[j]!, j, block, j - k + 1);
    }
  }
  const q = columnsOf((i, k) => Number(i === k));
  for (let k = 0; k < columns; k += AT_ONCE) {
    for (let j = Math.min(k + AT_ONCE, columns) - 1; j >= 0; j--) applyReflection(vectors[j]!, j, q, k);
  }
  return a.map((_, at) => q[at % columns]![Math.floor(at / columns)]! * signs[at % columns]!);
}

/** Turns a column, from row j down, into its Householder vector with vᵀv = 2; returns the sign of R's diagonal entry. */
function reflect(v: Float64Array, j: number): number {
  let norm = 0;
  for (let i = j; i < v.length; i++) norm += v[i]! * v[i]!;
  norm = Math.sqrt(norm);
  const head = v[j]!;
  if (norm === 0) return 1; // a zero column: v = 0 reflects nothing
  const sign = head < 0 ? -1 : 1;
  // v = x + sign·‖x‖·e₁, scaled; x is mapped to −sign·‖x‖·e₁
  const factor = 1 / Math.sqrt(norm * (norm + Math.abs(head)));
  for (let i = j; i < v.length; i++) v[i] = v[i]! * factor;
  v[j] = (head + sign * norm) * factor;
  return -sign;
}

/** t −= v (vᵀ t), from row j down, for the targets t from the k-th on. */
function applyReflection(v: Float64Array, j: number, targets: readonly Float64Array[], k: number): void {
  const [a, b, c, d] = targets.slice(k, k + AT_ONCE) as [Float64Array, Float64Array, Float64Array, Float64Array];
  let [va, vb, vc, vd] = [0, 0, 0, 0];
  for (let i = j; i < v.length; i++) {
    const x = v[i]!;
    va += x * a[i]!;
    vb += x * b[i]!;
    vc += x * c[i]!;
    vd += x * d[i]!;
  }
  for (let i = j; i < v.length; i++) {
    const x = v[i]!;
    a[i] = a[i]! - va * x;
    b[i] = b[i]! - vb * x;
    c[i] = c[i]! - vc * x;
    d[i] = d[i]! - vd * x;
  }
}
