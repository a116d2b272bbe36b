/** Files that were cut off or changed: a FormatError or what was saved, never a crash, never half a model. */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import * as hb from "../../src/index.ts";
import { readSafetensors, writeSafetensors } from "../../src/io/index.ts";
import { assert, assertEqual, assertRejects } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";
import { goldenModel } from "./golden-tensors.ts";

const whole = new Uint8Array(readFileSync(new URL("../fixtures/safetensors/model.safetensors", import.meta.url)));
const headerEnd = 8 + Number(new DataView(whole.buffer).getBigUint64(0, true));

/** All of a model that a file holds, as one text. */
const contentOf = (model: hb.Model): string => JSON.stringify([model.getConfig(), model.getState()]);

/** What loading gives: the model's content, or "FormatError"; anything else is thrown on. */
async function load(bytes: Uint8Array): Promise<string> {
  try {
    return contentOf(await hb.loadModel(bytes));
  } catch (error) {
    if (error instanceof hb.FormatError) return "FormatError";
    throw error;
  }
}

/** Loads weights into a model, which must be as before when that fails. */
async function loadWeights(model: hb.Model, bytes: Uint8Array): Promise<boolean> {
  const before = JSON.stringify(model.getState());
  try {
    await model.loadWeights(bytes);
    return true;
  } catch (error) {
    if (!(error instanceof hb.FormatError)) throw error;
    assertEqual(JSON.stringify(model.getState()), before);
    return false;
  }
}

suite("hostile files", (test) => {
  test("cut off anywhere: a FormatError", async () => {
    const model = goldenModel();
    const lengths = fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: whole.length - 1 }));
    await fc.assert(
      fc.asyncProperty(lengths, async (length) => {
        assertEqual(await load(whole.slice(0, length)), "FormatError");
        assertEqual(await loadWeights(model, whole.slice(0, length)), false);
      }),
      { numRuns: 300 },
    );
  });
  test("any bit of the header flipped: a FormatError, or what was saved", async () => {
    const saved = await load(whole);
    const model = goldenModel();
    const bit = fc.tuple(fc.integer({ min: 0, max: headerEnd - 1 }), fc.integer({ min: 0, max: 7 }));
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(bit, async ([at, shift]) => {
        const bytes = whole.slice();
        bytes[at]! ^= 1 << shift;
        const got = await load(bytes);
        if (got === "FormatError") refused++;
        else assertEqual(got, saved);
        await loadWeights(model, bytes);
      }),
      { numRuns: 400 },
    );
    assert(refused > 350, `${refused} of 400`);
  });
  test("any bytes of the header overwritten, or some left out: a FormatError", async () => {
    const change = fc.record({
      at: fc.integer({ min: 0, max: headerEnd - 1 }),
      by: fc.uint8Array({ maxLength: 20 }),
      left: fc.integer({ min: 0, max: 20 }),
    });
    await fc.assert(
      fc.asyncProperty(change, async ({ at, by, left }) => {
        const bytes = new Uint8Array([...whole.subarray(0, at), ...by, ...whole.subarray(at + left)]);
        if (Buffer.compare(bytes, whole) !== 0) assertEqual(await load(bytes), "FormatError");
      }),
      { numRuns: 200 },
    );
  });
  test("any bytes at all: a FormatError", async () => {
    const start = fc.uint8Array({ maxLength: 200 });
    const json = fc.json().map((text) => {
      const bytes = new Uint8Array([...new Uint8Array(8), ...new TextEncoder().encode(text)]);
      new DataView(bytes.buffer).setBigUint64(0, BigInt(bytes.length - 8), true);
      return bytes;
    });
    await fc.assert(
      fc.asyncProperty(fc.oneof(start, json), async (bytes) => assertEqual(await load(bytes), "FormatError")),
      { numRuns: 300 },
    );
  });
});

