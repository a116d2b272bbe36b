/** What holds itself, is nested without end, larger than memory or all but fits a pattern ends at once; messages stay short. */
import { formatPath } from "../../src/callbacks/format-path.ts";
import { csv, Dataset, syntheticDigits } from "../../src/data/index.ts";
import * as hb from "../../src/index.ts";
import { describe } from "../../src/util/errors.ts";
import { assert, assertEqual, assertThrows } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

const BUFFER =
  /^\[tensor\] data: expected an array with its buffer, got one whose buffer was transferred or made shorter\.$/;

/** A list whose only entry is the list. */
function ring(): never {
  const list: unknown[] = [];
  list.push(list);
  return list as never;
}

/** A layer whose result holds itself. */
class Endless extends hb.Layer {
  static override readonly className: string = "Endless";

  override call(): never {
    return ring();
  }
}

suite("util: what has no end", (test) => {
  test("values that hold themselves", () => {
    const loop: Record<string, unknown> = {};
    loop.again = loop;
    const dense = hb.layers.dense({ units: 1 });
    assertThrows(() => hb.tensor(ring()), hb.ShapeError, /^\[tensor\] data: expected at most 64 axes, got more\.$/);
    assertThrows(() => hb.ops.relu(ring()), hb.ShapeError, /at most 64 axes/);
    const model = hb.sequential([dense]);
    const named = hb.layers.dense({ units: 1, name: "d" });
    const x = hb.input({ shape: [2] });
    const trained = hb.sequential([hb.layers.dense({ units: 1, inputShape: [2] })]);
    trained.compile({ loss: "mse" });
    const calls: [place: string, call: () => unknown][] = [
      ['[Dense "d"] inputs', () => named.apply(ring())],
      ['[Dense "d"] inputs', () => named.apply(loop as never)],
      ['[Dense "d"] shape', () => named.computeOutputShape(loop as never)],
      ['[Dense "d"] shape', () => named.build(loop as never)],
      ['[Endless "e"] call', () => new Endless({ name: "e" }).apply([[1]])],
      ["[predict] x", () => model.predict(loop as never)],
      ["[trainOnBatch] y", () => trained.trainOnBatch([[1, 2]], loop as never)],
      ["[compile] loss", () => model.compile({ loss: loop as never })],
      ["[compile] weightedMetrics", () => model.compile({ weightedMetrics: loop as never })],
      ["[Functional] outputs", () => hb.model({ inputs: x, outputs: loop as never })],
      ["[stack] arguments", () => hb.ops.stack([x, loop as never])],
      [
        "[compile step] argument",
        () =>
          hb.compile(function step(value) {
            return value;
          })(loop as never),
      ],
      [
        "[compile step] fn",
        () =>
          hb.compile(function step() {
            return loop as never;
          })(),
      ],
      ["[Dataset] batch", () => [...Dataset.from([ring()]).batch(1)]],
      ["[Dataset] batch", () => [...Dataset.from([loop]).batch(1)]],
    ];
    for (const [place, call] of calls) {
      const { message } = assertThrows(call, hb.ValueError);
      assertEqual(message, `${place}: expected less than 100 levels of lists and objects, got more.`);
    }
    assertThrows(
      () => hb.layers.dense({ units: ring() }),
      hb.ValueError,
      /units: expected .*, got \[\[\[an array of 1/,
    );
  });

  test("the text of a nested value has few levels", () => {
    assertEqual(describe([1, ["a", [null, [true]]]]), '[1, ["a", [null, an array of 1 values]]]', "text");
    let tree: unknown = 1;
    for (let i = 0; i < 12; i++) tree = new Array(8).fill(tree); // 8¹² leaves
    assert(describe(tree).length < 20_000, "text of a tree");
    assertThrows(
      () => hb.tensor(tree as never),
      hb.MemoryError,
      /expected 68719476736 values to fit into memory, got room for 1073741823/,
    );
  });

  test("more values than linear memory holds", () => {
    const { MemoryError } = hb;
    assertThrows(() => hb.zeros([2 ** 31]), MemoryError, /expected 2147483648 values to fit into memory/);
    assertThrows(() => hb.linspace(0, 1, 1e15), MemoryError);
    assertThrows(() => hb.range(0, 1e15), MemoryError);
    assertThrows(() => syntheticDigits({ count: 1e12 }), MemoryError);
    assertThrows(() => hb.zeros([2 ** 31, 0]).arraySync(), MemoryError);
    assertEqual(hb.zeros([2, 0]).arraySync(), [[], []], "lists without entries");
  });

  test("long texts that almost fit a pattern are read in one go", () => {
    // A pattern that goes back over them would take hours.
    const ones = "1".repeat(1_000_000);
    const types = csv(`a,b,c\n${ones}x,${ones}.5e,1.e5\n`).types;
    assertEqual(types, ["text", "text", "number"], "types of columns");
    const letters = "a".repeat(1_000_000);
    assertThrows(() => hb.ops.einsum(`${letters}!->a`, [1, 2]), hb.ValueError, /^\[einsum\] equation/);
    assertEqual(formatPath(`{${ones}`, {}, "here"), `{${ones}`, "a brace that stays open");
    assertThrows(() => formatPath("{epoch:99999d}", { epoch: 1 }, "here"), hb.ValueError, /expected formats like/);
    assertEqual(formatPath("{loss:.0}", { loss: 0.33 }, "here"), "0.3", "a precision of 0 means 1");
  });

  test("an array whose buffer went to another thread", () => {
    const data = new Float32Array([1, 2, 3]);
    structuredClone(data.buffer, { transfer: [data.buffer] });
    for (const dtype of ["float32", "int32", "uint32", "bool"] as const) {
      for (const given of [data, [data], [new Float32Array(0), data]]) {
        const error = assertThrows(() => hb.tensor(given, undefined, dtype), hb.ValueError, BUFFER);
        assert(error.cause instanceof TypeError, `cause ${error.cause}`);
      }
    }
  });
});
