import * as layers from "../../src/layers/index.ts";
import { model as makeModel } from "../../src/models/functional.ts";
import type { Model } from "../../src/models/model.ts";
import { sequential } from "../../src/models/sequential.ts";
import { tensor } from "../../src/ops/creation.ts";
import { DTypeError, HornbeamError, ShapeError, StateError, ValueError } from "../../src/util/errors.ts";
import { assertEqual, assertRejects, assertThrows } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";
import { LINEAR_X, LINEAR_Y, linear, softmaxModel, stateOf, twoOutputs, X4 } from "./helpers.ts";

const LABELS = [0, 1, 2, 2];

/** A trained classifier with everything that has state: statistics, seeds, slots. */
function trained(): Model {
  const model = sequential({
    layers: [
      layers.input({ shape: [2] }),
      layers.dense({ units: 4, activation: "relu" }),
      layers.batchNormalization(),
      layers.dropout({ rate: 0.5, seed: 3 }),
      layers.dense({ units: 3, activation: "softmax" }),
    ],
  });
  model.compile({ optimizer: "adam", loss: "sparse_categorical_crossentropy", metrics: ["accuracy"] });
  model.trainOnBatch(X4, LABELS);
  return model;
}

type Call = (model: Model) => unknown;

/** Calls that must fail, by name, and what they must say. */
const REFUSED: Record<string, [call: Call, error: typeof HornbeamError, text: RegExp]> = {
  "labels out of range": [
    (m) => m.trainOnBatch(X4, [0, 1, 2, 3]),
    ValueError,
    /class numbers in \[0, 3\), got 3 in row 3/,
  ],
  "negative labels": [(m) => m.testOnBatch(X4, [0, -1, 2, 2]), ValueError, /got -1 in row 1/],
  "NaN labels": [(m) => m.trainOnBatch(X4, [0, 1, 2, Number.NaN]), ValueError, /got NaN in row 3/],
  "x and y of unequal length": [
    (m) => m.trainOnBatch(X4, [0, 1]),
    ValueError,
    /Data cardinality is ambiguous.*x sizes: 4; y sizes: 2/,
  ],
  "weights of unequal length": [
    (m) => m.trainOnBatch(X4, LABELS, { sampleWeight: [1] }),
    ValueError,
    /Data cardinality.*sampleWeight sizes: 1/,
  ],
  "weights that are NaN": [
    (m) => m.trainOnBatch(X4, LABELS, { sampleWeight: [1, 1, Number.NaN, 1] }),
    ValueError,
    /sampleWeight: expected finite numbers, got NaN/,
  ],
  "empty data": [(m) => m.trainOnBatch([], []), ValueError, /\[trainOnBatch\] x: expected at least one sample/],
  "an empty tensor": [(m) => m.predict(tensor([], [0, 2])), ValueError, /empty data of shape \(0, 2\)/],
  "no data": [(m) => m.predict(undefined as never), ValueError, /\[predict\] x: expected data, got undefined/],
  "data of no kind": [(m) => m.predict("digits" as never), ValueError, /expected a tensor, a nested array/],
  "a single number": [(m) => m.predict(3 as never), ShapeError, /first axis/],
  "ragged data": [(m) => m.predict([[1, 2], [3]]), ShapeError, /ragged/],
  "inputs of the wrong width": [
    (m) => m.trainOnBatch([[1, 2, 3]], [0]),
    ShapeError,
    /expected shape=\(None, 2\), found shape=\(None, 3\)/,
  ],
  "no targets": [(m) => m.trainOnBatch(X4), ValueError, /expected targets/],
  "targets of the wrong shape": [
    (m) =>
      m.trainOnBatch(X4, [
        [0, 1],
        [1, 0],
        [0, 1],
        [0, 0],
      ]),
    ShapeError,
    /yTrue: expected shape \(4,\) for predictions of shape \(4, 3\), got \(4, 2\)/,
  ],
  "a tensor of a second copy of the package": [
    (m) => m.predict({ shape: [1, 2], dtype: "float32", dataSync: () => new Float32Array(2), id: Symbol() } as never),
    HornbeamError,
    /./,
  ],
  "two kinds of weights": [
    (m) => m.trainOnBatch(X4, LABELS, { sampleWeight: [1, 1, 1, 1], classWeight: { 0: 1 } }),
    ValueError,
    /You cannot `classWeight` and `sampleWeight` at the same time/,
  ],
  "class weights that are no numbers": [
    (m) => m.trainOnBatch(X4, LABELS, { classWeight: { 0: Number.NaN } }),
    ValueError,
    /classWeight: expected a finite number for class 0, got NaN/,
  ],
  "unknown options": [(m) => m.evaluate(X4, LABELS, { batchsize: 3 } as never), ValueError, /Did you mean "batchSize"/],
  "a batch size of 0": [
    (m) => m.predict(X4, { batchSize: 0 }),
    ValueError,
    /batchSize: expected an integer ≥ 1, got 0/,
  ],
};

