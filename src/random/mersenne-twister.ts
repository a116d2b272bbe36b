import { refuse } from "../util/errors.ts";
import { checkInteger } from "../util/names.ts";

/** Words of the state: so many numbers are drawn between two calls of `refill`. */
export const WORDS = 624;
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
  // Signed: engines keep a large unsigned word as a floating-point number.
  protected readonly words: Int32Array = new Int32Array(WORDS);
  protected position: number = WORDS;

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
    return temper(this.words[this.position++]!) >>> 0;
  }

  getState(): MersenneTwisterState {
    return { words: new Uint32Array(this.words), position: this.position };
  }

  setState(state: MersenneTwisterState): void {
    const { words, position } = state ?? {};
    if (words?.length !== WORDS) refuse("random state", "", `${WORDS} words`, words?.length);
    checkInteger(position, "random state", "position", 0, WORDS);
    this.words.set(words);
    this.position = position;
  }

  protected refill(): void {
    const words = this.words;
    // Three loops of indices that do not wrap: with a remainder for each word this takes half the time of a permutation.
    for (let k = 0; k < WORDS - SHIFT; k++) words[k] = words[k + SHIFT]! ^ twist(words[k]!, words[k + 1]!);
    for (let k = WORDS - SHIFT; k < WORDS - 1; k++) {
      words[k] = words[k + SHIFT - WORDS]! ^ twist(words[k]!, words[k + 1]!);
    }
    words[WORDS - 1] = words[SHIFT - 1]! ^ twist(words[WORDS - 1]!, words[0]!);
    this.position = 0;
  }
}

/** What is handed out for a word of the state: 32 random bits, as a signed number. */
export function temper(word: number): number {
  let y = word ^ (word >>> 11);
  y ^= (y << 7) & 0x9d2c5680;
  y ^= (y << 15) & 0xefc60000;
  return y ^ (y >>> 18);
}

/** The highest bit of one word before the others of the next, times the generator's matrix. */
function twist(word: number, next: number): number {
  const y = (word & 0x80000000) | (next & 0x7fffffff);
  return (y >>> 1) ^ (-(y & 1) & 0x9908b0df);
}
