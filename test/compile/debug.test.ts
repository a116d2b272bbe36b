import { grad } from "../../src/autodiff/gradients.ts";
import { defineOp } from "../../src/graph/define-op.ts";
import { tensor } from "../../src/ops/creation.ts";
import type { Op } from "../../src/ops/define.ts";
import { PlanCache } from "../../src/ops/plan-cache.ts";
import { runScoped, withLabel } from "../../src/ops/scopes.ts";
import { apply, type Tensor } from "../../src/ops/tensor.ts";
import { variable } from "../../src/ops/variable.ts";
import { MemoryError, ValueError } from "../../src/util/errors.ts";
import { assert, assertEqual, assertThrows } from "../harness/assert-close.ts";
import { withSettings } from "../harness/op-test.ts";
import { suite } from "../harness/suite.ts";

/** What `body` prints at a debug level. */
function printed(debug: number, body: () => void): string {
  const lines: string[] = [];
  const { log } = console;
  console.log = (...args) => lines.push(args.join(" "));
  try {
    withSettings({ debug, plan: true, fuse: true }, body);
  } finally {
    console.log = log;
  }
  return lines.join("\n");
}

const w = variable([
  [1, 2],
  [3, 4],
]);
const X = { data: Float32Array.of(1, 2, 3, 4), shape: [2, 2], dtype: "float32" } as const;

function run(): void {
  const cache = new PlanCache();
  cache.run("demo", [X], ([x]) => [withLabel("dense", () => x!.matMul(w).relu()), x!.add(1)]);
}

