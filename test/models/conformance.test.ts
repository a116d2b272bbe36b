/** Named cases of the specification: functional graphs (FN), losses of weights and activities (VA, DE), configs (FX). */
import * as hb from "../../src/index.ts";
import { assert, assertClose, assertEqual, assertThrows } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

const { layers } = hb;
const dims = (x: { readonly shape: readonly (number | null)[] }): (number | null)[] => [...x.shape];

function warnings(body: () => void): string[] {
  const said: string[] = [];
  const { warn } = console;
  console.warn = (text: string) => said.push(text);
  try {
    body();
  } finally {
    console.warn = warn;
  }
  return said;
}

suite("functional models: FN-01 to FN-13", (test) => {
  test("FN-01: a + b between two layers: 4 layers, 5 operations", () => {
    const a = hb.input({ shape: [3], batchSize: 2, name: "input_a" });
    const b = hb.input({ shape: [3], batchSize: 2, name: "input_b" });
    const hidden = layers.dense({ units: 5, name: "dense_1" }).apply(a.add(b));
    const model = hb.model({ inputs: [a, b], outputs: layers.dense({ units: 4, name: "dense_2" }).apply(hidden) });
    assertEqual([model.layers.length, model.operations.length], [4, 5]);
    assertEqual((model.operations[2]!.constructor as typeof hb.Layer).className, "Operation");
    assertEqual(
      [0, 1, 2, 3].map((index) => model.getLayer(index).name),
      ["input_a", "input_b", "dense_1", "dense_2"],
    );
    assertEqual([...model.apply([hb.ones([2, 3]), hb.ones([2, 3])]).shape], [2, 4]);
  });
  test("FN-02: a list model called with a dict; extra keys of a dict model warn once", () => {
    const [a, b] = [hb.input({ shape: [1], name: "fn2_a" }), hb.input({ shape: [1], name: "fn2_b" })];
    const list = hb.model({ inputs: [a, b], outputs: a.sub(b) });
    assertEqual(list.apply({ fn2_b: hb.tensor([[1]]), fn2_a: hb.tensor([[3]]) }).item(), 2);
    const dict = hb.model({ inputs: { fn2_a: a, fn2_b: b }, outputs: a.sub(b) });
    const [x, y] = [hb.tensor([[1]]), hb.tensor([[5]])];
    let value = 0;
    const said = warnings(() => {
      value = dict.apply({ fn2_b: x, fn2_a: y, more: x }).item();
    });
    assertEqual([value, said.length], [4, 1]);
  });
  test("FN-03: ranks that are off by a trailing 1", () => {
    const flat = hb.sequential([layers.inputLayer({ shape: [3] }), layers.dense({ units: 3 })]);
    assertEqual(dims(flat.apply(hb.ones([2, 3, 1]))), [2, 3]);
    const deep = hb.sequential([layers.inputLayer({ shape: [3, 1] }), layers.dense({ units: 3 })]);
    assertEqual(dims(deep.apply(hb.ones([2, 3]))), [2, 3, 3]);
  });
  test("FN-04: wrong shapes and counts", () => {
    const x = hb.input({ shape: [4], name: "fn4" });
    const one = hb.model({ inputs: x, outputs: layers.identity().apply(x) });
    assertThrows(() => one.apply(hb.ones([2, 3])), hb.ShapeError, /expected shape=\(None, 4\), found shape=\(2, 3\)/);
    const listed = hb.model({ inputs: [x], outputs: layers.identity().apply(x) });
    assertThrows(() => listed.apply([hb.ones([2, 4]), hb.ones([2, 4])]), hb.ValueError, /expects 1 .*input/);
    const dict = hb.model({ inputs: { fn4: x }, outputs: layers.identity().apply(x) });
    assertThrows(() => dict.apply([hb.ones([2, 4]), hb.ones([2, 4])]), hb.ValueError, /named input\(s\) with keys/);
  });
  test("FN-05: a dict model with unsorted keys called with a list", () => {
    const inputs = { IT: hb.input({ shape: [1], name: "IT" }), IS: hb.input({ shape: [1], name: "IS" }) };
    const model = hb.model({ inputs, outputs: inputs.IT.add(inputs.IS) });
    assertThrows(
      () => model.apply([hb.ones([1, 1]), hb.ones([1, 1])]),
      hb.ValueError,
      /The structure of `inputs` doesn't match the expected structure/,
    );
  });
  test("FN-06: an output that the inputs do not reach", () => {
    const [i1, i2] = [hb.input({ shape: [2] }), hb.input({ shape: [2] })];
    const outputs = { output1: layers.dense({ units: 1 }).apply(i1), output2: layers.dense({ units: 1 }).apply(i2) };
    assertThrows(() => hb.model({ inputs: i1, outputs }), hb.ValueError, /Output with path `output2` is not connected/);
  });
  test("FN-07: an input that nothing uses", () => {
    const [a, b] = [hb.input({ shape: [2] }), hb.input({ shape: [2] })];
    const model = hb.model({ inputs: [a, b], outputs: a.mul(2) });
    assertEqual(model.apply([hb.ones([1, 2]), hb.zeros([1, 2])]).arraySync(), [[2, 2]]);
  });
  test("FN-08: one layer at two inputs", () => {
    const [a, b] = [hb.input({ shape: [2] }), hb.input({ shape: [2] })];
    const shared = layers.dense({ units: 3, name: "fn8" });
    const model = hb.model({ inputs: [a, b], outputs: [shared.apply(a), shared.apply(b)] });
    assertEqual([model.layers.length, model.weights.length, model.outputNames], [3, 2, ["fn8", "fn8"]]);
    assertEqual(model.graph.nodes.filter((node) => node.layer === shared).length, 2);
    const copy = hb.cloneModel(model);
    assertEqual([copy.layers.length, copy.weights.length], [3, 2]);
    assertEqual(hb.modelFromConfig(model.getConfig()).weights.length, 2);
  });
  test("FN-09: a baked training flag is in the config and survives fromConfig and clone", () => {
    const x = hb.input({ shape: [20] });
    const model = hb.model({
      inputs: x,
      outputs: layers.dropout({ rate: 0.5, name: "fn9" }).apply(x, { training: true }),
    });
    const node = (config: Record<string, unknown>): unknown =>
      (config.layers as { name: string; inbound_nodes: { kwargs: unknown }[] }[]).find(({ name }) => name === "fn9")!
        .inbound_nodes[0]!.kwargs;
    const copies = [
      model,
      hb.Functional.fromConfig(JSON.parse(JSON.stringify(model.getConfig()))) as hb.Functional,
      hb.cloneModel(model),
    ];
    for (const each of copies) {
      assertEqual(node(each.getConfig()), { training: true });
      assert([...each.apply(hb.ones([4, 20])).dataSync()].includes(0), "drops");
    }
  });
  test("FN-10: two layers of one name", () => {
    const x = hb.input({ shape: [2] });
    const h = layers.dense({ units: 2, name: "h" }).apply(x);
    assertThrows(
      () => hb.model({ inputs: x, outputs: layers.dense({ units: 2, name: "h" }).apply(h) }),
      hb.ValueError,
      /The name "h" is used 2 times/,
    );
  });
  test("FN-11: what Sequential refuses", () => {
    const input = (): hb.layers.InputLayer => layers.inputLayer({ shape: [2] });
    const model = hb.sequential([input()]);
    assertThrows(() => model.add(input()), hb.ValueError, /already been configured to use input shape/);
    const named = hb.sequential([layers.dense({ units: 1, name: "n" })]);
    assertThrows(() => named.add(layers.dense({ units: 1, name: "n" })), hb.ValueError, /should have unique names/);
    assertThrows(() => hb.sequential().apply([[1]]), hb.ValueError, /no layers/);
    assertThrows(() => hb.sequential().build([null, 2]), hb.ValueError, /no layers/);
    assertThrows(() => hb.sequential([3 as never]), hb.ValueError, /Only instances of `keras.Layer`/);
    const built = hb.sequential([input(), layers.dense({ units: 1 })]);
    assertThrows(() => built.build([null, 3]), hb.ValueError, /already been configured/);
    for (const what of ["input", "output", "inputs", "outputs"] as const) {
      assertThrows(() => hb.sequential([layers.dense({ units: 1 })])[what], hb.StateError, /no defined/);
    }
    const twice = layers.dense({ units: 2 });
    assertEqual(hb.sequential([input(), twice, twice]).weights.length, 2);
  });
  test("FN-12: automatic names", () => {
    const stem = (layer: hb.Layer): string => layer.name.replace(/_\d+$/, "");
    const made = [
      layers.batchNormalization(),
      layers.reLU(),
      layers.prelu(),
      layers.elu(),
      layers.leakyReLU(),
      layers.einsumDense({ equation: "ab,bc->ac", outputShape: 1 }),
    ];
    assertEqual(made.map(stem), ["batch_normalization", "re_lu", "p_re_lu", "elu", "leaky_re_lu", "einsum_dense"]);
    const [first, second] = [layers.dense({ units: 1 }), layers.dense({ units: 1 })];
    const number = (layer: hb.Layer): number => Number(/_(\d+)$/.exec(layer.name)?.[1] ?? 0);
    assertEqual(number(second), number(first) + 1);
    assertThrows(() => layers.dense({ units: 1, name: "a/b" }), hb.ValueError, /"\/"/);
  });
  test("FN-13: summary totals", () => {
    const model = hb.sequential([
      layers.inputLayer({ shape: [4] }),
      layers.dense({ units: 3 }),
      layers.batchNormalization(),
      layers.dropout({ rate: 0.1 }),
      layers.dense({ units: 1 }),
    ]);
    const text = model.summary({ printFn: () => {} });
    assertEqual(
      model.layers.map((layer) => layer.countParams()),
      [15, 12, 0, 4],
    );
    const x = hb.input({ shape: [4] });
    const ops = hb.model({ inputs: x, outputs: layers.dense({ units: 1 }).apply(x.mul(2).add(x)) });
    assert(
      /mul.* \(Mul\).*\n[\s\S]*add.* \(Add\)/.test(ops.summary({ printFn: () => {}, lineLength: 120 })),
      "ops are shown",
    );
    for (const line of ["Total params: 31 (124.00 B)", "Trainable params: 25 ", "Non-trainable params: 6 "])
      assert(text.includes(line), line);
  });
});

