/** Special functions in float64, by series and continued fractions, for comparison with the kernels. */

/** erf by its Taylor series up to 3, beyond by 1 − erfc. */
export function erf(x: number): number {
  if (Number.isNaN(x)) return x;
  if (Math.abs(x) > 3) return Math.sign(x) * (1 - erfcTail(Math.abs(x)));
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > 1e-18 * Math.abs(sum); n++) {
    term *= (-x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

/** erfc for x >= 3 by the continued fraction e^(−x²)/√π / (x + ½/(x + 1/(x + 3⁄2/(x + …)))). */
function erfcTail(x: number): number {
  if (x > 27) return 0;
  let fraction = x;
  for (let k = 60; k >= 1; k--) fraction = x + k / 2 / fraction;
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / fraction;
}

/** The inverse of erf by bisection and Newton's method. */
export function erfInv(y: number): number {
  if (Math.abs(y) === 1) return y * Infinity;
  let low = -7;
  let high = 7;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (erf(middle) < y) low = middle;
    else high = middle;
  }
  let x = (low + high) / 2;
  for (let i = 0; i < 2; i++) x -= (erf(x) - y) / ((2 / Math.sqrt(Math.PI)) * Math.exp(-x * x));
  return x;
}
