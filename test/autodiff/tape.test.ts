import { compile } from "../../src/autodiff/compile.ts";
import { GradientTape } from "../../src/autodiff/tape.ts";
import { tensor, zeros } from "../../src/ops/creation.ts";
import * as ops from "../../src/ops/index.ts";
import type { Tensor } from "../../src/ops/tensor.ts";
import { variable } from "../../src/ops/variable.ts";
import { DTypeError, StateError, ValueError } from "../../src/util/errors.ts";
import { assert, assertBitEqual, assertClose, assertEqual, assertThrows } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

const values = (list: readonly (Tensor | null)[]): unknown[] => list.map((grad) => grad?.arraySync() ?? null);

suite("tape: what has a gradient", (test) => {
  test("trainable variables; one source gives one tensor, a list gives a list in its order", () => {
    const [w, b] = [variable([[2], [3]], { name: "w" }), variable([1])];
    const x = tensor([
      [1, 2],
      [3, 4],
    ]);
    const tape = new GradientTape({ persistent: true });
    const loss = tape.record(() => x.matMul(w).add(b).square().sum());
    assertEqual(loss.item(), 9 * 9 + 19 * 19);
    assertEqual(values(tape.gradient(loss, [b, w])), [[56], [[132], [188]]]);
    assertBitEqual(tape.gradient(loss, w)!, [[132], [188]]);
  });
  test("unconnected, not trainable, not watched, not read at all: null", () => {
    const [a, frozen, other] = [variable([1]), variable([2], { trainable: false }), variable([3])];
    const x = tensor([4]);
    const tape = new GradientTape();
    const loss = tape.record(() => {
      other.value().mul(2);
      return a.value().mul(frozen).mul(x);
    });
    assertEqual(values(tape.gradient(loss, [a, frozen, other, x, variable([5])])), [[8], null, null, null, null]);
  });
  test("a variable that is not trainable has one when it is watched, within the record too", () => {
    const [a, frozen] = [variable([2, 3]), variable([4, 5], { trainable: false })];
    const tape = new GradientTape();
    tape.watch(frozen);
    const loss = tape.record(() => a.value().mul(frozen).sum());
    assertEqual(values(tape.gradient(loss, [frozen, a])), [
      [2, 3],
      [4, 5],
    ]);
    const inside = tape.record(() => tape.gradient(a.value().mul(frozen).sum(), [frozen, a]));
    assertEqual(values(inside), [
      [2, 3],
      [4, 5],
    ]);
  });
  test("a variable that was frozen after the record still has one", () => {
    const a = variable([1]);
    const tape = new GradientTape();
    const loss = tape.record(() => a.value().mul(3));
    a.trainable = false;
    assertEqual(tape.gradient(loss, a)!.arraySync(), [3]);
  });
  test("arguments of the wrong kind are refused", () => {
    const Tape = GradientTape as unknown as new (options: unknown) => GradientTape;
    assertThrows(() => new Tape({ persistant: true }), ValueError, /got "persistant"\. Did you mean "persistent"/);
    assertThrows(() => new GradientTape().record(3 as never), ValueError, /record: expected a function, got 3/);
  });
  test("a variable that was made trainable after the record still has none", () => {
    const a = variable([1], { trainable: false });
    const tape = new GradientTape();
    const loss = tape.record(() => a.value().mul(3));
    assertEqual(tape.gradient(loss, a), null);
  });
  test("watched tensors, also several at once", () => {
    const [x, y, z] = [tensor([1, 2]), tensor([3, 4]), tensor([5, 6])];
    const tape = new GradientTape({ persistent: true });
    tape.watch(x);
    tape.watch([y, z]);
    const loss = tape.record(() => x.mul(y).sum());
    assertEqual(values(tape.gradient(loss, [x, y, z])), [[3, 4], [1, 2], null]);
    assertThrows(
      () => tape.watch(3 as never),
      ValueError,
      /^\[GradientTape\] watch: expected tensors or variables, got 3/,
    );
    assertThrows(
      () => tape.gradient(loss, 3 as never),
      ValueError,
      /^\[gradient\] sources: expected tensors or variables, got 3/,
    );
  });
  test("the same source twice; a source that is the target itself", () => {
    const x = tensor([3]);
    const tape = new GradientTape({ persistent: true });
    tape.watch(x);
    const y = tape.record(() => x.square());
    assertEqual(values(tape.gradient(y, [x, x])), [[6], [6]]);
  });
  test("of any other shape than a scalar the sum is differentiated", () => {
    const a = variable([1, 2]);
    const tape = new GradientTape();
    const y = tape.record(() => a.value().square());
    assertEqual(tape.gradient(y, a)!.arraySync(), [2, 4]);
  });
});

