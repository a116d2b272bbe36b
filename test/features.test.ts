/** FEATURES.md is what `npm run features` would write now. */
import { readFileSync } from "node:fs";
import * as hb from "../src/index.ts";
import { assert } from "./harness/assert-close.ts";
import { suite } from "./harness/suite.ts";

const script = (await import(new URL("../scripts/features.mjs", import.meta.url).href)) as {
  readonly TARGET: URL;
  featuresText(package_: unknown): string;
};

suite("features", (test) => {
  test("FEATURES.md is current", () => {
    const same = readFileSync(script.TARGET, "utf8") === script.featuresText(hb);
    assert(same, "FEATURES.md is old: npm run features");
  });
});
