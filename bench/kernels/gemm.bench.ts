/**
 * Matrix products in the three forms, at the sizes of the workloads W1 to W3 and as cubes.
 *
 * Variants that lost, GFLOP/s at 128×784×512, mul + add, Node 20 (ceiling of the machine 34.5, this one 31 to 32):
 *   tiles of 6×8 24, 8×8 21, 4×12 28, 4×16 23 (they spill); k unrolled by two 27.5, by four 25;
 *   lanes picked by shuffles instead of splat loads 28; W unpacked at 512³ 26, at 1024³ 20; Xᵀ unpacked at wide rows 22.
 * One row, 1×784×512 and 1×512×512 in turns (2.7 MB of W), GB/s on an AMD Zen 5 that reads 91, Node 20 / 24:
 *   four rows of W, two vectors of each at a time (this one) 76 / 73; one vector 63 / 66, four 57 / 79; two rows 67 / 70,
 *   eight rows 58 / 77, eight with two vectors 48 / 65, twelve 35 / 46, sixteen 36 / 41; 32 columns in registers, all of K
 *   57 / 53, K in blocks of eight 51 / 62, of 64 35 / 55. W packed as panels of 32 columns 91 / 93, of eight 62 / 63: a
 *   second copy of all weights for a sixth of the time, not done. Tests for the tail in the loop over columns: half as fast.
 * Few columns, 1×512×10, microseconds: 16 columns in registers 0.56 / 0.39, eight 0.59 / 0.52, as wide rows 2.5 / 1.0.
 * 2, 3, 5, 6, 7 rows of 784×512: the odd ones past W one by one 42, 62, 91, 109, 133, as tiles of four 71, 71, 137, 136, 138.
 */
import type { Bench, Comparison } from "../bench.ts";
import { kernels, numbers, relaxed, space } from "./area.ts";
import { peak } from "./peak.ts";

const FORMS = ["nn", "nt", "tn"] as const;

type Shape = readonly [M: number, K: number, N: number];

/** M×K×N as the rivals' tables write it. */
const SHAPES: readonly Shape[] = [
  [256, 256, 256],
  [512, 512, 512],
  [1024, 1024, 1024],
  [128, 784, 512],
  [128, 512, 512],
  [128, 512, 10],
  [128, 10, 64],
  [128, 64, 10],
  [32, 784, 512],
  [8, 784, 512],
  [5, 784, 512],
  [2, 784, 512],
  [1, 784, 512],
  [1, 512, 10],
];

/** Bias and relu in the epilogue. */
const BIAS_RELU = 1 | (1 << 4);

/** The sizes whose share of the peak, and whose forms, the project has goals for. */
const LARGE: readonly Shape[] = [
  [128, 512, 512],
  [128, 784, 512],
  [512, 512, 512],
  [1024, 1024, 1024],
];

function gemm(form: (typeof FORMS)[number], [M, K, N]: Shape, epilogue = 0): Bench {
  return {
    name: `gemm/${form} ${M}x${K}x${N}${epilogue ? " bias relu" : ""}`,
    flops: 2 * M * N * K,
    prepare: () => {
      const [x, w, y] = [numbers(M * K), numbers(K * N), space(M * N)];
      const [scale, shift] = [numbers(N), numbers(N)];
      const ws = space(kernels.f32_gemm_workspace(M, N, K, FORMS.indexOf(form)));
      const kernel = kernels[`f32_gemm_${form}`];
      const [ldx, ldw] = [form === "tn" ? M : K, form === "nt" ? K : N];
      return () => kernel(y.ptr, x.ptr, w.ptr, scale.ptr, shift.ptr, M, N, K, ldx, ldw, N, epilogue, ws.ptr);
    },
  };
}

export const benches: readonly Bench[] = [
  ...SHAPES.flatMap((shape) => FORMS.map((form) => gemm(form, shape))),
  gemm("nn", [128, 784, 512], BIAS_RELU),
  gemm("nn", [128, 10, 64], BIAS_RELU),
];

export const comparisons: readonly Comparison[] = [
  { name: "gemm/share of peak", sides: [peak(relaxed), ...LARGE.map((shape) => gemm("nn", shape))] },
  ...LARGE.map((shape) => ({
    name: `gemm/forms ${shape.join("x")}`,
    sides: FORMS.map((form) => gemm(form, shape)),
  })),
];
