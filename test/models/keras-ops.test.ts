/** Ops in the graphs of functional models: Keras's JSON here and ours in Keras, against what Keras predicts. */
import { readFileSync } from "node:fs";
import * as hb from "../../src/index.ts";
import { fromKerasConfig, toKerasConfig } from "../../src/io/index.ts";
import { opRows } from "../../src/io/keras-ops.ts";
import {
  assert,
  assertBitEqual,
  assertClose,
  assertEqual,
  assertRejects,
  assertThrows,
} from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";
import { opGraphs, savedConfig } from "./op-graphs.ts";

type Outputs = Readonly<Record<string, { readonly dtype: hb.DType; readonly value: never }>>;
interface Entry {
  readonly name: string;
  readonly class_name: string;
  readonly inbound_nodes: object[];
}
interface Json extends Record<string, unknown> {
  readonly config: { readonly name: string; readonly layers: Entry[]; readonly output_layers: Record<string, unknown> };
}

const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../fixtures/${name}.json`, import.meta.url), "utf8"));
const { models, ours } = read("op-configs") as { models: { json: Json; outputs: Outputs }[]; ours: Outputs[] };
const graphs = read("op-graphs") as Json[];

/** As generate_op_configs.py has it. */
function predict(model: hb.Model): Record<string, hb.Tensor> {
  const values = (shape: readonly number[], value: (i: number) => number, dtype: hb.DType): hb.Tensor =>
    hb.tensor(
      Array.from({ length: hb.zeros(shape).size }, (_, i) => value(i)),
      shape,
      dtype,
    );
  const feed = (model.inputs as hb.SymbolicTensor[]).map(({ name, shape, dtype }) => {
    const value = dtype === "int32" ? (i: number) => (i * 3) % 7 : (i: number) => Math.cos(i * 0.7);
    return [name, values([2, ...(shape.slice(1) as number[])], value, dtype)] as const;
  });
  model.setWeights(model.weights.map(({ shape }, k) => values(shape, (i) => Math.sin(i * 1.3 + k) / 2, "float32")));
  return model.apply(Object.fromEntries(feed)) as never;
}

function assertOutputs(model: hb.Model, outputs: Outputs): void {
  const got = predict(model);
  assertEqual(Object.keys(got).sort(), Object.keys(outputs).sort());
  for (const [key, { dtype, value }] of Object.entries(outputs)) {
    assertEqual([key, got[key]!.dtype], [key, dtype]);
    assertClose(got[key]!, hb.tensor(value, undefined, dtype), { what: key, atol: 1e-6, rtol: 1e-6 });
  }
}

/** A config whose automatic names do not depend on what was made before. */
function renamed(config: unknown): unknown {
  const names = new Map<unknown, string>();
  JSON.stringify(config, (key, value) => {
    if (key === "name") names.set(value, `#${names.size}`);
    return value;
  });
  const rename = (text: string): string => {
    const [stem, ...rest] = text.split(".");
    return names.get(text) ?? [names.get(stem) ?? stem, ...rest].join(".");
  };
  return JSON.parse(JSON.stringify(config), (_, value) => (typeof value === "string" ? rename(value) : value));
}

/** A model of one op of Keras. */
function one(op: { class_name: string; config?: object; inbound_nodes?: unknown[] }): Record<string, unknown> {
  const model = { ...models[0]!.json.config, output_layers: { y: ["op", 0, 0] } };
  const layers = model.layers.filter(({ class_name: name }) => name === "InputLayer");
  const a = {
    class_name: "__keras_tensor__",
    config: { shape: [null, 2, 3], dtype: "float32", keras_history: ["a", 0, 0] },
  };
  const entry = { module: "keras.src.ops.numpy", name: "op", inbound_nodes: [{ args: [a], kwargs: {} }], ...op };
  return { ...model, layers: [...layers, { ...entry, config: { name: "op", ...entry.config } }] };
}

