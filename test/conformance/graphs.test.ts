/**
 * 150 random graphs that real Keras ran (generate_flag_graphs.py): outputs, gradients and masks in each mode, and all state
 * after three steps of SGD with momentum. |ours − Keras| ≤ 1e-5·|Keras| + 1e-5·s, s = max(1, largest value of its kind).
 */
import { readFileSync } from "node:fs";
import * as hb from "../../src/index.ts";
import { makeLayer } from "../fixtures/keras-layers.ts";
import { assert, assertEqual } from "../harness/assert-close.ts";
import { withSettings } from "../harness/op-test.ts";
import { suite } from "../harness/suite.ts";

interface LayerSpec {
  class: string;
  config: { name: string } & Record<string, unknown>;
}

interface NodeSpec {
  layer?: LayerSpec | ModelSpec | StackSpec;
  made?: number;
  shared?: number;
  inputs: number[];
  training?: boolean | null;
}

interface StackSpec {
  sequential: LayerSpec[];
  input: number[];
  name: string;
}

interface ModelSpec {
  inputs: number[][];
  nodes: NodeSpec[];
  outputs: number[];
  name: string;
}

interface ModeResult {
  loss: number;
  outputs: string;
  dx: string;
  dw: string;
  dropped: [string, string][];
}

interface GraphCase {
  seed: number;
  graph: ModelSpec & { batch: number; frozen: string[] };
  leaves: string[];
  training: ModeResult;
  inference: ModeResult;
  trained: string;
  after: string;
  seeds: number[][];
}

/** Without fused multiply-add. Only seed 66 needs it, and has a test of its own for both builds: see generate_seed66.py. */
const PLAIN = { build: "simd" } as const;

const path = new URL("../fixtures/flag-graphs.json", import.meta.url);
const { graphs } = JSON.parse(readFileSync(path, "utf8")) as { graphs: GraphCase[] };

/** The fixtures' numbers: multiples of 1/64, the same on every machine. */
function numbers(shape: readonly number[], seed: number, low = -2, high = 2): hb.Tensor {
  const size = shape.reduce((a, b) => a * b, 1);
  const values = Float32Array.from({ length: size }, (_, i) => {
    let h = Math.imul(i + 1 + seed * 1000, 2654435761) >>> 0;
    h = Math.imul(h ^ (h >>> 15), 2246822519) >>> 0;
    return Math.round((low + ((high - low) * ((h >>> 8) % 10007)) / 10007) * 64) / 64;
  });
  return hb.tensor(values, [...shape]);
}

function buildLayer(spec: NonNullable<NodeSpec["layer"]>, table: Map<string, hb.Layer>): hb.Layer {
  let made: hb.Layer;
  if ("sequential" in spec) {
    const stack = spec.sequential.map((each) => buildLayer(each, table));
    made = hb.sequential({ layers: [hb.input({ shape: spec.input }), ...stack], name: spec.name });
  } else if ("nodes" in spec) made = buildModel(spec, table);
  else made = makeLayer(spec.class, spec.config);
  table.set(made.name, made);
  return made;
}

function buildModel(spec: ModelSpec, table: Map<string, hb.Layer>): hb.Functional {
  const inputs = spec.inputs.map((shape) => hb.input({ shape }));
  const tensors = [...inputs];
  const made: hb.Layer[] = [];
  for (const node of spec.nodes) {
    const layer = node.layer === undefined ? made[node.shared!]! : buildLayer(node.layer, table);
    if (node.made !== undefined) made[node.made] = layer;
    const given = node.inputs.map((i) => tensors[i]!);
    tensors.push(layer.apply(given.length > 1 ? given : given[0]!, { training: node.training ?? null }));
  }
  const outputs = spec.outputs.map((i) => tensors[i]!);
  const one = <T>(list: T[]): T | T[] => (list.length > 1 ? list : list[0]!);
  return hb.model({ inputs: one(inputs), outputs: one(outputs), name: spec.name });
}

/** Everything but kernels, which come from the seed, from `numbers`. */
function setWeights(leaves: readonly hb.Layer[]): void {
  leaves.forEach((layer, place) => {
    layer.weights.forEach((weight, i) => {
      if (weight.name === "kernel") return;
      const positive = /^(gamma|scale)$|variance|stddev/.test(weight.name);
      weight.assign(
        positive ? numbers(weight.shape, 10 * place + i, 0.5, 1.5) : numbers(weight.shape, 10 * place + i, -0.5, 0.5),
      );
    });
  });
}

