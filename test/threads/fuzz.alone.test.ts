/**
 * Random small models, trained and run by one thread, by two and by three that share whatever can be cut, and by a number
 * that changes between steps while other models are made: outputs, losses and weights have equal bits.
 */
import { setTimeout } from "node:timers/promises";
import fc from "fast-check";
import * as hb from "../../src/index.ts";
import { useThreading } from "../../src/runtime/parallel.ts";
import { Threads } from "../../src/threads/threads.ts";
import { workerMaker } from "../../src/threads/workers.ts";
import { allowThreads } from "../../src/util/settings.ts";
import { assert, assertBitEqual } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";
import { threadWorkerUrl } from "../harness/thread-worker.ts";

const SEED = 20_261_130;
const { layers } = hb;
type Values = hb.SymbolicTensor;

/** What can follow on values (batch, …, channels); `n` is an odd or even size from 1 to 40. */
const BLOCKS: Readonly<Record<string, (x: Values, n: number) => Values>> = {
  relu: (x, n) => layers.dense({ units: n, activation: "relu" }).apply(x),
  tanh: (x, n) => layers.dense({ units: n, activation: "tanh", useBias: n % 2 === 0 }).apply(x),
  gelu: (x, n) => layers.dense({ units: n, activation: "gelu", kernelInitializer: "orthogonal" }).apply(x),
  softmax: (x, n) => layers.dense({ units: n, activation: "softmax", kernelRegularizer: "l2" }).apply(x),
  elu: (x, n) => layers.elu({ alpha: n / 20 }).apply(x),
  prelu: (x) => layers.prelu().apply(x),
  batchNormalization: (x, n) => layers.batchNormalization({ scale: n % 3 > 0 }).apply(x),
  layerNormalization: (x) => layers.layerNormalization().apply(x),
  rmsNormalization: (x) => layers.rmsNormalization().apply(x),
  unitNormalization: (x) => layers.unitNormalization().apply(x),
  dropout: (x, n) => layers.dropout({ rate: n / 50 }).apply(x),
  noise: (x) => layers.gaussianNoise({ stddev: 0.3 }).apply(x),
  alphaDropout: (x) => layers.alphaDropout({ rate: 0.2 }).apply(x),
  add: (x) => layers.add().apply([x, like(x, "relu")]),
  multiply: (x) => layers.multiply().apply([x, like(x, "sigmoid")]),
  maximum: (x) => layers.maximum().apply([like(x, "linear"), x, like(x, "silu")]),
  average: (x) => layers.average().apply([x, like(x, "softplus")]),
  concatenate: (x, n) => layers.concatenate().apply([layers.dense({ units: n }).apply(x), x]),
  mean: (x) => x.sub(x.mean(-1, true)),
  max: (x) => x.mul(0.5).add(x.max(-1, true)),
  standardized: (x) => x.sub(x.mean(0, true)).div(x.square().sum(0, true).add(1).sqrt()),
  cumulative: (x) => hb.ops.cumsum(x, -1).tanh(),
};

/** A layer beside another, as wide as what comes in. */
function like(x: Values, activation: "linear" | "relu" | "sigmoid" | "silu" | "softplus"): Values {
  return layers.dense({ units: x.shape.at(-1)!, activation }).apply(x);
}

/** One model and what is done with it: a batch size for each step, negative where it only predicts. */
interface Case {
  readonly shape: readonly number[];
  readonly blocks: readonly (readonly [name: string, n: number])[];
  readonly optimizer: "sgd" | "adam" | "rmsprop" | "lion" | "nadam";
  readonly clipped: boolean;
  readonly steps: readonly number[];
}

const size = fc.integer({ min: 1, max: 40 });
const batch = fc.oneof(fc.integer({ min: 1, max: 300 }), fc.constantFrom(1, 63, 64, 65, 128, 257));
const cases: fc.Arbitrary<Case> = fc.record({
  shape: fc
    .array(size, { minLength: 1, maxLength: 1 })
    .chain((width) => fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 1 }).map((rows) => [...rows, ...width])),
  blocks: fc.array(fc.tuple(fc.constantFrom(...Object.keys(BLOCKS)), size), { minLength: 1, maxLength: 7 }),
  optimizer: fc.constantFrom("sgd", "adam", "rmsprop", "lion", "nadam"),
  clipped: fc.boolean(),
  steps: fc
    .array(fc.tuple(batch, fc.boolean()), { minLength: 2, maxLength: 5 })
    .map((steps) => steps.map(([count, trains]) => (trains ? count : -count))),
});

