/**
 * One op against a float64 oracle: forward, gradient and second derivative, each executed in all the ways Hornbeam has,
 * which must agree bit for bit. The oracle is differentiated numerically, never the float32 kernels.
 */
import { gradients } from "../../src/autodiff/gradients.ts";
import type { Node } from "../../src/graph/node.ts";
import { enterScope } from "../../src/graph/scope.ts";
import { TraceScope } from "../../src/graph/trace.ts";
import { tensor } from "../../src/ops/creation.ts";
import type { Op } from "../../src/ops/define.ts";
import { PlanCache } from "../../src/ops/plan-cache.ts";
import { fromValue, runScoped, Tensor } from "../../src/ops/tensor.ts";
import { convertArray, type DType } from "../../src/util/dtype.ts";
import { changeSettings, type Settings, settings } from "../../src/util/settings.ts";
import { sizeOf } from "../../src/util/shape.ts";
import { assert, assertBitEqual, assertClose, assertEqual } from "./assert-close.ts";
import { checkGradient, directionalDerivative, scalarize, testNumbers } from "./finite-difference.ts";
import type { Test } from "./suite.ts";

/** One input: random numbers of a shape, or given ones. */
export interface OpInput {
  readonly shape: readonly number[];
  /** Default float32. */
  readonly dtype?: DType;
  /** Random numbers lie in [low, high), none nearer to 0 than `gap`. Default [-2, 2), 0. */
  readonly low?: number;
  readonly high?: number;
  readonly gap?: number;
  /** Instead of random numbers. */
  readonly values?: readonly number[];
  /** Whether to differentiate for it. Default: float32 inputs. */
  readonly gradient?: boolean;
}

/** A record under test: how it is called and what it should give. */
export interface OpCase {
  /** What the test is called, beside the record's name. */
  readonly name: string;
  /** The record that is covered; its absence from what `call` does is a failure. */
  // biome-ignore lint/suspicious/noExplicitAny: records differ in their attributes
  readonly op: Op<any>;
  /** The function of `ops` or `activations` that is called, when it is not just the record: it is listed under this name. */
  readonly of?: string;
  readonly inputs: readonly OpInput[];
  /** One tensor, or all outputs. */
  call(...tensors: Tensor[]): Tensor | readonly Tensor[];
  /** The values of all outputs, one after another. */
  oracle(...arrays: Float64Array[]): ArrayLike<number>;
  /** Whether the gradient of the gradient is checked as well. Default: when the record has a gradient rule. */
  readonly second?: boolean;
  /** Relative to the largest value expected. Default 1e-6 forward and 1e-5 for gradients. */
  readonly rtol?: number;
  readonly gradientRtol?: number;
}

/** The ways of execution that must agree bit for bit in the `simd` build. */
const PLANS: Readonly<Record<string, Partial<Settings>>> = {
  plan: { plan: true, fuse: true },
  "plan: false": { plan: false, fuse: true },
  "fuse: false": { plan: true, fuse: false },
  "plan: false, fuse: false": { plan: false, fuse: false },
};

/** Runs `body` under other settings, and puts the former ones back. */
export function withSettings<T>(changes: Partial<Settings>, body: () => T): T {
  const before = { ...settings() };
  changeSettings(changes);
  try {
    return body();
  } finally {
    changeSettings(before);
  }
}

/**
 * Results of a function of tensors by plan, by plan without shared bytes, without fusion, and by immediate execution:
 * all must have the same bits, which are returned.
 */
export function runAllWays(
  body: (args: Tensor[]) => readonly Tensor[],
  inputs: readonly Tensor[],
  what = "",
): Tensor[] {
  const args = inputs.map((input) => ({ data: input.dataSync(), shape: input.shape, dtype: input.dtype }));
  const expected = runScoped(() => [...body([...inputs])]);
  for (const [way, changes] of Object.entries(PLANS)) {
    const actual = withSettings(changes, () => {
      const cache = new PlanCache();
      cache.run("test", args, body);
      const again = cache.run("test", args, body);
      cache.clear();
      return again;
    });
    assertEqual(actual.length, expected.length, `${what} number of results, ${way}`);
    actual.forEach((tensor, i) => {
      assertEqual(
        [tensor.shape, tensor.dtype],
        [expected[i]!.shape, expected[i]!.dtype],
        `${what} result ${i}, ${way}`,
      );
      assertBitEqual(tensor.dataSync(), expected[i]!.dataSync(), `${what} result ${i} against immediate, ${way}`);
    });
  }
  return expected;
}

/** The nodes a function of tensors makes in a trace, without optimisation. */
export function traceNodes(body: (args: Tensor[]) => unknown, inputs: readonly Tensor[]): readonly Node[] {
  const scope = new TraceScope();
  enterScope(scope, () => body(inputs.map((input) => fromValue(scope.input(input), scope))));
  return scope.nodes;
}

/** The numbers of an input, as every dtype can hold them. */
export function numbersOf(
  { shape, dtype = "float32", low = -2, high = 2, gap = 0, values }: OpInput,
  seed: number,
): Float64Array {
  const raw = values ?? testNumbers(sizeOf(shape), seed, low, high, gap);
  assertEqual(raw.length, sizeOf(shape), "values given for an input");
  return Float64Array.from(convertArray(raw, dtype));
}

/** All outputs of a case. */
export const listOf = (made: Tensor | readonly Tensor[]): readonly Tensor[] => (made instanceof Tensor ? [made] : made);