suite("Keras's ops: read", (test) => {
  for (const { json, outputs } of models) {
    test(`${json.config.name}: Keras's predictions`, async () => {
      assertOutputs(hb.modelFromConfig(await fromKerasConfig(json)), outputs);
    });
  }

  test("all ops of the table, from Keras and to Keras", () => {
    const text = JSON.stringify(models);
    for (const [name] of opRows(({ keras }) => keras.replace(/.*\./, ""))) {
      assert(text.includes(`"class_name":"${name}"`), `no model of Keras's has ${name}`);
    }
    const own = JSON.stringify(opGraphs.map((make) => make().getConfig()));
    for (const [name] of opRows((row) => row.ours)) {
      assert(own.includes(`"op":"${name}"`), `no model of ours has ${name}`);
    }
  });

  test("a config without ops stays as it is, and what was given does", async () => {
    const x = hb.input({ shape: [2] });
    const config = hb.model({ inputs: x, outputs: hb.layers.dense({ units: 1 }).apply(x) }).getConfig();
    assertEqual([await fromKerasConfig(config), await toKerasConfig(config)], [config, config]);
    const { json } = models[0]!;
    const before = JSON.stringify(json);
    await fromKerasConfig(json);
    assertEqual(JSON.stringify(json), before);
  });

  test("names of outputs are those of Keras", async () => {
    const model = hb.modelFromConfig(await fromKerasConfig(one({ class_name: "Log2" })));
    assertEqual(model.outputNames, ["op"]);
  });

  test("what there is not is a FormatError that names op and layer", async () => {
    const refused = (op: Parameters<typeof one>[0], text: RegExp): Promise<unknown> =>
      assertRejects(() => fromKerasConfig(one(op)), hb.FormatError, text);
    await refused(
      { class_name: "Median", config: { axis: 1 } },
      /^\[fromKerasConfig\] layers: expected an op known here with such arguments, got Median in layer "op"\.$/,
    );
    await refused({ class_name: "constructor" }, /got constructor in layer "op"/);
    await refused({ class_name: "Argmax", config: { axis: null } }, /got Argmax in layer "op"/);
    await refused({ class_name: "Max", config: { axis: 1, initial: 2 } }, /got Max in/);
    await refused({ class_name: "Add" }, /got Add in/);
    await refused({ class_name: "GetItem", inbound_nodes: [{ args: [1, [0]] }] }, /got GetItem in/);
    const [call] = (one({ class_name: "Exp" }).layers as Entry[]).at(-1)!.inbound_nodes;
    await refused({ class_name: "Exp", inbound_nodes: [call, call] }, /got Exp in/);
    assertThrows(
      () => hb.modelFromConfig(one({ class_name: "Add" })),
      hb.ValueError,
      /expected one of customObjects .* with fromKerasConfig of hornbeam\/io also Keras's ops\), got "Add"/,
    );
  });
});

suite("Keras's ops: written", (test) => {
  opGraphs.forEach((make, i) => {
    const { name } = graphs[i]!.config;

    test(`${name}: the file holds what Keras has read, and Keras predicts the same`, async () => {
      const model = make();
      const config = (await savedConfig(model)) as Json;
      assertEqual(renamed(config), renamed(graphs[i]));
      assertEqual(JSON.parse(JSON.stringify(await toKerasConfig(model.getConfig()))), config.config);
      assertOutputs(model, ours[i]!);
    });

    test(`${name}: loaded again, the same bits`, async () => {
      const model = make();
      const [expected, got] = [predict(model), predict(await hb.loadModel(await model.save()))];
      for (const [key, value] of Object.entries(expected)) {
        assertEqual([key, got[key]!.dtype], [key, value.dtype]);
        assertBitEqual(got[key]!, value, key);
      }
    });
  });

  test("an op that Keras does not have is named, and files keep it all the same", async () => {
    const x = hb.input({ shape: [4], name: "x" });
    const of = (outputs: hb.SymbolicTensor): hb.Functional => hb.model({ inputs: x, outputs }) as hb.Functional;
    const refused = (outputs: hb.SymbolicTensor, text: RegExp): Promise<unknown> =>
      assertRejects(() => toKerasConfig(of(outputs).getConfig()), hb.FormatError, text);
    const model = of(hb.ops.topK(x, 2).values);
    await refused(
      model.outputs[0]!,
      /^\[toKerasConfig\] layers: expected an op known to Keras with such arguments, got topK in layer "top_k/,
    );
    await refused(hb.ops.cumsum(x, 1, true), /got cumsum in layer "cumsum/);
    await refused(hb.ops.concat(hb.ops.split(x, [1, -1, 1], 1)), /got split in layer/);
    const loaded = await hb.loadModel(await model.save());
    const values = [[3, 1, 4, 1.5]];
    assertEqual(loaded.predict(values).arraySync(), model.predict(values).arraySync());
  });
});
