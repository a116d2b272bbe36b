import { refuse } from "../util/errors.ts";
import { checkInteger } from "../util/names.ts";

const WORDS = 624;
const SHIFT = 397;

/** A copy of a generator's state, for saving. */
export interface MersenneTwisterState {
  /** The 624 state words. */
  words: Uint32Array;
  /** Index of the next word to hand out; 624 = all used. */
  position: number;
}

/** MT19937 (Matsumoto and Nishimura 1998), under both Python's `random` and NumPy's `RandomState`. */
export class MersenneTwister {
  private readonly words: Uint32Array = new Uint32Array(WORDS);
  private position: number = WORDS;

  /** Seeding from one word, as NumPy's `seed(s)` does (`init_genrand`). */
  seedByWord(seed: number): void {
    const words = this.words;
    words[0] = seed;
    for (let i = 1; i < WORDS; i++) {
      const previous = words[i - 1]! ^ (words[i - 1]! >>> 30);
      words[i] = Math.imul(1812433253, previous) + i;
    }
    this.position = WORDS;
  }

  /** Seeding from words, as Python's `seed(int)` does (`init_by_array`). */
  seedByArray(key: ArrayLike<number>): void {
    this.seedByWord(19650218);
    const words = this.words;
    let i = 1;
    let j = 0;
    const advance = (): void => {
      i += 1;
      if (i >= WORDS) {
        words[0] = words[WORDS - 1]!;
        i = 1;
      }
    };
    for (let k = Math.max(WORDS, key.length); k > 0; k--) {
      const previous = words[i - 1]! ^ (words[i - 1]! >>> 30);
      words[i] = (words[i]! ^ Math.imul(previous, 1664525)) + key[j]! + j;
      advance();
      j = j + 1 < key.length ? j + 1 : 0;
    }
    for (let k = WORDS - 1; k > 0; k--) {
      const previous = words[i - 1]! ^ (words[i - 1]! >>> 30);
      words[i] = (words[i]! ^ Math.imul(previous, 1566083941)) - i;
      advance();
    }
    words[0] = 0x80000000;
  }

  /** The next 32 random bits, as an unsigned number. */
  next(): number {
    if (this.position >= WORDS) this.refill();
    let y = this.words[this.position]!;
    this.position += 1;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  }

  getState(): MersenneTwisterState {
    return { words: this.words.slice(), position: this.position };
  }

  setState(state: MersenneTwisterState): void {
    const { words, position } = state ?? {};
    if (words?.length !== WORDS) refuse("random state", "", `${WORDS} words`, words?.length);
    checkInteger(position, "random state", "position", 0, WORDS);
    this.words.set(words);
    this.position = position;
  }

  private refill(): void {
    const words = this.words;
    // Indices that wrap by subtraction: a remainder for each word takes half the time of a permutation.
    let next = 1;
    let far = SHIFT;
    for (let k = 0; k < WORDS; k++) {
      const y = (words[k]! & 0x80000000) | (words[next]! & 0x7fffffff);
      words[k] = words[far]! ^ (y >>> 1) ^ (-(y & 1) & 0x9908b0df);
      next = next + 1 === WORDS ? 0 : next + 1;
      far = far + 1 === WORDS ? 0 : far + 1;
    }
    this.position = 0;
  }
}
