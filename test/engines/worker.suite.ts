/** A model in a worker gives what the same model gives here; its training is watched, stopped and aborted from here. */
import * as hb from "hornbeam";
import { connectModel, type HostTensor, type WorkerLike } from "hornbeam/worker";
import { assert, assertBitEqual, assertEqual, assertRejects, assertThrows } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

const host = globalThis as { process?: { versions?: { node?: string } }; Deno?: unknown };

async function start(name = "model"): Promise<WorkerLike> {
  const url = new URL(`./${name}.worker.js`, import.meta.url);
  if (host.process?.versions?.node === undefined || host.Deno !== undefined) return new Worker(url, { type: "module" });
  const { Worker: NodeWorker } = await import("node:worker_threads");
  return new NodeWorker(url);
}

function fail(error: Error): never {
  throw error;
}

/** The same model here. */
function local(): hb.Sequential {
  hb.setRandomSeed(3);
  const layers = [
    hb.input({ shape: [8] }),
    hb.layers.dense({ units: 16, activation: "relu" }),
    hb.layers.dense({ units: 1, activation: "sigmoid" }),
  ];
  const model = hb.sequential({ layers });
  model.compile({ optimizer: "adam", loss: "binaryCrossentropy", metrics: ["accuracy"] });
  return model;
}

const x = hb.random.normal([64, 8], { seed: 1 });
const y = x.sum(1, true).greater(0).cast("float32");

suite("worker", (test) => {
  test("fit, evaluate, predict and weights agree with a model of this thread", async () => {
    const remote = connectModel(await start());
    try {
      const told: [number, number][] = [];
      const callbacks = { onEpochEnd: (epoch: number, logs: hb.Logs) => void told.push([epoch, logs.loss!]) };
      const { epoch, history } = await remote.fit(x, y, { epochs: 3, batchSize: 16, callbacks });
      const model = local();
      const expected = await model.fit(x, y, { epochs: 3, batchSize: 16, verbose: 0 });
      assertEqual([epoch, history], [expected.epoch, expected.history]);
      assertEqual(
        told,
        history.loss!.map((loss, i) => [i, loss]),
      );
      const weights = await remote.getWeights();
      model.getWeights().forEach((weight, i) => {
        assertEqual(weights[i]!.shape, weight.shape);
        assertBitEqual(weights[i]!.data, weight.dataSync());
      });
      assertEqual(await remote.evaluate(x, y), model.evaluate(x, y));
      const given = (await remote.predict(x.arraySync())) as HostTensor;
      assertEqual([given.shape, given.dtype], [[64, 1], "float32"]);
      assertBitEqual(given.data, (model.predict(x) as hb.Tensor).dataSync());
      await remote.setWeights(weights.map(({ data, shape, dtype }) => ({ data: data.map(() => 0), shape, dtype })));
      assertBitEqual(((await remote.predict(x)) as HostTensor).data, new Float32Array(64).fill(0.5));
      await remote.setState(model.getState());
      assertBitEqual(((await remote.predict(x)) as HostTensor).data, given.data);
      assert((await remote.summary()).includes("remote"));
    } finally {
      remote.terminate();
    }
  });

  test("a training is aborted, or stopped after a step, and the model can be trained on", async () => {
    const remote = connectModel(await start());
    try {
      const controller = new AbortController();
      const reason = new Error("enough");
      let epochs = 0;
      const callbacks = { onEpochEnd: () => void (++epochs === 2 && controller.abort(reason)) };
      const running = remote.fit(x, y, { epochs: 1_000_000, callbacks, signal: controller.signal });
      assertEqual(await assertRejects(() => running, Error, /enough/), reason);
      const stopping = remote.fit(x, y, {
        epochs: 1_000_000,
        callbacks: {
          onEpochEnd: (epoch) => {
            if (epoch === 0) remote.stopTraining();
          },
        },
      });
      assert((await stopping).epoch.length < 1_000_000);
      assertEqual((await remote.fit(x, y)).epoch, [0]);
    } finally {
      remote.terminate();
    }
  });

  test("a training that waits is aborted; what cannot be copied or acts on the model is refused", async () => {
    const remote = connectModel(await start());
    try {
      const controller = new AbortController();
      const first = remote.fit(x, y, { epochs: 3 });
      const second = remote.fit(x, y, { epochs: 3, signal: controller.signal });
      controller.abort(new Error("not that one"));
      await assertRejects(() => second, Error, /not that one/);
      assertEqual((await first).epoch, [0, 1, 2]);
      await assertRejects(() => remote.fit(x, () => y), hb.ValueError, /worker.*copied/);
      const callbacks = new hb.callbacks.EarlyStopping({ monitor: "loss" });
      await assertRejects(() => remote.fit(x, y, { epochs: 9, callbacks }), hb.StateError, /reads its model/);
    } finally {
      remote.terminate();
    }
  });

  test("a model that cannot be built is what every call rejects with, also after a stop", async () => {
    const remote = connectModel(await start("failing"));
    try {
      const running = remote.fit(x, y);
      remote.stopTraining();
      await assertRejects(() => running, hb.ValueError, /no model today/);
      // A rejection that nobody hears would have ended the worker.
      await new Promise((resolve) => setTimeout(resolve, 50));
      await assertRejects(() => remote.predict(x), hb.ValueError, /no model today/);
    } finally {
      remote.terminate();
    }
  });

  test("what a callback throws, at once or later, ends the training and is what fit rejects with", async () => {
    const remote = connectModel(await start());
    try {
      const reason = new Error("no more");
      const throwing = { onEpochEnd: (): void => fail(reason) };
      const rejecting = { onEpochEnd: async (): Promise<void> => fail(reason) };
      for (const callbacks of [throwing, rejecting]) {
        const running = remote.fit(x, y, { epochs: 1_000_000, callbacks });
        assertEqual(await assertRejects(() => running, Error, /no more/), reason);
      }
      assertEqual((await remote.fit(x, y)).epoch, [0]);
    } finally {
      remote.terminate();
    }
  });

  test("errors come back in their class; a worker that has ended rejects everything", async () => {
    const remote = connectModel(await start());
    try {
      await assertRejects(() => remote.predict([[1, 2]]), hb.ShapeError, /expected.*8/);
      await assertRejects(() => remote.fit(x, y, { epochs: -1 }), hb.ValueError, /epochs/);
      assertThrows(() => connectModel({} as never), hb.ValueError, /a Worker/);
      const pending = remote.fit(x, y, { epochs: 1_000_000 });
      remote.terminate();
      await assertRejects(() => pending, hb.StateError, /terminated/);
      await assertRejects(() => remote.predict(x), hb.StateError, /terminated/);
    } finally {
      remote.terminate();
    }
  });
});
