/** Merge layers, and masks through layers. */
import * as hb from "../../src/index.ts";
import { assert, assertClose, assertEqual, assertThrows } from "../harness/assert-close.ts";
import { layerTest } from "../harness/layer-test.ts";
import { suite } from "../harness/suite.ts";

const { layers } = hb;

suite("merge layers", (test) => {
  const [a, b] = [
    hb.tensor([
      [1, -2],
      [3, 4],
    ]),
    hb.tensor([
      [5, 6],
      [-7, 8],
    ]),
  ];
  test("Subtract, Multiply, Average, Maximum, Minimum, Dot: as layers and as functions", () => {
    assertEqual(layers.subtract().apply([a, b]).arraySync(), [
      [-4, -8],
      [10, -4],
    ]);
    assertEqual(layers.multiply([a, b]).arraySync(), [
      [5, -12],
      [-21, 32],
    ]);
    assertEqual(layers.average([a, b, b]).arraySync(), layers.add([a, b, b]).div(3).arraySync());
    assertEqual(layers.maximum([a, b]).arraySync(), [
      [5, 6],
      [3, 8],
    ]);
    assertEqual(layers.minimum([a, b]).arraySync(), [
      [1, -2],
      [-7, 4],
    ]);
    assertEqual(layers.dot([a, b], { axes: 1 }).arraySync(), [[-7], [11]]);
    assertClose(layers.dot({ axes: -1, normalize: true }).apply([a, a]).flatten(), [1, 1]);
    const [x, y] = [hb.ones([2, 3, 4]), hb.ones([2, 4, 5])];
    assertEqual([...layers.dot([x, y], { axes: [2, 1] }).shape], [2, 3, 5]);
    const symbolic = [hb.input({ shape: [3, 4] }), hb.input({ shape: [4, 5] })];
    assertEqual([...layers.dot(symbolic, { axes: [2, 1] }).shape], [null, 3, 5]);
    assertEqual([...layers.add([symbolic[0]!, hb.input({ shape: [4] })]).shape], [null, 3, 4]);
  });
  test("gradients", () => {
    layerTest({
      layer: () => layers.multiply(),
      inputs: [
        [2, 3],
        [2, 3],
      ],
      expect: { weights: [0, 0], shape: [null, 3], differs: false },
      oracle: ([x, y]) => x!.map((value, i) => value * y![i]!),
      modes: [false],
    });
    layerTest({
      layer: () => layers.subtract(),
      inputs: [
        [2, 3],
        [2, 3],
      ],
      expect: { weights: [0, 0], shape: [null, 3], differs: false },
      oracle: ([x, y]) => x!.map((value, i) => value - y![i]!),
      modes: [false],
    });
  });
  test("FX-20: Add of (2,3) and (2,4), Subtract of three, Concatenate mismatch, no list", () => {
    const of = (...dims: number[]): hb.Tensor => hb.ones(dims);
    assertThrows(() => layers.add([of(2, 3), of(2, 4)]), hb.ShapeError, /Inputs have incompatible shapes/);
    assertThrows(() => layers.subtract([of(2, 3), of(2, 3), of(2, 3)]), hb.ShapeError, /exactly 2 inputs/);
    assertThrows(
      () => layers.concatenate([of(2, 3), of(3, 3)]),
      hb.ShapeError,
      /requires inputs with matching shapes except for the concatenation axis/,
    );
    for (const make of [
      layers.add,
      layers.multiply,
      layers.average,
      layers.maximum,
      layers.minimum,
      layers.concatenate,
    ]) {
      assertThrows(
        () => (make as typeof layers.add)().apply(of(2, 3)),
        hb.ValueError,
        /should be called on a list of inputs/,
      );
    }
    assertThrows(() => layers.dot([of(2, 3)], { axes: 1 }), hb.ValueError, /list of 2 inputs/);
    assertThrows(
      () => layers.dot([of(2, 3), of(2, 4)], { axes: 1 }),
      hb.ShapeError,
      /axis values 3 \(at axis 1\) != 4/,
    );
    assertThrows(() => layers.dot([of(2, 3), of(2, 3)], { axes: 0 }), hb.ValueError, /behind the batch/);
    assertThrows(() => layers.dot({} as never), hb.ValueError, /axes/);
    assertEqual(layers.add([a]).arraySync(), a.arraySync());
  });
});

suite("merge layers in graphs", (test) => {
  test("a constant of one sample stands beside a batch of any size; two known sizes do not go together", () => {
    const x = hb.input({ shape: [2] });
    const model = hb.model({ inputs: x, outputs: layers.add().apply([x, hb.tensor([[10, 20]])]) });
    assertEqual(model.outputs[0]!.shape, [null, 2]);
    assertEqual(
      model.predict(hb.ones([3, 2])).arraySync(),
      [11, 11, 11].map((n) => [n, n + 10]),
    );
    const sizes = /Cannot merge tensors with different batch sizes, got \(3, 2\), \(1, 2\)/;
    assertThrows(() => layers.add().apply([hb.ones([3, 2]), hb.ones([1, 2])]), hb.ShapeError, sizes);
    const of = (batchSize: number): hb.SymbolicTensor => hb.input({ batchSize, shape: [2] });
    for (const make of [layers.add, layers.multiply, layers.maximum]) {
      assertThrows(() => (make as typeof layers.add)().apply([of(3), of(1)]), hb.ShapeError, sizes);
    }
    // As in Keras only the first call of a layer asks for it.
    const built = layers.add();
    built.apply([of(3), of(3)]);
    assertEqual(built.apply([hb.ones([3, 2]), hb.ones([1, 2])]).shape, [3, 2]);
  });
});

