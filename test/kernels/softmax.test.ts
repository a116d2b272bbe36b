import { assertClose, assertEqual } from "../harness/assert-close.ts";
import { checkGradient, scalarize } from "../harness/finite-difference.ts";
import { floats, integers, onEveryBuild, SIZES } from "../harness/kernels.ts";
import { suite } from "../harness/suite.ts";
import { crossEntropy, logSoftmax, rowsOf, sigmoidCrossEntropy, softmax } from "../reference/kernels/softmax.ts";

const SHAPES = [
  [0, 4],
  [3, 0],
  [1, 1],
  [3, 2],
  [5, 3],
  [2, 4],
  [3, 5],
  [4, 10],
  [2, 16],
  [2, 33],
  [1, 1000],
] as const;
const CLOSE = { rtol: 3e-6, atol: 1e-6 };

suite("kernels: softmax and cross-entropies", (test) => {
  test("f32_softmax and f32_log_softmax agree with float64, also in place", () => {
    onEveryBuild((kernels, area) => {
      for (const [rows, cols] of SHAPES) {
        const x = area.f32(floats(rows * cols, cols, -8, 8));
        const y = area.empty(rows * cols);
        const z = rowsOf(x.f32, rows, cols);
        kernels.f32_softmax(y.ptr, x.ptr, rows, cols);
        assertClose(y.f32, z.flatMap(softmax), { ...CLOSE, what: `softmax ${rows}×${cols}` });
        kernels.f32_log_softmax(y.ptr, x.ptr, rows, cols);
        assertClose(y.f32, z.flatMap(logSoftmax), { ...CLOSE, what: `log-softmax ${rows}×${cols}` });
        kernels.f32_log_softmax(x.ptr, x.ptr, rows, cols);
        assertClose(x.f32, y.f32, { rtol: 0, atol: 0 });
        kernels.f32_softmax(x.ptr, x.ptr, rows, cols);
        assertClose(x.f32, z.flatMap(softmax), { ...CLOSE, what: `in place ${rows}×${cols}` });
      }
    });
  });

  test("f32_softmax of large, infinite and NaN logits", () => {
    onEveryBuild((kernels, area) => {
      const x = area.f32([1e4, 0, -1e4, -Infinity, 0, -Infinity, 1, NaN, 2]);
      kernels.f32_softmax(x.ptr, x.ptr, 3, 3);
      assertEqual(Array.from(x.f32), [1, 0, 0, 0, 1, 0, NaN, NaN, NaN]);
    });
  });

  for (const [name, f] of [
    ["f32_softmax_grad", softmax],
    ["f32_log_softmax_grad", logSoftmax],
  ] as const) {
    test(`${name} is the derivative of the float64 function`, () => {
      onEveryBuild((kernels, area) => {
        for (const [rows, cols] of SHAPES) {
          const x = floats(rows * cols, cols, -3, 3);
          const y = area.f32(rowsOf(x, rows, cols).flatMap(f));
          const dy = area.f32(floats(rows * cols, 7));
          const [dx, cotangent] = [area.empty(rows * cols), dy.values()];
          kernels[name](dx.ptr, dy.ptr, y.ptr, rows, cols);
          const oracle = scalarize(([v]) => rowsOf(v!, rows, cols).flatMap(f), cotangent);
          checkGradient({ f: oracle, inputs: [x], gradients: [dx.f32], what: `${rows}×${cols}` });
          kernels[name](dy.ptr, dy.ptr, y.ptr, rows, cols);
          assertClose(dy.f32, dx.f32, { rtol: 0, atol: 0, what: "in place" });
        }
      });
    });
  }

  test("f32_softmax_cross_entropy and its gradient, also for targets that do not sum to 1", () => {
    onEveryBuild((kernels, area) => {
      for (const [rows, cols] of SHAPES) {
        const size = rows * cols;
        if (cols === 0) continue;
        const logits = area.f32(floats(size, cols, -6, 6));
        const target = area.f32(floats(size, cols + 1, 0, 1));
        const [loss, p, dz, dloss] = [area.empty(rows), area.empty(size), area.empty(size), area.f32(floats(rows, 9))];
        kernels.f32_softmax_cross_entropy(loss.ptr, p.ptr, target.ptr, logits.ptr, rows, cols);
        const t = rowsOf(target.f32, rows, cols);
        const losses = (z: ArrayLike<number>): number[] =>
          rowsOf(z, rows, cols).map((row, r) => crossEntropy(t[r]!, row));
        assertClose(loss.f32, losses(logits.f32), { ...CLOSE, rtol: 1e-5, what: `${rows}×${cols}` });
        assertClose(p.f32, rowsOf(logits.f32, rows, cols).flatMap(softmax), CLOSE);
        kernels.f32_softmax_cross_entropy_grad(dz.ptr, dloss.ptr, p.ptr, target.ptr, rows, cols);
        const f = scalarize(([z]) => losses(z!), dloss.f32);
        checkGradient({ f, inputs: [logits.f32], gradients: [dz.f32], what: `${rows}×${cols}` });
      }
    });
  });

  test("f32_sparse_softmax_cross_entropy and its gradient equal the dense ones for one-hot targets", () => {
    onEveryBuild((kernels, area) => {
      for (const [rows, cols] of SHAPES) {
        if (cols === 0) continue;
        const size = rows * cols;
        const logits = area.f32(floats(size, cols, -6, 6));
        const labels = area.i32(integers(rows, 3, 0, cols));
        const [loss, p, dz, dloss] = [area.empty(rows), area.empty(size), area.empty(size), area.f32(floats(rows, 9))];
        kernels.f32_sparse_softmax_cross_entropy(loss.ptr, p.ptr, labels.ptr, logits.ptr, rows, cols);
        const z = rowsOf(logits.f32, rows, cols);
        const losses = z.map((row, r) => -logSoftmax(row)[labels.i32[r]!]!);
        assertClose(loss.f32, losses, { ...CLOSE, what: `${rows}×${cols}` });
        assertClose(p.f32, z.flatMap(softmax), CLOSE);
        kernels.f32_sparse_softmax_cross_entropy_grad(dz.ptr, dloss.ptr, p.ptr, labels.ptr, rows, cols);
        const gradient = z.flatMap((row, r) =>
          softmax(row).map((v, c) => dloss.f32[r]! * (v - Number(c === labels.i32[r]))),
        );
        assertClose(dz.f32, gradient, CLOSE);
      }
    });
  });

  test("f32_sigmoid_cross_entropy and its gradient, also for large logits", () => {
    onEveryBuild((kernels, area) => {
      for (const n of SIZES) {
        const logits = area.f32(floats(n, n, -30, 30));
        const target = area.f32(floats(n, n + 1, 0, 1));
        const dy = area.f32(floats(n, n + 2));
        const y = area.empty(n);
        kernels.f32_sigmoid_cross_entropy(y.ptr, target.ptr, logits.ptr, n);
        const expected = Array.from(logits.f32, (z, i) => sigmoidCrossEntropy(target.f32[i]!, z));
        assertClose(y.f32, expected, { rtol: 1e-6, atol: 2e-6 });
        kernels.f32_sigmoid_cross_entropy_grad(y.ptr, dy.ptr, target.ptr, logits.ptr, n);
        const slope = Array.from(logits.f32, (z, i) => dy.f32[i]! * (1 / (1 + Math.exp(-z)) - target.f32[i]!));
        assertClose(y.f32, slope, CLOSE);
      }
    });
  });
});
