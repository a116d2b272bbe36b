/** What the ops of arranging, choosing and summing say when they are called wrongly. */
import { tensor } from "../../src/ops/creation.ts";
import * as ops from "../../src/ops/index.ts";
import { DTypeError, type HornbeamError, ShapeError, ValueError } from "../../src/util/errors.ts";
import { assert, assertThrows } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

const m = tensor([
  [1, 2, 3],
  [4, 5, 6],
]);
const v = tensor([1, 2]);
const int = tensor([1, 2], [2], "int32");

type ErrorClass = typeof HornbeamError;

const WRONG: readonly (readonly [call: () => unknown, error: ErrorClass, text: string])[] = [
  [() => m.atan2(v), ShapeError, "[atan2] shapes: expected shapes that broadcast, got (2, 3) and (2,)."],
  [() => m.mod(v), ShapeError, "[mod] shapes: expected shapes that broadcast, got (2, 3) and (2,)."],
  [() => m.floorDiv(v), ShapeError, "[floorDiv] shapes: expected shapes that broadcast, got (2, 3) and (2,)."],
  [() => ops.squaredDifference(m, v), ShapeError, "[sub] shapes: expected shapes that broadcast"],
  [() => ops.logicalXor(m, v), ShapeError, "[notEqual] shapes: expected shapes that broadcast"],
  [() => m.variance(2), ShapeError, "[mean] axis: expected an integer in [-2, 1] for shape (2, 3), got 2."],
  [() => m.logSumExp("x" as never), ShapeError, "[max] axis: expected an integer in [-2, 1]"],
  [() => m.sum({} as never), ShapeError, "[sum] axis: expected an integer in [-2, 1]"],
  [() => ops.argMax(tensor([]), 0), ShapeError, "[argMax] axis: expected an axis with elements, got"],
  [() => ops.matMul(m, v), ShapeError, "[matMul] shapes: expected inner sizes that agree, got (2, 3) and (2,)."],
  [() => ops.matMul(m, 2), ShapeError, "[matMul] shapes: expected inner sizes that agree, got (2, 3) and ()."],
  [() => ops.cumsum(m, 2), ShapeError, "[cumsum] axis: expected an integer in [-2, 1] for shape (2, 3), got 2."],
  [() => ops.dot(m, v), ShapeError, "[dot] shapes: expected inner sizes that agree, got (2, 3) and (2,)."],
  [() => ops.einsum("ij,jk->ik", m), ValueError, '[einsum] equation "ij,jk->ik": expected 2 operands, got 1.'],
  [() => ops.einsum("ij,jk->il", m, m), ValueError, "expected a result of labels that the operands have"],
  [() => ops.einsum("ii->i", m), ValueError, "expected each label at most once in a term"],
  [() => ops.einsum("i1->i", m), ValueError, 'expected letters and "..." for axes'],
  [() => ops.einsum(3 as never, m), ValueError, "[einsum] equation 3: expected letters"],
  [() => ops.einsum("ijk->i", m), ShapeError, '[einsum] operand 0: expected axes "ijk", got shape (2, 3).'],
  [
    () => ops.einsum("ij,jk->ik", m, m),
    ShapeError,
    '[einsum] shapes: expected one size for "j", got 3 and 2 in (2, 3) and (2, 3).',
  ],
  [() => ops.einsum("...i->i", m), ValueError, "with the ellipsis if they have one"],
  [() => ops.stack([m, v]), ShapeError, "[stack] list: expected one shape, got (2, 3) and (2,)."],
  [() => ops.stack([]), ValueError, "[stack] list: expected at least one tensor, got []."],
  [() => ops.stack([v, int]), DTypeError, "[stack] list: expected one dtype, got float32 and int32."],
  [() => ops.concat([m, v]), ShapeError, "[concat] shapes: expected equal shapes but for axis 1, got (2, 3) and (2,)."],
  [() => ops.split(m, 2, 1), ShapeError, "[split] parts: expected sizes that add up to axis 1 of (2, 3), got 2."],
  [
    () => ops.split(m, [1, 3], 1),
    ShapeError,
    "[split] parts: expected sizes that add up to axis 1 of (2, 3), got [1, 3].",
  ],
  [() => ops.split(m, [-1, -1, 3], 1), ShapeError, "[split] parts: expected sizes that add up"],
  [() => ops.split(m, 2 ** 31, 1), ShapeError, "[split] parts: expected sizes that add up"],
  [() => ops.split(m, 0), ShapeError, "[split] parts: expected sizes that add up"],
  [() => ops.split(m, 1.5), ValueError, "[split] parts: expected integers from -1 on, got 1.5."],
  [() => ops.unstack(m, 5), ShapeError, "[unstack] axis: expected an integer in [-2, 1]"],
  [
    () => m.slice([0, 2], [1, 5]),
    ShapeError,
    "[slice] begin, size: expected a part of (2, 3), got begin [0, 2] and size [1, 5].",
  ],
  [() => m.slice([0, 0, 0]), ShapeError, "[slice] begin, size: expected a part of (2, 3)"],
  [() => m.slice("0" as never), ValueError, '[slice] begin: expected integers, got "0".'],
  [
    () => ops.stridedSlice(m, [0], [1], [0]),
    ShapeError,
    "[stridedSlice] begin, end, steps: expected at most 2 of each",
  ],
  [
    () => ops.stridedSlice(m, 0 as never, 1 as never),
    ShapeError,
    "[stridedSlice] begin, end, steps: expected at most 2",
  ],
  [() => m.transpose("10" as never), ValueError, '[transpose] perm: expected integers, got "10".'],
  [() => m.broadcastTo(null as never), ValueError, "[broadcastTo] shape: expected integers from 0 on, got null."],
  [() => ops.reverse(m, 2), ShapeError, "[reverse] axis: expected an integer in [-2, 1]"],
  [() => ops.tile(m, [-1]), ValueError, "[tile] reps: expected integers from 0 on, got [-1]."],
  [() => ops.repeat(m, [1, 2], 1), ShapeError, "[repeat] repeats: expected one number or 3, got [1, 2]."],
  [() => ops.repeat(m, -1), ValueError, "[repeat] repeats: expected integers from 0 on, got -1."],
  [
    () => ops.pad(m, [[1, 1]] as never),
    ShapeError,
    "[pad] paddings: expected [before, after] from 0 on for each axis of (2, 3)",
  ],
  [() => ops.pad(m, null as never), ShapeError, "[pad] paddings: expected [before, after]"],
  [
    () => ops.pad(m, 1, "edge" as never),
    ValueError,
    '[pad] mode: expected "constant", "reflect" or "symmetric", got "edge".',
  ],
  [() => ops.pad(tensor([]), 1, "reflect"), ShapeError, "[pad] x: expected elements to mirror, got shape (0,)."],
  [() => ops.gather(m, [5]), ValueError, "[gatherRows] indices: expected integers in [0, 2), got 5 at element 0."],
  [() => ops.gather(m, v), DTypeError, "[gather] indices: expected dtype int32, got float32."],
  [() => ops.gather(m, [0], 2), ShapeError, "[gather] axis: expected an integer in [-2, 1]"],
  [() => ops.take(m, [7], 0), ValueError, "indices: expected integers in [0, 2), got 7 at element 0."],
  // A place outside one row would be inside another.
  [() => ops.takeAlongAxis(m, [[0], [3]]), ValueError, "indices: expected integers in [0, 3), got 3 at element 1."],
  [() => ops.takeAlongAxis(m, [[0], [-4]]), ValueError, "indices: expected integers in [0, 3), got -1 at element 1."],
  [
    () => ops.takeAlongAxis(m, [[0], [0], [0]]),
    ShapeError,
    "[takeAlongAxis] indices: expected the shape (2, 3) but for axis -1, got (3, 1).",
  ],
  [() => ops.scatterAdd([3], [1], [3]), ValueError, "[scatterAddRows] indices: expected integers in [0, 3), got -1"],
  [
    () => ops.scatterAdd([[0, 3]], [1], [2, 3]),
    ValueError,
    "[scatterAddRows] indices: expected integers in [0, 6), got -1",
  ],
  [
    () => ops.scatterAdd([0], [[1, 2]], [3]),
    ShapeError,
    "[scatterAdd] updates: expected one part of (3,) for each of the indices (1,), got (1, 2).",
  ],
  [() => ops.topK(m, 4), ValueError, "[topK] k: expected an integer from 0 to the last size of (2, 3), got 4."],
  [() => ops.sort(m, 2), ShapeError, "[sort] axis: expected an integer in [-2, 1]"],
  [() => ops.argSort(tensor(1)), ShapeError, "[argSort] axis: expected an integer in [0, -1]"],
];

suite("ops: errors of the wider set", (test) => {
  for (const [call, error, text] of WRONG) {
    test(`${call.toString().slice(6)}: ${text}`, () => {
      const { message } = assertThrows(call, error);
      assert(message.includes(text), `expected "${text}", got "${message}"`);
    });
  }
});
