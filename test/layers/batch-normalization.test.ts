/** BatchNormalization: cases BN-01 … BN-05, BN-08, BN-10, BN-11 and FX-06 of the semantics, Keras's numbers, gradients. */
import { readFileSync } from "node:fs";
import * as hb from "../../src/index.ts";
import { assertClose, assertEqual, assertThrows, type Comparable } from "../harness/assert-close.ts";
import { layerTest } from "../harness/layer-test.ts";
import { suite } from "../harness/suite.ts";

type BatchNormalization = hb.layers.BatchNormalization;

interface Mode {
  readonly y: Comparable;
  readonly dx: Comparable;
  readonly dw: readonly Comparable[];
  /** Moving mean and variance afterwards. */
  readonly moving: readonly [Comparable, Comparable];
}

interface Case {
  readonly arguments: { axis?: number; momentum?: number; epsilon?: number; center?: boolean; scale?: boolean };
  readonly x: hb.NestedArray;
  readonly upstream: hb.NestedArray;
  readonly weights: readonly hb.NestedArray[];
  readonly training: Mode;
  readonly inference: Mode;
}

const fixtures = JSON.parse(readFileSync(new URL("../fixtures/semantics.json", import.meta.url), "utf8")) as {
  batch_normalization: readonly Case[];
};

const X = [
  [1, 2],
  [3, 6],
  [5, 4],
];
const UPSTREAM = [
  [1, -1],
  [2, 0.5],
  [-1, 3],
];

/** Output and gradients of Σ y·upstream with respect to x and the trained weights. */
function differentiate(layer: hb.Layer, x: hb.Tensor, upstream: hb.NestedArray, training: boolean): hb.Tensor[] {
  const tape = new hb.GradientTape();
  tape.watch(x);
  const { y, loss } = tape.record(() => {
    const y = layer.apply(x, { training });
    return { y, loss: y.mul(hb.tensor(upstream)).sum() };
  });
  return [y, ...(tape.gradient(loss, [x, ...layer.trainableVariables]) as hb.Tensor[])];
}

/** Mean and biased variance per channel, in float64; `shape` is split around the axis. */
function oracle(shape: readonly number[], axis: number, epsilon: number) {
  const inner = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
  const channels = shape[axis]!;
  const channel = (i: number): number => Math.floor(i / inner) % channels;
  return ([x, gamma, beta, mean, variance]: Float64Array[], training: boolean): Float64Array => {
    const [mu, sigma2] = [Float64Array.from(mean!), Float64Array.from(variance!)];
    if (training) {
      const n = x!.length / channels;
      mu.fill(0);
      sigma2.fill(0);
      x!.forEach((value, i) => {
        mu[channel(i)]! += value / n;
      });
      x!.forEach((value, i) => {
        sigma2[channel(i)]! += (value - mu[channel(i)]!) ** 2 / n;
      });
    }
    return x!.map((value, i) => {
      const c = channel(i);
      return (gamma![c]! * (value - mu[c]!)) / Math.sqrt(sigma2[c]! + epsilon) + beta![c]!;
    });
  };
}

