import { Dataset, type Shaped, SyncDataset } from "../../src/data/index.ts";
import * as hb from "../../src/index.ts";
import { ValueError } from "../../src/util/errors.ts";
import { assert, assertEqual, assertRejects, assertThrows } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

const numbers = (n: number): SyncDataset<number> => Dataset.from(Array.from({ length: n }, (_, i) => i));

/** The same elements, each with a wait before it. */
function later(n: number): Dataset<number> {
  return Dataset.fromGenerator(async function* () {
    for (let i = 0; i < n; i++) {
      await null;
      yield i;
    }
  });
}

/** A batch as plain values: its numbers and its shape. */
const plain = (batch: Shaped<Float32Array | Int32Array | Uint8Array>): [number[], readonly number[]] => [
  [...batch],
  batch.shape,
];

const sorted = (list: readonly number[]): number[] => [...list].sort((a, b) => a - b);

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
  test("columns with a shape: tensors, arrays of idx, shaped arrays; rows without a copy", () => {
    const x = hb.tensor([
      [1, 2],
      [3, 4],
    ]);
    const images = { shape: [2, 2, 1], data: Uint8Array.of(1, 2, 3, 4) };
    const [, second] = [...Dataset.fromArrays([x, images, hb.tensor([5, 6])])];
    assertEqual([[...second![0]], [...second![1]], second![2]], [[3, 4], [3, 4], 6]);
    assertEqual(Reflect.get(second![1], "shape"), [2, 1]);
    const [batch] = [...Dataset.fromArrays([x, images]).batch(2)];
    assertEqual(
      [plain(batch![0]), plain(batch![1] as Shaped<Uint8Array>)],
      [
        [
          [1, 2, 3, 4],
          [2, 2],
        ],
        [
          [1, 2, 3, 4],
          [2, 2, 1],
        ],
      ],
    );
    assert(batch![1] instanceof Uint8Array, "the class stays");
    assertEqual(images.data.constructor === Uint8Array && !("shape" in images.data), true);
  });
  test("map, take, skip, filter: lazy, and again each time", () => {
    let calls = 0;
    const set = numbers(7).map((x, i) => {
      calls++;
      return x * 10 + i;
    });
    assertEqual(calls, 0);
    assertEqual([...set.take(2)], [0, 11]);
    assertEqual(calls, 2);
    assertEqual([...set.take(2)], [0, 11]);
    assertEqual([...numbers(5).skip(3)], [3, 4]);
    assertEqual([...numbers(5).take(0)], []);
    assertEqual([...numbers(6).filter((x, i) => x % 2 === 0 && i > 0)], [2, 4]);
  });
  test("batches of numbers, vectors, texts and structures", () => {
    assertEqual([...numbers(5).batch(2)].map(plain), [
      [[0, 1], [2]],
      [[2, 3], [2]],
      [[4], [1]],
    ]);
    assertEqual(
      [...numbers(5).batch(2, { dropRemainder: true })].map((batch) => [...batch]),
      [
        [0, 1],
        [2, 3],
      ],
    );
    const pairs = numbers(4).map((i) => [[i, i + 0.5], i % 2 === 0] as [number[], boolean]);
    const [x, y] = [...pairs.batch(4)][0]!;
    assertEqual(plain(x), [
      [0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5],
      [4, 2],
    ]);
    assertEqual(plain(y), [[1, 0, 1, 0], [4]]);
    const named = numbers(2).map((i) => ({
      xs: { a: Int32Array.of(i, 9), name: `n${i}` },
      ys: [
        [i, 1],
        [2, 3],
      ],
    }));
    const [{ xs, ys }] = [...named.batch(2)] as [{ xs: { a: Shaped<Int32Array>; name: string[] }; ys: Shaped }];
    assertEqual(plain(xs.a), [
      [0, 9, 1, 9],
      [2, 2],
    ]);
    assert(xs.a instanceof Int32Array);
    assertEqual(xs.name, ["n0", "n1"]);
    assertEqual(plain(ys), [
      [0, 1, 2, 3, 1, 1, 2, 3],
      [2, 2, 2],
    ]);
    const tensors = numbers(2).map((i) => [hb.tensor([[i], [i]]), hb.tensor(i)] as const);
    const [stacked] = [...(tensors as SyncDataset<unknown>).batch(2)] as [[Shaped, Shaped]];
    assertEqual(stacked.map(plain), [
      [
        [0, 0, 1, 1],
        [2, 2, 1],
      ],
      [[0, 1], [2]],
    ]);
  });
  test("sizes", () => {
    const endless = Dataset.from(function* () {
      for (let i = 0; ; i++) yield i;
    });
    const sizes = [
      numbers(7).batch(3),
      numbers(7).batch(3, { dropRemainder: true }),
      numbers(7).take(9),
      numbers(7).skip(9),
      numbers(7).repeat(3),
      numbers(7).repeat(),
      numbers(0).repeat(),
      numbers(7).concatenate(numbers(2)),
      numbers(7).shuffle(3),
      Dataset.zip([numbers(7), numbers(3)]),
      numbers(7).filter(() => true),
      endless.batch(2),
      numbers(10).split(0.25)[0],
      numbers(10).split(0.25)[1],
      numbers(10).split(4, { seed: 1 })[1],
    ].map((each) => each.size);
    assertEqual(sizes, [3, 2, 7, 0, 21, Infinity, 0, 9, 7, 3, undefined, undefined, 3, 7, 6]);
  });
  test("endless sources; repeat", () => {
    const endless = Dataset.from(function* () {
      for (let i = 0; ; i++) yield i;
    });
    assertEqual(
      [...endless.skip(2).batch(2).take(2)].map((batch) => [...batch]),
      [
        [2, 3],
        [4, 5],
      ],
    );
    assertEqual([...numbers(2).repeat(3)], [0, 1, 0, 1, 0, 1]);
    assertEqual([...numbers(3).repeat().take(7)], [0, 1, 2, 0, 1, 2, 0]);
    assertEqual([...numbers(3).repeat(0)], []);
    assertEqual([...numbers(0).repeat()], []);
  });
  test("concatenate and zip", async () => {
    assertEqual([...numbers(2).concatenate(Dataset.from(["a"]))], [0, 1, "a"]);
    assertEqual(
      [...Dataset.zip({ xs: numbers(3), ys: Dataset.from(["a", "b"]) })],
      [
        { xs: 0, ys: "a" },
        { xs: 1, ys: "b" },
      ],
    );
    const pair = Dataset.zip([numbers(1), numbers(2)]);
    assertEqual([...pair.repeat(2).concatenate(numbers(1))], [[0, 0], [0, 0], 0]);
    assertEqual(await Dataset.zip([numbers(2), later(5)]).toArray(), [
      [0, 0],
      [1, 1],
    ]);
    assertEqual(await numbers(1).concatenate(later(2)).toArray(), [0, 0, 1]);
  });
  test("shuffle: a permutation, another one in each pass, the same in each run", () => {
    const passes = (seed: number, buffer = 20): number[][] => {
      const set = numbers(20).shuffle(buffer, seed);
      return [[...set], [...set]];
    };
    const [first, second] = passes(3) as [number[], number[]];
    assertEqual(sorted(first), [...numbers(20)]);
    assert(String(first) !== String(second) && String(first) !== String([...numbers(20)]), "shuffled");
    assertEqual(passes(3), [first, second]);
    assert(String(passes(4)[0]) !== String(first), "another seed");
    const same = numbers(20).shuffle(20, 3, false);
    assertEqual([[...same], [...same]], [first, first]);
  });
  test("shuffle with a small buffer moves nothing forward by more than the buffer", () => {
    const [order] = [[...numbers(100).shuffle(5, 1)]];
    assertEqual(sorted(order), [...numbers(100)]);
    order.forEach((element, place) => {
      assert(element - place < 5, `${element} at ${place}`);
    });
    assertEqual([...numbers(5).shuffle(1, 7)], [0, 1, 2, 3, 4]);
  });
  test("a whole shuffle is uniform: over 6000 seeds each of 4 elements is as often at each place", () => {
    const counts = Array.from({ length: 4 }, () => [0, 0, 0, 0]);
    for (let seed = 0; seed < 6000; seed++) {
      let place = 0;
      for (const element of numbers(4).shuffle(4, seed)) counts[element]![place++]! += 1;
    }
    // Expected 1500 with a standard deviation of 33.5: five of those are 168.
    for (const count of counts.flat()) assert(Math.abs(count - 1500) < 168, `${count} of 6000`);
  });
  test("split: the first and the rest, or dealt by a seed", async () => {
    const [left, right] = numbers(10).split(0.7);
    assertEqual(
      [[...left], [...right]],
      [
        [0, 1, 2, 3, 4, 5, 6],
        [7, 8, 9],
      ],
    );
    assertEqual(
      numbers(4)
        .split(1)
        .map((side) => [...side]),
      [[0], [1, 2, 3]],
    );
    const sides = numbers(10).split(0.7, { seed: 5 });
    const dealt = sides.map((side) => [...side]);
    assertEqual(
      dealt.map((side) => side.length),
      [7, 3],
    );
    assertEqual(sorted(dealt.flat()), [...numbers(10)]);
    assert(String(dealt[0]) !== String([...left]), "dealt at random");
    assertEqual(
      sides.map((side) => [...side]),
      dealt,
    );
    const stream = later(2000).split(0.8, { seed: 2 });
    const [most, few] = await Promise.all(stream.map((side) => side.toArray()));
    assertEqual(sorted([...most!, ...few!]), [...numbers(2000)]);
    assert(Math.abs(most!.length - 1600) < 90, `${most!.length} of 2000: five standard deviations`);
    assertThrows(() => later(3).split(0.5), ValueError, /seed/);
    assertThrows(() => later(3).split(2, { seed: 1 }), ValueError, /share/);
  });
  test("asynchronous data: the same operations", async () => {
    assert(!(Symbol.iterator in later(1)), "no synchronous iteration");
    const set = later(7).map((x) => x * 2);
    assertEqual(await set.toArray(), [0, 2, 4, 6, 8, 10, 12]);
    assertEqual(await set.skip(1).take(2).toArray(), [2, 4]);
    assertEqual(await set.filter(async (x) => x % 3 === 0).toArray(), [0, 6, 12]);
    assertEqual(await later(2).repeat(2).toArray(), [0, 1, 0, 1]);
    assertEqual(sorted(await later(9).shuffle(9, 1).toArray()), [...numbers(9)]);
    const seen: number[] = [];
    await later(3).forEachAsync(async (x) => void seen.push(await x));
    assertEqual(seen, [0, 1, 2]);
    assertEqual(
      (await later(5).batch(2).toArray()).map((batch) => [...batch]),
      [[0, 1], [2, 3], [4]],
    );
  });
  test("functions that give iterables of either kind, called once for each pass", async () => {
    let calls = 0;
    const list = Dataset.from(() => {
      calls++;
      return [1, 2];
    });
    assertEqual(
      [[...list], [...list]],
      [
        [1, 2],
        [1, 2],
      ],
    );
    assertEqual(calls, 2);
    const stream = Dataset.from(() => later(2)[Symbol.asyncIterator]());
    assert(!(stream instanceof SyncDataset));
    assertEqual(
      [await stream.toArray(), await stream.toArray()],
      [
        [0, 1],
        [0, 1],
      ],
    );
    let left = 2;
    const iterator = Dataset.from(() => ({ next: () => ({ done: left-- === 0, value: left }) }) as Iterator<number>);
    assertEqual([...iterator], [1, 0]);
  });
  test("a pass that is never begun opens nothing", async () => {
    const stream = new Blob(["a,b\n1,2\n"]).stream();
    const set = Dataset.fromCsv(stream);
    await set[Symbol.asyncIterator]().return();
    assertEqual(await set.toArray(), [{ a: 1, b: 2 }]);
  });
  test("an async map of synchronous data: for await; one that hides its promises is told of", async () => {
    const set = numbers(4).map(async (x) => x + 1);
    assert(!(set instanceof SyncDataset));
    assertEqual(
      await set
        .batch(3)
        .map((batch) => [...batch])
        .toArray(),
      [[1, 2, 3], [4]],
    );
    const hidden = numbers(2).map((x) => Promise.resolve(x)) as unknown as SyncDataset<number>;
    assertThrows(() => [...hidden], ValueError, /got a promise.*for await/);
    assertEqual(await hidden.toArray(), [0, 1]);
  });
  test("synchronous data for await as well", async () => {
    assertEqual(await numbers(3).toArray(), [0, 1, 2]);
    const seen: number[] = [];
    for await (const x of numbers(3).map((i) => i * i)) seen.push(x);
    assertEqual(seen, [0, 1, 4]);
  });
  test("prefetch asks ahead, keeps the order, and ends what it began", async () => {
    let asked = 0;
    let closed = 0;
    const set = Dataset.fromGenerator(async function* () {
      try {
        for (; asked < 10; ) yield asked++;
      } finally {
        closed++;
      }
    });
    const walk = set.prefetch(3)[Symbol.asyncIterator]();
    assertEqual((await walk.next()).value, 0);
    await new Promise((resolve) => setTimeout(resolve, 5));
    assertEqual(asked, 4);
    await walk.return();
    assertEqual(closed, 1);
    asked = 0;
    assertEqual(await set.prefetch(3).toArray(), [...numbers(10)]);
    assertEqual([...numbers(3).prefetch(2)], [0, 1, 2]);
  });
  test("a pass that ends early or fails closes its source once", async () => {
    let closed = 0;
    const source = Dataset.fromGenerator(function* () {
      try {
        for (let i = 0; i < 9; i++) yield i;
      } finally {
        closed++;
      }
    });
    assertEqual([...source.map((x) => x).take(2)], [0, 1]);
    assertEqual(closed, 1);
    for (const _ of source.batch(2)) break;
    assertEqual(closed, 2);
    const bad = source.map((x) => {
      if (x === 3) throw new TypeError("no threes");
      return x;
    });
    assertThrows(() => [...bad.batch(2)], TypeError, /no threes/);
    assertEqual(closed, 3);
    await assertRejects(bad.prefetch(2).toArray(), TypeError, /no threes/);
    await assertRejects(
      bad
        .map(async (x) => x)
        .prefetch(2)
        .toArray(),
      TypeError,
      /no threes/,
    );
    assertEqual(closed, 5);
    assertEqual([...source.take(1)], [0]);
  });
});
