import type { KernelTable } from "../../src/runtime/kernel-table.ts";
import { assertClose } from "../harness/assert-close.ts";
import { floats, onEveryBuild, SIZES } from "../harness/kernels.ts";
import { suite } from "../harness/suite.ts";
import { unary } from "../reference/kernels/elementwise.ts";

type Gradient = (dx: number, dy: number, x: number, n: number, p?: number, q?: number) => void;

/** [name, what the kernel reads beside dy, parameters]. */
const CASES: readonly [keyof KernelTable, "input" | "output", ...number[]][] = [
  ["f32_relu_grad", "output"],
  ["f32_sigmoid_grad", "output"],
  ["f32_tanh_grad", "output"],
  ["f32_elu_grad", "output", 0.75],
  ["f32_selu_grad", "output"],
  ["f32_clip_grad", "input", -0.5, 1.25],
  ["f32_softplus_grad", "input"],
  ["f32_leaky_relu_grad", "input", 0.25],
  ["f32_erf_grad", "input"],
  ["f32_gelu_grad", "input"],
  ["f32_gelu_tanh_grad", "input"],
  ["f32_silu_grad", "input"],
];

suite("kernels: element-wise gradients", (test) => {
  for (const [name, reads, p = 0, q = 0] of CASES) {
    const f = unary[name.slice(4, -5)]!;
    test(`${name} is dy times the derivative of the float64 function`, () => {
      onEveryBuild((kernels, area) => {
        for (const n of SIZES) {
          const x = floats(n, n + 1, -4, 4, 0.01).filter(
            (value) => Math.abs(value - p) > 0.01 && Math.abs(value - q) > 0.01,
          );
          const count = x.length;
          const dy = area.f32(floats(count, n + 2));
          const argument = area.f32(reads === "input" ? x : x.map((value) => f(value, p, q)));
          const dx = area.empty(count);
          (kernels[name] as Gradient)(dx.ptr, dy.ptr, argument.ptr, count, p, q);
          const slope = (at: number): number => {
            const h = 1e-4;
            return (8 * (f(at + h, p, q) - f(at - h, p, q)) - (f(at + 2 * h, p, q) - f(at - 2 * h, p, q))) / (12 * h);
          };
          const expected = Array.from(x, (at, i) => dy.f32[i]! * slope(at));
          // An output near ±1 carries the slope in its last bits only: hence the absolute part.
          assertClose(dx.f32, expected, { rtol: 2e-6, atol: 1e-6, what: `n = ${n}` });
          (kernels[name] as Gradient)(dy.ptr, dy.ptr, argument.ptr, count, p, q);
          assertClose(dy.f32, dx.f32, { rtol: 0, atol: 0, what: `in place, n = ${n}` });
        }
      });
    });
  }
});