suite("compile: debug levels", (test) => {
  test("0 prints nothing", () => assertEqual(printed(0, run), ""));
  test("1: kernel calls, bytes of the arena before and after", () => {
    assert(/^\[plan demo\] 2 kernel calls, arena \d+\.\d KiB -> \d+\.\d KiB$/.test(printed(1, run)), printed(1, run));
  });
  test("2: time, rates and calls of each kernel and layer", () => {
    const text = printed(2, run);
    assert(/\[times demo\] \d+\.\d+ ms/.test(text), text);
    assert(/ms +\d+\.\d % +\d+\.\d GFLOP\/s +\d+\.\d GB\/s +1x f32_gemm_nn dense/.test(text), text);
  });
  test("3: every call with its arguments", () => {
    assert(/\n {2}dense f32_gemm_nn\(\d+, \d+, \d+, 0, 0, 2, 2, 2, /.test(printed(3, run)), printed(3, run));
  });
  test("4: the graph as traced and as fused", () => {
    const text = printed(4, run);
    assert(/\[graph demo, traced\]\n.*= matMul\(%\d+, %\d+\) .*dense\n.*= relu\(/.test(text), text);
    assert(/\[graph demo, fused\]\n.*= gemm\(.*"epilogue":16/.test(text), text);
  });
  test("5 prints nothing: it may run for many steps until it finds something", () => assertEqual(printed(5, run), ""));
  test("5: an update that is not finite is found before any variable is written", () => {
    const [a, b] = [variable([1, 2]), variable([0.5])];
    const step = (): void => {
      new PlanCache().run("demo", [], () => {
        a.assign(a.value().add(1));
        b.assign(withLabel("optimizer", () => b.value().sub(1).log()));
        return [];
      });
    };
    printed(5, () =>
      assertThrows(
        step,
        ValueError,
        /^\[log\] in optimizer: expected finite values, got NaN.*\n {2}log in optimizer of sub -0.5 … -0.5\n/,
      ),
    );
    assertEqual([a.readSync(), b.readSync()], [Float32Array.of(1, 2), Float32Array.of(0.5)]);
  });
  test("5: a kernel that stores behind its output or its workspace is named, in a plan and at once", () => {
    const faulty = (name: string, stored: number, used: number) =>
      defineOp<Record<string, never>, Tensor>({
        name,
        shape: ([x]) => [{ shape: x!.shape, dtype: "float32" }],
        gradient: null,
        workspace: () => 4,
        kernel(k, { inputs: [x], outputs: [y], workspace }) {
          k.u32_copy(y!.ptr, x!.ptr, stored);
          k.u32_copy(workspace, x!.ptr, used);
        },
      });
    const all = (op: Op<Record<string, never>>) => [
      () => apply(op, [tensor([1, 2, 3, 4])], {}),
      () => new PlanCache().run("demo", [X], ([x]) => withLabel("dense", () => apply(op, [x!], {}))),
    ];
    for (const run of all(faulty("fits", 4, 4))) printed(5, run);
    for (const op of [faulty("tooFar", 5, 4), faulty("tooFar", 4, 5)]) {
      const text = /^\[tooFar\]( in dense)?: expected 4 words to be written, got more\.$/;
      for (const run of all(op)) printed(5, () => assertThrows(run, MemoryError, text));
    }
  });
  test("5: the first op with a value that is not finite is named, and no variable has changed", () => {
    const a = variable([1, 0]);
    const plan = (): void => {
      new PlanCache().run("demo", [], () => {
        a.assign(a.value().add(1));
        return [withLabel("model/head", () => a.value().sub(1).log().mul(0))];
      });
    };
    const text = /^\[log\] in model\/head: expected finite values, got -Infinity at element 1 of output 0: /;
    printed(5, () => assertThrows(plan, ValueError, text));
    assertEqual(a.readSync(), Float32Array.of(1, 0));
    printed(5, () =>
      assertThrows(() => tensor([-1]).sqrt(), ValueError, /^\[sqrt\]: expected finite values, got NaN at element 0/),
    );
    assertEqual(tensor([-1]).sqrt().dataSync(), Float32Array.of(Number.NaN));
  });
  test("5: the ranges that led there are told, in a plan though bytes were shared, and at once", () => {
    const scale = variable([0.5, 4], { name: "scale" });
    // [2, -8] · scale = [1, -32]; + 1 = [2, -31]; as a column, and its logarithm.
    const body = (x: Tensor): Tensor =>
      withLabel("head", () =>
        withLabel("inner", () => x.mul(scale).add(1))
          .reshape([2, 1])
          .log()
          .neg(),
      );
    const lines = (source: string): string[] => [
      "[log] in head: expected finite values, got NaN at element 1 of output 0: 0.693147 … 0.693147 (1 of 2 NaN or infinite).",
      "  log in head of add -31 … 2",
      "  add in head/inner of mul -32 … 1, constant 1 … 1",
      `  mul in head/inner of ${source} -8 … 2, scale 0.5 … 4`,
    ];
    const input = { data: Float32Array.of(2, -8), shape: [2], dtype: "float32" } as const;
    const runs = {
      input: () => new PlanCache().run("demo", [input], ([x]) => [body(x!)]),
      constant: () => runScoped(() => body(tensor([2, -8]))),
    };
    for (const [source, run] of Object.entries(runs)) {
      printed(5, () => assertEqual(assertThrows(run, ValueError).message.split("\n"), lines(source)));
    }
  });
  test("5: a gradient that is infinite is told with what its rule read", () => {
    const text = [
      "[div] in gradient: expected finite values, got Infinity at element 0 of output 0: 0.25 … 0.25 (1 of 2 NaN or infinite).",
      "  div in gradient of mul 0.5 … 0.5, sqrt 0 … 2",
    ];
    const root = () => grad((x) => x.sqrt().sum())(tensor([0, 4]));
    printed(5, () => assertEqual(assertThrows(root, ValueError).message.split("\n").slice(0, 2), text));
  });
  test("5: input that is not finite itself is told as such", () => {
    const odd = { data: Float32Array.of(Number.NaN, 3, -2, Number.POSITIVE_INFINITY), shape: [4], dtype: "float32" };
    const run = () => new PlanCache().run("demo", [odd as never], ([x]) => [x!.neg()]);
    const text = /\n {2}neg of input -2 … 3 \(2 of 4 NaN or infinite\)$/;
    printed(5, () => assertThrows(run, ValueError, text));
  });
});