function unpack(text: string): Float32Array {
  const bytes = Buffer.from(text, "base64");
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

/** The largest difference of two lists of one kind as a part of the bound, and where it is. */
function worstOf(values: ArrayLike<number>, expected: Float32Array): [worst: number, at: number] {
  const s = expected.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1);
  let [worst, at] = [0, -1];
  expected.forEach((value, i) => {
    const excess = Math.abs(values[i]! - value) / (1e-5 * Math.abs(value) + 1e-5 * s);
    if (!(excess <= worst)) [worst, at] = [excess, i];
  });
  return [worst, at];
}

/** Holds all values of one kind to the bound. */
function within(actual: readonly ArrayLike<number>[], expected: Float32Array, what: string): void {
  const values = actual.flatMap((part) => Array.from(part));
  assertEqual(values.length, expected.length, `${what}: number of values`);
  const [worst, at] = worstOf(values, expected);
  assert(
    worst <= 1,
    `${what}: value ${at} is ${values[at]}, Keras has ${expected[at]} (${worst.toFixed(2)} of the bound)`,
  );
}

/** Notes what dropout layers dropped, by name, in calls with values. */
function watchMasks(leaves: readonly hb.Layer[]): [string, string][] {
  const seen: [string, string][] = [];
  for (const layer of leaves.filter((each) =>
    /^(Spatial)?Dropout/.test((each.constructor as typeof hb.Layer).className),
  )) {
    const call = layer.call.bind(layer);
    layer.call = (inputs, options) => {
      const outputs = call(inputs, options);
      const values = (outputs as hb.Tensor).dataSync();
      seen.push([layer.name, Array.from(values, (value) => (value === 0 ? "1" : "0")).join("")]);
      return outputs;
    };
  }
  return seen;
}

interface Slopes {
  loss: hb.Tensor;
  outputs: hb.Tensor[];
  grads: (hb.Tensor | null)[];
}

function slopesOf(model: hb.Model, xs: readonly hb.Tensor[], training: boolean): Slopes {
  const tape = new hb.GradientTape();
  tape.watch([...xs]);
  const { loss, outputs } = tape.record(() => {
    const made = model.apply<hb.Tensor | hb.Tensor[]>(xs.length > 1 ? [...xs] : xs[0]!, { training });
    const outputs = [made].flat() as hb.Tensor[];
    const parts = outputs.map((output, i) => output.mul(numbers(output.shape, 900 + i)).sum());
    return { loss: [...parts, ...model.losses].reduce((a, b) => a.add(b)), outputs };
  });
  return { loss, outputs, grads: tape.gradient(loss, [...xs, ...model.trainableVariables]) };
}

/** A gradient that does not exist is what Keras calls a gradient of zeros. */
function valuesOf(grad: hb.Tensor | null, like: { shape: readonly number[] }): ArrayLike<number> {
  return grad?.dataSync() ?? new Float32Array(like.shape.reduce((a, b) => a * b, 1));
}

interface Prepared {
  model: hb.Model;
  leaves: hb.Layer[];
  weights: hb.Variable[];
  trained: Set<hb.Variable>;
  xs: hb.Tensor[];
}

/** A case's model with its weights and inputs. */
function prepare(each: GraphCase): Prepared {
  const { graph } = each;
  hb.setRandomSeed(each.seed);
  const table = new Map<string, hb.Layer>();
  const model = buildModel(graph, table);
  for (const name of graph.frozen) table.get(name)!.trainable = false;
  const leaves = each.leaves.map((name) => table.get(name)!);
  setWeights(leaves);
  const weights = leaves.flatMap((layer) => layer.weights);
  const trained = new Set(model.trainableVariables);
  assertEqual(weights.map((weight) => (trained.has(weight) ? "1" : "0")).join(""), each.trained, "trainable variables");
  const xs = graph.inputs.map((shape, i) => numbers([graph.batch, ...shape], 500 + each.seed + i, -1.5, 1.5));
  return { model, leaves, weights, trained, xs };
}

/** Gradients of the trained variables in the order of the weights; `grads` begins with those of the inputs. */
function weightSlopes({ model, weights, trained, xs }: Prepared, grads: Slopes["grads"]): ArrayLike<number>[] {
  const places = new Map(model.trainableVariables.map((variable, i) => [variable, xs.length + i]));
  return weights.filter((weight) => trained.has(weight)).map((weight) => valuesOf(grads[places.get(weight)!]!, weight));
}

