import { compile } from "../../src/autodiff/compile.ts";
import { inferSpecs } from "../../src/ops/scopes.ts";
import {
  drawDefaultSeed,
  getRandomState,
  globalPermutation,
  setRandomSeed,
  setRandomState,
} from "../../src/random/global.ts";
import * as random from "../../src/random/index.ts";
import { ValueError } from "../../src/util/errors.ts";
import { bitsOf, randomFixture } from "../fixtures/random-fixture.ts";
import { assert, assertEqual, assertThrows } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

const fixture = randomFixture();

suite("random: setRandomSeed", (test) => {
  for (const { seed, uniform, state, next_default } of fixture.global_generator) {
    test(`unseeded draws after setRandomSeed(${seed}) equal Keras's; the default seed is drawn at the first`, () => {
      setRandomSeed(seed);
      for (const bits of uniform) assertEqual(bitsOf(random.uniform([3]).dataSync()), bits);
      assertEqual(getRandomState().generator, state);
      assertEqual(drawDefaultSeed(), next_default);
    });
  }
  test("the first default seeds and permutations are Keras's", () => {
    for (const { seed, first } of fixture.default_seeds) {
      setRandomSeed(seed);
      assertEqual(
        first.map(() => drawDefaultSeed()),
        first,
      );
    }
    for (const { seed, orders } of fixture.permutations) {
      setRandomSeed(seed);
      for (const order of orders) assertEqual([...globalPermutation(order.length)], order);
    }
  });
  test("DR-10: the same seed gives the same unseeded draws and default seeds again", () => {
    const run = (): unknown => {
      setRandomSeed(5);
      const generator = new random.SeedGenerator();
      return [random.normal([4]).arraySync(), generator.seed, random.normal([4]).arraySync(), drawDefaultSeed()];
    };
    assertEqual(run(), run());
  });
  test("successive unseeded draws differ, draws with an integer seed do not", () => {
    setRandomSeed(1);
    assert(random.uniform([1]).item() !== random.uniform([1]).item());
    assertEqual(random.uniform([5], { seed: 3 }).arraySync(), random.uniform([5], { seed: 3 }).arraySync());
  });
  test("a seed that is no integer of 32 bits is a ValueError and changes nothing", () => {
    setRandomSeed(8);
    const before = getRandomState();
    for (const seed of [-1, 0.5, 2 ** 32, "1", null, undefined]) {
      assertThrows(() => setRandomSeed(seed as number), ValueError, /setRandomSeed.*must be an integer/);
    }
    assertEqual(getRandomState(), before);
  });
  test("a saved state goes on where it was", () => {
    const next = (): unknown => [drawDefaultSeed(), [...globalPermutation(9)], random.uniform([3]).arraySync()];
    for (const used of [true, false]) {
      setRandomSeed(11);
      if (used) random.uniform([2]);
      const saved = getRandomState();
      assertEqual(saved.generator === null, !used);
      const expected = next();
      setRandomSeed(99);
      random.uniform([1]);
      setRandomState(saved);
      assertEqual(next(), expected);
    }
  });
  test("shape inference draws nothing", () => {
    setRandomSeed(4);
    const before = getRandomState();
    const generator = new random.SeedGenerator(6);
    const shape = inferSpecs(() => random.uniform([2, 3]).add(random.normal([2, 3], { seed: generator })).shape, []);
    assertEqual(shape, [2, 3]);
    assertEqual(getRandomState(), before);
    assertEqual([...generator.state.readSync()], [6, 0]);
  });
  test("a compiled function draws anew at each call, and repeats after setRandomSeed", () => {
    setRandomSeed(21);
    const generator = new random.SeedGenerator(3);
    const draw = compile(() => random.uniform([4]).add(random.uniform([4], { seed: generator })));
    const eager = (): unknown => random.uniform([4]).arraySync();
    const first = draw().arraySync();
    const second = draw().arraySync();
    assert(JSON.stringify(first) !== JSON.stringify(second));
    assertEqual([...generator.state.readSync()], [3, 2]);
    setRandomSeed(21);
    const plain = [eager(), eager()];
    setRandomSeed(21);
    assertEqual([eager(), eager()], plain);
    setRandomSeed(21);
    const once = compile(() => random.uniform([4]));
    assertEqual(once().arraySync(), plain[0]);
    assertEqual(once().arraySync(), plain[1]);
    setRandomSeed(21);
    assertEqual(once().arraySync(), plain[0]);
  });
});

suite("random: SeedGenerator", (test) => {
  test("DR-09: the state before and after one draw", () => {
    const generator = new random.SeedGenerator(1337);
    assertEqual([...generator.state.readSync()], [1337, 0]);
    assertEqual([...generator.next().dataSync()], [1337, 0]);
    assertEqual([...generator.state.readSync()], [1337, 1]);
    assertEqual([generator.state.name, generator.state.trainable], ["seed_generator_state", false]);
  });
  test("without a seed one is drawn at construction; the config keeps null", () => {
    setRandomSeed(42);
    const generator = new random.SeedGenerator();
    assertEqual(generator.seed, 686579304);
    assertEqual(generator.getConfig(), { seed: null });
    assertEqual(random.SeedGenerator.fromConfig({ seed: 5, name: "s" }).getConfig(), { seed: 5, name: "s" });
  });
  test("a seed that is no integer is a ValueError", () => {
    for (const seed of [1.5, "1", Number.NaN, true, -3]) {
      assertThrows(() => new random.SeedGenerator(seed as number), ValueError, /Argument `seed` must be an integer/);
    }
  });
});
