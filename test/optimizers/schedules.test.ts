import * as hb from "../../src/index.ts";
import { schedules } from "../../src/index.ts";
import { Variable } from "../../src/ops/variable.ts";
import * as optimizers from "../../src/optimizers/index.ts";
import { ValueError } from "../../src/util/errors.ts";
import { assertClose, assertEqual, assertThrows } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

const base = { initialLearningRate: 0.1, decaySteps: 10 } as const;

suite("schedules", (test) => {
  test("SC-01 every schedule", () => {
    const exponential = { ...base, decayRate: 0.5 };
    assertClose(schedules.exponentialDecay(exponential).apply(5), 0.0707107);
    assertClose(schedules.exponentialDecay({ ...exponential, staircase: true }).apply(15), 0.05);
    const line = { ...base, endLearningRate: 0.01 };
    assertClose(schedules.polynomialDecay({ ...line, power: 2 }).apply(4), 0.0424);
    assertClose(schedules.polynomialDecay({ ...line, cycle: true }).apply(15), 0.0325);
    assertClose(schedules.inverseTimeDecay(exponential).apply(20), 0.05);
    assertClose(schedules.cosineDecay({ ...base, alpha: 0.1 }).apply(3), 0.0814503);
    const warm = schedules.cosineDecay({ initialLearningRate: 0, decaySteps: 10, warmupTarget: 0.1, warmupSteps: 5 });
    assertClose([warm.apply(2), warm.apply(10)], [0.04, 0.05]);
    const restarts = schedules.cosineDecayRestarts({ initialLearningRate: 0.1, firstDecaySteps: 10, mMul: 0.5 });
    assertClose(restarts.apply(15), 0.0426777);
    const pieces = schedules.piecewiseConstantDecay({ boundaries: [10, 20], values: [1, 0.5, 0.1] });
    assertEqual(
      [0, 10, 11, 20, 21, 1e9].map((step) => pieces.apply(step)),
      [1, 1, 0.5, 0.5, 0.1, 0.1],
    );
  });

  test("bad options", () => {
    const { exponentialDecay, cosineDecayRestarts, piecewiseConstantDecay, cosineDecay } = schedules;
    assertThrows(
      () => exponentialDecay({ ...base, decaySteps: 0, decayRate: 1 }),
      ValueError,
      /decaySteps.*> 0, got 0/,
    );
    assertThrows(
      () => exponentialDecay(base as never),
      ValueError,
      /decayRate: expected a finite number, got undefined/,
    );
    assertThrows(() => cosineDecay({ ...base, warmupStep: 1 } as never), ValueError, /Did you mean "warmupSteps"/);
    assertThrows(
      () => cosineDecayRestarts({ initialLearningRate: 1, firstDecaySteps: -1 }),
      ValueError,
      /firstDecaySteps.*> 0/,
    );
    assertThrows(
      () => piecewiseConstantDecay({ boundaries: [1, 2], values: [1, 2] }),
      ValueError,
      /1 less than values/,
    );
    assertThrows(() => piecewiseConstantDecay({ boundaries: [1], values: 3 as never }), ValueError, /values/);
    assertThrows(() => optimizers.sgd({ learningRate: { className: "ExpDecay" } }), ValueError, /ExponentialDecay/);
  });

  test("a schedule, a function, a class of the user's own: in plans, on its own, in compiled functions", () => {
    class Halves extends schedules.LearningRateSchedule {
      static override className = "Halves";
      override apply(step: number): number {
        return 0.5 ** step;
      }
    }
    const decay = schedules.exponentialDecay({ initialLearningRate: 1, decaySteps: 1, decayRate: 0.5 });
    for (const learningRate of [
      decay,
      (step: number) => 0.5 ** step,
      new Halves(),
      { apply: (s: number) => 0.5 ** s },
    ]) {
      const [alone, compiled] = [new Variable([0]), new Variable([0])];
      const [first, second] = [optimizers.sgd({ learningRate }), optimizers.sgd({ learningRate })];
      const step = hb.compile(() => {
        // Twice in one plan: each step has its own rate.
        for (const _ of [1, 2]) second.applyGradients([[hb.tensor([-1]), compiled]]);
        return hb.tensor(0);
      });
      for (let i = 0; i < 4; i++) first.applyGradients([[hb.tensor([-1]), alone]]);
      step();
      step();
      assertEqual([alone.readSync()[0], compiled.readSync()[0]], [1.875, 1.875]);
      assertEqual([first.learningRate, second.learningRate, first.variables.length], [0.0625, 0.0625, 1]);
    }
  });

  test("fit: the rate of each step; what a bad function does leaves the model as it was", async () => {
    const model = hb.sequential([hb.layers.dense({ units: 1, inputShape: [1], useBias: false })]);
    model.setWeights([[[1]]]);
    const learningRate = (step: number): number => (step < 2 ? 0.1 : Number.NaN);
    model.compile({ optimizer: optimizers.sgd({ learningRate }), loss: "mse" });
    await model.fit([[1], [1]], [[0], [0]], { batchSize: 1, verbose: 0 });
    assertClose(model.weights[0]!.readSync(), [0.64]);
    assertThrows(() => model.trainOnBatch([[1]], [[0]]), ValueError, /learningRate\] step 2: expected a finite number/);
    assertClose(model.weights[0]!.readSync(), [0.64]);
    assertEqual(model.optimizer!.iterations, 2);
  });

  test("configs of optimizers with schedules; functions by name among custom objects", () => {
    const sgd = optimizers.sgd({ learningRate: schedules.cosineDecay({ ...base, alpha: 0.5 }) });
    const config = optimizers.serialize(sgd);
    const copy = optimizers.get(JSON.parse(JSON.stringify(config)));
    assertEqual([copy.getConfig(), copy.learningRate], [sgd.getConfig(), 0.1]);
    assertEqual((sgd.getConfig().learning_rate as { class_name: string }).class_name, "CosineDecay");
    function rising(step: number): number {
      return step + 1;
    }
    const own = optimizers.sgd({ learningRate: rising }).getConfig();
    assertEqual(optimizers.SGD.fromConfig(own, { rising }).learningRate, 1);
    assertThrows(() => optimizers.SGD.fromConfig(own), ValueError, /got "rising"/);
  });

  test("each class by its name", () => {
    const { ExponentialDecay, InverseTimeDecay, PolynomialDecay, PiecewiseConstantDecay } = schedules;
    const classes = [ExponentialDecay, InverseTimeDecay, PolynomialDecay, PiecewiseConstantDecay];
    for (const Class of [...classes, schedules.CosineDecay, schedules.CosineDecayRestarts]) {
      assertEqual(Class.className, Class.name);
    }
  });
});
