import { Dataset } from "../../src/data/index.ts";
import { ShapeError, ValueError } from "../../src/util/errors.ts";
import { assert, assertEqual, assertThrows } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

const numbers = (n: number): Dataset<number> => Dataset.from(Array.from({ length: n }, (_, i) => i));

suite("data: Dataset", (test) => {
  test("rows of columns, by name and in a list", () => {
    const named = Dataset.fromArrays({
      x: [
        [1, 2],
        [3, 4],
      ],
      y: Int32Array.of(7, 8),
    });
    assertEqual(
      [...named],
      [
        { x: [1, 2], y: 7 },
        { x: [3, 4], y: 8 },
      ],
    );
    assertEqual(
      [...Dataset.fromArrays([[1, 2, 3], "abc".split("")])],
      [
        [1, "a"],
        [2, "b"],
        [3, "c"],
      ],
    );
    assertEqual(named.size, 2);
  });
  test("map, batch, take, skip: lazy, and again each time", () => {
    let calls = 0;
    const set = numbers(7).map((x, i) => {
      calls++;
      return x * 10 + i;
    });
    assertEqual(calls, 0);
    assertEqual([...set.take(2)], [0, 11]);
    assertEqual(calls, 2);
    assertEqual([...set.batch(3)], [[0, 11, 22], [33, 44, 55], [66]]);
    assertEqual(
      [...numbers(7).batch(3, { dropRemainder: true })],
      [
        [0, 1, 2],
        [3, 4, 5],
      ],
    );
    assertEqual([...numbers(5).skip(3)], [3, 4]);
    assertEqual([...numbers(5).take(0)], []);
    const sizes = [
      numbers(7).batch(3),
      numbers(7).batch(3, { dropRemainder: true }),
      numbers(7).take(9),
      numbers(7).skip(9),
    ];
    assertEqual(
      sizes.map((each) => each.size),
      [3, 2, 7, 0],
    );
  });
  test("endless sources", () => {
    const endless = Dataset.from(function* () {
      for (let i = 0; ; i++) yield i;
    });
    assertEqual(
      [...endless.skip(2).batch(2).take(2)],
      [
        [2, 3],
        [4, 5],
      ],
    );
    assertEqual(endless.batch(2).size, undefined);
  });
  test("shuffle: a permutation, another one in each walk, the same in each run", () => {
    const walks = (seed: number): number[][] => {
      const set = numbers(20).shuffle(seed);
      return [[...set], [...set]];
    };
    const [first, second] = walks(3) as [number[], number[]];
    assertEqual(
      [...first].sort((a, b) => a - b),
      [...numbers(20)],
    );
    assert(String(first) !== String(second) && String(first) !== String([...numbers(20)]), "shuffled");
    assertEqual(walks(3), [first, second]);
    assert(String(walks(4)[0]) !== String(first), "another seed");
  });
  test("wrong arguments", () => {
    assertThrows(() => Dataset.from(3 as never), ValueError, /iterable/);
    assertThrows(() => Dataset.fromArrays({ a: [1], b: [1, 2] }), ShapeError, /one length/);
    assertThrows(() => Dataset.fromArrays(null as never), ValueError, /arrays/);
    for (const n of [0, 1.5, -1, "2"]) assertThrows(() => numbers(3).batch(n as number), ValueError, /integer/);
    assertThrows(() => numbers(3).take(-1), ValueError, /from 0/);
    assertThrows(() => numbers(3).map(null as never), ValueError, /function/);
    assertThrows(() => numbers(3).shuffle(0.5), ValueError, /seed/);
    assertThrows(() => numbers(3).batch(2, { drop: true } as never), ValueError, /dropRemainder/);
  });
});
