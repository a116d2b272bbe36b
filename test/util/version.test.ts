import { readFileSync } from "node:fs";
import { version } from "../../src/version.ts";
import { assertEqual } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

suite("version", (test) => {
  test("is that of package.json", () => {
    const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
    assertEqual(version, JSON.parse(text).version);
  });
});
