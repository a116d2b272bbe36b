/** Integers and shuffles: equal to Keras on JAX, and the same immediately, in plans and under a tape. */
import * as hb from "../../src/index.ts";
import flag from "../fixtures/flag.json" with { type: "json" };
import { randomFixture } from "../fixtures/random-fixture.ts";
import { assert, assertClose, assertEqual, assertThrows } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

interface IntegerCase {
  op: string;
  seed: number;
  args?: number[];
  shape?: number[];
  axis?: number;
  values: unknown;
}

const old = (randomFixture() as unknown as { integers: IntegerCase[] }).integers;

suite("random integers and shuffles against Keras", (test) => {
  for (const { op, seed, args, shape, axis, values } of [...old, ...(flag.integers as IntegerCase[])]) {
    test(`${op} ${JSON.stringify({ seed, args, shape, axis })}`, () => {
      if (op === "randint") {
        const [minval, maxval] = args as [number, number];
        const made = hb.random.randint(shape ?? [12], { minval, maxval, seed });
        assertEqual(made.dtype, "int32");
        assertEqual(made.arraySync(), values);
        return;
      }
      const dims = shape ?? [10];
      const size = dims.reduce((a, b) => a * b, 1);
      const x = hb.range(0, size).cast("int32").reshape(dims);
      assertEqual(hb.random.shuffle(x, { seed, axis: axis ?? 0 }).arraySync(), values);
    });
  }
});

suite("random integers and shuffles", (test) => {
  test("compiled functions draw anew at each call; a generator counts", () => {
    const generator = new hb.SeedGenerator(3);
    const draw = hb.compile(() => hb.random.randint([20], { minval: 0, maxval: 1000, seed: generator }));
    const [a, b] = [draw(), draw()] as unknown as [hb.Tensor, hb.Tensor];
    assert(String(a.dataSync()) !== String(b.dataSync()), "two draws");
    assertEqual([...generator.state.readSync()], [3, 2]);
    hb.setRandomSeed(5);
    const first = hb.random.shuffle([1, 2, 3, 4, 5, 6, 7, 8]).dataSync();
    hb.setRandomSeed(5);
    assertEqual(hb.random.shuffle([1, 2, 3, 4, 5, 6, 7, 8]).dataSync(), first);
  });
  test("a shuffle keeps every element, and its gradient goes back to where each came from", () => {
    const x = hb.range(0, 3000);
    assertEqual(
      [...hb.random.shuffle(x, { seed: 1 }).dataSync()].sort((a, b) => a - b),
      [...x.dataSync()],
    );
    const weights = hb.range(0, 6);
    const gradient = hb.grad((v) => hb.random.shuffle(v, { seed: 4 }).mul(weights).sum())(hb.range(0, 6));
    const order = hb.random.shuffle(hb.range(0, 6), { seed: 4 }).dataSync();
    const expected = new Array<number>(6);
    order.forEach((from, to) => {
      expected[from] = to;
    });
    assertClose(gradient, expected);
  });
  test("an empty range gives its lower end; wrong arguments are named", () => {
    assertEqual(hb.random.randint([3], { minval: 7, maxval: 7, seed: 1 }).arraySync(), [7, 7, 7]);
    assertEqual(hb.random.randint([0], { minval: 0, maxval: 7, seed: 1 }).arraySync(), []);
    assertThrows(() => hb.random.randint([3], { minval: 0.5, maxval: 7 }), hb.ValueError, /minval/);
    assertThrows(() => hb.random.randint([3], { minval: 0, maxval: 2 ** 31 }), hb.ValueError, /maxval/);
    assertThrows(() => hb.random.randint([3], { minval: 0, maxvall: 2 } as never), hb.ValueError, /"maxvall"/);
    assertThrows(() => hb.random.shuffle([1, 2], { axis: 1 }), hb.ShapeError, /axis/);
    assertThrows(() => hb.random.shuffle(3), hb.ShapeError, /axis/);
  });
});
