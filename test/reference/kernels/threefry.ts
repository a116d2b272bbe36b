/** threefry2x32 with 20 rounds, word by word, and the numbers made of it. */
import { erfInv } from "./special.ts";

const ROTATIONS = [
  [13, 15, 26, 6],
  [17, 29, 16, 24],
] as const;

/** Both output words of one block. */
export function threefry2x32(key: readonly [number, number], counter: readonly [number, number]): [number, number] {
  const keys = [key[0], key[1], (key[0] ^ key[1] ^ 0x1bd11bda) >>> 0];
  let a = (counter[0] + keys[0]!) >>> 0;
  let b = (counter[1] + keys[1]!) >>> 0;
  for (let group = 0; group < 5; group++) {
    for (const by of ROTATIONS[group % 2]!) {
      a = (a + b) >>> 0;
      b = (((b << by) | (b >>> (32 - by))) ^ a) >>> 0;
    }
    a = (a + keys[(group + 1) % 3]!) >>> 0;
    b = (b + keys[(group + 2) % 3]! + group + 1) >>> 0;
  }
  return [a, b];
}

/** Element `index` of a draw. */
export function bitsOf(key: readonly [number, number], index: number): number {
  const [a, b] = threefry2x32(key, [0, index]);
  return (a ^ b) >>> 0;
}

/** In [0, 1): 23 bits. */
export const unit = (bits: number): number => (bits >>> 9) / 2 ** 23;

/** In [lo, hi), rounded once. */
export function uniform(bits: number, lo: number, hi: number): number {
  const range = Math.fround(Math.fround(hi) - Math.fround(lo));
  return Math.max(Math.fround(lo), Math.fround(unit(bits) * range + Math.fround(lo)));
}

/** √2·erf⁻¹ of a uniform number in [lo, hi), in float64. */
export const normal = (bits: number, lo: number, hi: number): number => Math.SQRT2 * erfInv(uniform(bits, lo, hi));
