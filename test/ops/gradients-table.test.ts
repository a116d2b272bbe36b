/** docs/gradients.md (`npm run gradients`) has a row for every op there is, and none of its errors is large. */
import { readFileSync } from "node:fs";
import { assert, assertEqual } from "../harness/assert-close.ts";
import { allCases, rowName } from "../harness/op-errors.ts";
import { suite } from "../harness/suite.ts";

const table = readFileSync(new URL("../../docs/gradients.md", import.meta.url), "utf8");
const rows = [...table.matchAll(/^\| `(\w+)` \| (\d+) \| (.*) \|$/gm)];

suite("docs: the table of gradients", (test) => {
  test("has a row for each op of the cases, with their number", async () => {
    const wanted = (await allCases()).flatMap(({ cases }) => {
      const names = cases.map(rowName);
      return [...new Set(names)].map((name) => `${name} ${names.filter((other) => other === name).length}`);
    });
    assertEqual(
      rows.map(([, name, count]) => `${name} ${count}`),
      wanted,
    );
  });
  test("has no error above 5e-6", () => {
    for (const [, name, , cells] of rows) {
      const errors = cells!.split(" | ").filter((cell) => cell !== "–");
      assert(errors.length >= 2 && errors.every((error) => Number(error) <= 5e-6), `${name}: ${cells}`);
    }
  });
});
