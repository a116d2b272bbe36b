import type { KernelTable } from "../../src/runtime/kernel-table.ts";
import { assertClose } from "../harness/assert-close.ts";
import { floats, integers, onEveryBuild } from "../harness/kernels.ts";
import { suite } from "../harness/suite.ts";
import { cumulate, linearScan } from "../reference/kernels/scan.ts";

type Scan = KernelTable["f32_cumsum"];

const SHAPES: readonly (readonly [outer: number, n: number, inner: number])[] = [
  [1, 1, 1],
  [2, 0, 3],
  [0, 4, 3],
  [3, 7, 1],
  [2, 5, 4],
  [1, 65, 3],
];
const FLAGS = [0, 1] as const;

suite("kernels: running sums and products", (test) => {
  for (const name of ["f32_cumsum", "i32_cumsum", "f32_cumprod"] as const) {
    test(`${name} agrees with plain loops, forwards and back, with and without the element itself`, () => {
      onEveryBuild((kernels, area) => {
        for (const [outer, n, inner] of SHAPES) {
          for (const exclusive of FLAGS) {
            for (const reverse of FLAGS) {
              const count = outer * n * inner;
              const integer = name === "i32_cumsum";
              const x = integer ? area.i32(integers(count, 1, -2e9, 2e9)) : area.f32(floats(count, 1, 0.5, 1.5));
              const y = area.empty(count);
              (kernels[name] as Scan)(y.ptr, x.ptr, outer, n, inner, exclusive, reverse);
              const combine =
                name === "f32_cumprod" ? (a: number, b: number) => a * b : (a: number, b: number) => a + b;
              const first = name === "f32_cumprod" ? 1 : 0;
              const expected = cumulate(integer ? x.i32 : x.f32, [outer, n, inner], combine, first, exclusive, reverse);
              const what = `[${outer}, ${n}, ${inner}] exclusive ${exclusive} reverse ${reverse}`;
              if (integer)
                assertClose(
                  y.i32,
                  Int32Array.from(expected, (value) => Number(BigInt.asIntN(32, BigInt(value)))),
                  { rtol: 0, atol: 0, what },
                );
              else assertClose(y.f32, expected, { rtol: 1e-7, atol: 0, what });
            }
          }
        }
      });
    });
  }
  test("f32_linear_scan agrees with plain loops, forwards and back", () => {
    onEveryBuild((kernels, area) => {
      for (const [outer, n, inner] of SHAPES) {
        for (const reverse of FLAGS) {
          const count = outer * n * inner;
          const [a, b] = [area.f32(floats(count, 1)), area.f32(floats(count, 2))];
          const y = area.empty(count);
          kernels.f32_linear_scan(y.ptr, a.ptr, b.ptr, outer, n, inner, reverse);
          assertClose(y.f32, linearScan(a.f32, b.f32, [outer, n, inner], reverse), { rtol: 1e-7, atol: 1e-30 });
        }
      }
    });
  });
});
