/** Every op has a case against the oracle, and one that differentiates it when it has a gradient rule. */
import { assertEqual } from "../harness/assert-close.ts";
import type { OpCase } from "../harness/op-test.ts";
import { filesUnder } from "../harness/sources.ts";
import { suite } from "../harness/suite.ts";

interface Recorded {
  readonly name: string;
  readonly gradient: unknown;
}

function isRecord(value: unknown): value is Recorded {
  return typeof value === "object" && value !== null && "name" in value && "kernel" in value && "shape" in value;
}

/** What stands in for the gradient's check: see batch-norm.test.ts. */
const REFUSES = ["batchNormTrainGrad"];

const nameOf = (file: string): string => file.split("/").at(-1)!;

suite("ops: completeness", (test) => {
  test("each record of src/ops has a case in the file of the same name, with a gradient if it has a rule", async () => {
    const missing: string[] = [];
    let found = 0;
    for (const file of filesUnder("src/ops", ".ts")) {
      const records = Object.values((await import(`../../${file}`)) as object).filter(isRecord);
      if (records.length === 0) continue;
      found += records.length;
      const { cases } = (await import(`./cases/${nameOf(file)}`)) as { cases: readonly OpCase[] };
      for (const record of records) {
        const own = cases.filter(({ op }) => (op as unknown) === record);
        const differentiated = own.some(({ inputs }) =>
          inputs.some(({ dtype = "float32", gradient = true }) => gradient && dtype === "float32"),
        );
        if (own.length === 0) missing.push(`${record.name}: no case`);
        else if (record.gradient !== null && !differentiated && !REFUSES.includes(record.name)) {
          missing.push(`${record.name}: no gradient`);
        }
      }
    }
    assertEqual(missing, []);
    assertEqual(found > 90, true, `records found: ${found}`);
  });
  test("each file of cases has a test", () => {
    const stems = (folder: string, ending: string): string[] =>
      filesUnder(folder, ending).map((file) => nameOf(file).slice(0, -ending.length));
    const tests = stems("test/ops", ".test.ts");
    assertEqual(
      stems("test/ops/cases", ".ts").filter((name) => !tests.includes(name)),
      [],
    );
  });
});
