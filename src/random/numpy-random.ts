import { MersenneTwister, type MersenneTwisterState } from "./mersenne-twister.ts";

/** What Keras uses of NumPy's legacy `numpy.random` (`RandomState`), number for number. */
export class NumpyRandom {
  private readonly twister: MersenneTwister = new MersenneTwister();

  /** `numpy.random.seed(seed)`, 0 ≤ seed < 2^32. */
  seed(seed: number): void {
    this.twister.seedByWord(seed);
  }

  /** Seeds from words, such as the platform's entropy. */
  seedByArray(key: ArrayLike<number>): void {
    this.twister.seedByArray(key);
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

  getState(): MersenneTwisterState {
    return this.twister.getState();
  }

  setState(state: MersenneTwisterState): void {
    this.twister.setState(state);
  }

  /** An integer in [0, max], 0 < max < 2^31: bits under the smallest covering mask, drawn again while too large. */
  private interval(max: number): number {
    const shift = Math.clz32(max);
    const mask = 0xffffffff >>> shift;
    let value = this.twister.next() & mask;
    while (value > max) value = this.twister.next() & mask;
    return value;
  }
}