suite("training, bad input: a typed error, and the model as before bit for bit", (test) => {
  for (const [name, [call, error, text]] of Object.entries(REFUSED)) {
    test(name, () => {
      const model = trained();
      const before = stateOf(model);
      assertThrows(() => call(model), error as never, text);
      assertEqual(stateOf(model), before);
      model.trainOnBatch(X4, LABELS);
    });
  }

  const REFUSED_FITS: Record<string, [run: (model: Model) => Promise<unknown>, text: RegExp]> = {
    "a bad label in a late batch": [(m) => m.fit(X4, [0, 1, 2, 9], { batchSize: 1, verbose: 0 }), /got 9 in row 3/],
    "NaN epochs": [(m) => m.fit(X4, LABELS, { epochs: Number.NaN }), /epochs: expected an integer ≥ 0, got NaN/],
    "half a batch": [(m) => m.fit(X4, LABELS, { batchSize: 0.5 }), /batchSize/],
    "an unknown shuffle": [
      (m) => m.fit(X4, LABELS, { shuffle: "yes" as never }),
      /shuffle: expected true, false or "batch"/,
    ],
    "a split that leaves nothing": [(m) => m.fit(X4, LABELS, { validationSplit: 0.9 }), /validationSplit/],
    "a split beyond 1": [(m) => m.fit(X4, LABELS, { validationSplit: 1.5 }), /validationSplit/],
    "bad validation labels": [
      (m) => m.fit(X4, LABELS, { validationData: [X4, [0, 1, 2, 5]] }),
      /\[fit validationData\].*got 5 in row 3/,
    ],
    "validation data without targets": [(m) => m.fit(X4, LABELS, { validationData: [X4] }), /expected targets/],
    "a misspelt hook": [
      (m) => m.fit(X4, LABELS, { callbacks: { onEpochsEnd() {} } as never }),
      /Did you mean "onEpochEnd"/,
    ],
    "a callback that is none": [
      (m) => m.fit(X4, LABELS, { callbacks: [3] as never }),
      /expected objects with hooks, got 3/,
    ],
    "a signal that is none": [(m) => m.fit(X4, LABELS, { signal: {} as never }), /expected an AbortSignal/],
  };
  for (const [name, [run, text]] of Object.entries(REFUSED_FITS)) {
    test(`fit: ${name}`, async () => {
      const model = trained();
      const before = stateOf(model);
      await assertRejects(run(model), ValueError, text);
      assertEqual(stateOf(model), before);
      await model.fit(X4, LABELS, { verbose: 0 });
    });
  }
});

