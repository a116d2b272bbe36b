// Running sums and products along the middle axis: x and y are [outer, n, inner]; y must not be x.
// @split-each outer y=n*inner x=n*inner a=n*inner b=n*inner

// @ts-ignore: decorator
@inline
function check(y: usize, x: usize, outer: i32, n: i32, inner: i32): void {
  assert(outer >= 0 && n >= 0 && inner >= 0 && (x & 3) == 0 && (y & 3) == 0);
}

/** Running sums, or products. T the elements, A what they are combined in: float64 rounds each result once. */
// @ts-ignore: decorator
@inline
function cumulate<T, A>(
  product: bool, y: usize, x: usize, outer: i32, n: i32, inner: i32, exclusive: i32, reverse: i32,
): void {
  check(y, x, outer, n, inner);
  const plane = n * inner << 2;
  const step = reverse ? -(inner << 2) : inner << 2;
  const start = reverse ? plane - (inner << 2) : 0;
  for (; outer > 0; outer--, x += plane, y += plane) {
    for (let c = 0; c < inner; c++) {
      let at: isize = start + (c << 2);
      let all: A = product ? 1 : 0;
      for (let i = 0; i < n; i++, at += step) {
        const before = all;
        const value = <A>load<T>(x + at);
        all = product ? all * value : all + value;
        store<T>(y + at, <T>(exclusive ? before : all));
      }
    }
  }
}

/** y[i] = Σ x[j] over j <= i; `exclusive` leaves out j = i, `reverse` takes j >= i. */
export function f32_cumsum(
  y: usize, x: usize, outer: i32, n: i32, inner: i32, exclusive: i32, reverse: i32,
): void {
  cumulate<f32, f64>(false, y, x, outer, n, inner, exclusive, reverse);
}

export function i32_cumsum(
  y: usize, x: usize, outer: i32, n: i32, inner: i32, exclusive: i32, reverse: i32,
): void {
  cumulate<i32, i32>(false, y, x, outer, n, inner, exclusive, reverse);
}

/** y[i] = Π x[j] likewise. */
export function f32_cumprod(
  y: usize, x: usize, outer: i32, n: i32, inner: i32, exclusive: i32, reverse: i32,
): void {
  cumulate<f32, f64>(true, y, x, outer, n, inner, exclusive, reverse);
}

/** y[i] = a[i] + b[i]·y[i − 1], from 0 on; `reverse` goes from the end. */
export function f32_linear_scan(
  y: usize, a: usize, b: usize, outer: i32, n: i32, inner: i32, reverse: i32,
): void {
  check(y, a, outer, n, inner);
  const plane = n * inner << 2;
  const step = reverse ? -(inner << 2) : inner << 2;
  const start = reverse ? plane - (inner << 2) : 0;
  for (; outer > 0; outer--, a += plane, b += plane, y += plane) {
    for (let c = 0; c < inner; c++) {
      let at: isize = start + (c << 2);
      let last: f64 = 0;
      for (let i = 0; i < n; i++, at += step) {
        last = <f64>load<f32>(a + at) + <f64>load<f32>(b + at) * last;
        store<f32>(y + at, <f32>last);
      }
    }
  }
}
