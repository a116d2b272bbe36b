/** Runs benches in Node or Deno: the options come as JSON, the report goes out as one object of JSON in the last line, for scripts/bench.mjs. */
import { show } from "./measure.ts";
import { type BenchFile, type Options, runBenches } from "./program.ts";

/** Runs what the command line asks for. */
export async function main(files: readonly BenchFile[]): Promise<void> {
  const host = globalThis as { Deno?: { args: string[] } };
  const options = JSON.parse((host.Deno?.args ?? process.argv.slice(2))[0]!) as Options;
  const report = await runBenches(files, options, (result) => console.log(show(result)));
  console.log(JSON.stringify(report));
}
