/** Dense: cases DE-01 … DE-04 of the semantics, Keras's numbers, gradients. */
import { readFileSync } from "node:fs";
import * as hb from "../../src/index.ts";
import { assert, assertClose, assertEqual, assertThrows, type Comparable } from "../harness/assert-close.ts";
import { layerTest } from "../harness/layer-test.ts";
import { suite } from "../harness/suite.ts";

interface Case {
  readonly arguments: { units: number; activation?: string; use_bias?: boolean };
  readonly x: hb.NestedArray;
  readonly weights: readonly hb.NestedArray[];
  readonly upstream: hb.NestedArray;
  readonly y: Comparable;
  readonly dx: Comparable;
  readonly dw: readonly Comparable[];
}

const fixtures = JSON.parse(readFileSync(new URL("../fixtures/semantics.json", import.meta.url), "utf8")) as {
  dense: readonly Case[];
};

/** activation(x·W + b) over the last axis in float64. */
function oracle(inner: number, units: number, activation: (value: number) => number) {
  return ([x, kernel, bias]: Float64Array[]): Float64Array => {
    const rows = x!.length / inner;
    const y = new Float64Array(rows * units);
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < units; j++) {
        let sum = bias?.[j] ?? 0;
        for (let k = 0; k < inner; k++) sum += x![i * inner + k]! * kernel![k * units + j]!;
        y[i * units + j] = activation(sum);
      }
    }
    return y;
  };
}

suite("Dense", (test) => {
  test("DE-01 a worked value with relu", () => {
    const layer = hb.layers.dense({ units: 2, activation: "relu" });
    layer.build([1, 2]);
    layer.setWeights([
      [
        [1, -2],
        [3, -4],
      ],
      [5, -6],
    ]);
    assertEqual(layer.apply([[-1, 2]]).arraySync(), [[10, 0]]);
  });

  test("DE-02 units must be a positive integer", () => {
    for (const units of [0, -3, 2.5, null, "64", undefined, Number.NaN, Infinity]) {
      assertThrows(() => hb.layers.dense({ units } as never), hb.ValueError, /positive integer/);
    }
  });

  test("DE-03 contraction over the last axis, whose size is fixed from then on", () => {
    const layer = hb.layers.dense({ units: 3 });
    assertEqual([...layer.apply(hb.ones([2, 3, 4, 5])).shape], [2, 3, 4, 3]);
    assertEqual([...layer.kernel!.shape], [5, 3]);
    assertThrows(() => layer.apply(hb.ones([2, 6])), hb.ShapeError, /expected axis -1 of input shape to have value 5/);
    assertThrows(() => layer.apply(hb.ones([5])), hb.ShapeError, /expected min_ndim=2, found ndim=1/);
  });

  test("DE-04 the default kernel is glorot uniform", () => {
    const layer = hb.layers.dense({ units: 50 });
    layer.build([null, 100]);
    const sizes = layer.kernel!.readSync().map((value) => Math.abs(value));
    assert(Math.max(...sizes) <= 0.2 && Math.max(...sizes) > 0.19, "within ±0.2 and near it");
    assertEqual(layer.bias!.value().arraySync(), new Array(50).fill(0));
  });

  test("an integer input becomes float32", () => {
    const layer = hb.layers.dense({ units: 1, kernelInitializer: "ones" });
    assertEqual(layer.apply(hb.tensor([[1, 2]], [1, 2], "int32")).arraySync(), [[3]]);
  });

  test("a failed build leaves the layer unbuilt, and a right one works afterwards", () => {
    const layer = hb.layers.dense({
      units: 2,
      biasInitializer: () => {
        throw new Error("no bias today");
      },
    });
    assertThrows(() => layer.apply(hb.ones([1, 3])), Error, /no bias today/);
    assert(!layer.built, "not built");
    assertEqual(layer.weights.length, 0);
    assertThrows(() => layer.build([null, null]), hb.ShapeError, /last size is known/);
    assertThrows(() => layer.countParams(), hb.StateError, /the layer isn't built/);
  });

  fixtures.dense.forEach((fixture, i) => {
    test(`Keras's numbers, case ${i}: ${JSON.stringify(fixture.arguments)}, rank ${hb.tensor(fixture.x).rank}`, () => {
      const { units, activation, use_bias: useBias = true } = fixture.arguments;
      const layer = hb.layers.dense({ units, activation: activation as "relu", useBias });
      const x = hb.tensor(fixture.x);
      layer.build([...x.shape]);
      layer.setWeights(fixture.weights.map((weight) => hb.tensor(weight)));
      const tape = new hb.GradientTape();
      tape.watch(x);
      const { y, loss } = tape.record(() => {
        const y = layer.apply(x);
        return { y, loss: y.mul(hb.tensor(fixture.upstream)).sum() };
      });
      const [dx, ...dw] = tape.gradient(loss, [x, ...layer.trainableVariables]);
      assertClose(y, fixture.y, { what: "y" });
      assertClose(dx!, fixture.dx, { what: "dx" });
      dw.forEach((gradient, k) => {
        assertClose(gradient!, fixture.dw[k]!, { what: `dw ${k}`, atol: 1e-5 });
      });
    });
  });

  const activations: Record<string, (value: number) => number> = {
    linear: (v) => v,
    relu: (v) => Math.max(v, 0),
    tanh: Math.tanh,
    sigmoid: (v) => 1 / (1 + Math.exp(-v)),
  };
  for (const [activation, fn] of Object.entries(activations)) {
    for (const [shape, useBias] of [
      [[5, 7], true],
      [[2, 3, 4], false],
    ] as const) {
      test(`in all forms of execution, gradient: ${activation}, rank ${shape.length}, bias ${useBias}`, () => {
        layerTest({
          layer: () => hb.layers.dense({ units: 6, activation: activation as "relu", useBias }),
          inputs: [shape],
          expect: { weights: [useBias ? 2 : 1, 0], shape: [null, ...shape.slice(1, -1), 6], differs: false },
          oracle: oracle(shape.at(-1)!, 6, fn),
        });
      });
    }
  }

  test("wrong arguments name the layer and the nearest right one", () => {
    const make = hb.layers.dense as (options: unknown) => hb.Layer;
    assertThrows(() => make({ units: 1, activaton: "relu" }), hb.ValueError, /Did you mean "activation"/);
    assertThrows(() => make({ units: 1, activation: "rleu" }), hb.ValueError, /Did you mean "relu"/);
    assertThrows(() => make({ units: 1, kernelInitializer: "glorot" }), hb.ValueError, /kernelInitializer\] expected/);
    assertThrows(() => make({ units: 1, useBias: "no" }), hb.ValueError, /useBias: expected a boolean/);
    assertThrows(() => make({ units: 1, name: "a/b" }), hb.ValueError, /has no "\/"/);
    assertThrows(() => make(3), hb.ValueError, /options: expected an object, got 3/);
    assertThrows(() => make(undefined), hb.ValueError, /positive integer/);
  });
});
