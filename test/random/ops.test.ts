import { tensor } from "../../src/ops/creation.ts";
import * as ops from "../../src/ops/index.ts";
import type { Tensor } from "../../src/ops/tensor.ts";
import { bitsOf } from "../fixtures/random-fixture.ts";
import { assertBitEqual, assertClose, assertEqual } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";
import { threefryBits, uniformBetween, unit } from "./threefry-reference.ts";

function keyOf(seed: number, counter: number): Tensor {
  return tensor(new Uint32Array([seed, counter]));
}

function* keys(): Generator<[number, number]> {
  yield [0, 0];
  yield [42, 1];
  yield [2 ** 32 - 1, 2 ** 32 - 1];
  yield [0x80000000, 77];
}

suite("random: ops against the plain generator", (test) => {
  test("ops.randomBits, for sizes around the vector's", () => {
    for (const [seed, counter] of keys()) {
      for (const n of [0, 1, 3, 4, 5, 31, 64, 1001]) {
        const expected = Uint32Array.from({ length: n }, (_, i) => threefryBits(seed, counter, i));
        assertEqual(ops.randomBits(keyOf(seed, counter), [n]).dataSync(), expected);
      }
    }
  });
  test("ops.randomUniform, one rounding", () => {
    for (const [seed, counter] of keys()) {
      for (const [low, high] of [
        [0, 1],
        [-0.3, 0.1],
        [1e-3, 1e6],
        [-7, -7],
      ] as const) {
        const made = ops.randomUniform(keyOf(seed, counter), [7, 9], low, high);
        const expected = Array.from({ length: 63 }, (_, i) =>
          uniformBetween(threefryBits(seed, counter, i), low, high),
        );
        assertEqual(bitsOf(made.dataSync()), bitsOf(expected));
      }
    }
  });
  test("ops.randomBernoulli draws 1 where the uniform number is below p", () => {
    for (const [seed, counter] of keys()) {
      for (const p of [0, 1e-4, 0.3, 0.5, 1 - 1e-4, 1]) {
        const made = ops.randomBernoulli(keyOf(seed, counter), [501], p);
        const expected = Array.from({ length: 501 }, (_, i) =>
          unit(threefryBits(seed, counter, i)) < Math.fround(p) ? 1 : 0,
        );
        assertEqual([...made.dataSync()], expected);
      }
    }
  });
  test("ops.randomTruncatedNormal stays within two deviations; ops.randomNormal does not", () => {
    const cut = ops.randomTruncatedNormal(keyOf(9, 0), [20000], 1, 3).dataSync();
    const whole = ops.randomNormal(keyOf(9, 0), [20000], 1, 3).dataSync();
    assertEqual([cut.every((x) => Math.abs(x - 1) <= 6), whole.every((x) => Math.abs(x - 1) <= 6)], [true, false]);
    const mean = (values: ArrayLike<number>): number =>
      Array.from(values).reduce((sum, x) => sum + x, 0) / values.length;
    const deviation = (values: ArrayLike<number>): number => {
      const m = mean(values);
      return Math.sqrt(mean(Array.from(values, (x) => (x - m) * (x - m))));
    };
    assertClose([mean(cut), deviation(cut)], [1, 3 * 0.8796], { rtol: 0.02, atol: 0.05 });
    assertClose([mean(whole), deviation(whole)], [1, 3], { rtol: 0.02, atol: 0.05 });
  });
  test("ops.seedNext counts one word, ops.seedScramble mixes both, modulo 2^32", () => {
    for (const [seed, counter] of keys()) {
      const key = keyOf(seed, counter);
      assertEqual([...ops.seedNext(key).dataSync()], [seed, (counter + 1) % 2 ** 32]);
      const mixed = [seed, counter].map((word) => ((((word + 1) % 2 ** 32) * 5387) % 2 ** 32) % 933199);
      assertEqual([...ops.seedScramble(key).dataSync()], mixed);
    }
  });
  test('dropout: mask and division; "dropoutBits" and "applyMask" where the mask repeats', () => {
    const x = tensor(
      Float32Array.from({ length: 60 }, (_, i) => i - 30.5),
      [3, 4, 5],
    );
    for (const rate of [0.1, 0.5, 0.7]) {
      const keep = Math.fround(1 - rate);
      const kept = (index: number): boolean => unit(threefryBits(5, 2, index)) < keep;
      const given = x.dataSync();
      const whole = ops.dropout(x, { rate, seed: keyOf(5, 2) });
      assertBitEqual(
        whole.dataSync(),
        Float32Array.from(given, (value, i) => (kept(i) ? value / keep : 0)),
      );
      const repeated = ops.dropout(x, { rate, seed: keyOf(5, 2), noiseShape: [3, 1, 5] });
      const maskIndex = (i: number): number => Math.floor(i / 20) * 5 + (i % 5);
      assertBitEqual(
        repeated.dataSync(),
        Float32Array.from(given, (value, i) => (kept(maskIndex(i)) ? value / keep : 0)),
      );
    }
  });
});
