/** InputLayer, Activation, Flatten, Reshape, Add, Concatenate, and the activation functions. */
import { readFileSync } from "node:fs";
import * as hb from "../../src/index.ts";
import { assert, assertClose, assertEqual, assertThrows, type Comparable } from "../harness/assert-close.ts";
import { layerTest } from "../harness/layer-test.ts";
import { suite } from "../harness/suite.ts";

interface Fixtures {
  readonly activations: {
    readonly x: hb.NestedArray;
    readonly upstream: hb.NestedArray;
    readonly cases: readonly { readonly name: string; readonly y: Comparable; readonly dx: Comparable }[];
  };
  readonly merges: Record<string, { readonly inputs: readonly hb.NestedArray[]; readonly y: Comparable }>;
}

const fixtures = JSON.parse(
  readFileSync(new URL("../fixtures/semantics.json", import.meta.url), "utf8"),
) as unknown as Fixtures;

suite("input", (test) => {
  test("a symbolic tensor with the batch open", () => {
    const x = hb.input({ shape: [3, 4], name: "image", dtype: "int32" });
    assertEqual([[...x.shape], x.dtype, x.name, x.rank], [[null, 3, 4], "int32", "image", 3]);
    assertEqual(x.history.layer.name, "image");
    assertEqual([...hb.input({ shape: [2], batchSize: 5 }).shape], [5, 2]);
    assertEqual([...hb.input({ batchShape: [null, 7] }).shape], [null, 7]);
    assertEqual([...hb.input({ shape: [] }).shape], [null]);
    assertEqual([...hb.input({ shape: [null, 0] }).shape], [null, null, 0]);
    assertEqual(new hb.layers.InputLayer({ shape: [1] }).output.dtype, "float32");
  });

  test("wrong arguments", () => {
    const make = hb.input as (options: unknown) => unknown;
    assertThrows(() => make({}), hb.ValueError, /You must pass a `shape` argument/);
    assertThrows(() => make({ shape: [1], batchShape: [null, 1] }), hb.ValueError, /cannot pass both `shape`/);
    assertThrows(() => make({ batchSize: 2, batchShape: [2, 1] }), hb.ValueError, /cannot pass both `batchSize`/);
    assertThrows(() => make({ shape: 5 }), hb.ValueError, /Cannot convert '5' to a shape/);
    assertThrows(() => make({ shape: [-1] }), hb.ValueError, /Cannot convert '\[-1\]' to a shape/);
    assertThrows(() => make({ shape: [2], dtype: "float16" }), hb.DTypeError, /dtype/);
    assertThrows(() => make({ shap: [2] }), hb.ValueError, /got "shap"/);
    assertThrows(() => make(undefined), hb.ValueError, /expected an object/);
  });
});

