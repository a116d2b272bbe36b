import type { KernelTable } from "../../src/runtime/kernel-table.ts";
import { assert } from "../harness/assert-close.ts";
import { floats, onEveryBuild, ulps } from "../harness/kernels.ts";
import { suite } from "../harness/suite.ts";
import { unary } from "../reference/kernels/elementwise.ts";

type Unary = (y: number, x: number, n: number) => void;

/** [kernel, bound stated in assembly/lib, ranges of arguments]. */
const BOUNDS: readonly [keyof KernelTable, number, readonly [number, number][]][] = [
  [
    "f32_exp",
    1,
    [
      [-87, 88.7],
      [-1, 1],
      [-1e-3, 1e-3],
    ],
  ],
  [
    "f32_expm1",
    2,
    [
      [-20, 88.7],
      [-1, 1],
      [-1e-3, 1e-3],
    ],
  ],
  [
    "f32_log",
    1,
    [
      [1e-38, 1e-36],
      [0, 4],
      [0.9, 1.1],
      [1, 1e10],
    ],
  ],
  [
    "f32_log1p",
    2,
    [
      [-0.99, 1],
      [-0.01, 0.01],
      [0, 100],
      [0, 1e9],
    ],
  ],
  [
    "f32_sigmoid",
    3,
    [
      [-87, 20],
      [-5, 5],
      [-0.1, 0.1],
    ],
  ],
  [
    "f32_tanh",
    3,
    [
      [-10, 10],
      [-1, 1],
      [-1e-3, 1e-3],
    ],
  ],
  [
    "f32_erf",
    2,
    [
      [-4, 4],
      [-1, 1],
      [-1e-3, 1e-3],
    ],
  ],
  [
    "f32_softplus",
    2,
    [
      [-80, 80],
      [-2, 2],
    ],
  ],
  [
    "f32_sin",
    1,
    [
      [-4, 4],
      [-1000, 1000],
      [-10000000.0, 10000000.0],
    ],
  ],
  [
    "f32_cos",
    1,
    [
      [-4, 4],
      [-1000, 1000],
      [-10000000.0, 10000000.0],
    ],
  ],
  [
    "f32_tan",
    1,
    [
      [-4, 4],
      [-1000, 1000],
    ],
  ],
  [
    "f32_asin",
    1,
    [
      [-1, 1],
      [0.99, 1],
    ],
  ],
  [
    "f32_acos",
    1,
    [
      [-1, 1],
      [0.99, 1],
    ],
  ],
  [
    "f32_atan",
    1,
    [
      [-1, 1],
      [-10, 10],
      [100000.0, 1000000000.0],
    ],
  ],
  [
    "f32_sinh",
    4,
    [
      [-1, 1],
      [-10, 10],
      [80, 89.4],
    ],
  ],
  [
    "f32_cosh",
    4,
    [
      [-1, 1],
      [-10, 10],
      [80, 89.4],
    ],
  ],
  [
    "f32_asinh",
    4,
    [
      [-1, 1],
      [1, 1000000.0],
      [100000000.0, 1e30],
    ],
  ],
  [
    "f32_acosh",
    4,
    [
      [1, 1.01],
      [1, 10],
      [100000000.0, 1e30],
    ],
  ],
  [
    "f32_atanh",
    4,
    [
      [-1, 1],
      [0.99, 1],
    ],
  ],
];
const COUNT = 20000;

suite("kernels: accuracy of the functions", (test) => {
  for (const [name, bound, ranges] of BOUNDS) {
    test(`${name} stays within ${bound} units in the last place`, () => {
      onEveryBuild((kernels, area) => {
        ranges.forEach(([low, high], seed) => {
          const x = area.f32(floats(COUNT, seed + 1, low, high));
          const y = area.empty(COUNT);
          (kernels[name] as Unary)(y.ptr, x.ptr, COUNT);
          const outputs = y.f32;
          let worst = 0;
          let at = 0;
          x.f32.forEach((value, i) => {
            const error = ulps(outputs[i]!, unary[name.slice(4)]!(value, 0, 0));
            if (error > worst) [worst, at] = [error, value];
          });
          assert(worst <= bound, `${name} on [${low}, ${high}]: ${worst.toFixed(2)} ULP at ${at}`);
        });
      });
    });
  }

  test("f32_exp of the smallest results rounds to subnormal numbers", () => {
    onEveryBuild((kernels, area) => {
      const x = area.f32(floats(1000, 1, -103.9, -87.4));
      const y = area.empty(1000);
      kernels.f32_exp(y.ptr, x.ptr, 1000);
      x.f32.forEach((value, i) => {
        const error = Math.abs(y.f32[i]! - Math.exp(value)) / 2 ** -149;
        assert(error <= 2, `exp(${value}) is ${error} steps of the subnormals away`);
      });
    });
  });
});
