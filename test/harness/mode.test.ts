/** That the way of execution a test process was asked for (mode.ts) is the one that runs: a mode that does nothing would pass everything. */

import { compile } from "../../src/autodiff/compile.ts";
import { engine } from "../../src/memory/engine.ts";
import { ones } from "../../src/ops/creation.ts";
import type { Tensor } from "../../src/ops/tensor.ts";
import { usableBuild } from "../../src/runtime/load.ts";
import { threadingInUse } from "../../src/runtime/parallel.ts";
import { Threads } from "../../src/threads/threads.ts";
import { settings } from "../../src/util/settings.ts";
import { assert, assertEqual } from "./assert-close.ts";
import { suite } from "./suite.ts";

const { env } = process;
const wanted = env.HORNBEAM_TEST_BUILD ?? usableBuild(settings());
const threads = Number(env.HORNBEAM_TEST_THREADS ?? 1);

suite(`mode: ${wanted}, ${threads} threads, plan ${env.HORNBEAM_PLAN ?? 1}, fuse ${env.HORNBEAM_FUSE ?? 1}`, (test) => {
  test("the build is the one asked for; only the one with asserts imports what they call", () => {
    const { build, module } = engine();
    assertEqual(build, wanted === "debug" ? "simd" : wanted);
    assertEqual(
      WebAssembly.Module.imports(module).some(({ name }) => name === "abort"),
      wanted === "debug",
    );
  });
  test("settings follow the environment", () => {
    const { plan, fuse, threads: used } = settings();
    assertEqual([plan, fuse, used], [env.HORNBEAM_PLAN !== "0", env.HORNBEAM_FUSE !== "0", threads]);
  });
  test("work is shared between the threads asked for, and right", () => {
    const product = compile((a: Tensor) => a.matMul(a));
    const before = threadingInUse() instanceof Threads ? (threadingInUse() as Threads) : undefined;
    assertEqual(before !== undefined, threads > 1);
    assert(
      product(ones([64, 64]))
        .dataSync()
        .every((x: number) => x === 64),
    );
    const taken = before?.pool?.taken ?? [];
    assertEqual(taken.length, threads > 1 ? threads : 0);
    if (threads > 1) assert(taken.reduce((sum, parts) => sum + parts) > 1, `parts run: ${taken}`);
  });
});
