import { readFileSync } from "node:fs";
import { assertBitEqual, assertClose, assertEqual } from "../harness/assert-close.ts";
import { floats, onEveryBuild, SIZES } from "../harness/kernels.ts";
import { suite } from "../harness/suite.ts";
import { adam, type Moments, type Momentum, sgdMomentum } from "../reference/kernels/optimizer.ts";

const START = [1, 2, 3, 4];
const GRADIENT = [1, 6, 7, 2];

interface Golden {
  name: string;
  arguments: { learning_rate?: number; beta_1?: number; beta_2?: number; epsilon?: number; amsgrad?: boolean };
  start: number[];
  gradients: number[][];
  values: number[][];
}
/** Keras's own steps; the arguments which f32_adam has. */
const FIXTURE = JSON.parse(readFileSync(new URL("../fixtures/semantics.json", import.meta.url), "utf8"));
const KNOWN = ["learning_rate", "beta_1", "beta_2", "epsilon"];
const ADAMS = (FIXTURE.optimizers as Golden[]).filter(
  ({ name, arguments: given }) => name === "Adam" && Object.keys(given).every((key) => KNOWN.includes(key)),
);

suite("kernels: optimizers", (test) => {
  test("f32_sgd gives Keras's numbers (OP-01) and agrees with float64 at every size", () => {
    onEveryBuild((kernels, area) => {
      const [w, g, lr] = [area.f32(START), area.f32(GRADIENT), area.f32([0.5])];
      kernels.f32_sgd(w.ptr, w.ptr, g.ptr, 4, lr.ptr);
      assertClose(w.f32, [0.5, -1, -0.5, 3]);
      kernels.f32_sgd(w.ptr, w.ptr, g.ptr, 4, lr.ptr);
      kernels.f32_sgd(w.ptr, w.ptr, g.ptr, 4, lr.ptr);
      assertClose(w.f32, [-0.5, -7, -7.5, 1]);
      for (const n of SIZES) {
        const [x, dx, y] = [area.f32(floats(n, 1)), area.f32(floats(n, 2)), area.empty(n)];
        kernels.f32_sgd(y.ptr, x.ptr, dx.ptr, n, lr.ptr);
        assertClose(
          y.f32,
          Array.from(x.f32, (v, i) => v - 0.5 * dx.f32[i]!),
        );
      }
    });
  });

  for (const [id, nesterov, first, third] of [
    ["OP-02", false, [0.5, -1, -0.5, 3], [-1.805, -14.83, -16.635, -1.61]],
    ["OP-03", true, [0.05, -3.7, -3.65, 2.1], [-3.0245, -22.147, -25.1715, -4.049]],
  ] as const) {
    test(`f32_sgd_momentum gives Keras's numbers (${id}) and agrees with float64 at every size`, () => {
      onEveryBuild((kernels, area) => {
        const [w, m, g, lr] = [area.f32(START), area.f32([0, 0, 0, 0]), area.f32(GRADIENT), area.f32([0.5])];
        const step = (): void =>
          kernels.f32_sgd_momentum(w.ptr, m.ptr, w.ptr, m.ptr, g.ptr, 4, lr.ptr, 0.9, Number(nesterov));
        step();
        assertClose(w.f32, first);
        step();
        step();
        assertClose(w.f32, third);
        for (const n of SIZES) {
          const [x, v, dx] = [area.f32(floats(n, 1)), area.f32(floats(n, 2)), area.f32(floats(n, 3))];
          const [x2, v2] = [area.empty(n), area.empty(n)];
          kernels.f32_sgd_momentum(x2.ptr, v2.ptr, x.ptr, v.ptr, dx.ptr, n, lr.ptr, 0.9, Number(nesterov));
          const expected = Array.from(
            x.f32,
            (value, i): Momentum => sgdMomentum({ w: value, m: v.f32[i]! }, dx.f32[i]!, 0.5, 0.9, nesterov),
          );
          assertClose(
            x2.f32,
            expected.map((e) => e.w),
          );
          assertClose(
            v2.f32,
            expected.map((e) => e.m),
          );
        }
      });
    });
  }

  test("f32_adam with f32_adam_coefficient gives Keras's float32 numbers (OP-04)", () => {
    onEveryBuild((kernels, area) => {
      const [w, m, v, g] = [area.f32(START), area.f32([0, 0, 0, 0]), area.f32([0, 0, 0, 0]), area.f32(GRADIENT)];
      const [lr, iteration, alpha] = [area.f32([0.5]), area.i32([0]), area.empty(1)];
      const step = (): void => {
        kernels.f32_adam_coefficient(alpha.ptr, lr.ptr, iteration.ptr, 0.9, 0.999);
        kernels.f32_adam(w.ptr, m.ptr, v.ptr, w.ptr, m.ptr, v.ptr, g.ptr, 4, alpha.ptr, 0.9, 0.999, 1e-7);
        kernels.i32_increment(iteration.ptr, iteration.ptr);
      };
      step();
      assertClose(w.f32, [0.5, 1.5, 2.5, 3.5], { rtol: 0, atol: 1e-5 });
      step();
      step();
      assertClose(w.f32, [-0.499986, 0.500011, 1.500011, 2.500012], { rtol: 0, atol: 1e-6 });
      assertEqual(iteration.i32[0], 3);
    });
  });

  for (const { arguments: given, start, gradients, values } of ADAMS) {
    test(`f32_adam walks the way of Keras to the last digits: ${JSON.stringify(given)}`, () => {
      const { learning_rate = 0.001, beta_1 = 0.9, beta_2 = 0.999, epsilon = 1e-7 } = given;
      onEveryBuild((kernels, area) => {
        const n = start.length;
        const [w, m, v] = [area.f32(start), area.f32(new Float32Array(n)), area.f32(new Float32Array(n))];
        const [lr, iteration, alpha] = [area.f32([learning_rate]), area.i32([0]), area.empty(1)];
        gradients.forEach((gradient, t) => {
          const g = area.f32(gradient);
          kernels.f32_adam_coefficient(alpha.ptr, lr.ptr, iteration.ptr, beta_1, beta_2);
          kernels.f32_adam(w.ptr, m.ptr, v.ptr, w.ptr, m.ptr, v.ptr, g.ptr, n, alpha.ptr, beta_1, beta_2, epsilon);
          kernels.i32_increment(iteration.ptr, iteration.ptr);
          assertClose(w.f32, values[t]!, { rtol: 3e-7, atol: 0, what: `step ${t + 1}` });
        });
      });
    });
  }

  test("f32_adam agrees with float64 over many steps at every size; outputs may be the inputs", () => {
    onEveryBuild((kernels, area) => {
      const [lr, iteration, alpha] = [area.f32([0.01]), area.i32([0]), area.empty(1)];
      for (const n of SIZES) {
        const [w, m, v] = [area.f32(floats(n, 1)), area.f32(new Float32Array(n)), area.f32(new Float32Array(n))];
        const [w2, m2, v2] = [area.empty(n), area.empty(n), area.empty(n)];
        let expected = Array.from(w.f32, (value): Moments => ({ w: value, m: 0, v: 0 }));
        iteration.i32[0] = 0;
        for (let t = 1; t <= 20; t++) {
          const g = area.f32(floats(n, 10 + t));
          expected = expected.map((state, i) => adam(state, g.f32[i]!, t, { lr: 0.01 }));
          kernels.f32_adam_coefficient(alpha.ptr, lr.ptr, iteration.ptr, 0.9, 0.999);
          const inputs = [w.ptr, m.ptr, v.ptr, g.ptr, n, alpha.ptr, 0.9, 0.999, 1e-7] as const;
          kernels.f32_adam(w2.ptr, m2.ptr, v2.ptr, ...inputs);
          kernels.f32_adam(w.ptr, m.ptr, v.ptr, ...inputs);
          assertBitEqual(w.f32, w2.f32, "in place");
          kernels.i32_increment(iteration.ptr, iteration.ptr);
        }
        const column = (name: keyof Moments): number[] => expected.map((state) => state[name]);
        assertClose(w.f32, column("w"), { rtol: 1e-4, atol: 1e-5 });
        assertClose(m.f32, column("m"), { rtol: 1e-5, atol: 1e-6 });
        assertClose(v.f32, column("v"), { rtol: 1e-5, atol: 1e-6 });
      }
    });
  });

  test("f32_adam_coefficient takes its powers of beta rounded once, also after many steps", () => {
    onEveryBuild((kernels, area) => {
      const [lr, iteration, alpha] = [area.f32([0.001]), area.i32([0]), area.empty(1)];
      for (const t of [1, 2, 3, 10, 1000, 100000]) {
        iteration.i32[0] = t - 1;
        kernels.f32_adam_coefficient(alpha.ptr, lr.ptr, iteration.ptr, 0.9, 0.999);
        const power = (beta: number): number => Math.fround(Math.fround(beta) ** t);
        const root = Math.fround(Math.sqrt(Math.fround(1 - power(0.999))));
        const expected = Math.fround(Math.fround(Math.fround(0.001) * root) / Math.fround(1 - power(0.9)));
        assertClose(alpha.f32, [expected], { rtol: 1.2e-7, atol: 0, what: `t = ${t}` });
      }
    });
  });
});
