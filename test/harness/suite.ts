/**
 * `suite(name, (test) => { test("…", () => …); })` over uvu.
 *
 * uvu passes silently when `.run()` is forgotten or a suite has no test; here neither can happen. Nothing in this file
 * belongs to one engine: the same suites run in Node, Deno and a page.
 */
import { suite as uvuSuite } from "uvu";

/** The body of a test; fails when it throws or its promise rejects. */
export type Body = () => void | Promise<void>;
/** Registers one test of a suite. */
export type Test = (name: string, body: Body) => void;

declare global {
  /** Tests left out because their data is not there, as `file: test`; the runner names them. */
  var HORNBEAM_ABSENT: string[] | undefined;
}

/** Defines and runs a suite. A duplicate test name and a suite without tests are errors. */
export function suite(name: string, define: (test: Test) => void): void {
  const tests = uvuSuite(name);
  const names = new Set<string>();
  const absentBefore = absentTests().length;
  define((testName, body) => {
    if (names.has(testName)) throw new Error(`suite "${name}": two tests are called "${testName}"`);
    names.add(testName);
    tests(testName, async () => {
      try {
        await body();
      } catch (thrown) {
        throw asError(thrown);
      }
    });
  });
  if (names.size === 0 && absentTests().length === absentBefore) throw new Error(`suite "${name}": no tests`);
  tests.run();
}

/** The list of tests left out for want of data. */
export function absentTests(): string[] {
  globalThis.HORNBEAM_ABSENT ??= [];
  return globalThis.HORNBEAM_ABSENT;
}

// uvu reads `name` and `stack`, so a thrown string would crash the run instead of failing its test.
function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(`thrown: ${String(thrown)}`);
}
