import { MersenneTwister } from "./mersenne-twister.ts";

/** What Keras uses of Python's module `random`, number for number. */
export class PythonRandom extends MersenneTwister {
  /** `random.seed(seed)` for an integer 0 ≤ seed ≤ 2^53 − 1: the key is its 32-bit words, lowest first. */
  seed(seed: number): void {
    const high = Math.floor(seed / 2 ** 32);
    this.seedByArray(high === 0 ? [seed] : [seed >>> 0, high]);
  }

  /** `random.getrandbits(bits)`, 1 ≤ bits ≤ 32. */
  getrandbits(bits: number): number {
    return this.next() >>> (32 - bits);
  }

  /** `random.randint(low, high)`, both ends included, of at most 2^32 − 1 values: rejection over the shortest run of bits. */
  randint(low: number, high: number): number {
    const count = high - low + 1;
    const bits = 32 - Math.clz32(count);
    let value = this.getrandbits(bits);
    while (value >= count) value = this.getrandbits(bits);
    return low + value;
  }
}