suite("BatchNormalization", (test) => {
  test("BN-01 BN-02 BN-03 training, inference, training again on the same batch", () => {
    const layer = hb.layers.batchNormalization();
    assertClose(layer.apply(X, { training: true }), [
      [-1.2245152, -1.2245153],
      [0, 1.2245152],
      [1.2245154, 0],
    ]);
    assertClose(layer.movingMean!.value(), [0.03, 0.04]);
    assertClose(layer.movingVariance!.value(), [1.0166667, 1.0166667]);
    const y = layer.apply(X).arraySync() as number[][];
    assertClose(
      y.map((row) => row[0]!),
      [0.9615435, 2.9441075, 4.9266715],
    );
    layer.apply(X, { training: true });
    assertClose(layer.movingMean!.value(), [0.0597, 0.0796]);
    assertClose(layer.movingVariance!.value(), [1.0331666, 1.0331666]);
  });

  test("BN-04 one sample: the output is beta, the moving variance decays", () => {
    const layer = hb.layers.batchNormalization({ momentum: 0.9 });
    assertClose(layer.apply([[3, -2]], { training: true }), [[0, 0]]);
    assertClose(layer.movingMean!.value(), [0.3, -0.2]);
    assertClose(layer.movingVariance!.value(), [0.9, 0.9]);
  });

  test("BN-05 rank 4 with axis 1", () => {
    const layer = hb.layers.batchNormalization({ axis: 1, momentum: 0.75, epsilon: 0.01 });
    const x = hb.range(0, 16).reshape([2, 2, 2, 2]);
    const y = layer.apply(x, { training: true }).dataSync();
    assertClose(layer.movingMean!.value(), [1.375, 2.375]);
    assertClose(layer.movingVariance!.value(), [5.0625, 5.0625]);
    assertClose(y.slice(0, 4), [-1.3238606, -1.0831587, -0.8424568, -0.6017548]);
  });

  test("BN-08 gradients in both modes", () => {
    const layer = hb.layers.batchNormalization();
    layer.build([null, 2]);
    const [, dx, dgamma, dbeta] = differentiate(layer, hb.tensor(X), UPSTREAM, true);
    assertClose(dgamma!, [-2.4490306, 1.8367729]);
    assertClose(dbeta!, [2, 2.5]);
    const expected = [
      [-0.4079423, -0.6634513],
      [0.8163436, -0.663107],
      [-0.4084013, 1.3265581],
    ];
    assertClose(dx!, expected, { atol: 1e-5 });
    const fresh = hb.layers.batchNormalization();
    fresh.build([null, 2]);
    const inference = differentiate(fresh, hb.tensor(X), UPSTREAM, false);
    assertClose(inference[2]!, [1.9990007, 12.993505]);
    assertClose(inference[3]!, [2, 2.5]);
    assertClose(
      inference[1]!,
      UPSTREAM.map((row) => row.map((value) => value * 0.99950037)),
    );
  });

  test("BN-10 evaluate, predict and a bare call leave the moving statistics alone", () => {
    const layer = hb.layers.batchNormalization();
    const model = hb.sequential({ layers: [hb.input({ shape: [2] }), layer] });
    model.compile({ optimizer: "sgd", loss: "mse" });
    const before = layer.getWeights().map((weight) => weight.arraySync());
    model.evaluate(hb.tensor(X), hb.tensor(X));
    model.predict(hb.tensor(X));
    model.apply(X);
    layer.apply(X);
    assertEqual(
      layer.getWeights().map((weight) => weight.arraySync()),
      before,
    );
  });

  test("BN-11 large means lose no digits of the variance", () => {
    const y = hb.layers.batchNormalization().apply([[10000], [10001], [10002]], { training: true });
    assertClose(y, [[-1.2238], [0], [1.2238]], { atol: 2e-3 });
  });

  test("FX-06 axis 0: statistics per row", () => {
    const layer = hb.layers.batchNormalization({ axis: 0 });
    const y = layer.apply(
      [
        [1, 3],
        [2, 6],
      ],
      { training: true },
    );
    assertClose(y, [
      [-0.9995003, 0.9995004],
      [-0.999875, 0.999875],
    ]);
  });

  test("D6 an empty batch in training leaves the statistics alone and gives an empty output", () => {
    const layer = hb.layers.batchNormalization();
    layer.build([null, 2]);
    const y = layer.apply(hb.tensor(new Float32Array(0), [0, 2]), { training: true });
    assertEqual([...y.shape], [0, 2]);
    assertEqual(layer.movingMean!.value().arraySync(), [0, 0]);
    assertEqual(layer.movingVariance!.value().arraySync(), [1, 1]);
  });

  test("rank 1: every element is a channel, training gives beta", () => {
    for (const axis of [-1, 0]) {
      const layer = hb.layers.batchNormalization({ axis });
      assertClose(layer.apply(hb.tensor([4, 9]), { training: true }), [0, 0]);
      assertClose(layer.movingMean!.value(), [0.04, 0.09]);
      assertClose(layer.apply(hb.tensor([4, 9])), [3.96 / Math.sqrt(0.991), 8.91 / Math.sqrt(0.991)]);
    }
  });

  test("a layer used twice in one pass updates twice, the second time from the new values", () => {
    const layer = hb.layers.batchNormalization({ momentum: 0.5 });
    const x = hb.input({ shape: [1] });
    const model = hb.model({ inputs: x, outputs: hb.layers.add().apply([layer.apply(x), layer.apply(x)]) });
    model.apply([[2], [4]], { training: true });
    assertClose(layer.movingMean!.value(), [2.25]);
  });

  fixtures.batch_normalization.forEach((fixture, i) => {
    test(`Keras's numbers, case ${i}: ${JSON.stringify(fixture.arguments)}, rank ${hb.tensor(fixture.x).rank}`, () => {
      for (const training of [true, false]) {
        const layer = hb.layers.batchNormalization(fixture.arguments);
        const x = hb.tensor(fixture.x);
        layer.build([...x.shape]);
        layer.setWeights(fixture.weights.map((weight) => hb.tensor(weight)));
        const golden = training ? fixture.training : fixture.inference;
        const [y, dx, ...dw] = differentiate(layer, x, fixture.upstream, training);
        const tolerance = { rtol: 2e-5, atol: 1e-5 };
        assertClose(y!, golden.y, { ...tolerance, what: `y, training ${training}` });
        assertClose(dx!, golden.dx, { ...tolerance, what: `dx, training ${training}` });
        assertClose(layer.movingMean!.value(), golden.moving[0], { what: "moving mean" });
        assertClose(layer.movingVariance!.value(), golden.moving[1], { what: "moving variance" });
        dw.forEach((gradient, k) => {
          assertClose(gradient, golden.dw[k]!, { ...tolerance, what: `dw ${k}, training ${training}` });
        });
      }
    });
  });

  for (const [shape, axis] of [
    [[6, 3], -1],
    [[4, 2, 3], 1],
    [[3, 2, 2, 5], -1],
    [[2, 3, 2, 2, 2], 1],
  ] as const) {
    test(`in all forms of execution, gradient against a float64 oracle: (${shape.join(", ")}), axis ${axis}`, () => {
      layerTest({
        layer: () => hb.layers.batchNormalization({ axis }),
        inputs: [shape],
        expect: { weights: [2, 2], shape: [null, ...shape.slice(1)], differs: true },
        oracle: oracle(shape, axis < 0 ? shape.length - 1 : axis, 1e-3),
      });
    });
  }

  test("wrong arguments and inputs", () => {
    const make = hb.layers.batchNormalization;
    assertThrows(() => make({ axis: [1] } as never), hb.ValueError, /axis: expected an integer, got \[1\]/);
    assertThrows(() => make({ momentum: Number.NaN }), hb.ValueError, /momentum: expected a finite number, got NaN/);
    assertThrows(() => make({ epsilon: Infinity }), hb.ValueError, /epsilon: expected a finite number/);
    assertThrows(() => make({ center: 1 } as never), hb.ValueError, /center: expected a boolean/);
    assertThrows(() => make({ moment: 0.5 } as never), hb.ValueError, /Did you mean "momentum"/);
    assertThrows(
      () => make({ axis: 2, name: "b1" }).build([null, 3]),
      hb.ShapeError,
      /\[BatchNormalization "b1"\] axis/,
    );
    assertThrows(() => make({ axis: 0 }).build([null, 3]), hb.ShapeError, /axis 0 to be known/);
    const layer: BatchNormalization = make();
    layer.build([null, 3]);
    assertThrows(() => layer.apply(hb.ones([2, 2, 3])), hb.ShapeError, /expected ndim=2/);
    assertThrows(() => layer.apply(hb.ones([2, 4])), hb.ShapeError, /expected axis -1/);
    assertThrows(() => {
      layer.momentum = Number.NaN;
    }, hb.ValueError);
    assertEqual(layer.momentum, 0.99);
  });
});
