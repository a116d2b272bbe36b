import { MersenneTwister } from "../../src/random/mersenne-twister.ts";
import { NumpyRandom } from "../../src/random/numpy-random.ts";
import { PythonRandom } from "../../src/random/python-random.ts";
import { ValueError } from "../../src/util/errors.ts";
import { randomFixture } from "../fixtures/random-fixture.ts";
import { assert, assertEqual, assertThrows } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

const fixture = randomFixture();

function times<T>(count: number, make: () => T): T[] {
  return Array.from({ length: count }, make);
}

suite("random: Python's generator", (test) => {
  test("getrandbits(32) equals CPython's, also after two refills", () => {
    const random = new PythonRandom();
    random.seed(42);
    const bits = times(1505, () => random.getrandbits(32));
    assertEqual(bits.slice(0, 5), fixture.python_stream.bits32);
    assertEqual(bits.slice(-3), fixture.python_stream.later);
  });
  test("randint equals CPython's", () => {
    const random = new PythonRandom();
    random.seed(7);
    assertEqual(
      times(30, () => random.randint(1, 6)),
      fixture.python_stream.dice,
    );
  });
  test("a seed of more than 32 bits is seeded by both words", () => {
    const random = new PythonRandom();
    random.seed(2 ** 40 + 12345);
    assertEqual(
      times(3, () => random.getrandbits(32)),
      fixture.python_stream.large_seed,
    );
  });
  for (const { seed, first } of fixture.default_seeds) {
    test(`default seeds after set_random_seed(${seed})`, () => {
      const random = new PythonRandom();
      random.seed(seed);
      assertEqual(
        times(first.length, () => random.randint(1, 1e9)),
        first,
      );
    });
  }
});

suite("random: NumPy's generator", (test) => {
  for (const { seed, orders, later } of fixture.permutations) {
    test(`permutations after seed(${seed})`, () => {
      const random = new NumpyRandom();
      random.seed(seed);
      for (const order of orders) assertEqual([...random.permutation(order.length)], order);
      assertEqual([...random.permutation(1000).subarray(0, 10)], later);
    });
  }
  test("a permutation of nothing is empty and draws nothing", () => {
    const random = new NumpyRandom();
    random.seed(1);
    const before = random.getState();
    assertEqual(random.permutation(0).length, 0);
    assertEqual(random.getState(), before);
  });
  test("a saved state goes on where it was", () => {
    const random = new NumpyRandom();
    random.seed(5);
    random.permutation(700);
    const state = random.getState();
    const order = random.permutation(50);
    const other = new NumpyRandom();
    other.setState(state);
    assertEqual(other.permutation(50), order);
    assertEqual([state.words.length, state.position >= 0 && state.position <= 624], [624, true]);
  });
  test("a state of another form is a ValueError", () => {
    const twister = new MersenneTwister();
    assertThrows(() => twister.setState({ words: new Uint32Array(3), position: 0 }), ValueError, /624 words, got 3/);
    assertThrows(() => twister.setState({ words: new Uint32Array(624), position: 625 }), ValueError, /\[0, 624\]/);
  });
  test("words are unsigned", () => {
    const twister = new MersenneTwister();
    twister.seedByWord(3);
    for (let i = 0; i < 100; i++) {
      const word = twister.next();
      assert(word >= 0 && word < 2 ** 32 && Number.isInteger(word));
    }
  });
});