suite("training, bad input: compile and before it", (test) => {
  test("fit, evaluate and the steps want compile first; predict does not", async () => {
    const model = sequential({ layers: [layers.input({ shape: [2] }), layers.dense({ units: 1 })] });
    await assertRejects(model.fit(X4, LABELS), StateError, /You must call `compile\(\)` before `fit\(\)`/);
    assertThrows(() => model.evaluate(X4, LABELS), StateError, /You must call `compile\(\)`/);
    assertThrows(() => model.trainOnBatch(X4, LABELS), StateError, /You must call `compile\(\)`/);
    assertEqual(model.predict(X4).shape, [4, 1]);
  });

  test("unknown names get the nearest suggested; a failed compile changes nothing", () => {
    const model = softmaxModel();
    const { optimizer } = model;
    const compile = (options: object): void => model.compile({ optimizer: "sgd", loss: "mse", ...options } as never);
    assertThrows(() => compile({ optimizer: "adma" }), ValueError, /optimizer: .*Did you mean "adam"/);
    assertThrows(() => compile({ loss: "mean_squared_eror" }), ValueError, /loss: .*Did you mean "meanSquaredError"/);
    assertThrows(() => compile({ metrics: ["acurracy"] }), ValueError, /metrics: .*Did you mean "accuracy"/);
    assertThrows(() => compile({ metrics: [3] }), ValueError, /metrics: expected the name of a metric/);
    assertThrows(() => compile({ los: "mse" }), ValueError, /Did you mean "loss"/);
    assertThrows(() => compile({ lossWeights: [Number.NaN] }), ValueError, /lossWeights/);
    assertThrows(() => compile({ runEagerly: 1 }), ValueError, /runEagerly: expected a boolean/);
    assertThrows(() => compile({ optimizer: 3 }), ValueError, /optimizer: expected the name of an optimizer/);
    assertEqual(model.optimizer === optimizer, true);
    model.trainOnBatch(X4, LABELS);
  });

  test("no loss at all: nothing to train by", async () => {
    const model = linear({ loss: undefined });
    assertThrows(() => model.trainOnBatch(LINEAR_X, LINEAR_Y), ValueError, /No loss to compute/);
    await assertRejects(() => model.fit(LINEAR_X, LINEAR_Y, { verbose: 0 }), ValueError, /No loss to compute/);
  });

  test("several outputs: wrong counts and keys name what is expected", () => {
    const compile = (options: object): Model =>
      twoOutputs({ lossWeights: undefined, metrics: undefined, ...options } as never);
    const y = [LINEAR_Y, LINEAR_Y];
    const step = (model: Model): unknown => model.trainOnBatch(LINEAR_X, y);
    assertThrows(() => step(compile({ loss: ["mse"] })), ValueError, /2 entries.*\(a, b\), got 1/);
    assertThrows(
      () => step(compile({ loss: { a: "mse", c: "mse" } })),
      ValueError,
      /keys: expected one of a, b, got "c"/,
    );
    assertThrows(() => step(compile({ loss: "mse", metrics: "mae" })), ValueError, /for the 2 outputs, got "mae"/);
    assertThrows(() => twoOutputs().trainOnBatch(LINEAR_X, LINEAR_Y), HornbeamError, /2/);
    assertThrows(() => twoOutputs().trainOnBatch(LINEAR_X, { a: LINEAR_Y }), ValueError, /output "b"/);
    step(compile({ loss: { a: "mse" } }));
  });

  test("wrong dtypes", () => {
    const x = layers.input({ shape: [2] });
    const model = makeModel({ inputs: x, outputs: layers.dense({ units: 1 }).apply(x) });
    model.compile({ optimizer: "sgd", loss: "mse" });
    // Numbers of every kind are converted to what the input declares; other things are not numbers.
    model.trainOnBatch(tensor([[1, 2]], [1, 2], "int32"), new Float64Array([0]));
    assertThrows(() => model.predict([["a", "b"]]), HornbeamError, /./);
    assertThrows(() => tensor([1], [1], "float64" as never), DTypeError, /float32/);
  });
});
