import type { KernelTable } from "../../src/runtime/kernel-table.ts";
import { assertBitEqual, assertClose } from "../harness/assert-close.ts";
import { checkGradient, scalarize } from "../harness/finite-difference.ts";
import { type Area, type Buffer, floats, onEveryBuild, SIZES } from "../harness/kernels.ts";
import { suite } from "../harness/suite.ts";
import { type Layout, normalize, normalizeBatch, statistics } from "../reference/kernels/batch-norm.ts";

const LAYOUTS: readonly Layout[] = [
  { outer: 1, C: 3, inner: 1 },
  { outer: 5, C: 1, inner: 1 },
  { outer: 7, C: 4, inner: 1 },
  { outer: 63, C: 5, inner: 1 },
  { outer: 64, C: 16, inner: 1 },
  { outer: 65, C: 17, inner: 1 },
  { outer: 130, C: 31, inner: 1 },
  { outer: 3, C: 2, inner: 5 },
  { outer: 2, C: 5, inner: 64 },
  { outer: 2, C: 3, inner: 131 },
];
/** flags → whether there is a gamma and a beta. */
const FLAGS = [0, 1, 2, 3] as const;
const EPSILON = Math.fround(1e-3);
const nameOf = ({ outer, C, inner }: Layout): string => `[${outer}, ${C}, ${inner}]`;

interface Inputs {
  x: Buffer;
  mean: Buffer;
  variance: Buffer;
  gamma: Buffer;
  beta: Buffer;
  ws: Buffer;
}

function inputsFor(area: Area, kernels: KernelTable, { outer, C, inner }: Layout): Inputs {
  return {
    x: area.f32(floats(outer * C * inner, C + outer, -1, 3)),
    mean: area.empty(C),
    variance: area.empty(C),
    gamma: area.f32(floats(C, 2, 0.5, 2)),
    beta: area.f32(floats(C, 3)),
    ws: area.empty(kernels.f32_batch_norm_workspace(outer, C, inner)),
  };
}

