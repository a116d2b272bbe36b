/** threefry2x32 and what is drawn from it, in plain TypeScript and float64: the oracle for the kernels. */

const ROTATIONS = [
  [13, 15, 26, 6],
  [17, 29, 16, 24],
] as const;

/** Bits of element `index` of a draw with the key (seed, counter): out0 XOR out1 for the counter pair (0, index). */
export function threefryBits(seed: number, counter: number, index: number): number {
  const keys = [seed | 0, counter | 0, (seed ^ counter ^ 0x1bd11bda) | 0];
  let x = keys[0]!;
  let y = (index + keys[1]!) | 0;
  for (let round = 0; round < 5; round++) {
    for (const turn of ROTATIONS[round % 2]!) {
      x = (x + y) | 0;
      y = ((y << turn) | (y >>> (32 - turn))) ^ x;
    }
    x = (x + keys[(round + 1) % 3]!) | 0;
    y = (y + keys[(round + 2) % 3]! + round + 1) | 0;
  }
  return (x ^ y) >>> 0;
}

/** Uniform in [0, 1) with 23 bits. */
export function unit(bits: number): number {
  return (bits >>> 9) / 8388608;
}

/** Uniform in [low, high) with one rounding to float32. */
export function uniformBetween(bits: number, low: number, high: number): number {
  const a = Math.fround(low);
  const span = Math.fround(Math.fround(high) - a);
  return Math.max(a, Math.fround(unit(bits) * span + a));
}
