/**
 * 20,000 random misuses of the public API: each has to be a HornbeamError that says where, and none may leave a trace in
 * weights, optimizer state, seeds or memory.
 */
import * as data from "../../src/data/index.ts";
import * as hb from "../../src/index.ts";
import { assert, assertBitEqual, assertEqual } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

const WANTED = 20_000;
const SEED = 20_251_122;

/** A small sequence of random numbers (mulberry32). */
function sequence(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

type Call = (...args: unknown[]) => unknown;

/** What nobody should pass anywhere, and some things that are right in the wrong place. */
function junk(random: () => number): unknown {
  const values: (() => unknown)[] = [
    () => undefined,
    () => null,
    () => Number.NaN,
    () => -1,
    () => 2.5,
    () => Number.POSITIVE_INFINITY,
    () => 0,
    () => 3,
    () => true,
    () => "",
    () => "nonsense",
    () => "relu",
    () => Symbol("s"),
    () => 10n,
    () => ({}),
    () => ({ units: -3 }),
    () => ({ nonsense: 1, axis: "x" }),
    () => [],
    () => [[1, 2], [3]],
    () => [null],
    () => [["a"]],
    () => ({ a: { b: [] } }),
    () => () => 1,
    () => async () => 1,
    () => new Map(),
    () => new Date(0),
    () => new Float32Array(3),
    () => new Uint8Array(0),
    () => hb.tensor([1, 2, 3]),
    () => hb.ones([2, 0]),
    () => hb.tensor([[1], [2]], undefined, "int32"),
    () => hb.input({ shape: [3] }),
    () => hb.layers.dense({ units: 2 }),
    () => Object.create(null),
    () => new Proxy({}, {}),
  ];
  return values[Math.floor(random() * values.length)]!();
}

function someJunk(random: () => number): unknown[] {
  return Array.from({ length: Math.floor(random() * 4) }, () => junk(random));
}

/** Options of which some are known and most are wrong. */
function junkOptions(random: () => number): unknown {
  if (random() < 0.2) return junk(random);
  const keys = [
    "units",
    "rate",
    "axis",
    "name",
    "activation",
    "seed",
    "shape",
    "dtype",
    "inputShape",
    "trainable",
  ].concat([
    ...[
      "kernelInitializer",
      "kernelRegularizer",
      "kernelConstraint",
      "momentum",
      "epsilon",
      "learningRate",
      "maxValue",
    ],
    ...[
      "targetShape",
      "dims",
      "n",
      "inputDim",
      "outputDim",
      "equation",
      "outputShape",
      "vocabulary",
      "axes",
      "function",
    ],
    ...["mean", "variance", "scale", "numTokens", "binBoundaries", "loss", "optimizer", "metrics", "from", "l1", "l2"],
  ]);
  const picked = Array.from({ length: Math.floor(random() * 3) + 1 }, () => keys[Math.floor(random() * keys.length)]!);
  return Object.fromEntries(picked.map((key) => [key, junk(random)]));
}

/** Functions that build or compute and change nothing that lasts, by the name to report. */
function pureCalls(): [string, Call][] {
  const skip = new Set(["Layer", "Merge", "input"]);
  const found: [string, Call][] = [];
  const rooms = {
    layers: hb.layers,
    losses: hb.losses,
    metrics: hb.metrics,
    optimizers: hb.optimizers,
    initializers: hb.initializers,
    regularizers: hb.regularizers,
    constraints: hb.constraints,
    activations: hb.activations,
    ops: hb.ops,
    callbacks: hb.callbacks,
    random: hb.random,
    data,
  };
  for (const [room, table] of Object.entries(rooms)) {
    for (const [name, value] of Object.entries(table as unknown as Record<string, unknown>)) {
      if (typeof value !== "function" || skip.has(name)) continue;
      const isClass = /^class\b/.test(Function.prototype.toString.call(value));
      // What stands behind the first argument of a class or a `get` is for those who extend the package.
      const call: Call = isClass
        ? (first) => Reflect.construct(value, [first])
        : name === "get"
          ? (first) => (value as Call)(first)
          : (value as Call);
      found.push([`${room}.${name}`, call]);
    }
  }
  for (const name of [
    "tensor",
    "scalar",
    "tensor1d",
    "tensor2d",
    "zeros",
    "ones",
    "fill",
    "oneHot",
    "eye",
    "range",
    "linspace",
    "input",
    "model",
    "sequential",
    "grad",
    "valueAndGrads",
    "compile",
    "cloneModel",
    "modelFromConfig",
    "customGradient",
  ]) {
    const value = (hb as unknown as Record<string, Call | undefined>)[name];
    if (value !== undefined) found.push([name, value]);
  }
  return found;
}

/** Wrong uses of a model that was trained a little. */
function modelCalls(model: hb.Sequential): [string, Call][] {
  const target = model as unknown as Record<string, Call>;
  const x = hb.ones([4, 3]);
  return [
    ["apply wrong width", (...args) => target.apply!(hb.ones([2, 5]), ...args)],
    ["apply junk", (...args) => target.apply!(...args)],
    ["predict junk", (...args) => target.predict!(...args)],
    ["evaluate short y", () => target.evaluate!(x, hb.ones([3, 2]))],
    ["trainOnBatch short y", (...args) => target.trainOnBatch!(x, ...args)],
    ["trainOnBatch wide y", () => target.trainOnBatch!(x, hb.ones([4, 9]))],
    ["testOnBatch junk", (...args) => target.testOnBatch!(...args)],
    ["setWeights", (...args) => target.setWeights!(args[0])],
    ["getLayer", (...args) => target.getLayer!(...args)],
    ["add", (...args) => target.add!(args[0] instanceof hb.Layer ? 3 : args[0])],
    ["build", (...args) => target.build!(args[0])],
    ["compile", (...args) => target.compile!({ optimizer: args[0], loss: args[1], nonsense: 1 })],
    ["summary", (...args) => target.summary!({ printFn: () => {}, nonsense: args[0] })],
    ["addWeight", () => (model.layers[0] as hb.Layer).addWeight({ shape: [2] })],
    ["assign", (...args) => model.weights[0]!.assign(args[0] as hb.TensorLike)],
    [
      "applyGradients",
      (...args) => model.optimizer!.applyGradients([[args[0] as never, model.weights[0]!], ...(args as never[])]),
    ],
    ["learningRate", () => Reflect.set(model.optimizer!, "learningRate", "fast")],
  ];
}

/** The error of a call, if it throws. */
function failure(call: () => unknown): unknown {
  try {
    const result = call();
    if (result instanceof Promise) result.catch(() => {});
    return undefined;
  } catch (error) {
    return error;
  }
}

/** A short text for an argument. */
function show(value: unknown): string {
  if (typeof value !== "object" || value === null) return String(value);
  if (Object.getPrototypeOf(value) !== Object.prototype) return value instanceof hb.Tensor ? "tensor" : "object";
  return `{${Object.entries(value)
    .map(([key, part]) => `${key}: ${typeof part === "object" ? "object" : String(part)}`)
    .join(", ")}}`;
}

suite("fuzz: the public API", (test) => {
  test(`${WANTED} misuses: each a HornbeamError that says where, nothing changed`, () => {
    const { layers } = hb;
    hb.setRandomSeed(1);
    const model = hb.sequential([
      layers.inputLayer({ shape: [3] }),
      layers.dense({ units: 4, activation: "relu" }),
      layers.batchNormalization(),
      layers.dropout({ rate: 0.5 }),
      layers.dense({ units: 2 }),
    ]);
    model.compile({ optimizer: "adam", loss: "meanSquaredError" });
    model.trainOnBatch(hb.ones([4, 3]), hb.zeros([4, 2]));
    const variables = [...model.variables, ...model.optimizer!.variables];
    const before = variables.map((variable) => variable.readSync());
    // Some calls turn out to be right: the state of the process-wide generator is there before, so that it does not count.
    hb.random.shuffle([1, 2]);
    const memory = hb.memory();
    const random = sequence(SEED);
    const pure = pureCalls();
    const wrong = modelCalls(model);
    const odd: string[] = [];
    let refused = 0;
    const { warn, log } = console;
    console.warn = () => {};
    console.log = () => {};
    try {
      for (let attempt = 0; refused < WANTED && attempt < 20 * WANTED && odd.length < 400; attempt++) {
        const onModel = random() < 0.15;
        const table = onModel ? wrong : pure;
        const [name, call] = table[Math.floor(random() * table.length)]!;
        const args = !onModel && random() < 0.6 ? [junkOptions(random)] : someJunk(random);
        const error = failure(() => call(...args));
        if (error === undefined) continue;
        refused++;
        if (!(error instanceof hb.HornbeamError) || !/^\[.+\]/.test(error.message)) {
          odd.push(`${name}(${args.map(show).join(", ")}): ${String(error)}`);
        }
      }
    } finally {
      Object.assign(console, { warn, log });
    }
    if (odd.length > 0) log(odd.join("\n"));
    assertEqual(odd, [], "errors of other kinds");
    assertEqual(refused, WANTED, "refused calls");
    variables.forEach((variable, i) => {
      assertBitEqual(variable.readSync(), before[i]!, variable.name);
    });
    const after = hb.memory();
    assertEqual(
      [after.variables, after.optimizers],
      [memory.variables, memory.optimizers],
      "bytes of variables and optimizers",
    );
    assert(after.total <= memory.total + 64 * 1024 * 1024, `total grew from ${memory.total} to ${after.total}`);
  });
});
