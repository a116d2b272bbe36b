/**
 * The code blocks of the pages are programs that run. All ```ts blocks of a page are one program, in order; each
 * `// → text` must be what the program prints at that place.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { assert, assertEqual } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

const PAGES = [
  "callbacks",
  "custom-training",
  "data",
  "losses-and-metrics",
  "optimizers",
  "plots",
  "saving",
  "training",
  "training-flag",
].map((name) => `docs/${name}.md`);
const root = new URL("../../", import.meta.url);

interface Page {
  readonly program: string;
  readonly expected: readonly string[];
}

/** The program of a page, and what it says that it prints. */
function readPage(path: string): Page {
  const text = readFileSync(new URL(path, root), "utf8");
  const blocks = [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code]) => code!);
  const program = blocks.join("\n");
  return { program, expected: [...program.matchAll(/\/\/ → (.*)$/gm)].map(([, line]) => line!) };
}

/** Runs a program with its package taken from the sources; what it prints. */
async function run(name: string, program: string): Promise<string[]> {
  const folder = new URL("build/docs/", root);
  mkdirSync(folder, { recursive: true });
  const file = new URL(`${name}.ts`, folder);
  const source = (_: string, entry = ""): string => JSON.stringify(new URL(`src${entry}/index.ts`, root).href);
  writeFileSync(file, program.replace(/"hornbeam(\/\w+)?"/g, source));
  const printed: string[] = [];
  const { log } = console;
  console.log = (...values: unknown[]) => printed.push(values.map(String).join(" "));
  try {
    await import(pathToFileURL(fileURLToPath(file)).href);
  } finally {
    console.log = log;
  }
  return printed;
}

suite("docs: code blocks run and print what they say", (test) => {
  for (const path of PAGES) {
    test(path, async () => {
      const { program, expected } = readPage(path);
      assert(expected.length > 0, "nothing is said to be printed");
      assertEqual(await run(path.replace(/\W+/g, "-"), program), expected);
    });
  }
});
