/** The layers beyond the first ones: values, gradients, errors, configs. */
import * as hb from "../../src/index.ts";
import { assertClose, assertEqual, assertThrows } from "../harness/assert-close.ts";
import { type LayerOracle, layerTest } from "../harness/layer-test.ts";
import { suite } from "../harness/suite.ts";

const { layers } = hb;
const each =
  (f: (x: number) => number): LayerOracle =>
  ([x]) =>
    x!.map(f);

function plain(
  layer: () => hb.Layer,
  shape: readonly number[],
  out: readonly (number | null)[],
  oracle: LayerOracle,
): void {
  layerTest({
    layer,
    inputs: [shape],
    expect: { weights: [0, 0], shape: out, differs: false },
    oracle,
    modes: [false],
  });
}

suite("activation layers", (test) => {
  test("ReLU: threshold, slope, bound", () => {
    plain(
      () => layers.reLU(),
      [3, 4],
      [null, 4],
      each((x) => Math.max(x, 0)),
    );
    plain(
      () => layers.reLU({ maxValue: 1, negativeSlope: 0.1 }),
      [3, 4],
      [null, 4],
      each((x) => Math.min(x < 0 ? 0.1 * x : x, 1)),
    );
    const options = { threshold: 0.5, negativeSlope: 0.2, maxValue: 1.5 };
    plain(
      () => new layers.ReLU(options),
      [3, 4],
      [null, 4],
      each((x) => (x >= 0.5 ? Math.min(x, 1.5) : 0.2 * (x - 0.5))),
    );
    for (const bad of [{ maxValue: -1 }, { negativeSlope: -1 }, { threshold: null }, { slope: 1 }]) {
      assertThrows(() => layers.reLU(bad as never), hb.ValueError, /ReLU/);
    }
  });
  test("LeakyReLU, ELU", () => {
    plain(
      () => layers.leakyReLU(),
      [2, 3],
      [null, 3],
      each((x) => (x < 0 ? 0.3 * x : x)),
    );
    plain(
      () => new layers.LeakyReLU({ negativeSlope: 0 }),
      [2, 3],
      [null, 3],
      each((x) => Math.max(x, 0)),
    );
    plain(
      () => layers.elu({ alpha: 2 }),
      [2, 3],
      [null, 3],
      each((x) => (x > 0 ? x : 2 * Math.expm1(x))),
    );
    assertThrows(() => layers.elu({ alpha: Number.NaN }), hb.ValueError, /ELU "elu.*" *\] alpha|alpha/);
  });
  test("PReLU: a slope for each value, or shared", () => {
    layerTest({
      layer: () => layers.prelu({ alphaInitializer: "ones" }),
      inputs: [[2, 3]],
      expect: { weights: [1, 0], shape: [null, 3], differs: false },
      oracle: ([x, alpha]) => x!.map((value, i) => (value > 0 ? value : alpha![i % 3]! * value)),
      modes: [false],
    });
    const shared = layers.pReLU({ sharedAxes: [1] });
    assertEqual([...(shared.apply(hb.input({ shape: [null, 5] })) as hb.SymbolicTensor).shape], [null, null, 5]);
    assertEqual([...shared.alpha!.shape], [1, 5]);
    assertThrows(() => layers.prelu().apply(hb.input({ shape: [null] })), hb.ShapeError, /sharedAxes/);
  });
  test("Softmax: several axes, masks", () => {
    const row = [1, 2, 3].map(Math.exp);
    const sum = row.reduce((a, b) => a + b);
    assertClose(
      layers
        .softmax()
        .apply([[1, 2, 3]])
        .flatten(),
      row.map((x) => x / sum),
    );
    assertClose(
      layers
        .softmax({ axis: [1, 2] })
        .apply([
          [
            [1, 2],
            [3, 1],
          ],
        ])
        .sum()
        .item(),
      1,
    );
    const masked = layers.softmax().apply([[1, 2, 3]], { mask: hb.tensor([[true, false, true]]) });
    assertClose(masked.flatten(), [row[0]! / (row[0]! + row[2]!), 0, row[2]! / (row[0]! + row[2]!)]);
    assertThrows(
      () => layers.softmax().apply([[1, 2]], { mask: hb.tensor([true, true, true]) }),
      hb.ShapeError,
      /must be broadcastable/,
    );
  });
});

