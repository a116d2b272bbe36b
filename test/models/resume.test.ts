/** Exact resume over processes: Adam, a schedule, Dropout, BatchNormalization, shuffling, validation, unseeded draws. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { assertEqual } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

const child = fileURLToPath(new URL("resume-child.ts", import.meta.url));

interface Result {
  readonly bits: string[];
  readonly random: object;
  readonly epoch: number;
  readonly history: Record<string, number[]>;
}

function run(from: string, first: number, last: number, file: string, source: string): Result {
  const args = ["--import", "tsx", child, from, String(first), String(last), file, source];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" })) as Result;
}

suite("resume", (test) => {
  const name =
    "2 epochs, a new process, 1 epoch, a new process, 2 epochs: bit for bit what 5 epochs in one process give";
  for (const source of ["arrays", "dataset"])
    test(`${source}: ${name}`, () => {
      const folder = mkdtempSync(join(tmpdir(), "hornbeam-"));
      try {
        const [a, b] = [join(folder, "a.safetensors"), join(folder, "b.safetensors")];
        const straight = run("", 0, 5, "", source);
        const parts = [run("", 0, 2, a, source), run(a, 2, 3, b, source), run(b, 3, 5, "", source)];
        const resumed = parts.at(-1)!;
        assertEqual(resumed.bits, straight.bits);
        assertEqual([resumed.random, resumed.epoch], [straight.random, 5]);
        for (const [name, values] of Object.entries(straight.history)) {
          assertEqual(
            parts.flatMap(({ history }) => history[name]!),
            values,
          );
        }
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
});
