/**
 * Real workers over shared memory, in a process of its own. But for the first test limits are such that everything that can
 * be cut is, however small.
 */
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { observeCalls } from "../../src/compile/timing.ts";
import * as hb from "../../src/index.ts";
import { PlanCache } from "../../src/ops/plan-cache.ts";
import { runScoped } from "../../src/ops/scopes.ts";
import { useThreading } from "../../src/runtime/parallel.ts";
import { enableThreads } from "../../src/threads/index.ts";
import type { WorkerMaker } from "../../src/threads/pool.ts";
import { Threads } from "../../src/threads/threads.ts";
import { workerMaker } from "../../src/threads/workers.ts";
import { assert, assertBitEqual, assertEqual, assertRejects, assertThrows } from "../harness/assert-close.ts";
import { listOf, numbersOf, type OpCase, withSettings } from "../harness/op-test.ts";
import { suite } from "../harness/suite.ts";
import { threadWorkerUrl } from "../harness/thread-worker.ts";

const workerUrl = threadWorkerUrl();
const makeWorker = await workerMaker(workerUrl);
const ALL = { leastCall: 0, leastPart: 0, patience: 60_000 };

/** W2 in small: every kind of kernel a training step has. */
function makeModel(units = 96): hb.Sequential {
  hb.setRandomSeed(3);
  const model = hb.sequential({
    layers: [
      hb.input({ shape: [40] }),
      hb.layers.dense({ units, activation: "relu" }),
      hb.layers.batchNormalization(),
      hb.layers.dropout({ rate: 0.3 }),
      hb.layers.dense({ units: 10, activation: "softmax" }),
    ],
  });
  model.compile({ optimizer: "adam", loss: "categoricalCrossentropy", metrics: ["accuracy"] });
  return model;
}

const x = hb.random.normal([128, 40], { seed: 1 });
const y = hb.oneHot(
  Array.from({ length: 128 }, (_, i) => (i * 7) % 10),
  10,
);

function weightsAfter(steps: number, model = makeModel()): Float32Array[] {
  for (let i = 0; i < steps; i++) model.trainOnBatch(x, y);
  return model.getWeights().map((weight) => weight.dataSync() as Float32Array);
}

function same(actual: readonly Float32Array[], expected: readonly Float32Array[], what: string): void {
  for (const [i, values] of actual.entries()) assertBitEqual(values, expected[i]!, `${what}, weight ${i}`);
}

/** What is said in the log meanwhile. */
async function loggedBy(run: () => Promise<void>): Promise<string[]> {
  const { warn } = console;
  const log: string[] = [];
  console.warn = (text) => void log.push(text);
  try {
    await run();
  } finally {
    console.warn = warn;
  }
  return log;
}

/** Uses threads that share whatever can be cut. */
function useThreads(threads: number, limits = ALL, make = makeWorker): Threads {
  const used = new Threads(make, limits);
  hb.configure({ threads: 1 });
  useThreading(used);
  hb.configure({ threads });
  return used;
}

const alone = weightsAfter(20);