/** Three steps of SGD with momentum. */
function train({ model, xs }: Prepared): void {
  const optimizer = hb.optimizers.sgd({ learningRate: 0.05, momentum: 0.9 });
  for (let step = 0; step < 3; step++) {
    const { grads } = slopesOf(model, xs, true);
    const pairs = model.trainableVariables.map((variable, i) => {
      const grad = grads[xs.length + i] ?? hb.zeros([...variable.shape]);
      return [grad, variable] as const;
    });
    optimizer.applyGradients(pairs as never);
  }
}

function checkGraph(each: GraphCase): void {
  const prepared = prepare(each);
  const { model, leaves, weights, trained, xs } = prepared;
  const before = model.variables.map((variable) => variable.value());
  for (const mode of ["inference", "training"] as const) {
    const expected = each[mode];
    const masks = mode === "training" ? watchMasks(leaves) : [];
    const { loss, outputs, grads } = slopesOf(model, xs, mode === "training");
    for (const layer of leaves) delete (layer as Partial<hb.Layer>).call;
    model.variables.forEach((variable, i) => {
      variable.assign(before[i]!);
    });
    const order = (list: [string, string][]): string[] => list.map((entry) => entry.join(" ")).sort();
    if (mode === "training") assertEqual(order(masks), order(expected.dropped), "masks");
    within(
      outputs.map((output) => output.dataSync()),
      unpack(expected.outputs),
      `${mode}: outputs`,
    );
    within([[loss.item()]], Float32Array.of(expected.loss), `${mode}: loss`);
    within(
      xs.map((x, i) => valuesOf(grads[i]!, x)),
      unpack(expected.dx),
      `${mode}: gradient for the inputs`,
    );
    within(weightSlopes(prepared, grads), unpack(expected.dw), `${mode}: gradients for the weights`);
  }
  if (trained.size > 0) train(prepared);
  within(
    weights.map((weight) => weight.readSync()),
    unpack(each.after),
    "weights after 3 steps",
  );
  const generators = leaves.map((layer) => (layer as { seedGenerator?: hb.SeedGenerator }).seedGenerator);
  const states = generators.filter((generator) => generator !== undefined).map(({ state }) => [...state.readSync()]);
  assertEqual(states, each.seeds, "seed states");
}

suite("conformance: random graphs against Keras", (test) => {
  test("150 graphs, from seeds 0 … 149, none left out", () => {
    assertEqual(
      graphs.map(({ seed }) => seed),
      Array.from({ length: 150 }, (_, seed) => seed),
    );
  });
  for (const build of ["simd", "relaxed"] as const) {
    test(`seed 66 is near the bound by float32 rounding, and mostly Keras's (build ${build} where it runs)`, () => {
      // generate_seed66.py tells why: Keras itself is farther from the float64 values than the bound.
      const path = new URL("../fixtures/seed66.json", import.meta.url);
      const { exact, after } = JSON.parse(readFileSync(path, "utf8")) as Record<"exact" | "after", number[]>;
      const each = graphs[66]!;
      const part = (values: ArrayLike<number>, of: readonly number[]): number =>
        worstOf(values, Float32Array.from(of))[0];
      withSettings({ build }, () => {
        const prepared = prepare(each);
        const before = prepared.model.variables.map((variable) => variable.value());
        const { grads } = slopesOf(prepared.model, prepared.xs, true);
        const slopes = weightSlopes(prepared, grads).flatMap((list) => Array.from(list));
        prepared.model.variables.forEach((variable, i) => {
          variable.assign(before[i]!);
        });
        train(prepared);
        const weights = prepared.weights.flatMap((weight) => Array.from(weight.readSync()));
        const ours = [part(slopes, exact), part(weights, after)] as const;
        const theirs = [part(unpack(each.training.dw), exact), part(unpack(each.after), after)] as const;
        const text = `parts of the bound off the float64 values: Keras ${theirs}, ours ${ours}`;
        assert(theirs[0] > 1 && ours[0] <= theirs[0] + 0.01, text);
        assert(theirs[1] > 2.5 && ours[1] < 0.65 * theirs[1], text);
      });
    });
  }
  for (const each of graphs) {
    test(`seed ${each.seed}`, () => withSettings(each.seed === 66 ? PLAIN : {}, () => checkGraph(each)));
  }
});
