/** Functional models: graph, order, inputs of every form, sharing, nesting, errors, config. */
import * as hb from "../../src/index.ts";
import { assert, assertBitEqual, assertClose, assertEqual, assertThrows } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

const dense = (units: number, name?: string): hb.layers.Dense => hb.layers.dense({ units, ...(name ? { name } : {}) });
const names = (layers: readonly hb.Layer[]): string[] => layers.map(({ name }) => name);

/** Runs `body` with the console's warnings caught. */
function warnings(body: () => void): string[] {
  const caught: string[] = [];
  const { warn } = console;
  console.warn = (text: string) => caught.push(text);
  try {
    body();
  } finally {
    console.warn = warn;
  }
  return caught;
}

suite("functional models: structure", (test) => {
  test("two inputs, order of layers, getLayer", () => {
    const [a, b] = [hb.input({ shape: [3], name: "input_a" }), hb.input({ shape: [3], name: "input_b" })];
    const h = dense(5, "d1").apply(hb.layers.add({ name: "sum" }).apply([a, b]));
    const model = hb.model({ inputs: [a, b], outputs: dense(4, "d2").apply(h), name: "two" });
    assertEqual(names(model.layers), ["input_a", "input_b", "sum", "d1", "d2"]);
    assertEqual([model.getLayer(1).name, model.getLayer("d1").name], ["input_b", "d1"]);
    assertEqual([model.inputNames, model.outputNames], [["input_a", "input_b"], ["d2"]]);
    assertEqual([...model.outputs[0]!.shape], [null, 4]);
    assertEqual([...model.apply([hb.ones([2, 3]), hb.ones([2, 3])]).shape], [2, 4]);
    assertThrows(
      () => model.getLayer("dd1"),
      hb.ValueError,
      /No such layer: dd1. Existing layers are: \[input_a, input_b, sum, d1, d2\]\. Did you mean "d1"\?$/,
    );
    assertThrows(() => model.getLayer(9), hb.ValueError, /model only has 5 layers/);
    assertThrows(() => model.getLayer(), hb.ValueError, /Provide either a layer name or layer index/);
    assertThrows(() => model.getLayer("d1", 1), hb.ValueError, /Provide only a layer name or a layer index/);
  });

  test("outputs come in the structure given", () => {
    const x = hb.input({ shape: [2] });
    const [a, b] = [hb.layers.flatten().apply(x), hb.layers.activation({ activation: "relu" }).apply(x)];
    const list = hb.model({ inputs: x, outputs: [a, b] }).apply<hb.Tensor[]>([[1, -2]]);
    assertEqual(
      list.map((t) => t.arraySync()),
      [[[1, -2]], [[1, 0]]],
    );
    const dict = hb.model({ inputs: x, outputs: { b, a } }).apply<Record<string, hb.Tensor>>([[1, -2]]);
    assertEqual([dict.a!.arraySync(), dict.b!.arraySync()], [[[1, -2]], [[1, 0]]]);
    const alone = hb.model({ inputs: x, outputs: [b] }).apply([[1, -2]]);
    assertEqual(alone.arraySync(), [[1, 0]], "a list of one output is that output");
    assertEqual(
      hb
        .model({ inputs: x, outputs: x })
        .apply([[5, 6]])
        .arraySync(),
      [[5, 6]],
      "an input as output",
    );
    const predicted = hb.model({ inputs: x, outputs: { b, a } }).predict<Record<string, hb.Tensor>>([[1, -2]]);
    assertEqual(predicted.b!.arraySync(), [[1, 0]]);
  });

  test("a shared layer: two nodes, one set of weights, gradients add up", () => {
    const [a, b] = [hb.input({ shape: [1] }), hb.input({ shape: [1] })];
    const shared = hb.layers.dense({ units: 1, useBias: false, kernelInitializer: "ones" });
    const model = hb.model({ inputs: [a, b], outputs: [shared.apply(a), shared.apply(b)] });
    assertEqual([model.layers.length, model.weights.length], [3, 1]);
    assertEqual(model.outputNames, [shared.name, shared.name]);
    const tape = new hb.GradientTape();
    const loss = tape.record(() => {
      const [y, z] = model.apply<hb.Tensor[]>([hb.tensor([[2]]), hb.tensor([[5]])]);
      return y!.add(z!.mul(3)).sum();
    });
    assertEqual(tape.gradient(loss, model.trainableVariables)[0]!.arraySync(), [[17]]);
  });

  test("a layer shared at two depths stands where its earliest use stands", () => {
    const x = hb.input({ shape: [2], name: "x" });
    const [shared, other] = [dense(2, "shared"), dense(2, "other")];
    const model = hb.model({ inputs: x, outputs: shared.apply(other.apply(shared.apply(x))) });
    assertEqual(names(model.layers), ["x", "shared", "other"]);
    const by = hb.tensor([[1, 2]]);
    assertBitEqual(model.apply(by), shared.apply(other.apply(shared.apply(by))));
  });

  test("a nested model is one layer; its weights appear in place", () => {
    const inner = hb.sequential({ layers: [hb.input({ shape: [3] }), dense(2, "i1"), dense(2, "i2")], name: "inner" });
    const x = hb.input({ shape: [3], name: "x" });
    const model = hb.model({ inputs: x, outputs: dense(1, "top").apply(inner.apply(x)) });
    assertEqual(names(model.layers), ["x", "inner", "top"]);
    const weights = model.weights.map(({ path }) => path);
    assertEqual(weights, ["i1/kernel", "i1/bias", "i2/kernel", "i2/bias", "top/kernel", "top/bias"]);
    inner.trainable = false;
    assertEqual(model.trainableWeights.length, 2);
    const data = hb.ones([4, 3]);
    assertBitEqual(model.apply(data), (model.getLayer("top") as hb.Layer).apply(inner.apply(data)));
  });

  test("an input no output needs is allowed, and must still be fed", () => {
    const [a, b] = [hb.input({ shape: [1], name: "a" }), hb.input({ shape: [1], name: "b" })];
    const model = hb.model({ inputs: [a, b], outputs: hb.layers.flatten().apply(a) });
    assertEqual(model.apply([hb.tensor([[1]]), hb.tensor([[2]])]).arraySync(), [[1]]);
    assertThrows(() => model.apply([[[1]]]), hb.ValueError, /expects 2 input\(s\)/);
  });

  test("parts of a model share its layers, also from a tensor in the middle on", () => {
    const x = hb.input({ shape: [2] });
    const [first, second] = [dense(3, "first"), dense(1, "second")];
    const h = first.apply(x);
    const full = hb.model({ inputs: x, outputs: second.apply(h) });
    const head = hb.model({ inputs: full.inputs, outputs: full.getLayer("first").output });
    const tail = hb.model({ inputs: h, outputs: full.output });
    assertEqual(names(tail.layers).slice(1), ["second"]);
    const data = hb.ones([2, 2]);
    assertBitEqual(tail.apply(head.apply(data)), full.apply(data));
    assert(tail.weights[0] === full.weights[2], "the same variable");
  });

  test("constants of a graph", () => {
    const x = hb.input({ shape: [2] });
    const sum = hb.layers.add().apply([x, hb.tensor([[10, 20]])] as never) as unknown as hb.SymbolicTensor;
    assertEqual(
      hb
        .model({ inputs: x, outputs: sum })
        .apply([[1, 2]])
        .arraySync(),
      [[11, 22]],
    );
  });
});