suite("layers and their inputs: FX-05", (test) => {
  test("FX-05: wrong rank, wrong channel after build, a mask of full rank, a list as axis", () => {
    const bn = layers.batchNormalization();
    bn.apply(hb.ones([2, 3]));
    assertThrows(() => bn.apply(hb.ones([2, 3, 3])), hb.ShapeError, /expected ndim=2/);
    assertThrows(() => bn.apply(hb.ones([2, 4])), hb.ShapeError, /expected axis -1/);
    const mask = hb.ones([2, 3]);
    assertThrows(() => bn.apply(hb.ones([2, 3]), { training: true, mask }), hb.ShapeError, /one dimension less/);
    assertThrows(() => layers.batchNormalization({ axis: [1] as never }), hb.ValueError, /axis: expected an integer/);
  });
});

suite("losses of weights and activities: VA-06, DE-06, FX-19, TL-12", (test) => {
  const line = (options: Partial<hb.layers.DenseOptions>): hb.Sequential =>
    hb.sequential([layers.dense({ units: 1, useBias: false, kernelInitializer: "ones", inputShape: [1], ...options })]);
  const x = [[1], [2], [3], [4], [10]];
  const y = [[0], [0], [0], [0], [0]];
  test("VA-06: the penalty of a frozen weight leaves the loss at once", () => {
    const model = line({ kernelRegularizer: hb.regularizers.l2({ l2: 0.5 }) });
    model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
    assertClose(model.evaluate(x, y) as number, 26.5);
    model.trainable = false;
    assertClose(model.evaluate(x, y) as number, 26);
  });
  test("DE-06: l2 on the kernel and l1 on the activity", () => {
    const layer = layers.dense({
      units: 2,
      kernelInitializer: "ones",
      kernelRegularizer: "l2",
      activityRegularizer: "l1",
    });
    layer.apply(hb.ones([4, 3]));
    assertClose(hb.tensor(layer.losses.map((loss) => loss.item())), [0.06, 0.06]);
    layer.trainable = false;
    layer.apply(hb.ones([4, 3]));
    assertEqual(layer.losses.length, 1);
  });
  test("TL-12: activity penalties do not depend on the batch size", () => {
    const model = line({ activityRegularizer: hb.regularizers.l2({ l2: 0.5 }) });
    model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
    for (const batchSize of [5, 1]) assertClose(model.evaluate(x, y, { batchSize }) as number, 39);
  });
  test("FX-19, DR-11: one term for each call, none after a symbolic one; in every mode", () => {
    const layer = layers.identity({ activityRegularizer: hb.regularizers.l1() });
    for (const training of [undefined, true, false]) {
      layer.apply(hb.ones([1]), { training });
      assertClose(hb.tensor(layer.losses.map((loss) => loss.item())), [0.01]);
    }
    layer.apply(hb.input({ shape: [1] }));
    assertEqual(layer.losses, []);
    const penalty = layers.activityRegularization({ l1: 0.2, l2: 0.3 });
    penalty.apply([[2]]);
    assertClose(penalty.losses[0]!.item(), 1.6);
    assertEqual(layers.ActivityRegularization.fromConfig(penalty.getConfig()).getConfig(), penalty.getConfig());
  });
});

