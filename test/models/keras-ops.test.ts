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
    for (const initial of [2, 0]) await refused({ class_name: "Max", config: { axis: 1, initial } }, /got Max in/);
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

suite("Keras's ops: configs that lie", (test) => {
  const reference = (shape: unknown, dtype: unknown = "float32"): object => ({
    class_name: "__keras_tensor__",
    config: { shape, dtype, keras_history: ["a", 0, 0] },
  });
  const rest = { class_name: "__ellipsis__", config: {} };
  const call = (...args: unknown[]): unknown[] => [{ args, kwargs: {} }];
  const a = reference([null, 2, 3]);
  const endless: Record<string, unknown> = {};
  endless.config = endless;

  test("calls, shapes, types and axes that are none are FormatErrors, at once", async () => {
    const lies: Parameters<typeof one>[0][] = [
      ...[null, 5, [null], [{}], [{ args: 5 }]].map((nodes) => ({ class_name: "Exp", inbound_nodes: nodes as never })),
      { class_name: "Add", inbound_nodes: call(reference([null], 5), 1) },
      { class_name: "GetItem", inbound_nodes: call(a, [0, 0, 0, 0]) },
      { class_name: "GetItem", inbound_nodes: call(a, [rest, 0, rest]) },
      { class_name: "GetItem", inbound_nodes: call(reference({ length: 2 ** 32 - 1 }), [rest]) },
      { class_name: "Swapaxes", config: { axis1: 0, axis2: 2 ** 32 - 2 }, inbound_nodes: call(a) },
      { class_name: "Swapaxes", config: { axis1: "length", axis2: 1 }, inbound_nodes: call(a) },
      { class_name: "Moveaxis", config: { source: 0, destination: 3 }, inbound_nodes: call(a) },
    ];
    for (const lie of lies) {
      await assertRejects(() => fromKerasConfig(one(lie)), hb.FormatError, /^\[fromKerasConfig\] (config|layers): /);
    }
    for (const translate of [fromKerasConfig, toKerasConfig]) {
      await assertRejects(() => translate(endless), hb.FormatError, /got other data \(Maximum call stack/);
      for (const odd of [null, 5, "text", []]) {
        await assertRejects(
          () => translate(odd as never),
          hb.ValueError,
          /config: expected what getConfig\(\) or Keras/,
        );
      }
    }
  });

  test("names that JavaScript's own objects have are names of nothing", async () => {
    const x = hb.input({ shape: [2], name: "x" });
    const text = JSON.stringify(hb.model({ inputs: x, outputs: x.neg() }).getConfig());
    for (const op of ["constructor", "toString", "valueOf", "hasOwnProperty", "__proto__", "derive", "addOp"]) {
      const config = JSON.parse(text.replace('"op":"neg"', `"op":"${op}"`));
      assertThrows(() => hb.modelFromConfig(config), hb.ValueError, new RegExp(`op: expected .*, got "${op}"`));
      await assertRejects(() => toKerasConfig(config), hb.FormatError, new RegExp(`got ${op} in layer`));
    }
    const cast = { module: "keras.src.ops.core", class_name: "Cast", config: { dtype: "constructor" } };
    const { layers } = await fromKerasConfig(one({ ...cast, inbound_nodes: call(a) }));
    assertEqual((layers as Entry[]).at(-1)!.inbound_nodes, [{ args: [a, "constructor"], kwargs: {} }]);
  });

  test("calls and addresses in a config of ours that are none, and what is nested without end", () => {
    const x = hb.input({ shape: [2], name: "x" });
    const config = hb.model({ inputs: x, outputs: x.neg() }).getConfig();
    const [input, op] = config.layers as Entry[];
    const refused = (nodes: unknown, error: RegExp): unknown =>
      assertThrows(
        () => hb.modelFromConfig({ ...config, layers: [input, { ...op, inbound_nodes: nodes }] }),
        hb.ValueError,
        error,
      );
    for (const nodes of [5, [null], [{ args: 5 }]])
      refused(nodes, /inbound_nodes of "neg.*": expected a list of calls/);
    for (const history of [undefined, 5, ["x"], [0, 0, 0]]) {
      const tensor = { class_name: "__keras_tensor__", config: { keras_history: history } };
      refused(call(tensor), /layers: expected a tensor as \[layer, node, output\], got/);
    }
    refused(call({ class_name: "__keras_tensor__", config: null }), /expected a tensor as .*, got undefined/);
    let deep: unknown = 1;
    for (let i = 0; i < 1e4; i++) deep = [deep];
    refused(call(deep), /layers: expected less than 100 levels/);
  });

  test("a layer of a model inside has the name of an op outside and another type: it says nothing of that", async () => {
    const i = hb.input({ shape: [2], name: "i" });
    // Its op is read as a float, while the one outside has integers, which is told by nothing but its own number.
    const double = hb.layers.activation({ activation: "linear" });
    const inner = hb.model({ inputs: i, outputs: double.apply(i.mul(0.5)), name: "inner" });
    const n = hb.input({ shape: [2], dtype: "int32", name: "n" });
    const outer = hb.model({ inputs: [i, n], outputs: [inner.apply(i), n.mul(2)] }) as hb.Functional;
    const [inside, outside] = [inner as hb.Functional, outer].map(
      ({ operations }) => operations.find(({ name }) => name.startsWith("mul"))!.name,
    );
    const config = await toKerasConfig(outer.getConfig());
    const same = JSON.parse(JSON.stringify(config).replaceAll(`"${inside}"`, `"${outside}"`));
    const model = hb.modelFromConfig(await fromKerasConfig(same));
    assertEqual(
      model.outputs!.map(({ dtype }) => dtype),
      ["float32", "int32"],
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
