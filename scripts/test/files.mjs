/**
 * Runs test files on one Node, in a few worker processes. Which file runs in which process depends on the list of files
 * only, never on timing. Files called *.alone.test.ts (memory, time) get a fresh process each, after all others.
 */
import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const worker = fileURLToPath(new URL("./worker.mjs", import.meta.url));
/** Reads HORNBEAM_TEST_BUILD and HORNBEAM_TEST_THREADS. */
const MODE = "./test/harness/mode.ts";
const JOBS = Number(process.env.HORNBEAM_TEST_JOBS ?? Math.min(2, availableParallelism()));
const TIMEOUT_SECONDS = Number(process.env.HORNBEAM_TEST_TIMEOUT ?? 300);

/** All test files whose path contains one of the patterns (none: all), sorted. */
export function testFiles(patterns = []) {
  const found = readdirSync(join(root, "test"), { recursive: true })
    .map((name) => name.replaceAll("\\", "/"))
    .filter((name) => name.endsWith(".test.ts"))
    .sort();
  return patterns.length === 0 ? found : found.filter((name) => patterns.some((pattern) => name.includes(pattern)));
}

/** Runs the files on the given Node, with more of an environment; calls `report` with the result of each. */
export async function runFiles(node, files, report, env = {}) {
  const alone = files.filter((name) => name.endsWith(".alone.test.ts"));
  const others = files.filter((name) => !alone.includes(name));
  const shares = Array.from({ length: JOBS }, (_, job) => others.filter((_, i) => i % JOBS === job));
  await Promise.all(shares.map((share) => runShare(node, share, report, env)));
  for (const name of alone) await runShare(node, [name], report, env);
}

/** Runs files in one process, or in a new one after each crash. */
async function runShare(node, files, report, env) {
  let process;
  for (const name of files) {
    process ??= await startWorker(node, env);
    const result = await process.run(name);
    report(result);
    if (result.crashed) process = undefined;
  }
  process?.stop();
}

async function startWorker(node, more) {
  const env = { ...process.env, NODE_NO_WARNINGS: "1", ...more };
  const mode = env.HORNBEAM_TEST_BUILD || env.HORNBEAM_TEST_THREADS ? ["--import", MODE] : [];
  const child = spawn(node, ["--expose-gc", "--import", "tsx", ...mode, worker], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    env,
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk) => {
      said += chunk;
    });
  }
  let settle = () => {};
  const next = () =>
    new Promise((resolve) => {
      settle = resolve;
    });
  child.on("message", (message) => settle(message));
  child.on("error", (error) => settle({ crash: String(error) }));
  child.on("close", (code, signal) => settle({ crash: `the process ended with ${signal ?? `code ${code}`}` }));
  const started = await next();
  return {
    async run(name) {
      if (started.crash !== undefined) return crashed(name, started.crash, said);
      said = "";
      const answer = next();
      const timer = setTimeout(() => {
        settle({ crash: `no result after ${TIMEOUT_SECONDS} s (HORNBEAM_TEST_TIMEOUT)` });
        child.kill("SIGKILL");
      }, TIMEOUT_SECONDS * 1000);
      child.send({ name, path: join(root, "test", name) });
      const result = await answer;
      clearTimeout(timer);
      return result.crash === undefined ? result : crashed(name, result.crash, said);
    },
    stop: () => child.kill(),
  };
}

function crashed(name, reason, said) {
  const report = `FAIL ${name}: ${reason}\n${said}`;
  return { name, passed: 0, failed: 1, milliseconds: 0, report, absent: [], crashed: true };
}