/** ⟨tensor, weights⟩ as a tensor; integers and bools count as numbers without gradient. */
export function weighted(parts: readonly (Tensor | null)[], weights: readonly Float32Array[]): Tensor {
  let sum = tensor(0);
  parts.forEach((part, i) => {
    if (part !== null) sum = sum.add(part.cast("float32").mul(tensor(weights[i]!, part.shape)).sum());
  });
  return sum;
}

/** Everything one program of a case computes. */
interface Derivatives {
  readonly outputs: Tensor[];
  readonly first: (Tensor | null)[];
  readonly second: (Tensor | null)[];
}

/** Registers the test of one case. */
export function opTest(test: Test, opCase: OpCase): void {
  const { op, name, of = op.name } = opCase;
  test(`${of}: ${name}`, () => checkOp(opCase));
}

/** Registers a suite's tests: each case, whose names must differ. */
export function opTests(test: Test, cases: readonly OpCase[]): void {
  for (const opCase of cases) opTest(test, opCase);
}

function checkOp(opCase: OpCase): void {
  const { op, inputs, call, oracle, rtol = 1e-6 } = opCase;
  const arrays = inputs.map((input, i) => numbersOf(input, 100 + i));
  const tensors = inputs.map(({ shape, dtype = "float32" }, i) => tensor(arrays[i]!, shape, dtype));
  const made = runScoped(() => [...listOf(call(...tensors))]);
  assert(
    traceNodes((args) => call(...args), tensors).some((node) => node.record === op),
    `the call does not use ${op.name}`,
  );
  const expected = oracle(...arrays);
  assertEqual(
    expected.length,
    made.reduce((sum, { size }) => sum + size, 0),
    "number of values the oracle gives",
  );
  const flat = made.flatMap((part) => [...part.dataSync()]);
  const scale = largest(expected);
  assertClose(flat, Array.from(expected), { rtol, atol: rtol * scale, equalNaN: true, what: "forward" });
  checkDerivatives(opCase, arrays, tensors, made, scale);
}

/** The largest finite magnitude, at least 1e-3. */
function largest(values: ArrayLike<number>): number {
  return Array.from(values).reduce((most, x) => (Number.isFinite(x) ? Math.max(most, Math.abs(x)) : most), 1e-3);
}

function checkDerivatives(
  opCase: OpCase,
  arrays: readonly Float64Array[],
  tensors: readonly Tensor[],
  made: readonly Tensor[],
  scale: number,
): void {
  const { op, inputs, oracle, gradientRtol = 1e-5 } = opCase;
  const differentiable = made.some(({ dtype }) => dtype === "float32") && op.gradient !== null;
  const wanted = inputs.map(
    ({ dtype = "float32", gradient = true }) => differentiable && gradient && dtype === "float32",
  );
  const second = opCase.second ?? differentiable;
  const cotangents = made.map(({ size, dtype }, i) =>
    Float32Array.from(dtype === "float32" ? testNumbers(size, 200 + i, 0.2, 1) : new Float32Array(size)),
  );
  const directions = inputs.map(({ shape }, i) =>
    Float32Array.from(wanted[i] ? testNumbers(sizeOf(shape), 300 + i) : new Float32Array(sizeOf(shape))),
  );
  const { first, second: grads } = derivatives(opCase, tensors, wanted, cotangents, directions, second);
  if (!wanted.includes(true)) return;
  assert(
    wanted.every((want, i) => !want || first[i] !== null),
    `no gradient for input ${wanted.findIndex((want, i) => want && first[i] === null)}`,
  );
  const f = scalarize(
    (values) => oracle(...values),
    cotangents.flatMap((part) => [...part]),
  );
  const options = { inputs: arrays, rtol: gradientRtol, atol: 1e-6 * scale };
  checkGradient({ ...options, f, gradients: dataOf(first), what: "gradient" });
  if (!second) return;
  const along = (values: Float64Array[]): number => directionalDerivative(f, values, directions);
  // Where the gradient is constant there is nothing to differentiate: null stands for 0 then.
  const zeros = grads.map((grad, i) =>
    grad !== null || !wanted[i] ? (grad?.dataSync() ?? null) : new Float32Array(arrays[i]!.length),
  );
  checkGradient({
    ...options,
    rtol: 5 * gradientRtol,
    atol: 5e-6 * scale,
    f: along,
    gradients: zeros,
    what: "second derivative",
  });
}

const dataOf = (list: readonly (Tensor | null)[]): (ArrayLike<number> | null)[] =>
  list.map((part) => part?.dataSync() ?? null);

/** First and second derivatives of ⟨outputs, cotangents⟩, computed in all ways. */
function derivatives(
  { call, op }: OpCase,
  tensors: readonly Tensor[],
  wanted: readonly boolean[],
  cotangents: readonly Float32Array[],
  directions: readonly Float32Array[],
  second: boolean,
): Derivatives {
  let shape: Derivatives = { outputs: [], first: [], second: [] };
  const results = runAllWays(
    (args) => {
      const outputs = [...listOf(call(...args))];
      const sources = args.filter((_, i) => wanted[i]);
      const spread = (found: readonly (Tensor | null)[]): (Tensor | null)[] => {
        let next = 0;
        return wanted.map((want) => (want ? found[next++]! : null));
      };
      const first = spread(gradients(weighted(outputs, cotangents), sources));
      const grads = second ? spread(gradients(weighted(first, directions), sources)) : [];
      shape = { outputs, first, second: grads };
      return [...outputs, ...first, ...grads].filter((part) => part !== null);
    },
    tensors,
    op.name,
  );
  let next = shape.outputs.length;
  const settle = (list: readonly (Tensor | null)[]): (Tensor | null)[] =>
    list.map((part) => (part === null ? null : results[next++]!));
  return { outputs: results.slice(0, next), first: settle(shape.first), second: settle(shape.second) };
}