suite("kernels: batch normalisation", (test) => {
  test("f32_batch_norm_stats agrees with float64; the variance is biased", () => {
    onEveryBuild((kernels, area) => {
      for (const layout of LAYOUTS) {
        const { outer, C, inner } = layout;
        const { x, mean, variance, ws } = inputsFor(area, kernels, layout);
        kernels.f32_batch_norm_stats(mean.ptr, variance.ptr, x.ptr, outer, C, inner, ws.ptr);
        const expected = statistics(x.f32, layout);
        assertClose(mean.f32, expected.mean, { what: nameOf(layout) });
        assertClose(variance.f32, expected.variance, { what: nameOf(layout) });
      }
    });
  });

  test("f32_batch_norm_apply: statistics of large means survive (BN-11)", () => {
    onEveryBuild((kernels, area) => {
      const x = area.f32([10000, 10001, 10002]);
      const [mean, variance, y] = [area.empty(1), area.empty(1), area.empty(3)];
      kernels.f32_batch_norm_stats(mean.ptr, variance.ptr, x.ptr, 3, 1, 1, 0);
      kernels.f32_batch_norm_apply(y.ptr, x.ptr, mean.ptr, variance.ptr, 0, 0, 3, 1, 1, EPSILON, 0);
      assertClose(y.f32, [-1.2238, 0, 1.2238], { rtol: 0, atol: 1e-4 });
    });
  });

  for (const flags of FLAGS) {
    const with_ = `${flags & 1 ? "with" : "without"} gamma, ${flags & 2 ? "with" : "without"} beta`;
    test(`f32_batch_norm_apply normalises ${with_}, also in place`, () => {
      onEveryBuild((kernels, area) => {
        for (const layout of LAYOUTS) {
          const { outer, C, inner } = layout;
          const { x, mean, variance, gamma, beta } = inputsFor(area, kernels, layout);
          kernels.f32_batch_norm_stats(mean.ptr, variance.ptr, x.ptr, outer, C, inner, 0);
          const [g, b] = [flags & 1 ? gamma.f32 : null, flags & 2 ? beta.f32 : null];
          const expected = normalizeBatch(x.f32, layout, g, b, EPSILON);
          const y = area.empty(outer * C * inner);
          const pointers = [mean.ptr, variance.ptr, gamma.ptr, beta.ptr] as const;
          kernels.f32_batch_norm_apply(y.ptr, x.ptr, ...pointers, outer, C, inner, EPSILON, flags);
          assertClose(y.f32, expected, { atol: 3e-6, what: nameOf(layout) });
          kernels.f32_batch_norm_apply(x.ptr, x.ptr, ...pointers, outer, C, inner, EPSILON, flags);
          assertBitEqual(x.f32, y.f32, "in place");
        }
      });
    });

    test(`f32_batch_norm_coefficients and f32_scale_shift are inference ${with_}`, () => {
      onEveryBuild((kernels, area) => {
        for (const layout of LAYOUTS) {
          const { outer, C, inner } = layout;
          const { x, gamma, beta } = inputsFor(area, kernels, layout);
          const [mean, variance] = [area.f32(floats(C, 4)), area.f32(floats(C, 5, 0.1, 2))];
          const [s, t, y] = [area.empty(C), area.empty(C), area.empty(outer * C * inner)];
          const pointers = [mean.ptr, variance.ptr, gamma.ptr, beta.ptr] as const;
          kernels.f32_batch_norm_coefficients(s.ptr, t.ptr, ...pointers, C, EPSILON, flags);
          kernels.f32_scale_shift(y.ptr, x.ptr, s.ptr, t.ptr, outer, C, inner);
          const [g, b] = [flags & 1 ? gamma.f32 : null, flags & 2 ? beta.f32 : null];
          const expected = normalize(x.f32, layout, { mean: mean.f32, variance: variance.f32 }, g, b, EPSILON);
          assertClose(y.f32, expected, { atol: 3e-6, what: nameOf(layout) });
          kernels.f32_scale_shift(x.ptr, x.ptr, s.ptr, t.ptr, outer, C, inner);
          assertBitEqual(x.f32, y.f32, "in place");
        }
      });
    });

    test(`f32_batch_norm_train_grad is the derivative of the float64 layer ${with_}`, () => {
      onEveryBuild((kernels, area) => {
        for (const layout of LAYOUTS) {
          const { outer, C, inner } = layout;
          // A channel of one value has the slope 1/√ε·0: differences of the oracle see only their own rounding there.
          if (outer * inner === 1) continue;
          const size = outer * C * inner;
          const { x, mean, variance, gamma, beta, ws } = inputsFor(area, kernels, layout);
          const [dx, dgamma, dbeta] = [area.empty(size), area.empty(C), area.empty(C)];
          const dy = area.f32(floats(size, 6));
          const cotangent = dy.values();
          kernels.f32_batch_norm_stats(mean.ptr, variance.ptr, x.ptr, outer, C, inner, ws.ptr);
          const call = (out: number): void =>
            kernels.f32_batch_norm_train_grad(
              out,
              dgamma.ptr,
              dbeta.ptr,
              dy.ptr,
              x.ptr,
              mean.ptr,
              variance.ptr,
              gamma.ptr,
              outer,
              C,
              inner,
              EPSILON,
              flags,
              ws.ptr,
            );
          call(dx.ptr);
          checkGradient({
            f: scalarize(([v, g, b]) => normalizeBatch(v!, layout, flags & 1 ? g! : null, b!, EPSILON), cotangent),
            inputs: [x.f32, gamma.f32, beta.f32],
            gradients: [dx.f32, flags & 1 ? dgamma.f32 : null, dbeta.f32],
            rtol: 2e-5,
            atol: 1e-5,
            what: nameOf(layout),
          });
          call(dy.ptr);
          assertBitEqual(dy.f32, dx.f32, "in place");
        }
      });
    });
  }

  test("f32_batch_norm_train_grad gives Keras's numbers", () => {
    onEveryBuild((kernels, area) => {
      const x = area.f32([1, 2, 3, 6, 5, 4]);
      const dy = area.f32([1, -1, 2, 0.5, -1, 3]);
      const [mean, variance, dx, dgamma, dbeta] = [2, 2, 6, 2, 2].map((n) => area.empty(n)) as [
        Buffer,
        Buffer,
        Buffer,
        Buffer,
        Buffer,
      ];
      const ws = area.empty(kernels.f32_batch_norm_workspace(3, 2, 1));
      kernels.f32_batch_norm_stats(mean.ptr, variance.ptr, x.ptr, 3, 2, 1, ws.ptr);
      kernels.f32_batch_norm_train_grad(
        dx.ptr,
        dgamma.ptr,
        dbeta.ptr,
        dy.ptr,
        x.ptr,
        mean.ptr,
        variance.ptr,
        0,
        3,
        2,
        1,
        EPSILON,
        0,
        ws.ptr,
      );
      assertClose(dgamma.f32, [-2.4490306, 1.8367729]);
      assertClose(dbeta.f32, [2, 2.5]);
      assertClose(dx.f32, [-0.4079423, -0.6634513, 0.8163436, -0.663107, -0.4084013, 1.3265581]);
    });
  });

  test("f32_moving_update keeps momentum of the old value, also in place", () => {
    onEveryBuild((kernels, area) => {
      for (const n of SIZES) {
        const [moving, batch, y] = [area.f32(floats(n, 1)), area.f32(floats(n, 2)), area.empty(n)];
        kernels.f32_moving_update(y.ptr, moving.ptr, batch.ptr, n, 0.99);
        const expected = Array.from(moving.f32, (old, i) => old * 0.99 + batch.f32[i]! * (1 - 0.99));
        assertClose(y.f32, expected, { rtol: 1e-6 });
        kernels.f32_moving_update(moving.ptr, moving.ptr, batch.ptr, n, 0.99);
        assertBitEqual(moving.f32, y.f32);
      }
    });
  });
});
