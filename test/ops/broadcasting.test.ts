import fc from "fast-check";
import { tensor } from "../../src/ops/creation.ts";
import * as ops from "../../src/ops/index.ts";
import type { Tensor } from "../../src/ops/tensor.ts";
import { ShapeError } from "../../src/util/errors.ts";
import { assertBitEqual, assertEqual, assertThrows } from "../harness/assert-close.ts";
import { testNumbers } from "../harness/finite-difference.ts";
import { runAllWays } from "../harness/op-test.ts";
import { suite } from "../harness/suite.ts";
import { broadcastAt, broadcastShape, broadcastTo, indicesOf, sizeOf, zip } from "../reference/ops/arrays.ts";

const dims = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 5 });

/** A shape and one that broadcasts with it: axes dropped in front, others 1 on either side. */
const pair = fc
  .tuple(
    dims,
    fc.array(fc.constantFrom("both", "left", "right"), { minLength: 5, maxLength: 5 }),
    fc.nat(5),
    fc.boolean(),
  )
  .map(([shape, which, drop, swap]) => {
    const left = shape.map((dim, i) => (which[i] === "right" ? 1 : dim));
    const right = shape.map((dim, i) => (which[i] === "left" ? 1 : dim)).slice(Math.min(drop, shape.length));
    return swap ? [right, left] : [left, right];
  });

/** Small integers: every result is exact in float32. */
function numbers(shape: readonly number[], seed: number): Tensor {
  return tensor(testNumbers(sizeOf(shape), seed, -9, 9).map(Math.trunc), shape);
}

const BINARY: Readonly<Record<string, [(a: Tensor, b: Tensor) => Tensor, (a: number, b: number) => number]>> = {
  add: [(a, b) => a.add(b), (a, b) => a + b],
  sub: [(a, b) => a.sub(b), (a, b) => a - b],
  mul: [(a, b) => a.mul(b), (a, b) => a * b],
  maximum: [(a, b) => a.maximum(b), Math.max],
  less: [(a, b) => a.less(b), (a, b) => Number(a < b)],
  "int32 sub": [(a, b) => a.cast("int32").sub(b.cast("int32")), (a, b) => a - b],
};

suite("ops: broadcasting", (test) => {
  for (const [name, [call, oracle]] of Object.entries(BINARY)) {
    test(`${name} of any shapes equals the naive loop, in all ways of execution`, () => {
      fc.assert(
        fc.property(pair, fc.nat(1000), ([a, b], seed) => {
          const [x, y] = [numbers(a!, seed), numbers(b!, seed + 1)];
          const expected = zip(oracle, a!, b!)(x.dataSync(), y.dataSync());
          // values made in the plan, so that results may take over their bytes
          const [z] = runAllWays(([p, q]) => [call(p!.add(1).sub(1), q!.add(1).sub(1))], [x, y]);
          assertEqual(z!.shape, broadcastShape(a!, b!));
          assertBitEqual(
            [...z!.dataSync()].map((value) => value + 0),
            expected.map((value) => value + 0),
          );
        }),
        { numRuns: 60, seed: 7 },
      );
    });
  }
  test("where of any three shapes", () => {
    fc.assert(
      fc.property(pair, pair, ([a, b], [c]) => {
        const both = broadcastShape(a!, b!)!;
        const shape = broadcastShape(both, c!);
        const [x, y, z] = [numbers(a!, 1), numbers(b!, 2), numbers(c!, 3)];
        if (shape === undefined) {
          assertThrows(() => ops.where(z, x, y), ShapeError, /\[where\] shapes/);
          return;
        }
        const at = (t: Tensor, index: number[]): number => broadcastAt(t.dataSync(), t.shape, index);
        const expected = indicesOf(shape).map((index) => at(at(z, index) !== 0 ? x : y, index));
        assertBitEqual(ops.where(z, x, y), tensor(expected, shape));
      }),
      { numRuns: 60, seed: 7 },
    );
  });
  test("broadcastTo and sumTo undo each other: each element is counted as often as it was repeated", () => {
    fc.assert(
      fc.property(pair, ([a, b]) => {
        const shape = broadcastShape(a!, b!)!;
        const x = numbers(a!, 3);
        const wide = x.broadcastTo(shape);
        assertBitEqual(wide, tensor(broadcastTo(x.dataSync(), a!, shape), shape));
        const times = sizeOf(a!) === 0 ? 0 : sizeOf(shape) / sizeOf(a!);
        assertBitEqual(wide.sumTo(a!).add(0), x.mul(times).add(0));
      }),
      { numRuns: 60, seed: 7 },
    );
  });
  test("shapes that do not fit are named", () => {
    fc.assert(
      fc.property(dims, dims, (a, b) => {
        if (broadcastShape(a, b) !== undefined) return;
        const error = assertThrows(() => numbers(a, 1).add(numbers(b, 2)), ShapeError, /^\[add\] shapes: expected/);
        for (const shape of [a, b]) assertEqual(error.message.includes(`(${shape.join(", ")}`), true);
      }),
      { numRuns: 60, seed: 7 },
    );
  });
});
