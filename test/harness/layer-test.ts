/**
 * One record of a layer gives the tests every layer has to pass: weights and shapes, symbolic = immediate = planned in
 * both modes, training and inference alike or not, config round trip, gradients against a float64 oracle.
 */
import { GradientTape } from "../../src/autodiff/tape.ts";
import { input } from "../../src/layers/core/input-layer.ts";
import type { Layer } from "../../src/layers/layer.ts";
import type { SymbolicTensor } from "../../src/layers/symbolic-tensor.ts";
import { model } from "../../src/models/functional.ts";
import { PlanCache } from "../../src/ops/plan-cache.ts";
import { Tensor } from "../../src/ops/tensor.ts";
import type { Variable } from "../../src/ops/variable.ts";
import { assert, assertBitEqual, assertEqual } from "./assert-close.ts";
import { checkGradient, scalarize, testNumbers } from "./finite-difference.ts";

/**
 * The layer in float64. Gets the inputs and then the weights, flat and in the layer's order, and gives the flat output.
 */
export type LayerOracle = (arrays: Float64Array[], training: boolean) => ArrayLike<number>;

export interface LayerTest {
  /** Makes a fresh layer. */
  readonly layer: () => Layer;
  /** Shape of each input, batch included. */
  readonly inputs: readonly (readonly number[])[];
  readonly expect: {
    /** Number of weights: trained, and others. */
    readonly weights: readonly [trainable: number, other: number];
    /** Entries of `variables` that are no weights. Default 0. */
    readonly seeds?: number;
    /** Output shape with an open batch. */
    readonly shape: readonly (number | null)[];
    /** Whether training and inference give different values. */
    readonly differs: boolean;
  };
  /** Absent for layers whose training output is random. */
  readonly oracle?: LayerOracle;
  /** Modes in which the gradient is checked. Default both. */
  readonly modes?: readonly boolean[];
}

/** Runs all checks of a record. */
export function layerTest(test: LayerTest): void {
  const layer = test.layer();
  const data = test.inputs.map((shape, i) => sampleTensor(shape, i + 1));
  const symbolic = test.inputs.map(([, ...shape]) => input({ shape }));
  const output = layer.apply(one(symbolic)) as SymbolicTensor;
  assertEqual([...output.shape], [...test.expect.shape], "symbolic shape");
  checkState(layer, test);
  scatterWeights(layer);
  const graph = model({ inputs: one(symbolic), outputs: output });
  const run = (training: boolean): Tensor => layer.apply(one(data), { training });
  const state = layer.variables.map((variable) => variable.readSync());
  const restore = (): void => restoreState(layer.variables, state);
  const results = [true, false].map((training) => {
    const immediate = run(training);
    const after = layer.variables.map((variable) => variable.readSync());
    const [rank, ...rest] = immediate.shape;
    assertEqual([rank === data[0]!.shape[0] ? null : rank, ...rest], [...test.expect.shape], "shape");
    restore();
    assertBitEqual(graph.apply(one(data), { training }), immediate, `functional, training ${training}`);
    restore();
    assertBitEqual(planned(layer, data, training), immediate, `planned, training ${training}`);
    layer.variables.forEach((variable, i) => {
      assertBitEqual(variable.readSync(), after[i]!, `state of ${variable.name} after a plan, training ${training}`);
    });
    restore();
    return immediate.dataSync();
  });
  const differs = results[0]!.some((value, i) => value !== results[1]![i]);
  assertEqual(differs, test.expect.differs, "training differs from inference");
  checkConfig(layer);
  if (test.oracle !== undefined) {
    for (const training of test.modes ?? [true, false]) {
      checkLayerGradient(layer, data, training, test.oracle);
      restore();
    }
  }
}

function one<T>(list: readonly T[]): T {
  return (list.length === 1 ? list[0] : list) as T;
}

/** Values with three decimals that no kink is near. */
function sampleTensor(shape: readonly number[], seed: number): Tensor {
  const size = shape.reduce((product, dim) => product * dim, 1);
  return new Tensor(shape, "float32", Float32Array.from(testNumbers(size, seed, -2, 2, 0.05)));
}

/** Makes weights differ from each other, so that none of them is 0 or 1 everywhere; variances stay positive. */
function scatterWeights(layer: Layer): void {
  layer.weights.forEach((variable, i) => {
    const size = variable.shape.reduce((product, dim) => product * dim, 1);
    const positive = variable.name.includes("variance");
    const values = testNumbers(size, 100 + i, positive ? 0.5 : -1, positive ? 2 : 1, positive ? 0 : 0.1);
    variable.assign(new Tensor(variable.shape, "float32", Float32Array.from(values)));
  });
}

function restoreState(variables: readonly Variable[], state: readonly ReturnType<Variable["readSync"]>[]): void {
  variables.forEach((variable, i) => {
    variable.assign(new Tensor(variable.shape, variable.dtype, state[i]!));
  });
}

function checkState(layer: Layer, { expect }: LayerTest): void {
  assert(layer.built, "built after the first call");
  assertEqual([layer.trainableWeights.length, layer.nonTrainableWeights.length], [...expect.weights], "weights");
  assertEqual(layer.variables.length - layer.weights.length, expect.seeds ?? 0, "seed states");
}

function planned(layer: Layer, data: readonly Tensor[], training: boolean): Tensor {
  const arrays = data.map((tensor) => ({ data: tensor.dataSync(), shape: tensor.shape, dtype: tensor.dtype }));
  return new PlanCache().run("layer", arrays, (tensors) => [layer.apply(one(tensors), { training })])[0]!;
}

function checkConfig(layer: Layer): void {
  const config = layer.getConfig();
  const layerClass = layer.constructor as unknown as { fromConfig(config: object): Layer };
  assertEqual(layerClass.fromConfig(JSON.parse(JSON.stringify(config))).getConfig(), config, "config round trip");
}

function checkLayerGradient(layer: Layer, data: readonly Tensor[], training: boolean, oracle: LayerOracle): void {
  const trained = layer.trainableVariables;
  const weights = layer.weights.map((variable) => Float64Array.from(variable.readSync()));
  const tape = new GradientTape();
  tape.watch([...data]);
  let size = 0;
  let cotangent = new Float32Array();
  const loss = tape.record(() => {
    const y = layer.apply(one(data), { training });
    size = y.shape.reduce((product, dim) => product * dim, 1);
    cotangent = Float32Array.from(testNumbers(size, 77));
    return y.mul(new Tensor(y.shape, "float32", cotangent)).sum();
  });
  const grads = tape.gradient(loss, [...data, ...trained]);
  const byVariable = new Map(trained.map((variable, i) => [variable, grads[data.length + i]!.dataSync()]));
  checkGradient({
    f: scalarize((arrays) => oracle(arrays, training), cotangent),
    inputs: [...data.map((tensor) => Float64Array.from(tensor.dataSync())), ...weights],
    gradients: [
      ...data.map((_, i) => grads[i]!.dataSync()),
      ...layer.weights.map((variable) => byVariable.get(variable) ?? null),
    ],
    rtol: 1e-5,
    atol: 1e-5,
    what: `gradient of ${layer.name}, training ${training}`,
  });
}
