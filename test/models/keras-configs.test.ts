/** Models from the JSON that Keras writes, against what Keras predicts with them; and what Keras needs of our JSON. */
import { readFileSync } from "node:fs";
import * as hb from "../../src/index.ts";
import { assert, assertClose, assertEqual, assertThrows } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

interface Recorded {
  readonly json: Record<string, unknown> & { config: Record<string, unknown> & { name: string } };
  readonly layers: string[];
  readonly outputs: unknown;
}

const path = new URL("../fixtures/model-configs.json", import.meta.url);
const { models } = JSON.parse(readFileSync(path, "utf8")) as { models: Recorded[] };

/** As generate_model_configs.py has them. */
function weightsOf(model: hb.Model): hb.Tensor[] {
  return model.weights.map(({ shape, path }, k) => {
    const { size } = hb.zeros(shape);
    const more = Number(path.includes("variance"));
    return hb.tensor(
      Array.from({ length: size }, (_, i) => Math.sin(i * 1.3 + k) / 2 + more),
      shape,
    );
  });
}

function inputOf({ shape, dtype }: hb.SymbolicTensor): hb.Tensor {
  const dims = [2, ...(shape.slice(1) as number[])];
  const values = Array.from({ length: hb.zeros(dims).size }, (_, i) =>
    dtype === "int32" ? (i * 3) % 7 : Math.cos(i * 0.7),
  );
  return hb.tensor(values, dims, dtype);
}

/** Leaves of outputs in the order of their keys. */
function leaves(outputs: unknown): hb.Tensor[] {
  if (outputs instanceof hb.Tensor) return [outputs];
  const entries = Object.entries(outputs as object).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.flatMap(([, part]) => leaves(part));
}

suite("Keras's JSON", (test) => {
  for (const { json, layers, outputs } of models) {
    test(`${json.config.name}: the same layers in the same order, and Keras's predictions`, () => {
      for (const config of [json, json.config]) {
        const model = hb.modelFromConfig(config) as hb.Functional;
        assertEqual(
          model.layers.map(({ name }) => name),
          layers,
        );
        model.setWeights(weightsOf(model));
        const inputs = Object.fromEntries([model.inputs].flat().map((input) => [input.name, inputOf(input)]));
        const names = Object.keys(inputs);
        const got = leaves(model.predict(names.length > 1 ? inputs : inputs[names[0]!]!));
        const keys = got.length > 1 ? Object.entries(outputs as object).sort(([a], [b]) => (a < b ? -1 : 1)) : [];
        const wanted = got.length > 1 ? keys.map(([, part]) => part) : [outputs];
        got.forEach((tensor, i) => {
          assertClose(tensor, hb.tensor(wanted[i] as never, undefined, tensor.dtype), { atol: 1e-5 });
        });
      }
    });
  }

  test("what only Keras's configs say is left out for built-in layers, and kept for a user's", () => {
    const keras = { sparse: false, optional: false, quantization_config: null };
    let given: unknown;
    class Own extends hb.Layer {
      static override className = "Own";
      static override fromConfig(config: hb.LayerConfig): hb.Layer {
        given = config;
        return new Own({ name: String(config.name) });
      }
      override call(x: hb.Tensor): hb.Tensor {
        return x;
      }
    }
    const layers = [
      { class_name: "Own", config: { name: "own", ...keras } },
      { class_name: "Dense", config: { name: "dense", units: 2, ...keras } },
    ];
    const config = { class_name: "Sequential", config: { name: "both", layers } };
    assertEqual(hb.modelFromConfig(config, { Own }).layers.length, 2);
    assertEqual(given, { name: "own", ...keras });
    // What Keras says of something that is there is no matter to pass over.
    layers[1]!.config.sparse = true;
    assertThrows(() => hb.modelFromConfig(config, { Own }), hb.ValueError, /sparse/);
  });

  test("models in models have the modules under which Keras finds them; penalties are not written twice", () => {
    const { layers } = hb;
    const inner = hb.sequential([layers.inputLayer({ shape: [2] }), layers.activityRegularization({ l1: 1 })]);
    const x = hb.input({ shape: [2] });
    const y = hb.model({ inputs: x, outputs: layers.dense({ units: 2 }).apply(x) }).apply(inner.apply(x));
    const found = hb.model({ inputs: x, outputs: y }).getConfig().layers as { module: string; config: object }[];
    assertEqual(
      found.map(({ module }) => module),
      ["keras.layers", "keras", "keras.src.models.functional"],
    );
    const penalty = (inner.getConfig().layers as { config: object }[])[1]!.config;
    assert(!("activity_regularizer" in penalty) && "l1" in penalty, JSON.stringify(penalty));
    assertThrows(
      () => hb.modelFromConfig({ className: "Sequential" }),
      hb.ValueError,
      /layers: expected a list of layers/,
    );
  });
});
