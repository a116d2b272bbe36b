import { tensor } from "../../src/ops/creation.ts";
import { dropout } from "../../src/ops/index.ts";
import * as random from "../../src/random/index.ts";
import { ShapeError, ValueError } from "../../src/util/errors.ts";
import { bitsOf, fromBits, pick, randomFixture } from "../fixtures/random-fixture.ts";
import { assert, assertClose, assertEqual, assertThrows } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";
import { threefryBits, uniformBetween, unit } from "./threefry-reference.ts";

const fixture = randomFixture();

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, dim) => size * dim, 1);
}

suite("random: the reference generator against Keras", (test) => {
  test("dropout masks of whole tensors", () => {
    for (const { rate, seed, shape, noise_shape, masks } of fixture.masks) {
      if (noise_shape !== null) continue;
      masks.forEach((mask, call) => {
        const keep = Math.fround(1 - rate);
        const mine = Array.from({ length: sizeOf(shape) }, (_, i) =>
          unit(threefryBits(seed, call, i)) < keep ? "1" : "0",
        );
        assertEqual(mine.join(""), mask, `rate ${rate}, seed ${seed}, call ${call}`);
      });
    }
  });
  test("uniform draws, bit for bit", () => {
    for (const { op, args, seed, bits } of fixture.draws) {
      if (op !== "uniform" || seed === undefined || bits === undefined) continue;
      const mine = bits.map((_, i) => uniformBetween(threefryBits(seed, 0, i), args[0], args[1]));
      assertEqual(bitsOf(mine), bits);
    }
  });
});

suite("random: draws against Keras", (test) => {
  const generators = new Map<number, random.SeedGenerator>();
  fixture.draws.forEach(({ op, args: [a, b], seed, generator, shape, bits, sample }, index) => {
    const exact = op === "uniform";
    const from = seed === undefined ? `generator ${generator}` : `seed ${seed}`;
    test(`${index}: ${op}(${a}, ${b}) of (${shape ?? sample?.shape}), ${from}, ${exact ? "bit-equal" : "within 1e-6"}`, () => {
      if (generator !== undefined && !generators.has(generator)) {
        generators.set(generator, new random.SeedGenerator(generator));
      }
      const source = seed ?? generators.get(generator!)!;
      const dims = shape ?? sample!.shape;
      const normal = op === "normal" ? random.normal : random.truncatedNormal;
      const made = exact
        ? random.uniform(dims, { minval: a, maxval: b, seed: source })
        : normal(dims, { mean: a, stddev: b, seed: source });
      assertEqual(made.shape, dims);
      const values = sample === undefined ? made.dataSync() : pick(made.dataSync(), sample.at);
      const expected = bits ?? sample!.bits;
      if (exact) assertEqual(bitsOf(values), expected);
      // where the mean and the draw nearly cancel, the error is relative to the draw
      else assertClose(values, fromBits(expected), { rtol: 1e-6, atol: a === 0 ? 0 : 3e-7 });
    });
  });
  test("bernoulli draws 1 where the uniform number is below p", () => {
    const p = 0.3;
    const ones = [...random.bernoulli([1000], { p, seed: 7 }).dataSync()];
    const uniform = [...random.uniform([1000], { seed: 7 }).dataSync()];
    assertEqual(
      ones,
      uniform.map((u) => (u < Math.fround(p) ? 1 : 0)),
    );
    assertEqual([...random.bernoulli([3], { p: 0, seed: 1 }).dataSync()], [0, 0, 0]);
    assertEqual([...random.bernoulli([3], { p: 1, seed: 1 }).dataSync()], [1, 1, 1]);
  });
});

suite("random: dropout masks against Keras", (test) => {
  for (const { rate, seed, shape, noise_shape, masks, kept, state } of fixture.masks) {
    const noise = noise_shape?.map((dim, axis) => dim ?? shape[axis]!);
    test(`rate ${rate}, seed ${seed}, shape (${shape})${noise ? `, noise shape (${noise})` : ""}, three calls`, () => {
      const generator = new random.SeedGenerator(seed);
      const x = tensor(new Float32Array(sizeOf(shape)).fill(1), shape);
      for (const mask of masks) {
        const key = generator.next();
        const y = dropout(x, { rate, seed: key, ...(noise === undefined ? {} : { noiseShape: noise }) }).dataSync();
        assertEqual([...y].map((value) => (value === 0 ? "0" : "1")).join(""), mask);
        for (const value of y) if (value !== 0) assertEqual(bitsOf([value]), [kept]);
      }
      assertEqual([...generator.state.readSync()], state);
    });
  }
});

suite("random: bad arguments", (test) => {
  test("shapes, bounds, deviations, probabilities and unknown options", () => {
    assertThrows(() => random.uniform(3 as never), ShapeError, /shape: expected an array of sizes, got 3/);
    assertThrows(() => random.uniform([2, -1]), ShapeError, /shape/);
    assertThrows(() => random.uniform([2], { minval: 1, maxval: 0 }), ValueError, /maxval/);
    assertThrows(() => random.normal([2], { stddev: -1 }), ValueError, /stddev/);
    assertThrows(() => random.normal([2], { mean: Number.NaN }), ValueError, /mean/);
    assertThrows(() => random.bernoulli([2], { p: 1.5 }), ValueError, /p: expected/);
    assertThrows(() => random.normal([2], { stdev: 1 } as never), ValueError, /Did you mean "stddev"/);
  });
  test("a seed must be an integer that 32 bits hold", () => {
    for (const seed of [1.5, -1, 2 ** 32, Number.NaN, "7"]) {
      assertThrows(
        () => random.normal([2], { seed: seed as number }),
        ValueError,
        /Argument `seed` must be an integer/,
      );
    }
  });
  test("a draw of nothing is empty", () => {
    assert(random.uniform([0, 3], { seed: 1 }).size === 0);
    assertEqual(random.uniform([], { seed: 1 }).shape, []);
  });
});
