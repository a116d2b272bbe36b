/** Keeping work where there may be no files: sinks and sources in memory; files where the engine lets us. */
import * as hb from "hornbeam";
import { readSafetensors, writeSafetensors } from "hornbeam/io";
import { assert, assertEqual, assertRejects } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

const x = hb.tensor(Array.from({ length: 24 }, (_, i) => [i / 24, (i % 5) / 5, (i % 3) - 1]));
const y = hb.tensor(Array.from({ length: 24 }, (_, i) => [((i * 7) % 11) / 11]));
const fit = (model: hb.Model, first: number, last: number): Promise<unknown> =>
  model.fit(x, y, { epochs: last, initialEpoch: first, batchSize: 8, verbose: 0 });

function make(): hb.Model {
  hb.setRandomSeed(5);
  const { layers } = hb;
  const model = hb.sequential([
    layers.inputLayer({ shape: [3] }),
    layers.dense({ units: 6, activation: "relu" }),
    layers.dropout({ rate: 0.3 }),
    layers.dense({ units: 1 }),
  ]);
  model.compile({ optimizer: "adam", loss: "mse" });
  return model;
}

const bits = (model: hb.Model): number[][] => model.getWeights().map((weight) => [...weight.dataSync()]);

suite("saving", (test) => {
  test("to bytes, a Blob and a sink, and back; training goes on bit for bit", async () => {
    const straight = make();
    await fit(straight, 0, 4);
    const model = make();
    await fit(model, 0, 2);
    const bytes = await model.save();
    const blob = await model.save(Blob);
    let got: Uint8Array | undefined;
    await model.save({
      write: (all: Uint8Array) => {
        got = all;
      },
    });
    assertEqual(got!, bytes);
    for (const source of [bytes, blob, { read: () => got }, new Response(blob), URL.createObjectURL(blob)]) {
      const loaded = await hb.loadModel(source);
      assertEqual(loaded.epoch, 2);
      await fit(loaded, loaded.epoch, 4);
      assertEqual(bits(loaded), bits(straight));
    }
  });
  test("weights, and errors of the one FormatError", async () => {
    const model = make();
    const other = make();
    await fit(model, 0, 1);
    await other.loadWeights(await model.saveWeights(Blob));
    assertEqual(bits(other), bits(model));
    await assertRejects(() => other.loadWeights(Uint8Array.of(1, 2, 3)), hb.FormatError, /whole safetensors file/);
    await assertRejects(() => readSafetensors(Uint8Array.of(1, 2, 3)), hb.FormatError, /whole safetensors file/);
  });
  test("what is not there, or may not be read, is a FormatError in every engine", async () => {
    const missing = "no/such/model.safetensors";
    const text = /source: expected .*no\/such\/model\.safetensors.*, got/;
    await assertRejects(() => hb.loadModel(missing), hb.FormatError, text);
    await assertRejects(() => make().loadWeights(missing), hb.FormatError, text);
  });
  test("states go through structuredClone", async () => {
    const model = make();
    await fit(model, 0, 1);
    const state = structuredClone(model.getState());
    await fit(model, 1, 3);
    const after = bits(model);
    model.setState(state);
    await fit(model, 1, 3);
    assertEqual(bits(model), after);
  });
  test("hornbeam/io on its own", async () => {
    const bytes = await writeSafetensors({ a: { shape: [2], data: Float32Array.of(1, 2) } }, undefined, { by: "me" });
    const { tensors, metadata } = await readSafetensors(bytes);
    assertEqual([[...(tensors.a!.data as Float32Array)], metadata.by], [[1, 2], "me"]);
  });
  test("a file, where there are files and they may be written", async () => {
    const model = make();
    const { process } = globalThis as { process?: { env: object; getBuiltinModule?: unknown } };
    if (typeof document !== "undefined") {
      await assertRejects(() => model.save("model.safetensors"), hb.ValueError, /sink: expected/);
      return;
    }
    assert(process !== undefined, "Node and Deno have a process");
    if ("Deno" in globalThis) {
      // Without any permission: the host's own error.
      await assertRejects(
        () => model.save("model.safetensors"),
        Error,
        /write access|read access|NotCapable|permission/i,
      );
      return;
    }
    const { mkdtemp, readdir, rm } = (await import(
      ["node:fs", "promises"].join("/")
    )) as typeof import("node:fs/promises");
    const folder = await mkdtemp("hornbeam-saving-");
    try {
      await model.save(`${folder}/model.safetensors`);
      assertEqual(bits(await hb.loadModel(`${folder}/model.safetensors`)), bits(model));
      assertEqual(await readdir(folder), ["model.safetensors"]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