suite("masks", (test) => {
  const x = hb.tensor([
    [
      [1, 2],
      [0, 0],
      [3, 0],
    ],
  ]);
  test("Masking: steps of the mask value become 0 and are masked; layers that support masks pass them on", () => {
    const masked = layers.masking().apply(x);
    assertEqual(masked.mask!.arraySync(), [[true, false, true]]);
    assertEqual(
      layers
        .masking({ maskValue: 2 })
        .apply([
          [
            [2, 2],
            [2, 1],
          ],
        ])
        .arraySync(),
      [
        [
          [0, 0],
          [2, 1],
        ],
      ],
    );
    const model = hb.sequential([
      layers.masking(),
      layers.dense({ units: 2 }),
      layers.dropout({ rate: 0.5 }),
      layers.reLU(),
    ]);
    assertEqual(model.apply(x, { training: true }).mask!.arraySync(), [[true, false, true]]);
    assertEqual(layers.dense({ units: 2 }).apply(x).mask, undefined);
  });
  test("Multiply: what is masked counts as 1, and as 0 where nothing is left", () => {
    const masked = (values: number[], mask: boolean[]): hb.Tensor => {
      const y = hb.tensor(values, [1, values.length, 1]);
      y.mask = hb.tensor([mask]);
      return y;
    };
    const [a, b] = [masked([2, 3, 5], [true, false, false]), masked([7, 11, 13], [true, true, false])];
    const both = layers.multiply().apply([a, b]);
    assertEqual(both.flatten().arraySync(), [14, 11, 0]);
    assertEqual(both.mask!.arraySync(), [[true, true, false]]);
    const one = layers.multiply().apply([a, hb.tensor([[[7], [11], [13]]])]);
    assertEqual(one.flatten().arraySync(), [14, 11, 13]);
    assertEqual(one.mask, undefined);
  });
  test("a mask given to apply goes on as one that the inputs carry; layers that change what a place means end it", () => {
    const mask = hb.tensor([[true, false, true]]);
    const scores = layers.softmax({ axis: 1 });
    assertEqual(scores.apply(hb.zeros([1, 3]), { mask }).mask!.arraySync(), mask.arraySync());
    assertEqual(scores.apply(hb.zeros([1, 3]), { mask }).arraySync(), [[0.5, 0, 0.5]]);
    assertEqual(scores.apply(hb.ones([1, 3]), { mask: hb.zeros([1, 3], "bool") }).arraySync(), [[0, 0, 0]]);
    const x = hb.ones([1, 3, 2]);
    x.mask = mask;
    const { warn } = console;
    console.warn = () => {};
    const ending = [
      layers.einsumDense({ equation: "abc,cd->abd", outputShape: [3, 2] }),
      layers.categoryEncoding({ numTokens: 2 }),
      layers.discretization({ binBoundaries: [0] }),
    ];
    for (const layer of ending) assertEqual(layer.apply(x).mask, undefined, layer.name);
    console.warn = warn;
  });
  test("call gets the mask; a layer without support loses it and says so once", () => {
    const seen: unknown[] = [];
    class Look extends hb.Layer {
      static override readonly className: string = "Look";
      override call(inputs: hb.Tensor, { mask }: hb.CallOptions<hb.Tensor>): hb.Tensor {
        seen.push(mask?.arraySync());
        return inputs.add(1);
      }
    }
    const warnings: string[] = [];
    const { warn } = console;
    console.warn = (text: string) => warnings.push(text);
    try {
      const look = new Look();
      assertEqual(look.apply(layers.masking().apply(x)).mask, undefined);
      look.apply(layers.masking().apply(x));
    } finally {
      console.warn = warn;
    }
    assertEqual(seen, [[[true, false, true]], [[true, false, true]]]);
    assertEqual(warnings.length, 1);
    assert(/does not support masking/.test(warnings[0]!), warnings[0]!);
  });
  test("merge layers: masks by OR if all have one; Maximum takes the other operand where one is masked", () => {
    const masked = (values: hb.NestedArray): hb.Tensor => layers.masking().apply(values as hb.TensorLike);
    const [p, q] = [
      masked([
        [
          [-1, -1],
          [0, 0],
        ],
      ]),
      masked([
        [
          [0, 0],
          [-2, -2],
        ],
      ]),
    ];
    assertEqual(layers.add([p, q]).mask!.arraySync(), [[true, true]]);
    assertEqual(layers.add([p, hb.ones([1, 2, 2])]).mask, undefined);
    assertEqual(layers.maximum([p, q]).arraySync(), [
      [
        [-1, -1],
        [-2, -2],
      ],
    ]);
    assertEqual(layers.maximum([p, q]).mask!.arraySync(), [[true, true]]);
    assertEqual(layers.concatenate([p, hb.zeros([1, 2, 1])]).mask!.arraySync(), [[true, true]]);
    assertEqual(layers.concatenate([p, q], { axis: 1 }).mask!.arraySync(), [[true, false, false, true]]);
  });
  test("BN-06, BN-07, FX-05: batch normalization with a mask", () => {
    const bn = layers.batchNormalization({ scale: false, center: false });
    assertClose(
      bn.apply(hb.zeros([4, 5]), { training: true, mask: hb.zeros([4]) }).flatten(),
      new Array<number>(20).fill(0),
    );
    const ones = layers.batchNormalization({ momentum: 0 });
    const mask = hb.ones([1, 2, 1], "bool");
    assertClose(
      ones.apply(hb.ones([1, 2, 3, 4]), { training: true, mask: mask.broadcastTo([1, 2, 3]) }).flatten(),
      new Array<number>(24).fill(0),
      { atol: 1e-4 },
    );
    assertClose(ones.movingMean!.value(), [1, 1, 1, 1], { atol: 1e-6 });
    assertClose(ones.movingVariance!.value(), [0, 0, 0, 0], { atol: 1e-6 });
    const some = layers.batchNormalization({ momentum: 0, epsilon: 1e-6 });
    some.apply([[1], [3], [100]], { training: true, mask: hb.tensor([true, true, false]) });
    assertClose(some.movingMean!.value(), [2], { rtol: 1e-5 });
    assertThrows(
      () => bn.apply(hb.zeros([4, 5]), { training: true, mask: hb.zeros([4, 5]) }),
      hb.ShapeError,
      /one dimension less/,
    );
  });
  test("a symbolic mask, given by hand", () => {
    const words = hb.input({ shape: [3], dtype: "int32" });
    const values = layers.embedding({ inputDim: 5, outputDim: 2 }).apply(words);
    const bn = layers.batchNormalization();
    const model = hb.model({ inputs: words, outputs: bn.apply(values, { mask: hb.ops.notEqual(words, 0) }) });
    model.apply([[1, 2, 0]], { training: true });
    assertEqual(hb.modelFromConfig(model.getConfig()).getConfig(), model.getConfig());
    assertEqual([...model.apply([[1, 2, 0]]).shape], [1, 3, 2]);
  });
  test("a mask on the predictions: losses and metrics are means over what counts", () => {
    const model = hb.sequential([
      layers.inputLayer({ shape: [3, 1] }),
      layers.masking(),
      layers.dense({ units: 1, kernelInitializer: "ones" }),
    ]);
    model.compile({ optimizer: "sgd", loss: "meanSquaredError", metrics: ["meanAbsoluteError"] });
    const data = hb.tensor([[[1], [3], [0]]]);
    assertClose(hb.tensor(model.evaluate(data, hb.tensor([[[0], [0], [9]]])) as number[]), [5, 2]);
    const masked = hb.tensor([[1], [2]]);
    masked.mask = hb.tensor([true, false]);
    assertClose(
      hb.losses
        .meanSquaredError()
        .apply([[0], [0]], masked)
        .item(),
      1,
    );
    assertClose(
      hb.losses
        .meanSquaredError({ reduction: "sum" })
        .apply([[0], [0]], masked)
        .item(),
      1,
    );
  });
  test("masks given to models and lists, as arrays, and as inputs of a graph", () => {
    const x = hb.input({ shape: [3, 2] });
    const model = hb.model({ inputs: x, outputs: layers.activation({ activation: "relu" }).apply(x) });
    const [data, mask] = [hb.ones([1, 3, 2]), hb.tensor([[true, false, true]])];
    for (const each of [model, hb.sequential([layers.activation({ activation: "relu" })])]) {
      assertEqual(each.apply(data, { mask }).mask!.arraySync(), mask.arraySync());
      assertEqual(each.apply(data).mask, undefined, "the caller's tensor has got no mask");
    }

    const [a, b] = [hb.ones([1, 2, 1]), hb.ones([1, 2, 1])];
    const joined = layers.concatenate({ axis: 1 }).apply([a, b], { mask: [hb.tensor([[true, false]]), null] });
    assertEqual(joined.mask!.arraySync(), [[true, false, true, true]]);
    for (const layer of [layers.concatenate({ axis: 1 }), layers.subtract()]) {
      assertThrows(() => layer.apply([a, b], { mask: 3 }), hb.ValueError, /mask: expected a list of masks, got 3/);
    }

    const scores = hb.input({ shape: [3] });
    const kept = hb.input({ shape: [3], dtype: "bool" });
    const chosen = hb.model({ inputs: [scores, kept], outputs: layers.softmax().apply(scores, { mask: kept }) });
    assertEqual(chosen.predict([hb.zeros([1, 3]), mask]).arraySync(), [[0.5, 0, 0.5]]);
    const norm = layers.batchNormalization();
    norm.apply([[1], [100], [3]], { training: true, mask: [true, false, true] });
    assertClose(norm.weights[2]!.value(), [0.02]);
  });
});
