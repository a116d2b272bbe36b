import * as hb from "../../src/index.ts";
import { assert, assertClose, assertEqual, assertThrows } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

const { constraints } = hb;
const w = hb.tensor([
  [3, 0.6],
  [4, 0.8],
]);

suite("constraints", (test) => {
  test("MaxNorm, UnitNorm, MinMaxNorm, NonNeg", () => {
    assertClose(constraints.maxNorm().apply(w).flatten(), [1.2, 0.6, 1.6, 0.8], { rtol: 1e-5 });
    assertClose(new constraints.MaxNorm({ maxValue: 1, axis: 1 }).apply(hb.tensor([[3, 4]])).flatten(), [0.6, 0.8], {
      rtol: 1e-5,
    });
    assertClose(
      constraints
        .unitNorm({ axis: [0, 1] })
        .apply(w)
        .square()
        .sum()
        .item(),
      1,
      { rtol: 1e-5 },
    );
    assertClose(new constraints.UnitNorm().apply(w).flatten(), [0.6, 0.6, 0.8, 0.8], { rtol: 1e-5 });
    assertClose(constraints.minMaxNorm({ minValue: 2, maxValue: 4 }).apply(w).flatten(), [2.4, 1.2, 3.2, 1.6], {
      rtol: 1e-5,
    });
    assertClose(new constraints.MinMaxNorm({ rate: 0.5 }).apply(w).flatten(), [1.8, 0.6, 2.4, 0.8], { rtol: 1e-5 });
    assertEqual(
      constraints
        .nonNeg()
        .apply(hb.tensor([-1, 2]))
        .arraySync(),
      [0, 2],
    );
  });
  test("by name, config, function; configs; wrong options", () => {
    assertEqual(constraints.get("max_norm")!.getConfig(), { max_value: 2, axis: 0 });
    assertEqual(constraints.get({ class_name: "MinMaxNorm", config: { min_value: 1, rate: 0.5 } })!.getConfig(), {
      min_value: 1,
      max_value: 1,
      rate: 0.5,
      axis: 0,
    });
    assertEqual(constraints.get("NonNeg")!.getConfig(), new constraints.NonNeg().getConfig());
    assertEqual(
      constraints
        .get((x: hb.Tensor) => x.add(1))!
        .apply(hb.tensor([1]))
        .arraySync(),
      [2],
    );
    assertThrows(() => constraints.get("nonNegative" as never), hb.ValueError, /Did you mean "nonNeg"/);
    assertThrows(() => constraints.maxNorm({ max: 2 } as never), hb.ValueError, /maxValue/);
    assertThrows(() => constraints.unitNorm({ axis: "0" as never }), hb.ValueError, /axis/);
  });
  test("one of the user's own", () => {
    class Halve extends constraints.Constraint {
      override apply(weight: hb.Tensor): hb.Tensor {
        return weight.mul(0.5);
      }
    }
    const model = hb.sequential([
      hb.layers.dense({
        units: 1,
        useBias: false,
        inputShape: [1],
        kernelInitializer: "ones",
        kernelConstraint: new Halve(),
      }),
    ]);
    model.compile({ optimizer: hb.optimizers.sgd({ learningRate: 0 }), loss: "mse" as never });
    model.trainOnBatch([[1]], [[0]]);
    assertEqual(model.weights[0]!.value().arraySync(), [[0.5]]);
  });
  test("FX-07: Dense with non_neg kernel, rmsprop: kernel ≥ 0", async () => {
    hb.setRandomSeed(3);
    const model = hb.sequential([hb.layers.dense({ units: 4, inputShape: [3], kernelConstraint: "non_neg" })]);
    model.compile({ optimizer: hb.optimizers.rmsprop({ learningRate: 0.1 }), loss: "meanSquaredError" });
    await model.fit(hb.random.normal([16, 3], { seed: 1 }), hb.random.normal([16, 4], { seed: 2 }), {
      epochs: 3,
      verbose: 0,
    });
    const least = Math.min(...model.weights[0]!.readSync());
    assert(least >= 0, `least weight ${least}`);
  });
  test("TL-08: MaxNorm(.3, axis 0), SGD .1, one step", () => {
    const layer = hb.layers.dense({
      units: 1,
      useBias: false,
      inputShape: [2],
      kernelConstraint: constraints.maxNorm({ maxValue: 0.3 }),
    });
    const model = hb.sequential([layer]);
    model.setWeights([[[0.5], [-0.25]]]);
    model.compile({ optimizer: hb.optimizers.sgd({ learningRate: 0.1 }), loss: "meanSquaredError" });
    assertClose(
      model.trainOnBatch(
        [
          [1, 2],
          [3, -1],
          [0, 1],
          [2, 2],
        ],
        [[1], [0], [1], [2]],
      ) as number,
      1.96875,
      { rtol: 1e-5 },
    );
    assertClose(layer.kernel!.value().flatten(), [0.283784, 0.097297], { rtol: 1e-4 });
  });
});