suite("tape: its life", (test) => {
  test("one gradient for one record, unless persistent", () => {
    const a = variable([1]);
    const once = new GradientTape();
    const y = once.record(() => a.value().mul(2));
    once.gradient(y, a);
    assertThrows(() => once.gradient(y, a), StateError, /only one of `gradient` unless `persistent: true`/);
    const often = new GradientTape({ persistent: true });
    const [u, v] = often.record(() => [a.value().mul(2), a.value().square()]);
    assertEqual(
      [often.gradient(u!, a)!.item(), often.gradient(v!, a)!.item(), often.gradient(u!, a)!.item()],
      [2, 2, 2],
    );
  });
  test("before any record; after a second record the first is forgotten", () => {
    const a = variable([1]);
    const tape = new GradientTape({ persistent: true });
    assertThrows(() => tape.gradient(tensor([1]), a), StateError, /expected a call of `record` before/);
    const first = tape.record(() => a.value().mul(2));
    const second = tape.record(() => a.value().mul(3));
    assertThrows(
      () => tape.gradient(first, a),
      StateError,
      /expected a tensor that the last `record` returned and computed/,
    );
    assertEqual(tape.gradient(second, a)!.item(), 3);
  });
  test("a record that throws forgets the former one and changes no variable", () => {
    const a = variable([1]);
    const tape = new GradientTape({ persistent: true });
    const y = tape.record(() => a.value().mul(2));
    const fail = (): Tensor => {
      a.assign([5]);
      throw new RangeError("stop");
    };
    assertThrows(() => tape.record(fail), RangeError);
    assertThrows(() => tape.gradient(y, a), StateError);
    assertEqual(a.readSync()[0], 1);
  });
  test("an asynchronous callback is a ValueError", () => {
    assertThrows(
      () => new GradientTape().record(async () => tensor([1])),
      ValueError,
      /expected a synchronous function/,
    );
  });
  test("targets that were not returned, not computed, or are no float tensors", () => {
    const a = variable([1]);
    const tape = new GradientTape({ persistent: true });
    let inner: Tensor | undefined;
    const constant = tensor([1]);
    const result = tape.record(() => {
      inner = a.value().mul(2);
      return { y: inner.add(1), constant, places: inner.argMax() };
    });
    const text = /target: expected a tensor that the last `record` returned and computed/;
    assertThrows(() => tape.gradient(inner!, a), StateError, text);
    assertThrows(() => tape.gradient(constant, a), StateError, text);
    assertThrows(() => tape.gradient(result.places, a), DTypeError, /target: expected dtype float32, got int32/);
    assertThrows(() => tape.gradient(3 as never, a), ValueError, /target: expected a tensor, got 3/);
    assertThrows(
      () => tape.gradient(result.y, [3 as never]),
      ValueError,
      /sources: expected tensors or variables, got 3/,
    );
    assertThrows(
      () => new GradientTape({ persistent: 1 as never }),
      ValueError,
      /persistent: expected a boolean, got 1/,
    );
  });
  test("structures come back as they were, with plain tensors in them", () => {
    const a = variable([2]);
    const tape = new GradientTape({ persistent: true });
    const result = tape.record(() => ({
      list: [a.value().mul(2), 7, null],
      deep: { y: a.value().square() },
      text: "x",
    }));
    assertEqual([result.list[1], result.list[2], result.text], [7, null, "x"]);
    assertEqual((result.list[0] as Tensor).item(), 4);
    assertEqual(tape.gradient(result.deep.y, a)!.item(), 4);
  });
  test("values can be read inside, and decide", () => {
    const a = variable([3]);
    const slope = (): number => {
      const tape = new GradientTape();
      const y = tape.record(() => (a.value().item() > 0 ? a.value().mul(2) : a.value().mul(5)));
      return tape.gradient(y, a)!.item();
    };
    assertEqual(slope(), 2);
    a.assign([-1]);
    assertEqual(slope(), 5);
  });
});