/** FNV-1a over sorted entries: the sum with which documents say that they are whole. */
function sum(metadata: Record<string, string>): string {
  const text = JSON.stringify(Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1)));
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0).toString(16);
}

suite("hostile documents, with a checksum that fits", (test) => {
  /** The model's file with one document changed. */
  async function forged(name: string, change: (document: Record<string, never>) => unknown): Promise<Uint8Array> {
    const { tensors, metadata } = await readSafetensors(whole);
    const { checksum: _, ...texts } = metadata as Record<string, string>;
    const documents = { ...texts, [name]: JSON.stringify(change(JSON.parse(texts[name]!))) };
    return writeSafetensors(tensors, undefined, { ...documents, checksum: sum(documents) });
  }
  const layer = (document: Record<string, never>, i: number, config: object): unknown => {
    const copy = structuredClone(document) as unknown as { config: { layers: { config: object }[] } };
    Object.assign(copy.config.layers[i]!.config, config);
    return copy;
  };
  test("are what the helper of this suite says they are", async () => {
    assertEqual(await load(await forged("config", (document) => document)), await load(whole));
  });
  const state = (part: object) => (document: object) => ({ ...document, ...part });
  const cases: [string, string, (document: Record<string, never>) => unknown][] = [
    ["no object", "config", () => 5],
    ["null", "config", () => null],
    ["no model", "config", () => ({ class_name: "Dense", config: { units: 1 } })],
    ["a class of JavaScript's own", "config", () => ({ class_name: "constructor", config: {} })],
    ["layers that are none", "config", () => ({ class_name: "Sequential", config: { layers: [1, null] } })],
    ["more units than weights", "config", (document) => layer(document, 1, { units: 5 })],
    ["more units than memory", "config", (document) => layer(document, 1, { units: 2 ** 40 })],
    ["a unit's half", "config", (document) => layer(document, 1, { units: 0.5 })],
    ["an epoch that is none", "training_state", state({ epoch: "two" })],
    ["no generators", "training_state", state({ random: null })],
    ["a position past the end", "training_state", state({ random: { python: 0, numpy: 625, generator: null } })],
    ["a generator that is none", "training_state", state({ random: { python: 0, numpy: 0, generator: "ab\u0000" } })],
    ["no optimizer", "training_state", state({ optimizer: null })],
    [
      "slots of other weights",
      "training_state",
      state({ optimizer: { class_name: "Adam", served: [0, 99], variables: [] } }),
    ],
    [
      "slots that are missing",
      "training_state",
      state({ optimizer: { class_name: "Adam", served: [0], variables: new Array(99).fill("a") } }),
    ],
    ["another optimizer's slots", "compile_config", state({ optimizer: "sgd" })],
    [
      "an optimizer of nobody's",
      "compile_config",
      state({ optimizer: { module: "keras.optimizers", class_name: "toString", config: {} } }),
    ],
    ["a loss of nobody's", "compile_config", state({ loss: "meanSquaredHorror" })],
    ["an option of nobody's", "compile_config", state({ evil: true })],
  ];
  for (const [name, document, change] of cases) {
    test(`${document}: ${name}`, async () => {
      const bytes = await forged(document, change);
      await assertRejects(() => hb.loadModel(bytes), hb.HornbeamError, /./);
    });
  }
  test("of a later version", async () => {
    await assertRejects(
      async () => hb.loadModel(await forged("hornbeam", () => 2)),
      hb.FormatError,
      /version 1, got 2/,
    );
  });
  test("nested without end", async () => {
    const { tensors, metadata } = await readSafetensors(whole);
    const { checksum: _, ...texts } = metadata as Record<string, string>;
    const documents = { ...texts, config: "[".repeat(1e5) + "]".repeat(1e5) };
    const bytes = await writeSafetensors(tensors, undefined, { ...documents, checksum: sum(documents) });
    await assertRejects(() => hb.loadModel(bytes), hb.HornbeamError, /./);
  });
});
