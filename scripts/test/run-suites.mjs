/**
 * Runs the uvu suites that a module registers and returns counts, in any engine. uvu's own `exec` only prints; here a
 * file with no tests, an import that throws and a suite that dies count as failures.
 */

/**
 * @param {string} name of the file, for messages
 * @param {() => Promise<unknown>} load imports the module whose suites shall run
 * @returns {Promise<{name: string, passed: number, failed: number, milliseconds: number, report: string, absent: string[]}>}
 */
export async function runSuites(name, load) {
  const queue = [];
  // uvu's contract with its command-line runner: suites go to the queue and wait.
  globalThis.UVU_DEFER = 1;
  globalThis.UVU_INDEX = 0;
  globalThis.UVU_QUEUE = [queue];
  globalThis.HORNBEAM_ABSENT = [];
  const start = performance.now();
  const output = captureOutput();
  const result = { name, passed: 0, failed: 0, milliseconds: 0, report: "", absent: [] };
  const fail = (text) => {
    result.failed++;
    output.add(`\n${text}\n`);
  };
  try {
    await load();
    for (const suite of queue) await runSuite(suite, result, output.add);
  } catch (error) {
    fail(`FAIL ${name}: ${error?.stack ?? error}`);
  } finally {
    output.restore();
  }
  result.absent = [...globalThis.HORNBEAM_ABSENT];
  if (result.passed + result.failed === 0 && result.absent.length === 0) fail(`FAIL ${name}: the file has no tests`);
  result.milliseconds = performance.now() - start;
  result.report = output.text();
  return result;
}

async function runSuite(suite, result, print) {
  const [errors, passed, skipped, total] = await suite();
  if (typeof errors === "string") print(`\n${errors}\n`);
  result.passed += passed;
  result.failed += total - passed;
  if (skipped > 0) {
    result.failed += skipped;
    print(`\nFAIL ${skipped} tests skipped: skip() and only() are not for committed tests\n`);
  }
}

/** Collects what uvu and the tests print: in Node and Deno uvu writes to stdout, in a page to the console. */
function captureOutput() {
  let text = "";
  const add = (chunk) => {
    text += typeof chunk === "string" ? chunk : String(chunk);
    return true;
  };
  const stdout = globalThis.process?.stdout;
  const [owner, method] = stdout === undefined ? [console, "log"] : [stdout, "write"];
  const original = owner[method];
  owner[method] = add;
  return {
    add,
    text: () => text,
    restore: () => {
      owner[method] = original;
    },
  };
}
