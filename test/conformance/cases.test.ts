/** Every case of 8.1 to 8.4 of the semantics, against the answers of real Keras. */
import { assert, assertEqual } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";
import { agrees, expectedOf, golden } from "./case.ts";
import { flagCases } from "./flag-cases.ts";
import { layerCases } from "./layer-cases.ts";
import { report } from "./report.ts";

const cases = [...flagCases, ...layerCases];

suite("conformance: cases 8.1 to 8.4", (test) => {
  for (const each of cases) {
    test(`${each.id} ${each.rule}`, async () => {
      const answer = await each.ours();
      const expected = expectedOf(each);
      const tolerance = each.id === "BN-11" ? 2e-3 : 1e-5;
      assert(agrees(answer, expected, tolerance), `${JSON.stringify(answer)}, expected ${JSON.stringify(expected)}`);
      if (each.deviation === undefined) return;
      // A deviation that has become none should be deleted.
      assert(!agrees(answer, golden[each.id] as never), "Keras gives the same answer");
    });
  }
  test("each of Keras's answers has its case, and each case an answer", () => {
    assertEqual(
      cases.map(({ id }) => id),
      Object.keys(golden).filter((key) => key !== "made_with"),
    );
  });
  test("the report names every case", async () => {
    const { text, failed } = await report();
    assertEqual(failed, []);
    for (const { id } of cases) assert(text.includes(`| ${id} |`), id);
  });
});