suite("Activation and activation functions", (test) => {
  const { x, upstream, cases } = fixtures.activations;
  for (const { name, y, dx } of cases) {
    test(`${name}: Keras's values and gradients`, () => {
      const layer = hb.layers.activation({ activation: name as "relu" });
      const input = hb.tensor(x);
      const tape = new hb.GradientTape();
      tape.watch(input);
      const recorded = tape.record(() => {
        const out = layer.apply(input);
        return { out, loss: out.mul(hb.tensor(upstream)).sum() };
      });
      assertClose(recorded.out, y, { what: "y" });
      assertClose(tape.gradient(recorded.loss, [input])[0]!, dx, { rtol: 2e-5, atol: 2e-6, what: "dx" });
    });
  }

  test("names in any spelling, functions, configs", () => {
    const { get } = hb.activations;
    assert(get("logSoftmax") === get("log_softmax") && get("LogSoftmax") === hb.activations.logSoftmax, "spellings");
    assert(get(undefined) === hb.activations.linear && get("swish") === hb.activations.silu, "defaults and aliases");
    assert(get({ class_name: "function", config: "relu" }) === hb.activations.relu, "Keras's config of a function");
    const double = (t: hb.Tensor): hb.Tensor => t.mul(2);
    assertEqual(hb.layers.activation({ activation: double }).apply([3]).arraySync(), [6]);
    assertThrows(() => get("sofmax"), hb.ValueError, /Did you mean "softmax"/);
    assertThrows(() => get(3 as never), hb.ValueError, /expected the name of an activation or a function, got 3/);
    assertThrows(() => hb.layers.activation({} as never), hb.ValueError, /expected a name or a function/);
  });

  test("the functions take tensors, arrays and variables", () => {
    assertEqual(hb.activations.relu([-1, 2]).arraySync(), [0, 2]);
    assertEqual(hb.activations.hardTanh(hb.variable([-3, 0.5])).arraySync(), [-1, 0.5]);
    assertClose(
      hb.activations.softmax(
        [
          [1, 2],
          [3, 3],
        ],
        0,
      ),
      [
        [0.1192029, 0.2689414],
        [0.8807971, 0.7310586],
      ],
    );
  });

  test("in all forms of execution; a new activation takes effect", () => {
    layerTest({
      layer: () => hb.layers.activation({ activation: "tanh" }),
      inputs: [[3, 4]],
      expect: { weights: [0, 0], shape: [null, 4], differs: false },
      oracle: ([values]) => values!.map((value) => Math.tanh(value)),
    });
    const layer = hb.layers.activation({ activation: "relu" });
    const model = hb.sequential({ layers: [hb.input({ shape: [1] }), layer] });
    assertEqual(model.predict([[-1]]).arraySync(), [[0]]);
    layer.activation = "linear";
    assertEqual(model.predict([[-1]]).arraySync(), [[-1]]);
  });
});

suite("Flatten and Reshape", (test) => {
  test("Flatten", () => {
    layerTest({
      layer: () => hb.layers.flatten(),
      inputs: [[4, 2, 3]],
      expect: { weights: [0, 0], shape: [null, 6], differs: false },
      oracle: ([x]) => x!,
    });
    // The channels go last: values[(i·3 + j)·2 + c] comes from x[c][i][j].
    layerTest({
      layer: () => hb.layers.flatten({ dataFormat: "channelsFirst" }),
      inputs: [[4, 2, 5, 3]],
      expect: { weights: [0, 0], shape: [null, 30], differs: false },
      oracle: ([x]) => x!.map((_, k) => x![Math.floor(k / 30) * 30 + (k % 2) * 15 + Math.floor((k % 30) / 2)]!),
    });
    assertEqual(hb.layers.flatten().getConfig().data_format, "channels_last");
    assertThrows(
      () => hb.layers.flatten({ dataFormat: "first" as never }),
      hb.ValueError,
      /dataFormat: expected one of channels_last, channels_first, got "first"/,
    );
    assertEqual([...hb.layers.flatten().apply([1, 2, 3]).shape], [3, 1]);
    assertEqual([...hb.layers.flatten().apply(hb.input({ shape: [null, 3] })).shape], [null, null]);
    assertEqual([...hb.layers.flatten().apply(hb.zeros([0, 2, 3])).shape], [0, 6]);
    assertThrows(() => hb.layers.flatten().apply(3), hb.ShapeError, /expected min_ndim=1/);
  });

  test("Reshape", () => {
    layerTest({
      layer: () => hb.layers.reshape({ targetShape: [3, -1] }),
      inputs: [[4, 6]],
      expect: { weights: [0, 0], shape: [null, 3, 2], differs: false },
      oracle: ([x]) => x!,
    });
    const x = hb.input({ shape: [6] });
    assertEqual([...hb.layers.reshape({ targetShape: [2, 3] }).apply(x).shape], [null, 2, 3]);
    const open = hb.input({ shape: [null, 4] });
    assertEqual([...hb.layers.reshape({ targetShape: [-1, 2] }).apply(open).shape], [null, null, 2]);
    assertEqual(hb.layers.reshape({ targetShape: [-1] }).apply(hb.ones([2, 3], "int32")).dtype, "int32");
    const text = /The total size of the tensor must be unchanged/;
    assertThrows(() => hb.layers.reshape({ targetShape: [4] }).apply(x), hb.ShapeError, text);
    assertThrows(() => hb.layers.reshape({ targetShape: [4, -1] }).apply(x), hb.ShapeError, text);
    for (const targetShape of [undefined, 3, [-1, -1], [1.5], [-2]]) {
      assertThrows(() => hb.layers.reshape({ targetShape } as never), hb.ValueError, /targetShape: expected an array/);
    }
  });
});