suite("functional models: inputs", (test) => {
  const pair = (): hb.Functional => {
    const [a, b] = [hb.input({ shape: [2], name: "a" }), hb.input({ shape: [2], name: "b" })];
    return hb.model({ inputs: [a, b], outputs: hb.layers.add().apply([a, b]), name: "pair" });
  };

  test("lists, dicts by names, plain arrays", () => {
    const model = pair();
    const [a, b] = [[[1, 2]], [[10, 20]]];
    for (const inputs of [[hb.tensor(a), hb.tensor(b)], [a, b], { a, b }, { b, a, more: [1] }] as unknown[]) {
      assertEqual(model.apply(inputs as hb.Tensor).arraySync(), [[11, 22]]);
    }
    assertThrows(() => model.apply({ a }), hb.ValueError, /Missing data for input "b"/);
    assertThrows(() => model.apply([a, b, b]), hb.ValueError, /expects 2 input\(s\) \("a", "b"\), but it received 3/);
    assertThrows(
      () => model.apply([hb.tensor(a), null] as never),
      hb.ValueError,
      /'b' is not optional, but None was passed/,
    );
  });

  test("a model declared with a dict", () => {
    const make = (first: string, second: string): hb.Functional => {
      const parts = {
        [first]: hb.input({ shape: [1], name: first }),
        [second]: hb.input({ shape: [1], name: second }),
      };
      return hb.model({ inputs: parts, outputs: hb.layers.concatenate().apply([parts.x!, parts.y!]) });
    };
    const [sorted, unsorted] = [make("x", "y"), make("y", "x")];
    for (const model of [sorted, unsorted]) assertEqual(model.apply({ x: [[1]], y: [[2]] }).arraySync(), [[1, 2]]);
    assertEqual(warnings(() => sorted.apply({ x: [[1]], y: [[2]], z: [[3]] })).length, 1);
    assertEqual(warnings(() => assertEqual(sorted.apply([[[1]], [[2]]]).arraySync(), [[1, 2]])).length, 1);
    assertThrows(() => unsorted.apply([[[1]], [[2]]]), hb.ValueError, /The structure of `inputs` doesn't match/);
    assertThrows(() => sorted.apply([[[1]]]), hb.ValueError, /expects 2 named input\(s\) with keys x, y/);
    assertThrows(() => sorted.apply({ x: [[1]] }), hb.ValueError, /Missing data for input "y"/);
    const x = hb.input({ shape: [1], name: "constructor" });
    const odd = hb.model({ inputs: { constructor: x }, outputs: dense(1).apply(x) });
    assertThrows(() => odd.apply({}), hb.ValueError, /Missing data for input "constructor"/);
  });

  test("a rank off by a trailing 1 is repaired; shapes are checked, the batch is not", () => {
    const x = hb.input({ shape: [3] });
    const flat = hb.model({ inputs: x, outputs: dense(3).apply(x) });
    assertEqual([...flat.apply(hb.ones([2, 3, 1])).shape], [2, 3]);
    const z = hb.input({ shape: [3, 1] });
    const deep = hb.model({ inputs: z, outputs: dense(3).apply(z) });
    assertEqual([...deep.apply(hb.ones([2, 3])).shape], [2, 3, 3]);
    const text = /expected shape=\(None, 3\), found shape=\(2, 5\)/;
    assertThrows(() => flat.apply(hb.ones([2, 5])), hb.ShapeError, text);
    assertThrows(() => flat.predict(hb.ones([2, 5])), hb.ShapeError, /expected shape=\(None, 3\)/);
    assertThrows(() => flat.apply(hb.ones([2, 3, 4])), hb.ShapeError, /Invalid input shape for input/);
  });

  test("a call that fails runs once where all sizes are known, twice where the stand-ins for them have to be found", () => {
    class Failing extends hb.Layer {
      calls = 0;

      override call(inputs: hb.Tensor): hb.Tensor {
        this.calls++;
        return inputs.reshape([5]);
      }
    }
    for (const [batch, calls, size] of [
      [2, 1, "6"],
      [null, 2, "None"],
    ] as const) {
      const layer = new Failing();
      const x = hb.input({ batchShape: [batch, 3] });
      const { message } = assertThrows(() => layer.apply(x), hb.ShapeError);
      assertEqual([layer.calls, message.includes(`one of ${size} elements`)], [calls, true], message);
    }
  });
  test("errors while shapes are inferred say None for unknown sizes, and the real size of any other", () => {
    const x = hb.input({ shape: [83, 97] });
    const wrong = /got \(None, 83, 97\) and \(None, 103, 109\)/;
    assertThrows(() => x.matMul(hb.input({ shape: [103, 109] })), hb.ShapeError, wrong);
    assertThrows(() => x.matMul(hb.ones([127, 2])), hb.ShapeError, /got \(None, 83, 97\) and \(127, 2\)/);
    const open = hb.input({ shape: [null, 97] });
    assertThrows(() => open.matMul(hb.ones([83, 2])), hb.ShapeError, /got \(None, None, 97\) and \(83, 2\)/);
    class Wraps extends hb.Layer {
      static override readonly className: string = "Wraps83";
      override call(inputs: hb.Tensor): hb.Tensor {
        return inputs.reshape([3, 83]);
      }
    }
    assertThrows(
      () => new Wraps().apply(x),
      hb.ShapeError,
      /one of None elements for input \(None, 83, 97\), got \(3, 83\)/,
    );
  });

  test("data are converted to the declared dtype", () => {
    const x = hb.input({ shape: [2], dtype: "int32" });
    const model = hb.model({ inputs: x, outputs: hb.layers.flatten().apply(x) });
    const y = model.apply(hb.tensor([[1.7, 2]]));
    assertEqual([y.dtype, y.arraySync()], ["int32", [[1, 2]]]);
  });

  test("a symbolic input of a wrong shape names both layers", () => {
    const x = hb.input({ shape: [4], name: "x" });
    const h = dense(5, "five").apply(x);
    const six = dense(1, "six");
    six.build([null, 6]);
    assertThrows(() => six.apply(h), hb.ShapeError, /\[Dense "six"\].*layer "five".*expected axis -1/);
  });
});

suite("functional models: refused graphs", (test) => {
  test("what is no graph", () => {
    const x = hb.input({ shape: [1] });
    const make = hb.model as (options: unknown) => hb.Functional;
    assertThrows(
      () => make({ inputs: hb.ones([1]), outputs: x }),
      hb.ValueError,
      /All `inputs` values must be KerasTensors/,
    );
    assertThrows(() => make({ inputs: x, outputs: 3 }), hb.ValueError, /All `outputs` values must be KerasTensors/);
    assertThrows(() => make({ inputs: [], outputs: x }), hb.ValueError, /`inputs` argument cannot be empty/);
    assertThrows(() => make({ inputs: x, outputs: {} }), hb.ValueError, /`outputs` argument cannot be empty/);
    assertThrows(() => make({ inputs: x }), hb.ValueError, /outputs: expected a symbolic tensor/);
    assertThrows(() => make({ inputs: x, outputs: x, nam: "a" }), hb.ValueError, /Did you mean "name"/);
    assertThrows(() => new hb.Model({ inputs: x, outputs: x } as never), hb.ValueError, /expected hb.model\(/);
  });

  test("an output that does not come from the inputs, with its place", () => {
    const [a, b] = [hb.input({ shape: [1] }), hb.input({ shape: [1], name: "lost" })];
    const flat = (t: hb.SymbolicTensor): hb.SymbolicTensor => hb.layers.flatten().apply(t);
    const text = /Output with path `output2` is not connected to `inputs`.*"lost"/;
    assertThrows(() => hb.model({ inputs: a, outputs: { output1: flat(a), output2: flat(b) } }), hb.ValueError, text);
    assertThrows(() => hb.model({ inputs: a, outputs: flat(b) }), hb.ValueError, /path `` is not connected/);
  });

  test("two layers of one name", () => {
    const x = hb.input({ shape: [1] });
    const outputs = dense(1, "h").apply(dense(1, "h").apply(x));
    assertThrows(() => hb.model({ inputs: x, outputs }), hb.ValueError, /The name "h" is used 2 times in the model/);
  });
});

suite("functional models: config and trainer's view", (test) => {
  test("nodes with their fixed flag, inputs and outputs", () => {
    const x = hb.input({ shape: [2], name: "x" });
    const drop = hb.layers.dropout({ rate: 0.5, name: "drop" });
    const model = hb.model({ inputs: x, outputs: [drop.apply(x, { training: true })], name: "m" });
    const config = JSON.parse(JSON.stringify(model.getConfig())) as {
      layers: { name: string; class_name: string; inbound_nodes: { args: unknown[]; kwargs: object }[] }[];
      input_layers: unknown;
      output_layers: unknown;
    };
    assertEqual(
      config.layers.map((layer) => [layer.class_name, layer.name]),
      [
        ["InputLayer", "x"],
        ["Dropout", "drop"],
      ],
    );
    assertEqual([config.input_layers, config.output_layers], [["x", 0, 0], [["drop", 0, 0]]]);
    const [node] = config.layers[1]!.inbound_nodes;
    assertEqual(node, {
      args: [
        { class_name: "__keras_tensor__", config: { shape: [null, 2], dtype: "float32", keras_history: ["x", 0, 0] } },
      ],
      kwargs: { training: true },
    });
  });

  test("the epoch changes with what plans have baked in, and not with other models", () => {
    const x = hb.input({ shape: [2] });
    const norm = hb.layers.batchNormalization();
    const model = hb.model({ inputs: x, outputs: norm.apply(x) });
    let epoch = model.modelEpoch();
    const changed = (): boolean => {
      const before = epoch;
      epoch = model.modelEpoch();
      return epoch !== before;
    };
    assert(!changed(), "nothing happened");
    dense(1).trainable = false;
    assert(!changed(), "another layer");
    norm.trainable = false;
    assert(changed(), "trainable");
    norm.momentum = 0.5;
    assert(changed(), "momentum");
    norm.invalidate();
    assert(changed(), "invalidate");
    model.compile({ optimizer: "sgd", loss: "mse" });
    assert(changed(), "compile");
  });

  test("predict takes effect of a frozen layer and of new weights at once", () => {
    const x = hb.input({ shape: [1] });
    const layer = hb.layers.dense({ units: 1, useBias: false, kernelInitializer: "ones" });
    const model = hb.model({ inputs: x, outputs: layer.apply(x) });
    assertClose(model.predict([[2]]), [[2]]);
    layer.setWeights([[[3]]]);
    assertClose(model.predict([[2]]), [[6]]);
  });

  test("inner layers are built with the batch size as it is: every fixed one, or none", () => {
    const seen: hb.Shape[] = [];
    class Inner extends hb.Layer {
      override build(inputShape: hb.Shape): void {
        seen.push(inputShape);
      }
      override call(inputs: hb.Tensor): hb.Tensor {
        return inputs;
      }
    }
    class Outer extends hb.Layer {
      readonly inner: hb.Layer = new Inner();
      override call(inputs: hb.Tensor): hb.Tensor {
        return this.inner.apply(inputs);
      }
    }
    const batches = [83, 89, 7, null];
    for (const batchSize of batches) {
      const given = batchSize === null ? {} : { batchSize };
      assertEqual(new Outer().apply(hb.input({ shape: [2], ...given })).shape, [batchSize, 2]);
    }
    hb.sequential([new Outer()]).computeOutputShape([null, 2]);
    assertEqual(
      seen,
      [...batches, null].map((size) => [size, 2]),
    );
  });

  test("symbolic tensors have every method of tensors that computes", () => {
    const own = ["dataSync", "data", "arraySync", "array", "item", "print", "hostData", "settle", "valueIn", "origin"];
    const inner = ["self", "wrap", "applyOp", "sumTo"];
    const names = [hb.Tensor.prototype, Object.getPrototypeOf(hb.Tensor.prototype)].flatMap(Object.getOwnPropertyNames);
    const x = hb.input({ shape: [4, 3] });
    assertEqual(
      names.filter((name) => !(name in x) && !own.includes(name) && !inner.includes(name)),
      [],
    );
    const part = hb.model({ inputs: x, outputs: x.slice([0, 1], [-1, 2]) });
    assertEqual(part.outputs[0]!.shape, [null, 2, 3]);
    assertEqual(part.predict(hb.range(0, 12).reshape([1, 4, 3])).arraySync(), [
      [
        [3, 4, 5],
        [6, 7, 8],
      ],
    ]);
  });

  test("a tensor's method beside a symbolic one is one node, of unsigned integers too", () => {
    const x = hb.input({ shape: [2], dtype: "uint32" });
    const limit = hb.tensor([5, 4_000_000_000], [2], "uint32");
    const model = hb.model({ inputs: x, outputs: limit.maximum(x as never) as never }) as hb.Functional;
    assertEqual(model.operations.length, 2);
    assertEqual(model.apply(hb.tensor([[3_000_000_000, 7]], [1, 2], "uint32")).arraySync(), [
      [3_000_000_000, 4_000_000_000],
    ]);
  });
});
