import * as records from "../../../src/ops/trigonometry.ts";
import type { OpCase } from "../../harness/op-test.ts";
import { unaryCases } from "./unary.ts";

export const cases: readonly OpCase[] = [
  ...unaryCases(records.sinOp, (x) => x.sin(), Math.sin),
  ...unaryCases(records.cosOp, (x) => x.cos(), Math.cos),
  ...unaryCases(records.tanOp, (x) => x.tan(), Math.tan, { low: -1.2, high: 1.2 }),
  ...unaryCases(records.asinOp, (x) => x.asin(), Math.asin, { low: -0.9, high: 0.9 }),
  ...unaryCases(records.acosOp, (x) => x.acos(), Math.acos, { low: -0.9, high: 0.9 }),
  ...unaryCases(records.atanOp, (x) => x.atan(), Math.atan),
  ...unaryCases(records.sinhOp, (x) => x.sinh(), Math.sinh),
  ...unaryCases(records.coshOp, (x) => x.cosh(), Math.cosh),
  ...unaryCases(records.asinhOp, (x) => x.asinh(), Math.asinh),
  ...unaryCases(records.acoshOp, (x) => x.acosh(), Math.acosh, { low: 1.3, high: 4 }),
  ...unaryCases(records.atanhOp, (x) => x.atanh(), Math.atanh, { low: -0.9, high: 0.9 }),
];
