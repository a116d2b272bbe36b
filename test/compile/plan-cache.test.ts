import { memory } from "../../src/memory/report.ts";
import { tensor } from "../../src/ops/creation.ts";
import { type HostArray, PlanCache } from "../../src/ops/plan-cache.ts";
import type { Tensor } from "../../src/ops/tensor.ts";
import { assert, assertEqual } from "../harness/assert-close.ts";
import { withSettings } from "../harness/op-test.ts";
import { suite } from "../harness/suite.ts";

const array = (n: number): HostArray => ({ data: new Float32Array(n).fill(n), shape: [n], dtype: "float32" });

suite("compile: kept plans", (test) => {
  test("one for each key, shape and dtype; the body runs at the first call alone and sees the true size", () => {
    const cache = new PlanCache();
    const traced: number[] = [];
    const double = ([x]: Tensor[]): Tensor[] => {
      traced.push(x!.shape[0]!);
      return [x!.mul(x!.shape[0]!)];
    };
    for (const n of [3, 5, 3, 64, 5, 1, 3])
      assertEqual(cache.run("a", [array(n)], double)[0]!.dataSync(), new Float32Array(n).fill(n * n));
    assertEqual([traced, cache.size], [[3, 5, 64, 1], 4]);
    cache.run("b", [array(3)], double);
    cache.run("a", [{ data: Int32Array.of(1, 2, 3), shape: [3], dtype: "int32" }], double);
    assertEqual(cache.size, 6);
    cache.clear();
    assertEqual(cache.size, 0);
  });
  test("settings that change make them anew", () => {
    const cache = new PlanCache();
    let traces = 0;
    const run = (): void => {
      cache.run("a", [array(3)], ([x]) => {
        traces++;
        return [x!.neg()];
      });
    };
    run();
    run();
    withSettings({ fuse: false }, run);
    run();
    assertEqual([traces, cache.size], [3, 1]);
  });
  test("beyond the limit the least recently used go, and give their constants back", () => {
    const cache = new PlanCache();
    const before = memory().staging;
    const size = 3 << 20; // elements: 12 MB each, of 32 MB in all
    const constants = tensor(new Float32Array(size));
    const run = (key: string): void => {
      cache.run(key, [array(1)], ([x]) => [constants.add(x!).sum()]);
    };
    run("a");
    run("b");
    run("a");
    assertEqual(cache.size, 2);
    run("c");
    assertEqual(cache.size, 2);
    assert(memory().staging - before <= 2 * (size * 4 + 4096), "constants of a dropped plan are given back");
    cache.clear();
    assert(memory().staging - before < 4096);
  });
  test("a plan larger than the limit is kept as long as it is the only one", () => {
    const cache = new PlanCache();
    const constants = tensor(new Float32Array(9 << 20));
    cache.run("large", [array(1)], ([x]) => [constants.add(x!).sum()]);
    assertEqual(cache.size, 1);
    cache.run("small", [array(1)], ([x]) => [x!.neg()]);
    assertEqual(cache.size, 1);
    cache.clear();
  });
  test("within a scope the body is simply applied", () => {
    const cache = new PlanCache();
    const inner = new PlanCache();
    const [y] = cache.run("outer", [array(3)], ([x]) => inner.run("inner", [array(3)], ([z]) => [z!.add(x!)]));
    assertEqual([inner.size, [...y!.dataSync()]], [0, [6, 6, 6]]);
  });
});
