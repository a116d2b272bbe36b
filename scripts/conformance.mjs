/** `npm run conformance`: runs all cases of test/conformance and writes docs/conformance.md; fails if one is wrong. */
import { writeFileSync } from "node:fs";
import { ensureBuilt } from "./build.mjs";

await ensureBuilt({});
const { report } = await import("../test/conformance/report.ts");
const { text, failed } = await report();
writeFileSync(new URL("../docs/conformance.md", import.meta.url), text);
console.log(`docs/conformance.md: ${text.split("\n").filter((line) => /^\| [A-Z]{2}-/.test(line)).length} cases`);
if (failed.length > 0) {
  console.log(`wrong: ${failed.join(", ")}`);
  process.exitCode = 1;
}
