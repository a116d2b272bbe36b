import { ValueError } from "../../src/util/errors.ts";
import { cos, exp, log, pow, sin } from "../../src/util/portable-math.ts";
import { assert, assertClose, assertEqual, assertThrows } from "../harness/assert-close.ts";
import { testRandom } from "../harness/finite-difference.ts";
import { suite } from "../harness/suite.ts";

// Engines' own functions are within a few units in the last place, so this bounds both.
const FEW_ULP = { rtol: 4 * Number.EPSILON, atol: 0 };

function hex(x: number): string {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, x);
  return view.getBigUint64(0).toString(16).padStart(16, "0");
}

suite("portable math", (test) => {
  const random = testRandom(7);
  const between = (low: number, high: number): number => low + (high - low) * random();

  test("exp, log and pow agree with the engine's within 4 ulp", () => {
    for (let i = 0; i < 3000; i++) {
      const x = between(-700, 700);
      assertClose(exp(x), Math.exp(x), { ...FEW_ULP, what: `exp(${x})` });
      const y = between(0, 10);
      assertClose(log(y), Math.log(y), { ...FEW_ULP, what: `log(${y})` });
      const e = between(-300, 300);
      assertClose(pow(y, e), y ** e, { ...FEW_ULP, atol: 1e-300, what: `pow(${y}, ${e})` });
    }
  });

  test("sin and cos agree with the engine's within 4 ulp, also for large arguments", () => {
    for (let i = 0; i < 3000; i++) {
      const x = between(-10, 10) * (i % 2 === 0 ? 1 : 1e8);
      assertClose(sin(x), Math.sin(x), { ...FEW_ULP, what: `sin(${x})` });
      assertClose(cos(x), Math.cos(x), { ...FEW_ULP, what: `cos(${x})` });
    }
  });

  test("equal bits on every engine: results written down once", () => {
    assertEqual([exp(1), exp(-0.5), exp(-745), log(10), log(0.3)].map(hex), BITS.explog);
    assertEqual([pow(0.999, 1000), pow(10, -5), pow(2, 0.5), pow(1.0000001, 1e7)].map(hex), BITS.pow);
    assertEqual([sin(1), sin(1e6), cos(1), cos(355), cos(Math.PI / 2)].map(hex), BITS.trigonometric);
  });

  test("exact where the result is exact", () => {
    assertEqual(
      [exp(0), log(1), pow(2, 10), pow(2, -1074), pow(-2, 3), pow(10, 15)],
      [...[1, 0, 1024, 2 ** -1074, -8, 1e15]],
    );
    assertEqual([sin(0), cos(0)], [0, 1]);
  });

  test("special values are those of Math", () => {
    const special = [0, -0, 1, -1, 0.5, -0.5, 2, 3, -3, 1e300, Infinity, -Infinity, Number.NaN];
    for (const x of special) {
      assert(Object.is(exp(x), Math.exp(x)) || Math.abs(exp(x) / Math.exp(x) - 1) < 1e-15, `exp(${x}) = ${exp(x)}`);
      assert(Object.is(log(x), Math.log(x)) || Math.abs(log(x) / Math.log(x) - 1) < 1e-15, `log(${x}) = ${log(x)}`);
      for (const y of special) {
        const expected = x ** y;
        const actual = pow(x, y);
        assert(Object.is(actual, expected) || Math.abs(actual / expected - 1) < 1e-15, `pow(${x}, ${y}) = ${actual}`);
      }
    }
    for (const x of [Number.NaN, Infinity, -Infinity]) assertEqual([sin(x), cos(x)], [Number.NaN, Number.NaN]);
    assert(Object.is(sin(-0), -0));
    assertEqual([exp(709.782712893385), exp(-746), exp(1e9), exp(-1e9)], [Infinity, 0, Infinity, 0]);
  });

  test("sin and cos refuse arguments they cannot reduce exactly", () => {
    assertThrows(() => sin(2 ** 31), ValueError, /2\^30/);
    assertThrows(() => cos(-(2 ** 31)), ValueError, /2\^30/);
  });
});

const BITS = {
  explog: ["4005bf0a8b145769", "3fe368b2fc6f960a", "0000000000000001", "40026bb1bbb55516", "bff34378fcbda721"],
  pow: ["3fd788526411ed72", "3ee4f8b588e368f0", "3ff6a09e667f3bcd", "4005bf0a790ce6f2"],
  trigonometric: ["3feaed548f090cee", "bfd6664b2568d867", "3fe14a280fb5068c", "bfefffffffc18e4c", "3c91a62633145c07"],
};
