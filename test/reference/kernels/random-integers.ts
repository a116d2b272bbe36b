/** Integers and shuffles as JAX makes them of threefry2x32, in plain TypeScript. */
import { bitsOf, threefry2x32 } from "./threefry.ts";

type Key = readonly [number, number];

/** 64 random bits modulo a span below 2^32, added to the lower end. */
export function randomInts(key: Key, n: number, low: number, span: number): number[] {
  const [high, rest] = [threefry2x32(key, [0, 0]), threefry2x32(key, [0, 1])];
  const modulo = (a: bigint): bigint => a % BigInt(span);
  const wrap = (a: bigint): bigint => BigInt.asUintN(32, a);
  const half = modulo(65536n);
  const factor = modulo(wrap(half * half));
  return Array.from({ length: n }, (_, i) => {
    const offset = wrap(wrap(modulo(BigInt(bitsOf(high, i))) * factor) + modulo(BigInt(bitsOf(rest, i))));
    return (low + Number(modulo(offset))) | 0;
  });
}

/** Where each element of [outer, n, inner] comes from when every run along the middle axis is shuffled. */
export function randomOrder(key: Key, outer: number, n: number, inner: number, rounds: number): number[] {
  const order = Array.from({ length: outer * n * inner }, (_, i) => i);
  let next = key;
  for (let round = 0; round < rounds; round++) {
    const sub = threefry2x32(next, [0, 1]);
    next = threefry2x32(next, [0, 0]);
    for (let run = 0; run < outer * inner; run++) {
      const places = Array.from({ length: n }, (_, j) => (Math.floor(run / inner) * n + j) * inner + (run % inner));
      const sorted = places.map((place) => ({ bits: bitsOf(sub, place), from: order[place]! }));
      sorted.sort((a, b) => a.bits - b.bits);
      places.forEach((place, j) => {
        order[place] = sorted[j]!.from;
      });
    }
  }
  return order;
}