suite("dtypes, configs and copies: FX-15 to FX-17", (test) => {
  test("FX-15: float64 ones into a float32 and an int32 input: each output has its input's dtype", () => {
    const inputs = [hb.input({ shape: [10], dtype: "float32" }), hb.input({ shape: [10], dtype: "int32" })] as const;
    const model = hb.model({ inputs: [...inputs], outputs: inputs.map((each) => each.add(2)) });
    const ones = Object.assign(new Float64Array(20).fill(1), { shape: [2, 10] });
    const outputs = model.predict([ones, ones] as never) as hb.Tensor[];
    assertEqual(
      outputs.map(({ dtype, shape }) => [dtype, shape]),
      [
        ["float32", [2, 10]],
        ["int32", [2, 10]],
      ],
    );
    for (const output of outputs) assertEqual([...output.dataSync()], new Array(20).fill(3));
  });
  test("FX-16: pop and add", () => {
    const model = hb.sequential([
      layers.inputLayer({ shape: [2], batchSize: 3 }),
      layers.dense({ units: 4 }),
      layers.dense({ units: 5 }),
    ]);
    assertEqual([model.weights.length, dims(model.outputs[0]!)], [4, [3, 5]]);
    model.pop();
    assertEqual([model.weights.length, dims(model.outputs[0]!), model.built], [2, [3, 4], true]);
  });
  test("FX-17: configs with a loop or a missing node", () => {
    const x = hb.input({ shape: [2], name: "fx17" });
    const h = layers.dense({ units: 2, name: "first" }).apply(x);
    const model = hb.model({ inputs: x, outputs: layers.dense({ units: 2, name: "second" }).apply(h) });
    type Config = { layers: { name: string; inbound_nodes: unknown[] }[] };
    const config = (): Config => JSON.parse(JSON.stringify(model.getConfig()));
    const loop = config();
    const text = JSON.stringify(loop.layers[1]!.inbound_nodes).replace('"fx17"', '"second"');
    loop.layers[1]!.inbound_nodes = JSON.parse(text);
    assertThrows(() => hb.Functional.fromConfig(loop), hb.ValueError, /loops or disconnected nodes/);
    const missing = config();
    missing.layers.splice(1, 1);
    assertThrows(() => hb.modelFromConfig(missing), hb.ValueError, /"first".* missing/);
    assertThrows(() => hb.modelFromConfig({ class_name: "Convolve", config: {} }), hb.ValueError, /"Convolve"/);
    assertThrows(() => hb.modelFromConfig(3 as never), hb.ValueError, /getConfig/);
  });
  test("registered and custom classes, nested models, dicts and ops", () => {
    class Twice extends hb.Layer {
      static override readonly className: string = "Twice";
      override call(inputs: hb.Tensor): hb.Tensor {
        return inputs.mul(2);
      }
    }
    const inner = hb.sequential([layers.inputLayer({ shape: [2] }), layers.dense({ units: 2 }), new Twice()]);
    const inputs = { p: hb.input({ shape: [2], name: "p" }), q: hb.input({ shape: [2], name: "q" }) };
    const joined = hb.ops.concat([inner.apply(inputs.p), inner.apply(inputs.q).mul(hb.tensor([1, 2]))], -1);
    const model = hb.model({ inputs, outputs: { sum: joined.sum(-1), parts: hb.ops.split(joined, 2, -1) } });
    const config = JSON.parse(JSON.stringify(model.getConfig()));
    const again = hb.modelFromConfig(config, { Twice });
    assertEqual(again.getConfig(), config);
    again.setWeights(model.getWeights());
    const data = { p: hb.tensor([[1, 2]]), q: hb.tensor([[3, 4]]) };
    type Out = { sum: hb.Tensor; parts: hb.Tensor[] };
    const [a, b] = [model.apply<Out>(data), again.apply<Out>(data)];
    assertEqual(
      [a.sum.arraySync(), a.parts.map((t) => t.arraySync())],
      [b.sum.arraySync(), b.parts.map((t) => t.arraySync())],
    );
    hb.registerClass(Twice);
    assertEqual(hb.modelFromConfig(config).weights.length, 2);
    const copy = hb.cloneModel(model);
    assert(copy.name !== model.name && copy.weights[0] !== model.weights[0], "a model of its own");
    copy.setWeights(model.getWeights());
    assertEqual(copy.apply<Out>(data).sum.arraySync(), a.sum.arraySync());
    assertThrows(() => hb.cloneModel(new (class Own extends hb.Model {})()), hb.ValueError, /not a subclassed one/);
    assertThrows(() => hb.registerClass(3 as never), hb.ValueError, /registerClass/);
  });
  test("surgery on tensors between ops", () => {
    const x = hb.input({ shape: [3] });
    const middle = x.mul(2).add(1);
    const out = layers.dense({ units: 1 }).apply(middle.relu());
    const model = hb.model({ inputs: x, outputs: out });
    const head = hb.model({ inputs: middle, outputs: out });
    const probe = hb.model({ inputs: x, outputs: middle });
    assertEqual(head.apply(probe.apply(hb.ones([2, 3]))).arraySync(), model.apply(hb.ones([2, 3])).arraySync());
    assertEqual(head.weights[0], model.weights[0]);
  });
  test("symbolic tensors: methods and functions, constants on either side, shapes", () => {
    const x = hb.input({ shape: [null, 4] });
    assertEqual(dims(x.mean(1)), [null, 4]);
    assertEqual(dims(x.reshape([-1, 2])), [null, 2]);
    assertEqual(dims(hb.ops.add(hb.ones([4]), x)), [null, null, 4]);
    assertEqual(dims(hb.ops.where(x.greater(0), x, 0)), [null, null, 4]);
    assertEqual(dims(hb.ops.einsum("bij,jk->bik", x, hb.ones([4, 2]))), [null, null, 2]);
    assertEqual(hb.ops.topK(hb.input({ shape: [5] }), 2).indices.dtype, "int32");
    assertThrows(() => x.matMul(hb.ones([3, 2])), hb.ShapeError, /matMul/);
    assertThrows(() => hb.ops.add(x, {} as never), hb.HornbeamError, /expected numbers/);
  });
  test("a concrete tensor's methods beside a symbolic one, also after a way through a config", () => {
    const x = hb.input({ shape: [2] });
    const [c, m] = [hb.tensor([3, -4]), hb.tensor([[1, 2]])];
    // The types ask for hb.ops.add(c, x) here; from JavaScript the method does the same.
    const beside = x as never as hb.Tensor;
    const outputs = [
      ...[
        c.add(beside),
        c.sub(beside),
        c.mul(beside),
        c.div(beside),
        c.pow(beside),
        c.maximum(beside),
        c.minimum(beside),
      ],
      ...[c.mod(beside), c.floorDiv(beside), c.atan2(beside), c.squaredDifference(beside)],
      ...[c.equal(beside), c.greater(beside), c.lessEqual(beside), c.logicalAnd(beside), c.logicalXor(beside)],
      ...[m.matMul(beside, false, true), c.where(beside, 0), c.where(c, beside)],
    ] as never as hb.SymbolicTensor[];
    const model = hb.model({ inputs: x, outputs });
    const value = hb.tensor([[2, 3]]);
    const expected = [
      ...[c.add(value), c.sub(value), c.mul(value), c.div(value), c.pow(value), c.maximum(value), c.minimum(value)],
      ...[c.mod(value), c.floorDiv(value), c.atan2(value), c.squaredDifference(value)],
      ...[c.equal(value), c.greater(value), c.lessEqual(value), c.logicalAnd(value), c.logicalXor(value)],
      ...[m.matMul(value, false, true), c.where(value, 0), c.where(c, value)],
    ].map((tensor) => tensor.arraySync());
    for (const each of [model, hb.modelFromConfig(JSON.parse(JSON.stringify(model.getConfig())))]) {
      const results = each.apply(value) as never as hb.Tensor[];
      assertEqual(
        results.map((tensor) => tensor.arraySync()),
        expected,
      );
    }
  });
});
