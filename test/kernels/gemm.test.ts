import type { KernelTable } from "../../src/runtime/kernel-table.ts";
import { assertBitEqual, assertClose } from "../harness/assert-close.ts";
import { type Area, type Buffer, type Build, floats, onEveryBuild } from "../harness/kernels.ts";
import { suite } from "../harness/suite.ts";
import { unary } from "../reference/kernels/elementwise.ts";
import { product, roundedProduct, transposed } from "../reference/kernels/gemm.ts";

type Shape = readonly [M: number, N: number, K: number];
const FORMS = ["nn", "nt", "tn"] as const;
type Form = (typeof FORMS)[number];

/** Around the edges of tiles (4, 8), of the direct paths (16), of wide rows (32) and of the blocks of 64 rows, 512 k, 1024 columns. */
const EDGES: readonly Shape[] = [1, 2, 3, 4, 5, 7, 8, 9, 16, 17].flatMap((M) =>
  [1, 3, 4, 5, 8, 9, 10, 16, 17].flatMap((N) => [1, 2, 3, 4, 5, 9].map((K): Shape => [M, N, K])),
);
const BLOCKS: readonly Shape[] = [
  [1, 31, 40],
  [1, 33, 513],
  [2, 47, 6],
  [3, 64, 7],
  [6, 50, 29],
  [7, 100, 3],
  [15, 40, 18],
  [2, 1030, 5],
  [5, 10, 1025],
  [31, 31, 31],
  [33, 63, 65],
  [64, 65, 64],
  [65, 64, 63],
  [63, 1, 300],
  [130, 9, 515],
  [70, 1033, 17],
  [67, 24, 600],
];
const ACTIVATIONS = [undefined, "relu", "sigmoid", "tanh", "elu", "selu", "softplus", "silu", "gelu"] as const;

interface Call {
  form: Form;
  shape: Shape;
  x: ArrayLike<number>;
  w: ArrayLike<number>;
  scale?: Buffer;
  shift?: Buffer;
  epilogue?: number;
  /** Elements of padding at the end of each row of X, W and Y. */
  padding?: number;
}

/** [rows, cols] with `padding` elements of NaN at the end of every row but the last. */
function padded(values: ArrayLike<number>, rows: number, cols: number, padding: number): Float32Array {
  const ld = cols + padding;
  const out = new Float32Array(rows === 0 ? 0 : ld * (rows - 1) + cols).fill(NaN);
  for (let r = 0; r < rows; r++) for (let c = 0; c < cols; c++) out[r * ld + c] = values[r * cols + c] as number;
  return out;
}

/** Runs one product on dense row-major X[M,K] and W[K,N], storing them as the form wants; the dense result. */
function run(kernels: KernelTable, area: Area, call: Call): Float32Array {
  const { form, shape, padding = 0 } = call;
  const [M, N, K] = shape;
  const [xr, xc] = form === "tn" ? [K, M] : [M, K];
  const [wr, wc] = form === "nt" ? [N, K] : [K, N];
  const x = area.f32(padded(form === "tn" ? transposed(call.x, M, K) : call.x, xr, xc, padding));
  const w = area.f32(padded(form === "nt" ? transposed(call.w, K, N) : call.w, wr, wc, padding));
  const ldy = N + padding;
  const y = area.empty(M === 0 ? 0 : ldy * (M - 1) + N);
  const ws = area.empty(kernels.f32_gemm_workspace(M, N, K, FORMS.indexOf(form)));
  const [scale, shift] = [call.scale?.ptr ?? 0, call.shift?.ptr ?? 0];
  kernels[`f32_gemm_${form}`](
    y.ptr,
    x.ptr,
    w.ptr,
    scale,
    shift,
    M,
    N,
    K,
    xc + padding,
    wc + padding,
    ldy,
    call.epilogue ?? 0,
    ws.ptr,
  );
  return Float32Array.from({ length: M * N }, (_, i) => y.f32[Math.floor(i / N) * ldy + (i % N)]!);
}

/** On the plain builds the very bits, on the relaxed one the float64 value. */
function compare(build: Build, actual: Float32Array, call: Call): void {
  const [M, N, K] = call.shape;
  const what = `${call.form} ${M}×${N}×${K}`;
  if (build.name !== "relaxed") assertBitEqual(actual, roundedProduct(call.x, call.w, M, N, K), what);
  else assertClose(actual, product(call.x, call.w, M, N, K), { rtol: 1e-5, atol: 1e-5 * Math.sqrt(K), what });
}