suite("tape: values as they were when recorded", (test) => {
  test("a variable overwritten between record and gradient counts with its old value", () => {
    const a = variable([3]);
    const tape = new GradientTape({ persistent: true });
    const y = tape.record(() => a.value().square());
    assertEqual(tape.gradient(y, a)!.item(), 6);
    a.assign([100]);
    assertEqual(tape.gradient(y, a)!.item(), 6);
    a.assign([200]);
    assertEqual(tape.gradient(y, a)!.item(), 6);
    const again = tape.record(() => a.value().square());
    assertEqual(tape.gradient(again, a)!.item(), 400);
  });
  test("so does one that a plan overwrites in place", () => {
    const a = variable([3, 4]);
    const step = compile(() => {
      a.assign(a.value().sub(1));
      return a.value();
    });
    step();
    const tape = new GradientTape({ persistent: true });
    const y = tape.record(() => a.value().square());
    step();
    assertEqual(
      [tape.gradient(y, a)!.arraySync(), [...a.readSync()]],
      [
        [4, 6],
        [1, 2],
      ],
    );
  });
  test("and one that the record itself assigns: sources are what was read before", () => {
    const a = variable([3]);
    const tape = new GradientTape();
    const y = tape.record(() => {
      const old = a.value();
      a.assign(old.mul(10));
      return old.square().add(a.value());
    });
    assertEqual([y.item(), a.readSync()[0]], [39, 30]);
    assertEqual(tape.gradient(y, a)!.item(), 16);
  });
  test("two tapes over one variable keep their own values", () => {
    const a = variable([1]);
    const tapes = [1, 2, 3].map((value) => {
      a.assign([value]);
      const tape = new GradientTape();
      return { tape, y: tape.record(() => a.value().square()) };
    });
    a.assign([50]);
    assertEqual(
      tapes.map(({ tape, y }) => tape.gradient(y, a)!.item()),
      [2, 4, 6],
    );
  });
  test("records that look alike share a plan, and give each their own numbers", () => {
    const a = variable([1, 2]);
    for (const factor of [2, 5, -1]) {
      const x = tensor([factor, factor * 2]);
      const tape = new GradientTape();
      tape.watch(x);
      const y = tape.record(() => a.value().mul(x).square().sum());
      const [da, dx] = tape.gradient(y, [a, x]);
      assertEqual(
        [da!.arraySync(), dx!.arraySync()],
        [
          [2 * factor ** 2, 2 * 2 * (2 * factor) ** 2],
          [2 * factor, 8 * 2 * factor],
        ],
      );
    }
  });
});

