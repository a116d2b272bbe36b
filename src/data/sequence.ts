/**
 * A small sequence of random numbers for synthetic data: sfc32 (Doty-Humphrey, PractRand). Integers only, so it is the
 * same on every engine; started from two numbers, so that each image has its own and can be made alone.
 */
export class Sequence {
  private a: number;
  private b: number;
  private c: number = 0x9e3779b9;
  private counter: number = 1;

  constructor(seed: number, index: number) {
    this.a = seed | 0;
    this.b = index | 0;
    for (let i = 0; i < 15; i++) this.bits();
  }

  /** 32 random bits, signed. */
  bits(): number {
    const result = (this.a + this.b + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + result) | 0;
    return result;
  }

  /** Uniform in [low, high). */
  uniform(low: number, high: number): number {
    return low + (high - low) * ((this.bits() >>> 0) / 4294967296);
  }

  /** An integer in [0, n). */
  below(n: number): number {
    return Math.floor(this.uniform(0, n));
  }

  /** Nearly normal, mean 0 and deviation 1: the sum of four bytes. */
  bell(): number {
    const bits = this.bits();
    return ((bits & 255) + ((bits >>> 8) & 255) + ((bits >>> 16) & 255) + (bits >>> 24) - 510) / 147.8;
  }
}