suite("kernels: matrix products", (test) => {
  for (const form of FORMS) {
    test(`f32_gemm_${form}: every edge size has the bits of k rising from +0`, () => {
      onEveryBuild((kernels, area, build) => {
        for (const shape of EDGES) {
          const [M, N, K] = shape;
          const call: Call = { form, shape, x: floats(M * K, M + K), w: floats(K * N, N) };
          compare(build, run(kernels, area, call), call);
        }
      });
    });

    test(`f32_gemm_${form}: so have sizes around the block edges, with rows longer than the matrix`, () => {
      onEveryBuild((kernels, area, build) => {
        for (const shape of BLOCKS) {
          const [M, N, K] = shape;
          const call: Call = { form, shape, x: floats(M * K, M + K), w: floats(K * N, N), padding: 3 };
          compare(build, run(kernels, area, call), call);
        }
      });
    });

    test(`f32_gemm_${form}: an empty product is zeros, and empty outputs touch nothing`, () => {
      onEveryBuild((kernels, area) => {
        const shift = area.f32([1, 2, 3]);
        assertBitEqual(run(kernels, area, { form, shape: [2, 3, 0], x: [], w: [] }), new Float32Array(6));
        const biased = run(kernels, area, { form, shape: [2, 3, 0], x: [], w: [], shift, epilogue: 1 });
        assertBitEqual(biased, Float32Array.of(1, 2, 3, 1, 2, 3));
        run(kernels, area, { form, shape: [0, 3, 4], x: [], w: floats(12, 1) });
        run(kernels, area, { form, shape: [3, 0, 4], x: floats(12, 1), w: [] });
      });
    });
  }

  test("all forms and any number of rows give the same bits, on every build", () => {
    onEveryBuild((kernels, area) => {
      for (const [N, K] of [
        [10, 64],
        [64, 10],
        [37, 530],
        [1, 33],
      ] as const) {
        const M = 70;
        const [x, w] = [floats(M * K, 1), floats(K * N, 2)];
        const whole = run(kernels, area, { form: "nn", shape: [M, N, K], x, w });
        for (const form of FORMS) {
          assertBitEqual(run(kernels, area, { form, shape: [M, N, K], x, w }), whole, `${form}, all rows`);
          for (const rows of [1, 2, 3, 4, 16, 17, 30, 32, 33, 65]) {
            const part = run(kernels, area, { form, shape: [rows, N, K], x: x.subarray(0, rows * K), w });
            assertBitEqual(part, whole.subarray(0, rows * N), `${form}, ${rows} rows of ${N}×${K}`);
          }
        }
      }
    });
  });

  for (const [kind, activation] of ACTIVATIONS.entries()) {
    test(`epilogues with ${activation ?? "no"} activation agree with float64 in every form`, () => {
      onEveryBuild((kernels, area) => {
        const f = activation ? (x: number): number => unary[activation]!(x, 1, 0) : (x: number): number => x;
        for (const [M, N, K] of [
          [1, 10, 7],
          [3, 17, 5],
          [20, 33, 12],
          [70, 9, 520],
        ] as const) {
          const [scale, shift] = [area.f32(floats(N, 3)), area.f32(floats(N, 4))];
          const [x, w] = [floats(M * K, 1, -1, 1), floats(K * N, 2, -1, 1)];
          for (const form of FORMS) {
            const call = { form, shape: [M, N, K] as const, x, w, scale, shift };
            const plain = run(kernels, area, call);
            for (const mode of [0, 1, 2]) {
              const y = run(kernels, area, { ...call, epilogue: mode | (kind << 4) });
              const expected = Array.from(plain, (v, i) => {
                const n = i % N;
                return f(v * (mode === 2 ? scale.f32[n]! : 1) + (mode ? shift.f32[n]! : 0));
              });
              assertClose(y, expected, { rtol: 2e-6, atol: 2e-6, what: `${form} ${M}×${N}×${K}, mode ${mode}` });
            }
          }
        }
      });
    });
  }

  test("an epilogue has the bits of the kernels it stands for", () => {
    onEveryBuild((kernels, area) => {
      const [M, N, K] = [37, 21, 40];
      const n = M * N;
      const [scale, shift] = [area.f32(floats(N, 3)), area.f32(floats(N, 4))];
      const call = {
        form: "nn" as const,
        shape: [M, N, K] as const,
        x: floats(M * K, 1),
        w: floats(K * N, 2),
        scale,
        shift,
      };
      const y = area.f32(run(kernels, area, call));
      const t = area.empty(n);
      kernels.f32_add(t.ptr, y.ptr, shift.ptr, 1, M, N, 0, N, 1, 0, 0, 1);
      const one: Readonly<Record<string, number>> = { elu: 1 };
      for (const [kind, activation] of ACTIVATIONS.entries()) {
        if (!activation) continue;
        const out = area.empty(n);
        kernels[`f32_${activation}`](out.ptr, t.ptr, n, one[activation] ?? 0);
        assertBitEqual(run(kernels, area, { ...call, epilogue: 1 | (kind << 4) }), out.f32, activation);
      }
      kernels.f32_scale_shift(t.ptr, y.ptr, scale.ptr, shift.ptr, M, N, 1);
      assertBitEqual(run(kernels, area, { ...call, epilogue: 2 }), t.f32, "scale and shift");
    });
  });

  test("f32_gemm_workspace is what is used: the canaries behind it stay", () => {
    onEveryBuild((kernels, area) => {
      for (const form of FORMS) {
        for (const shape of [
          [3, 40, 9],
          [7, 40, 9],
          [65, 8, 4],
          [64, 8, 4],
          [17, 1025, 3],
          [4, 4, 513],
        ] as const) {
          run(kernels, area, { form, shape, x: floats(shape[0] * shape[2], 1), w: floats(shape[2] * shape[1], 2) });
          area.check();
        }
      }
    });
  });
});