suite("tape: nested", (test) => {
  test("a record writes over another's copies only when no gradient can follow there", () => {
    const w = variable([2]);
    const [kept, passing] = [new GradientTape({ persistent: true }), new GradientTape()];
    const cube = (tape: GradientTape, x: number): Tensor =>
      tape.record(() =>
        w
          .value()
          .mul(tensor([x]).exp())
          .pow(3),
      );
    const slope = (x: number): Float32Array => Float32Array.of(12 * Math.exp(x) ** 3);
    const first = cube(kept, 1);
    const grads: Tensor[] = [];
    for (const x of [0.5, 0.25, 0.125]) {
      grads.push(passing.gradient(cube(passing, x), w)!);
      assertClose(kept.gradient(first, w)!, slope(1), { rtol: 1e-6 });
    }
    for (const [i, x] of [0.5, 0.25, 0.125].entries()) assertClose(grads[i]!, slope(x), { rtol: 1e-6 });
    const second = cube(kept, 0);
    assertClose(passing.gradient(cube(passing, 2), w)!, slope(2), { rtol: 1e-6 });
    assertClose(kept.gradient(second, w)!, slope(0), { rtol: 1e-6 });
  });
  test("a gradient inside a record is differentiated again", () => {
    const x = tensor([1, 2, 3]);
    const outer = new GradientTape({ persistent: true });
    outer.watch(x);
    const { first, y } = outer.record(() => {
      const inner = new GradientTape();
      inner.watch(x);
      const y = inner.record(() => x.pow(3).sum());
      return { y, first: inner.gradient(y, x)! };
    });
    assertClose(first, [3, 12, 27]);
    assertClose(outer.gradient(first, x)!, [6, 12, 18]);
    assertClose(outer.gradient(y, x)!, [3, 12, 27]);
  });
  test("a gradient penalty", () => {
    const w = variable([2]);
    const x = tensor([3, 5]);
    const tape = new GradientTape();
    const loss = tape.record(() => {
      const inner = new GradientTape();
      inner.watch(x);
      const y = inner.record(() => x.square().mul(w));
      return inner.gradient(y, x)!.square().sum();
    });
    assertEqual(loss.item(), (2 * 3 * 2) ** 2 + (2 * 5 * 2) ** 2);
    assertEqual(tape.gradient(loss, w)!.item(), 2 * 2 * ((2 * 3) ** 2 + (2 * 5) ** 2));
  });
  test("inside a record, too, what is not trainable or not watched has none", () => {
    const [a, frozen] = [variable([2]), variable([3], { trainable: false })];
    const x = tensor([4]);
    const found = new GradientTape().record(() => {
      const inner = new GradientTape();
      const y = inner.record(() => a.value().mul(frozen).mul(x));
      return inner.gradient(y, [a, frozen, x]);
    });
    assertEqual(values(found), [[12], null, null]);
  });
  test("within a compiled function", () => {
    const w = variable([2]);
    const step = compile((x: Tensor) => {
      const tape = new GradientTape();
      const loss = tape.record(() => x.mul(w).square().sum());
      return { loss, grad: tape.gradient(loss, w)! };
    });
    const { loss, grad } = step(tensor([1, 2]));
    assertEqual([loss.item(), grad.item()], [20, 20]);
    assertEqual(step(tensor([3, 0])).grad.item(), 36);
  });
});

suite("tape: bigger things", (test) => {
  test("dropout's mask is remembered by a persistent tape", () => {
    const x = tensor(new Float32Array(100).fill(1));
    const seed = tensor([1, 2], [2], "uint32");
    const tape = new GradientTape({ persistent: true });
    tape.watch(x);
    const y = tape.record(() => ops.dropout(x, { rate: 0.5, seed }));
    assertBitEqual(tape.gradient(y, x)!, y);
    assertBitEqual(tape.gradient(y, x)!, y);
    assert(y.dataSync().includes(0) && y.dataSync().includes(2));
  });
  test("an empty batch", () => {
    const w = variable([
      [1, 2],
      [3, 4],
    ]);
    const tape = new GradientTape();
    const y = tape.record(() => zeros([0, 2]).matMul(w).sum());
    assertEqual(tape.gradient(y, w)!.arraySync(), [
      [0, 0],
      [0, 0],
    ]);
  });
});