suite("Add and Concatenate", (test) => {
  for (const [name, { inputs, y }] of Object.entries(fixtures.merges)) {
    test(`${name}: Keras's values`, () => {
      const axis = Number(/axis_(\d)/.exec(name)?.[1] ?? -1);
      const layer = name === "add" ? hb.layers.add() : hb.layers.concatenate({ axis });
      assertClose(layer.apply(inputs.map((input) => hb.tensor(input))), y);
    });
  }

  test("Add in all forms of execution, with broadcasting behind the batch", () => {
    layerTest({
      layer: () => hb.layers.add(),
      inputs: [
        [4, 3],
        [4, 2, 3],
        [4, 1, 3],
      ],
      expect: { weights: [0, 0], shape: [null, 2, 3], differs: false },
      oracle: ([a, b, c]) =>
        b!.map((value, i) => {
          const k = Math.floor(i / 6) * 3 + (i % 3);
          return value + a![k]! + c![k]!;
        }),
    });
    assertEqual(
      hb.layers
        .add()
        .apply([hb.tensor([[1, 2]])])
        .arraySync(),
      [[1, 2]],
      "a list of one",
    );
  });

  test("Concatenate in all forms of execution", () => {
    layerTest({
      layer: () => hb.layers.concatenate(),
      inputs: [
        [4, 3],
        [4, 2],
      ],
      expect: { weights: [0, 0], shape: [null, 5], differs: false },
      oracle: ([a, b]) =>
        Float64Array.from({ length: 20 }, (_, i) => {
          const [row, column] = [Math.floor(i / 5), i % 5];
          return column < 3 ? a![row * 3 + column]! : b![row * 2 + column - 3]!;
        }),
    });
  });

  test("wrong inputs", () => {
    const [a, b, c] = [hb.input({ shape: [3] }), hb.input({ shape: [4] }), hb.input({ shape: [3, 2] })];
    const origins = new RegExp(`Inputs have incompatible shapes.*"${a.history.layer.name}".*"${b.history.layer.name}"`);
    assertThrows(() => hb.layers.add().apply([a, b]), hb.ShapeError, origins);
    assertThrows(() => hb.layers.add().apply(a), hb.ValueError, /should be called on a list of inputs/);
    assertThrows(() => hb.layers.add().apply(hb.ones([2, 3])), hb.ValueError, /should be called on a list of inputs/);
    assertThrows(
      () => hb.layers.add().apply([hb.ones([2, 3]), hb.ones([4, 3])]),
      hb.ShapeError,
      /different batch sizes/,
    );
    const text = /requires inputs with matching shapes except for the concatenation axis/;
    assertThrows(() => hb.layers.concatenate().apply([a, c]), hb.ShapeError, text);
    assertThrows(
      () => hb.layers.concatenate({ axis: 1 }).apply([hb.ones([2, 3]), hb.ones([3, 3])]),
      hb.ShapeError,
      text,
    );
    assertThrows(() => hb.layers.concatenate({ axis: 3 }).apply([a, b]), hb.ShapeError, /axis: expected an integer in/);
    assertThrows(() => hb.layers.concatenate({ axis: 0.5 }), hb.ValueError, /axis: expected an integer, got 0.5/);
    assertThrows(() => hb.layers.concatenate().apply(a), hb.ValueError, /should be called on a list of inputs/);
  });
});
