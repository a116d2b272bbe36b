import { MersenneTwister, temper, WORDS } from "./mersenne-twister.ts";

/** What Keras uses of NumPy's legacy `numpy.random` (`RandomState`), number for number. */
export class NumpyRandom extends MersenneTwister {
  /** `numpy.random.seed(seed)`, 0 ≤ seed < 2^32. */
  seed(seed: number): void {
    this.seedByWord(seed);
  }

  /**
   * `numpy.random.permutation(n)`: Fisher and Yates from the top. Each partner is drawn as bits under the smallest mask that
   * covers its range, again while it is too large; such a draw swaps a value with itself, since a processor cannot guess
   * which draws are, and a wrong guess costs more than a swap.
   */
  permutation(n: number): Int32Array {
    const order = new Int32Array(n);
    for (let i = 0; i < n; i++) order[i] = i;
    const { words } = this;
    let { position } = this;
    for (let i = n - 1; i > 0; ) {
      if (position === WORDS) {
        this.refill();
        position = 0;
      }
      // As long as neither the mask changes nor the words run out, nothing else need be looked at.
      const mask = -1 >>> Math.clz32(i);
      for (const half = mask >> 1; i > half && position < WORDS; position++) {
        const drawn = temper(words[position]!) & mask;
        const tooLarge = (i - drawn) >> 31;
        const partner = drawn ^ ((drawn ^ i) & tooLarge);
        const value = order[i]!;
        order[i] = order[partner]!;
        order[partner] = value;
        i -= 1 + tooLarge;
      }
    }
    this.position = position;
    return order;
  }
}
