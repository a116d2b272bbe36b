import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

export const MB: number = 2 ** 20;
/** By how much RSS may grow over the last 80 % of a run. */
export const GROWTH_LIMIT: number = 5 * MB;

/** Runs a script of this folder in a process of its own, so that nothing else moves its memory, and reads the last line it prints. */
export function runScript(
  script: string,
  args: readonly string[],
  flags: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Record<string, number> {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, [...flags, "--import", "tsx", path, ...args], {
    encoding: "utf8",
    env: { ...process.env, ...env },
  });
  if (status !== 0) throw new Error(`${script} ${args.join(" ")} ended with ${status}: ${stderr}`);
  return JSON.parse(stdout.trim().split("\n").at(-1)!);
}

export function below(name: string, bytes: number, limit: number): void {
  if (bytes > limit) throw new Error(`${name}: expected at most ${limit / MB} MB, got ${bytes / MB} MB.`);
}
