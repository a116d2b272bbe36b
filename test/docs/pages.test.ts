/**
 * The code blocks of the pages are programs that run. All ```ts blocks of a page are one program, in order; each
 * `// → text` must be what the program prints at that place. Files it writes are in build/docs; pictures of a page, in
 * docs/pictures, are among them.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { configure } from "../../src/index.ts";
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
PAGES.unshift("README.md");
const root = new URL("../../", import.meta.url);

const folder = new URL("build/docs/", root);

interface Page {
  readonly program: string;
  readonly expected: readonly string[];
  /** Names of the pictures it shows. */
  readonly pictures: readonly string[];
}

/** The program of a page, and what it says that it prints. */
function readPage(path: string): Page {
  const text = readFileSync(new URL(path, root), "utf8");
  const blocks = [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code]) => code!);
  const program = blocks.join("\n");
  const all = (pattern: RegExp, source: string): string[] => [...source.matchAll(pattern)].map(([, found]) => found!);
  return {
    program,
    expected: all(/\/\/ → (.*)$/gm, program),
    pictures: all(/!\[[^\]]*\]\(pictures\/([^)]*)\)/g, text),
  };
}

function textOf(url: URL): string | undefined {
  try {
    return readFileSync(url, "utf8");
  } catch {
    return undefined;
  }
}

/** Runs a program with its package taken from the sources; what it prints. */
async function run(name: string, program: string): Promise<string[]> {
  mkdirSync(folder, { recursive: true });
  const file = new URL(`${name}.ts`, folder);
  const source = (_: string, entry = ""): string => JSON.stringify(new URL(`src${entry}/index.ts`, root).href);
  writeFileSync(file, program.replace(/"hornbeam(\/\w+)?"/g, source));
  const printed: string[] = [];
  const { log } = console;
  const [place, { build }] = [process.cwd(), configure()];
  process.chdir(fileURLToPath(folder));
  console.log = (...values: unknown[]) => printed.push(values.map(String).join(" "));
  try {
    await import(pathToFileURL(fileURLToPath(file)).href);
  } finally {
    console.log = log;
    process.chdir(place);
    configure({ build });
  }
  return printed;
}

suite("docs: code blocks run and print what they say", (test) => {
  for (const path of PAGES) {
    test(path, async () => {
      const { program, expected, pictures } = readPage(path);
      for (const name of pictures) rmSync(new URL(name, folder), { force: true });
      assert(expected.length > 0, "nothing is said to be printed");
      assertEqual(await run(path.replace(/\W+/g, "-"), program), expected);
      for (const name of pictures) {
        const [made, shown] = [new URL(name, folder), new URL(`docs/pictures/${name}`, root)].map((url) => textOf(url));
        assert(made !== undefined, `${name}: the page's program does not write it`);
        assert(made === shown, `docs/pictures/${name} is old: copy build/docs/${name} there`);
      }
    });
  }
});