function makeModel({ shape, blocks, optimizer, clipped }: Case): hb.Functional {
  hb.setRandomSeed(7);
  const inputs = hb.input({ shape });
  const outputs = blocks.reduce<Values>((x, [name, n]) => BLOCKS[name]!(x, n), inputs);
  const model = hb.model({ inputs, outputs });
  const options = { learningRate: 0.01, ...(clipped && { globalClipnorm: 0.5 }) };
  model.compile({
    optimizer: hb.optimizers[optimizer](options),
    loss: "meanSquaredError",
    metrics: ["meanAbsoluteError"],
  });
  return model;
}

/** All that a case computes; `before` is called ahead of each step. */
async function run(given: Case, before?: (step: number) => Promise<void>): Promise<Float32Array[]> {
  const model = makeModel(given);
  const shape = model.outputs[0]!.shape.slice(1) as number[];
  const seen: Float32Array[] = [];
  for (const [seed, step] of given.steps.entries()) {
    await before?.(seed);
    const count = Math.abs(step);
    const x = hb.random.normal([count, ...given.shape], { seed });
    if (step < 0) seen.push((model.predict(x) as hb.Tensor).dataSync() as Float32Array);
    else
      seen.push(
        Float32Array.from([model.trainOnBatch(x, hb.random.normal([count, ...shape], { seed: seed + 9 }))].flat()),
      );
  }
  return [...seen, ...model.getWeights().map((weight) => weight.dataSync() as Float32Array)];
}

function same(actual: readonly Float32Array[], expected: readonly Float32Array[]): void {
  for (const [i, values] of actual.entries()) assertBitEqual(values, expected[i]!, `result ${i}`);
}

allowThreads();
const used = new Threads(await workerMaker(threadWorkerUrl()), { leastCall: 0, leastPart: 0, patience: 60_000 });
useThreading(used);

/** Sets the number of threads, and waits until each has taken part. */
async function useThreads(threads: number): Promise<void> {
  hb.configure({ threads });
  for (const start = performance.now(); performance.now() - start < 10_000; await setTimeout(5)) {
    hb.ones([256, 64]).matMul(hb.ones([64, 64]));
    if (used.pool === undefined || used.pool.taken.every((parts) => parts > 0)) return;
  }
  assert(false, `${threads} threads: parts taken ${used.pool?.taken}`);
}

suite("threads: random models", (test) => {
  const RUNS = { seed: SEED, numRuns: 16 };
  const known = new Map<string, Float32Array[]>();
  /** What one thread computes; only a case that shrinks is computed meanwhile. */
  const alone = async (given: Case): Promise<Float32Array[]> => {
    const key = JSON.stringify(given);
    const { threads } = hb.configure();
    if (!known.has(key)) {
      await useThreads(1);
      known.set(key, await run(given));
      await useThreads(threads);
    }
    return known.get(key)!;
  };

  test("one thread computes numbers, and the same ones again", async () => {
    const check = async (given: Case): Promise<void> => {
      const values = await alone(given);
      assert(
        values.every((part) => part.every(Number.isFinite)),
        "finite",
      );
      same(await run(given), values);
    };
    await fc.assert(fc.asyncProperty(cases, check), RUNS);
  });

  for (const threads of [2, 3]) {
    test(`${threads} threads compute what one does`, async () => {
      await useThreads(threads);
      const pool = used.pool!;
      const before = pool.taken;
      await fc.assert(
        fc.asyncProperty(cases, async (given) => same(await run(given), await alone(given))),
        RUNS,
      );
      const { taken } = pool;
      assert(
        taken.every((parts, i) => parts > before[i]!),
        `parts taken: ${before}, then ${taken}`,
      );
    });
  }

  test("a number of threads that changes between steps, with other models made meanwhile", async () => {
    const changes = fc.array(fc.tuple(fc.constantFrom(1, 2, 3), fc.boolean()), { minLength: 5, maxLength: 5 });
    const check = async (given: Case, list: readonly (readonly [number, boolean])[]): Promise<void> => {
      const expected = await alone(given);
      const actual = await run(given, async (step) => {
        const [threads, other] = list[step]!;
        await useThreads(threads);
        if (other) makeModel(given).predict(hb.ones([step + 1, ...given.shape]));
      });
      same(actual, expected);
    };
    await fc.assert(fc.asyncProperty(cases, changes, check), { seed: SEED, numRuns: 5 });
  });
});