suite("threads", (test) => {
  test("configure({threads: 2}) before enableThreads is a StateError that names the call", () => {
    assertThrows(() => hb.configure({ threads: 2 }), hb.StateError, /enableThreads/);
  });

  test("a host that gives no shared memory is asked for less, then one thread goes on and the log says why", async () => {
    const { Memory } = WebAssembly;
    const asked: number[] = [];
    WebAssembly.Memory = class {
      constructor({ maximum }: WebAssembly.MemoryDescriptor) {
        asked.push(maximum!);
        throw new RangeError("could not allocate memory");
      }
    } as unknown as typeof Memory;
    try {
      const log = await loggedBy(async () => assertEqual(await enableThreads({ threads: 2, workerUrl }), 1));
      assertEqual(log, ["[threads] one thread only: the host gives no memory that threads can share."]);
    } finally {
      WebAssembly.Memory = Memory;
    }
    assertEqual([asked[0], asked.at(-1)], [65536, 1024]);
    assertEqual(hb.configure().threads, 1);
    same(weightsAfter(20), alone, "one thread");
  });

  test("enableThreads refuses what it does not know, and takes a number or auto", async () => {
    for (const options of [{ threads: 0 }, { threads: 1.5 }, { threads: "all" }, { worker: 1 }, { workerUrl: 3 }]) {
      let error: unknown;
      await enableThreads(options as never).catch((thrown) => (error = thrown));
      assert(error instanceof hb.ValueError, JSON.stringify(options));
    }
    assert((await enableThreads({ workerUrl })) >= 1);
    assertEqual(await enableThreads({ threads: 2, workerUrl }), 2);
    assertEqual(hb.configure().threads, 2);
    assertThrows(() => hb.configure({ threads: 65 }), hb.ValueError, /threads.*64/);
  });

  for (const wrong of ["nonsense", new URL("no-such-script.mjs", import.meta.url)]) {
    test(`a script that is not there (${typeof wrong}): the main thread does the work, and the log says so`, async () => {
      const log = await loggedBy(async () => {
        useThreads(3, ALL, await workerMaker(wrong));
        same(weightsAfter(20), alone, "one thread");
        await new Promise((resolve) => setTimeout(resolve, 500));
        same(weightsAfter(20), alone, "afterwards");
      });
      assertEqual(log.length, 1, log.join());
      assert(/^\[threads\] a worker ended.*workerUrl/.test(log[0]!), log[0]!);
    });
  }

  for (const threads of [2, 3, 5]) {
    test(`20 training steps on ${threads} threads give the same bits as on one, planned and at once`, () => {
      const used = useThreads(threads);
      same(weightsAfter(20), alone, "planned");
      const taken = used.pool!.taken;
      assertEqual(taken.length, threads);
      assert(taken[0]! > 100, `parts run: ${taken}`);
      const model = makeModel();
      model.compile({ optimizer: "adam", loss: "categoricalCrossentropy", runEagerly: true });
      same(weightsAfter(5, model), weightsAfter(5), "at once");
    });
  }

  test("workers take part", () => {
    const used = useThreads(2);
    const a = hb.ones([512, 512]);
    const start = performance.now();
    do a.matMul(a);
    while (used.pool!.taken[1] === 0 && performance.now() - start < 30_000);
    assert(used.pool!.taken[1]! > 0, `parts run: ${used.pool!.taken}`);
  });

  const folder = fileURLToPath(new URL("../ops/cases", import.meta.url));
  test("every op case has the same bits on 3 threads as on one", async () => {
    const files = readdirSync(folder).map((file) => import(`${folder}/${file}`) as Promise<{ cases: OpCase[] }>);
    const cases = (await Promise.all(files)).flatMap((file) => file.cases);
    assert(cases.length > 200, `${cases.length} cases`);
    useThreads(3);
    for (const { name, op, inputs, call } of cases) {
      const tensors = inputs.map(({ shape, dtype = "float32", ...input }, i) =>
        hb.tensor(numbersOf({ shape, dtype, ...input }, 100 + i), shape, dtype as "float32"),
      );
      const args = tensors.map((input) => ({ data: input.dataSync(), shape: input.shape, dtype: input.dtype }));
      const body = (given: hb.Tensor[]): readonly hb.Tensor[] => listOf(call(...given));
      const [one, planned, immediate] = [1, 3, 3].map((threads, i) =>
        withSettings({ threads }, () =>
          i < 2 ? new PlanCache().run("test", args, body) : runScoped(() => [...body(tensors)]),
        ),
      );
      one!.forEach((expected, i) => {
        assertBitEqual(planned![i]!.dataSync(), expected.dataSync(), `${op.name}: ${name}, planned`);
        assertBitEqual(immediate![i]!.dataSync(), expected.dataSync(), `${op.name}: ${name}, at once`);
      });
    }
  });

  test("1,000 short fits on changing numbers of threads, two models in turn, while memory grows", async () => {
    const used = useThreads(2, { ...ALL, leastCall: 5 });
    const models = [makeModel(), makeModel()];
    const big: hb.Variable[] = [];
    for (let i = 0; i < 1000; i++) {
      if (i % 100 === 50) hb.configure({ threads: 1 + (i % 3) });
      if (i % 250 === 125) big.push(hb.variable(hb.zeros([1_000_000])));
      for (const variable of big) variable.assign(variable.value());
      await models[i % 2]!.fit(x, y, { epochs: 1, batchSize: 128, shuffle: false, verbose: 0 });
    }
    hb.configure({ threads: 1 });
    const expected = weightsAfter(500);
    for (const model of models) same(weightsAfter(0, model), expected, "500 steps each");
    assertEqual(used.pool, undefined);
  });

  test("what stopped workers shared is given back when they have ended", async () => {
    const used = useThreads(1);
    await new Promise((resolve) => setTimeout(resolve, 200));
    const { total } = hb.memory();
    for (let i = 0; i < 6; i++) {
      hb.configure({ threads: 2 + (i % 2) });
      x.matMul(x.transpose());
      assert(used.pool!.taken[0]! > 0);
    }
    hb.configure({ threads: 1 });
    x.matMul(x.transpose());
    for (const start = performance.now(); hb.memory().total > total && performance.now() - start < 10_000; )
      await new Promise((resolve) => setTimeout(resolve, 20));
    assertEqual(hb.memory().total, total);
  });

  test("two models trained at once, on a number of threads that changes meanwhile, with workers that are killed", async () => {
    const killed: Worker[] = [];
    const make: WorkerMaker = (lost) => {
      const worker = new Worker(workerUrl);
      worker.on("exit", () => lost());
      worker.unref();
      killed.push(worker);
      return { start: (message) => worker.postMessage(message), terminate: () => void worker.terminate() };
    };
    useThreads(3, ALL, make);
    let epochs = 0;
    const onEpochEnd = async (): Promise<void> => {
      if (++epochs % 3 === 0) await killed.at(-1)!.terminate();
      if (epochs % 4 === 0) hb.configure({ threads: 1 + (epochs % 3) });
    };
    const options = { epochs: 20, batchSize: 128, shuffle: false, verbose: 0 } as const;
    const models = [makeModel(), makeModel()];
    await Promise.all(models.map((model) => model.fit(x, y, { ...options, callbacks: { onEpochEnd } })));
    assertEqual(epochs, 40);
    for (const model of models) same(weightsAfter(0, model), alone, "20 steps");
    await assertRejects(
      () => models[0]!.fit(x, y, { ...options, callbacks: { onTrainBatchEnd: () => assert(false, "thrown") } }),
      Error,
      /thrown/,
    );
    models[0]!.trainOnBatch(x, y);
  });

  for (const [when, kernel, timed] of [
    ["before the commit", "f32_gemm_nn", false],
    ["in the commit", "f32_adam", false],
    ["in the commit while calls are timed", "f32_adam", true],
  ] as const) {
    test(`a worker lost ${when}: an error; ${kernel === "f32_adam" ? "use is refused until values are set anew" : "nothing has changed"}`, async () => {
      const thief = threadWorkerUrl("test/threads/thief-worker.ts", { kernel });
      useThreads(2, { ...ALL, patience: 300 }, await workerMaker(thief));
      const model = makeModel(4096);
      const before = weightsAfter(0, model);
      let error: unknown;
      let steps = 0;
      if (timed) observeCalls(() => {});
      for (; error === undefined && steps < 500; steps++) {
        try {
          model.trainOnBatch(x, y);
        } catch (thrown) {
          error = thrown;
        }
      }
      observeCalls(undefined);
      assert(error instanceof hb.StateError && /threads.*did not come back/.test(error.message), `${error}`);
      hb.configure({ threads: 1 });
      if (kernel === "f32_adam") {
        assertThrows(() => model.predict(x), hb.StateError, /setWeights/);
        model.setWeights(before);
        same(weightsAfter(0, model), before, "set anew");
        model.predict(x);
      } else {
        const untouched = makeModel(4096);
        same(weightsAfter(0, model), weightsAfter(steps - 1, untouched), "after the loss");
        same(weightsAfter(1, model), weightsAfter(1, untouched), "one step later");
      }
    });
  }

  test("a process with workers ends by itself", () => {
    const script = fileURLToPath(new URL("ends-by-itself.ts", import.meta.url));
    const { status, stdout, stderr, signal } = spawnSync(
      process.execPath,
      ["--import", "tsx", script, workerUrl.href],
      { encoding: "utf8", timeout: 60_000 },
    );
    assertEqual([status, signal, stdout.trim()], [0, null, "done"], stderr);
  });
});
