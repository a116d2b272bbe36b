/**
 * `npm run features`: writes FEATURES.md, Keras's public API against ours. What Keras offers is in
 * test/fixtures/keras-api.json (with the script that made it); what we offer is read off the package itself.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const API = new URL("../test/fixtures/keras-api.json", import.meta.url);
export const TARGET = new URL("../FEATURES.md", import.meta.url);

/** Ours where the name is not Keras's own in camelCase. */
const RENAMED = {
  ops: {
    ...{
      absolute: "abs",
      arange: "range",
      amax: "max",
      amin: "min",
      power: "pow",
      concatenate: "concat",
      flip: "reverse",
    },
    ...{
      subtract: "sub",
      multiply: "mul",
      divide: "div",
      true_divide: "div",
      negative: "neg",
      floor_divide: "floorDiv",
    },
    ...{ arcsin: "asin", arccos: "acos", arctan: "atan", arctan2: "atan2", arcsinh: "asinh", arccosh: "acosh" },
    ...{ arctanh: "atanh", var: "variance", convert_to_tensor: "tensor", array: "tensor", full: "fill", swish: "silu" },
    ...{ conv: "", sum: "sum", ravel: "flatten", scatter: "scatterAdd", batch_normalization: "batchNormInference" },
    ...{ binary_crossentropy: "sigmoidCrossEntropy", categorical_crossentropy: "softmaxCrossEntropy" },
    ...{ sparse_categorical_crossentropy: "sparseSoftmaxCrossEntropy", hard_swish: "hardSilu" },
  },
  models: { model_from_json: "modelFromConfig" },
  callbacks: {},
};

const NOTES = {
  ops: "functions of `hb.ops`, or of `hb` itself (creation), or methods of tensors",
  Model: "methods and properties that `Layer` has not",
  models: "`hb.Model`, `hb.sequential`, `hb.cloneModel`, …",
};

const plain = (name) => name.toLowerCase().replaceAll("_", "");

/** Names an object or class prototype offers, by their plain form. */
function offered(...sources) {
  const names = new Map();
  for (let source of sources) {
    for (
      ;
      source && source !== Object.prototype && source !== Function.prototype;
      source = Object.getPrototypeOf(source)
    ) {
      for (const name of Object.getOwnPropertyNames(source)) {
        if (!name.startsWith("_") && name !== "constructor" && !names.has(plain(name))) names.set(plain(name), name);
      }
    }
  }
  return names;
}

function groupsOf(hb) {
  const { layers, activations, initializers, regularizers, constraints, losses, metrics, optimizers, callbacks } = hb;
  return {
    layers: offered({ ...layers }, { Input: hb.input }),
    activations: offered({ ...activations }),
    ...{ initializers: offered({ ...initializers }), regularizers: offered({ ...regularizers }) },
    ...{ constraints: offered({ ...constraints }), losses: offered({ ...losses }), metrics: offered({ ...metrics }) },
    ...{
      optimizers: offered({ ...optimizers }),
      schedules: offered({ ...hb.schedules }),
      callbacks: offered({ ...callbacks }),
    },
    random: offered({ ...hb.random }),
    ops: offered({ ...hb.ops }, { ...hb }, hb.Tensor.prototype, { ...hb.activations }),
    models: offered({ ...hb }),
    Model: offered(hb.Model.prototype),
    Layer: offered(hb.Layer.prototype, { supportsMasking: 1, fromConfig: 1 }),
  };
}

/** The whole file. */
export function featuresText(hb) {
  const { version, groups } = JSON.parse(readFileSync(API, "utf8"));
  const ours = groupsOf(hb);
  const sections = [];
  const rows = [];
  for (const [group, names] of Object.entries(groups)) {
    const wanted = [...new Map(names.map((name) => [plain(name), name])).values()];
    const found = wanted.map((name) => [name, ours[group].get(plain(RENAMED[group]?.[name] ?? name))]);
    const have = found.filter(([, own]) => own !== undefined);
    const missing = found.filter(([, own]) => own === undefined).map(([name]) => `\`${name}\``);
    const percent = Math.round((100 * have.length) / wanted.length);
    rows.push(`| ${group} | ${have.length} | ${wanted.length} | ${percent} % |`);
    const list = have.map(([name, own]) => (plain(name) === plain(own) ? `\`${own}\`` : `\`${own}\` (${name})`));
    const note = NOTES[group] === undefined ? "" : ` (${NOTES[group]})`;
    sections.push(
      `## ${group}${note}\n\nHere: ${list.join(", ") || "none"}.\n\nNot here: ${missing.join(", ") || "nothing"}.\n`,
    );
  }
  return `# Features

Keras ${version}'s public names against ours. Made by \`npm run features\`; a test checks that it is current. Names differ
in case only (\`batch_normalization\` is \`batchNormalization\`) unless both are shown. Aliases count once.

| group | here | in Keras | share |
|---|---:|---:|---:|
${rows.join("\n")}

${sections.join("\n")}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(TARGET, featuresText(await import("../src/index.ts")));
}
