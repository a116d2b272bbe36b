/** Real data sets for tests: a folder outside the repository, named by HORNBEAM_DATA or else `../shared/data`. */
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { absentTests, type Test } from "./suite.ts";

const repository = fileURLToPath(new URL("../..", import.meta.url));

/** The folder with the data sets; it need not exist. */
export function dataFolder(): string {
  return resolve(repository, process.env.HORNBEAM_DATA ?? "../shared/data");
}

/**
 * A test that needs `file` (relative to the data folder; a list means all of them), with the absolute paths given to the body.
 * Where the data is absent the test is not counted, and the runner names it.
 */
export function withData(
  test: Test,
  file: string | readonly string[],
  name: string,
  body: (path: string, ...more: string[]) => void | Promise<void>,
): void {
  const files = typeof file === "string" ? [file] : file;
  const paths = files.map((each) => resolve(dataFolder(), each));
  const missing = files.filter((_, i) => !existsSync(paths[i] as string));
  if (missing.length === 0) test(name, () => body(...(paths as [string, ...string[]])));
  else absentTests().push(`${missing.join(", ")}: ${name}`);
}

/** The bytes of a data file, unpacked when it ends in .gz. */
export function readData(path: string): Uint8Array {
  const bytes = readFileSync(path);
  return path.endsWith(".gz") ? gunzipSync(bytes) : bytes;
}
