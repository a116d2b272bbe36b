/** Running sums, products and recurrences along the middle axis of [outer, n, inner], in float64 and plain loops. */
type Numbers = ArrayLike<number>;
type Shape = readonly [outer: number, n: number, inner: number];

/** Places of each line along the middle axis, in the order they are walked. */
function lines([outer, n, inner]: Shape, reverse: number | boolean): number[][] {
  const found: number[][] = [];
  for (let o = 0; o < outer; o++) {
    for (let c = 0; c < inner; c++) {
      const line = Array.from({ length: n }, (_, i) => (o * n + i) * inner + c);
      found.push(reverse ? line.reverse() : line);
    }
  }
  return found;
}

/** What all elements up to each one combine to. */
export function cumulate(
  x: Numbers,
  shape: Shape,
  combine: (all: number, value: number) => number,
  first: number,
  exclusive: number | boolean,
  reverse: number | boolean,
): number[] {
  const y = new Array<number>(x.length);
  for (const line of lines(shape, reverse)) {
    let all = first;
    for (const at of line) {
      const before = all;
      all = combine(all, x[at]!);
      y[at] = exclusive ? before : all;
    }
  }
  return y;
}

/** y[i] = a[i] + b[i]·y[i − 1]. */
export function linearScan(a: Numbers, b: Numbers, shape: Shape, reverse: number | boolean): number[] {
  const y = new Array<number>(a.length);
  for (const line of lines(shape, reverse)) {
    let last = 0;
    for (const at of line) {
      last = a[at]! + b[at]! * last;
      y[at] = last;
    }
  }
  return y;
}
