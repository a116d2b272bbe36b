/** The scripts that run benchmarks, where something fails. */
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { assert, assertEqual, assertRejects, assertThrows } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

const load = (path: string): Promise<unknown> => import(new URL(`../../${path}`, import.meta.url).href);

suite("bench: scripts", (test) => {
  test("a report that an interrupted run has left behind is not taken for that of a run that fails", async () => {
    const { runJob, reportOf } = (await load("scripts/bench/jobs.mjs")) as {
      runJob(job: { id: string; command: string[] }): void;
      reportOf(id: string): unknown;
    };
    const id = "test-of-jobs";
    const folder = fileURLToPath(new URL("../../build/bench/table/", import.meta.url));
    const left = `${folder}${id}.json.new`;
    mkdirSync(folder, { recursive: true });
    writeFileSync(left, "{}");
    try {
      assertThrows(() => runJob({ id, command: ["-e", "process.exit(1)", "--"] }), Error, /test-of-jobs: no report/);
      assertEqual([existsSync(left), reportOf(id)], [false, undefined]);
    } finally {
      rmSync(left, { force: true });
      rmSync(`${folder}${id}.json`, { force: true });
    }
  });

  test("PyTorch's side that cannot start, or ends, is an error and nothing to wait for", async () => {
    // Node as Python: it takes the script for a program of its own, and ends.
    process.env.HORNBEAM_PYTHON = process.execPath;
    const { find, predictor, trainer } = (await load("bench/thirdparty/torch.mjs")) as {
      find(): string | undefined;
      predictor(workload: unknown, size: number, options: object): Promise<unknown>;
      trainer(workload: unknown, options: object): Promise<unknown>;
    };
    const { workloads } = (await load("bench/thirdparty/workloads.mjs")) as { workloads: { W1: object } };
    assertEqual(find(), undefined);
    for (const start of [() => predictor(workloads.W1, 1, {}), () => trainer(workloads.W1, {})]) {
      const { message } = await assertRejects(start, Error, /torch_side\.py ended with code 1/);
      assert(message.startsWith(process.execPath), message);
    }
  });
});
