import type { KernelTable } from "../../src/runtime/kernel-table.ts";
import { assertBitEqual, assertClose, assertEqual } from "../harness/assert-close.ts";
import { floats, integers, onEveryBuild } from "../harness/kernels.ts";
import { suite } from "../harness/suite.ts";
import { argMax, reduce, sum } from "../reference/kernels/reduce.ts";

type Reduce = (y: number, x: number, outer: number, n: number, inner: number, scale?: number) => void;
type Shape = readonly [outer: number, n: number, inner: number];

const SHAPES: readonly Shape[] = [
  [1, 1, 1],
  [1, 0, 1],
  [2, 0, 5],
  [0, 3, 4],
  [3, 7, 1],
  [1, 63, 1],
  [2, 64, 1],
  [2, 65, 1],
  [1, 1000, 1],
  [1, 5, 3],
  [2, 9, 4],
  [1, 64, 16],
  [1, 65, 17],
  [2, 130, 33],
  [3, 3, 5],
  [1, 200, 63],
];

suite("kernels: reductions", (test) => {
  const check = (name: keyof KernelTable, fold: (values: number[]) => number, output: "f32" | "i32" = "f32"): void => {
    onEveryBuild((kernels, area) => {
      for (const [outer, n, inner] of SHAPES) {
        const count = outer * n * inner;
        const integer = name.startsWith("i32") && !name.endsWith("f32");
        const x = integer ? area.i32(integers(count, 3, -1, 2)) : area.f32(floats(count, 3));
        const y = area.empty(outer * inner);
        (kernels[name] as Reduce)(y.ptr, x.ptr, outer, n, inner);
        const expected = reduce(integer ? x.i32 : x.f32, outer, n, inner, fold);
        assertClose(y[output], expected, {
          rtol: 1e-5,
          atol: 2e-6 * Math.sqrt(n),
          what: `${name} [${outer}, ${n}, ${inner}]`,
        });
      }
    });
  };

  test("f32_sum agrees with float64", () => check("f32_sum", sum));
  test("f32_max agrees with float64", () => check("f32_max", (v) => Math.max(...v)));
  test("f32_min agrees with float64", () => check("f32_min", (v) => Math.min(...v)));
  test("f32_prod agrees with float64", () => check("f32_prod", (v) => v.reduce((a, b) => Math.fround(a * b), 1)));
  test("i32_sum agrees with plain loops", () => check("i32_sum", sum, "i32"));
  test("i32_max agrees with plain loops", () => check("i32_max", (v) => Math.max(-(2 ** 31), ...v), "i32"));
  test("i32_min agrees with plain loops", () => check("i32_min", (v) => Math.min(2 ** 31 - 1, ...v), "i32"));
  test("i32_prod agrees with plain loops", () => check("i32_prod", (v) => v.reduce(Math.imul, 1), "i32"));
  test("i32_any agrees with plain loops", () => check("i32_any", (v) => Number(v.some((x) => x !== 0)), "i32"));
  test("i32_all agrees with plain loops", () => check("i32_all", (v) => Number(v.every((x) => x !== 0)), "i32"));
  test("i32_argmax_f32 agrees with plain loops", () => check("i32_argmax_f32", argMax, "i32"));
  test("i32_argmin_f32 agrees with plain loops", () => check("i32_argmin_f32", (v) => argMax(v.map((x) => -x)), "i32"));

  test("f32_mean divides once", () => {
    onEveryBuild((kernels, area) => {
      for (const [outer, n, inner] of SHAPES) {
        const x = area.f32(floats(outer * n * inner, 4));
        const [mean, total] = [area.empty(outer * inner), area.empty(outer * inner)];
        kernels.f32_mean(mean.ptr, x.ptr, outer, n, inner);
        kernels.f32_sum(total.ptr, x.ptr, outer, n, inner);
        assertEqual(
          Array.from(mean.f32),
          Array.from(total.f32, (value) => Math.fround(value / n)),
        );
      }
    });
  });

  test("f32_sum adds blocks of 64 rows in order: blocks summed apart give the same bits", () => {
    onEveryBuild((kernels, area) => {
      for (const inner of [1, 3, 20]) {
        const n = 200;
        const x = area.f32(floats(n * inner, 5));
        const [y, part] = [area.empty(inner), area.empty(inner)];
        kernels.f32_sum(y.ptr, x.ptr, 1, n, inner);
        const total = new Float32Array(inner);
        for (let row = 0; row < n; row += 64) {
          kernels.f32_sum(part.ptr, x.ptr + 4 * row * inner, 1, Math.min(64, n - row), inner);
          part.f32.forEach((value, c) => {
            total[c]! += value;
          });
        }
        assertBitEqual(y.f32, total, `inner ${inner}`);
      }
    });
  });

  test("maximum, minimum and their places notice NaN; the first of equals wins", () => {
    onEveryBuild((kernels, area) => {
      const x = area.f32([1, NaN, 3, 2, 5, 5, 1, 1, 9]);
      const y = area.empty(3);
      kernels.f32_max(y.ptr, x.ptr, 3, 3, 1);
      assertEqual(Array.from(y.f32), [NaN, 5, 9]);
      kernels.f32_min(y.ptr, x.ptr, 3, 3, 1);
      assertEqual(Array.from(y.f32), [NaN, 2, 1]);
      kernels.i32_argmax_f32(y.ptr, x.ptr, 3, 3, 1);
      assertEqual(Array.from(y.i32), [1, 1, 2]);
      kernels.i32_argmin_f32(y.ptr, x.ptr, 3, 3, 1);
      assertEqual(Array.from(y.i32), [1, 0, 0]);
    });
  });
});
