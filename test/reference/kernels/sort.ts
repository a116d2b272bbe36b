/** Places of values in sorted order; equal ones keep theirs, NaN counts as the largest. */
export function order(values: readonly number[], descending: boolean): number[] {
  const rank = (value: number): number => (Number.isNaN(value) ? 2 : value === Infinity ? 1 : 0);
  const compare = (a: number, b: number): number => rank(a) - rank(b) || (rank(a) > 0 ? 0 : a - b);
  return values
    .map((_, i) => i)
    .sort((i, j) => (descending ? compare(values[j]!, values[i]!) : compare(values[i]!, values[j]!)) || i - j);
}
