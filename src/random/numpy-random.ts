import { MersenneTwister } from "./mersenne-twister.ts";

/** What Keras uses of NumPy's legacy `numpy.random` (`RandomState`), number for number. */
export class NumpyRandom extends MersenneTwister {
  /** `numpy.random.seed(seed)`, 0 ≤ seed < 2^32. */
  seed(seed: number): void {
    this.seedByWord(seed);
  }

  /** `numpy.random.permutation(n)`: Fisher and Yates from the top. */
  permutation(n: number): Int32Array {
    const order = new Int32Array(n);
    for (let i = 0; i < n; i++) order[i] = i;
    for (let i = n - 1; i > 0; i--) {
      const j = this.interval(i);
      const value = order[i]!;
      order[i] = order[j]!;
      order[j] = value;
    }
    return order;
  }

  /** An integer in [0, max], 0 < max < 2^31: bits under the smallest covering mask, drawn again while too large. */
  private interval(max: number): number {
    const shift = Math.clz32(max);
    const mask = 0xffffffff >>> shift;
    let value = this.next() & mask;
    while (value > max) value = this.next() & mask;
    return value;
  }
}
