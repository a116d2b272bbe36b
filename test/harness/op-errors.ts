/** How far ops are from their float64 oracles, forward and backward, by the cases of their tests: for docs/gradients.md. */
import { gradients } from "../../src/autodiff/gradients.ts";
import { tensor } from "../../src/ops/creation.ts";
import { runScoped, type Tensor } from "../../src/ops/tensor.ts";
import type { KernelBuild } from "../../src/util/settings.ts";
import { numericalGradient, scalarize, testNumbers } from "./finite-difference.ts";
import { listOf, numbersOf, type OpCase, weighted, withSettings } from "./op-test.ts";
import { filesUnder } from "./sources.ts";

/** The cases of one file of test/ops/cases. */
export interface CaseFile {
  readonly file: string;
  readonly cases: readonly OpCase[];
}

/** Every case there is, by file. */
export async function allCases(): Promise<CaseFile[]> {
  const files = filesUnder("test/ops/cases", ".ts").map(async (path) => {
    const { cases } = (await import(`../../${path}`)) as { cases: readonly OpCase[] };
    return { file: path.split("/").at(-1)!.slice(0, -3), cases };
  });
  return Promise.all(files);
}

/** The largest errors, relative to the largest value of each result or gradient; null where nothing is differentiated. */
export interface Errors {
  readonly forward: number;
  readonly backward: number | null;
}

/** The largest difference over the largest finite expected value. */
function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let [difference, scale] = [0, 1e-3];
  for (let i = 0; i < expected.length; i++) {
    const [x, y] = [actual[i]!, expected[i]!];
    if (Object.is(x, y) || x === y) continue;
    difference = Math.max(difference, Number.isNaN(x - y) ? Infinity : Math.abs(x - y));
    if (Number.isFinite(y)) scale = Math.max(scale, Math.abs(y));
  }
  for (const y of Array.from(expected)) if (Number.isFinite(y)) scale = Math.max(scale, Math.abs(y));
  return difference / scale;
}

/** Errors of one case in one build. */
export function measure(opCase: OpCase, build: KernelBuild): Errors {
  return withSettings({ build }, () => {
    const { inputs, call, oracle, op } = opCase;
    const arrays = inputs.map((input, i) => numbersOf(input, 100 + i));
    const tensors = inputs.map(({ shape, dtype = "float32" }, i) => tensor(arrays[i]!, shape, dtype));
    const sources = tensors.filter(({ dtype }, i) => dtype === "float32" && (inputs[i]!.gradient ?? true));
    const made = runScoped(() => [...listOf(call(...tensors))]);
    const forward = relativeError(
      made.flatMap((part) => [...part.dataSync()]),
      oracle(...arrays),
    );
    const differentiable = op.gradient !== null && made.some(({ dtype }) => dtype === "float32");
    if (!differentiable || sources.length === 0) return { forward, backward: null };
    const seeds = made.map(({ size, dtype }, i) =>
      Float32Array.from(dtype === "float32" ? testNumbers(size, 200 + i, 0.2, 1) : new Float32Array(size)),
    );
    const grads = runScoped(() => gradients(weighted(listOf(call(...tensors)), seeds), sources));
    return { forward, backward: backwardError(opCase, arrays, tensors, sources, grads, seeds) };
  });
}

function backwardError(
  { oracle }: OpCase,
  arrays: readonly Float64Array[],
  tensors: readonly Tensor[],
  sources: readonly Tensor[],
  grads: readonly (Tensor | null)[],
  seeds: readonly Float32Array[],
): number {
  const f = scalarize(
    (values) => oracle(...values),
    seeds.flatMap((part) => [...part]),
  );
  const errors = sources.map((source, i) => {
    const expected = numericalGradient(f, arrays, tensors.indexOf(source));
    return relativeError(grads[i]?.dataSync() ?? new Float32Array(expected.length), expected);
  });
  return Math.max(...errors);
}

/** What a row of the table is about: a record, or a function made of several. */
export const rowName = ({ of, op }: OpCase): string => of ?? op.name;