suite("core layers", (test) => {
  test("Identity, Permute, RepeatVector", () => {
    plain(
      () => layers.identity(),
      [2, 3],
      [null, 3],
      each((x) => x),
    );
    assertEqual(
      layers
        .permute({ dims: [2, 1] })
        .apply([
          [
            [1, 2, 3],
            [4, 5, 6],
          ],
        ])
        .arraySync(),
      [
        [
          [1, 4],
          [2, 5],
          [3, 6],
        ],
      ],
    );
    assertEqual(
      layers
        .repeatVector({ n: 2 })
        .apply([[1, 2]])
        .arraySync(),
      [
        [
          [1, 2],
          [1, 2],
        ],
      ],
    );
    for (const dims of [[0, 1], [1, 3], [1, 1], "12"])
      assertThrows(() => layers.permute({ dims: dims as number[] }), hb.ValueError, /dims/);
    assertThrows(() => layers.repeatVector({ n: 0 }), hb.ValueError, /n: expected a positive integer/);
    assertThrows(() => layers.repeatVector({ n: 2 }).apply([1, 2]), hb.ShapeError, /expected ndim=2/);
  });
  test("Lambda: arguments, training, shapes, masks; known again by name", () => {
    const scaled = function scaled(
      x: hb.Tensor,
      { factor, training }: { factor?: number; training?: boolean },
    ): hb.Tensor {
      return x.mul(training ? 0 : factor!);
    };
    const layer = layers.lambda({ function: scaled as never, arguments: { factor: 3 } });
    assertEqual(layer.apply([[1, 2]]).arraySync(), [[3, 6]]);
    assertEqual(layer.apply([[1, 2]], { training: true }).arraySync(), [[0, 0]]);
    const config = JSON.parse(JSON.stringify(layer.getConfig()));
    assertThrows(() => layers.Lambda.fromConfig(config), hb.ValueError, /the function "scaled" in customObjects/);
    assertEqual(
      layers.Lambda.fromConfig(config, { scaled })
        .apply([[1, 2]])
        .arraySync(),
      [[3, 6]],
    );
    const model = hb.sequential([hb.layers.inputLayer({ shape: [2] }), layer]);
    assertEqual(
      hb
        .cloneModel(model)
        .apply([[1, 2]])
        .arraySync(),
      [[3, 6]],
    );
    assertEqual(
      [
        ...(layers
          .lambda({ function: ((x: hb.Tensor) => x.sum(-1)) as never, outputShape: [] })
          .computeOutputShape([null, 3]) as number[]),
      ],
      [null],
    );
    assertThrows(() => layers.lambda({ function: "x" as never }), hb.ValueError, /function: expected a function/);
  });
  test("EinsumDense: forms of equations, bias axes", () => {
    layerTest({
      layer: () => layers.einsumDense({ equation: "ab,bc->ac", outputShape: 2, biasAxes: "c" }),
      inputs: [[3, 4]],
      expect: { weights: [2, 0], shape: [null, 2], differs: false },
      oracle: ([x, w, b]) =>
        Array.from({ length: 6 }, (_, i) => {
          const [row, column] = [Math.floor(i / 2), i % 2];
          let sum = b![column]!;
          for (let k = 0; k < 4; k++) sum += x![row * 4 + k]! * w![k * 2 + column]!;
          return sum;
        }),
      modes: [false],
    });
    const shapes = (
      equation: string,
      outputShape: hb.layers.EinsumDenseOptions["outputShape"],
      input: number[],
      biasAxes?: string,
    ) => {
      const layer = layers.einsumDense({ equation, outputShape, biasAxes: biasAxes ?? null });
      const out = layer.apply(hb.input({ shape: input })) as hb.SymbolicTensor;
      return [[...out.shape], ...layer.weights.map((weight) => [...weight.shape])];
    };
    assertEqual(shapes("...x,xy->...y", 64, [10, 32], "y"), [[null, 10, 64], [32, 64], [64]]);
    assertEqual(shapes("abc,cd->abd", [null, 64], [32, 128], "d"), [[null, 32, 64], [128, 64], [64]]);
    assertEqual(shapes("abc,cde->abde", [null, 8, 4], [5, 6], "de"), [
      [null, 5, 8, 4],
      [6, 8, 4],
      [8, 4],
    ]);
    assertEqual(shapes("ab...,bc->ac...", 3, [4, 7], "c"), [
      [null, 3, 7],
      [4, 3],
      [3, 1],
    ]);
    assertThrows(() => layers.einsumDense({ equation: "ab->ac", outputShape: 2 }), hb.ValueError, /equation/);
    assertThrows(() => shapes("ab,bc->ac", 2, [3], "z"), hb.ValueError, /biasAxes/);
    assertThrows(
      () => shapes("ab,bc->ab", 2, [3]),
      hb.HornbeamError,
      /do not match at shared dimension 'b'|known size/,
    );
  });
  test("Embedding: rows, gradient by scattered sums, mask, given weights, range", () => {
    const layer = layers.embedding({
      inputDim: 4,
      outputDim: 2,
      weights: hb.tensor([
        [0, 1],
        [2, 3],
        [4, 5],
        [6, 7],
      ]),
    });
    assertEqual(
      layer
        .apply([
          [1, 3],
          [1, 0],
        ])
        .arraySync(),
      [
        [
          [2, 3],
          [6, 7],
        ],
        [
          [2, 3],
          [0, 1],
        ],
      ],
    );
    const tape = new hb.GradientTape();
    const loss = tape.record(() =>
      layer
        .apply([
          [1, 3],
          [1, 0],
        ])
        .mul(hb.tensor([1, 10]))
        .sum(),
    );
    assertEqual(tape.gradient(loss, layer.trainableVariables)[0]!.arraySync(), [
      [1, 10],
      [2, 20],
      [0, 0],
      [1, 10],
    ]);
    assertThrows(() => layer.apply([[4]]), hb.ValueError, /expected integers in \[0, 4\), got 4/);
    const masked = layers.embedding({ inputDim: 4, outputDim: 2, maskZero: true });
    assertEqual(masked.apply([[1, 0]]).mask!.arraySync(), [[true, false]]);
    assertEqual(
      layers.Embedding.fromConfig(JSON.parse(JSON.stringify(masked.getConfig()))).getConfig(),
      masked.getConfig(),
    );
    assertThrows(
      () => layers.embedding({ inputDim: 0, outputDim: 2 }),
      hb.ValueError,
      /inputDim: expected a positive integer/,
    );
  });

  test("layers of one tensor say so when they get several; build, adapt and constraints refuse what they cannot use", () => {
    const one = { a: hb.ones([2, 3]) };
    const single = [
      layers.dense({ units: 1 }),
      layers.embedding({ inputDim: 2, outputDim: 1 }),
      layers.einsumDense({ equation: "ab,bc->ac", outputShape: 1 }),
      layers.softmax(),
      layers.flatten(),
      layers.reshape({ targetShape: [3, 1] }),
      layers.prelu(),
      layers.masking(),
      layers.batchNormalization(),
      layers.layerNormalization(),
      layers.normalization(),
      layers.categoryEncoding({ numTokens: 2 }),
      layers.integerLookup({ vocabulary: [1] }),
      layers.stringLookup({ vocabulary: ["a"] }),
    ];
    const several = /expected (one tensor, got an object of them|the shape of one tensor, got several)/;
    for (const layer of single) assertThrows(() => layer.apply(one), hb.ValueError, several);
    for (const shape of [undefined, "relu", 3]) {
      assertThrows(() => layers.dense({ units: 1 }).build(shape as never), hb.ValueError, /shape: expected an array/);
    }
    assertThrows(
      () => layers.dense({ units: 1 }).addWeight(null as never),
      hb.ValueError,
      /options: expected an object/,
    );
    assertThrows(() => hb.optimizers.sgd().build(3 as never), hb.ValueError, /build: expected an array of variables/);
    assertClose(hb.constraints.maxNorm({ maxValue: 1 }).apply([[3], [4]]), [[0.6], [0.8]]);
  });
});
