/** A process killed while it saves, at any moment, leaves a whole file: the one before or the new one. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as hb from "../../src/index.ts";
import { assert, assertEqual } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

const child = fileURLToPath(new URL("save-child.ts", import.meta.url));
const KILLS = 24;

/** Lets a process save over and over, kills it some time after its first save, and gives the number in the file. */
async function saveAndKill(path: string, milliseconds: number): Promise<number> {
  const saving = spawn(process.execPath, ["--import", "tsx", child, path], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(saving, "exit");
  await Promise.race([once(saving.stdout, "data"), ended]);
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  saving.kill("SIGKILL");
  const [, signal] = (await ended) as [number | null, string | null];
  assertEqual(signal, "SIGKILL");
  const loaded = await hb.loadModel(path);
  const values = new Set(loaded.getWeights().flatMap((weight) => [...new Set(weight.dataSync())]));
  assertEqual(values.size, 1);
  return [...values][0]!;
}

suite("saving: killed", (test) => {
  test(`${KILLS} times at different moments: every file is whole`, async () => {
    const folder = mkdtempSync(join(tmpdir(), "hornbeam-"));
    try {
      const path = join(folder, "model.safetensors");
      const numbers: number[] = [];
      for (let i = 0; i < KILLS; i += 2) {
        const both = [i, i + 1].map((k) => saveAndKill(k % 2 === 0 ? path : `${path}2`, (k * 7.3) % 60));
        numbers.push(...(await Promise.all(both)));
      }
      assertEqual(numbers.length, KILLS);
      // Some were killed in the middle of writing, which is what this is about: they left what they had begun.
      const left = readdirSync(folder).filter((name) => name.endsWith(".tmp")).length;
      assert(left > 0, `${left} of ${KILLS} were killed while they wrote`);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
