import * as hb from "../../src/index.ts";
import { tensor } from "../../src/ops/creation.ts";
import { Variable } from "../../src/ops/variable.ts";
import * as optimizers from "../../src/optimizers/index.ts";
import { StateError, ValueError } from "../../src/util/errors.ts";
import { assert, assertBitEqual, assertClose, assertEqual, assertThrows } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

const V = [1, 2, 3, 4];
const G = [1, 6, 7, 2];

/** The variable after the first and the third of three steps with a constant gradient. */
function golden(optimizer: optimizers.Optimizer, first: number[], third: number[]): void {
  const v = new Variable(V);
  const steps = [1, 2, 3].map(() => {
    optimizer.applyGradients([[tensor(G), v]]);
    return v.readSync();
  });
  assertClose(steps[0]!, first);
  assertClose(steps[2]!, third, { rtol: 1e-5, atol: 1e-6 });
}

const rate = { learningRate: 0.5 };

suite("optimizers: further cases of the reference", (test) => {
  test("OP-05 AdamW", () => {
    const third = [-0.502976, 0.491033, 1.485045, 2.479058];
    golden(optimizers.adamW(rate), [0.498005, 1.496004, 2.494004, 3.492004], third);
    assertThrows(() => optimizers.adamW({ weightDecay: null }), ValueError, /weightDecay: expected a number/);
  });
  test("OP-06 RMSprop", () => {
    const third = [-2.68869, -1.688691, -0.688691, 0.311309];
    golden(optimizers.rmsprop(rate), [-0.581138, 0.418861, 1.418861, 2.418862], third);
  });
  test("OP-07 Adagrad", () => {
    const third = [-0.105745, 0.858843, 1.858559, 2.867291];
    golden(optimizers.adagrad(rate), [0.523269, 1.500693, 2.50051, 3.506135], third);
  });
  test("OP-08 Adadelta", () => {
    const third = [0.997855, 1.997855, 2.997854, 3.997854];
    golden(optimizers.adadelta(rate), [0.999293, 1.999293, 2.999293, 3.999293], third);
  });
  test("OP-09 Adamax", () => {
    golden(optimizers.adamax(rate), [0.5, 1.5, 2.5, 3.5], [-0.499999, 0.5, 1.5, 2.5]);
  });
  test("OP-10 Lion", () => {
    golden(optimizers.lion(rate), [0.5, 1.5, 2.5, 3.5], [-0.5, 0.5, 1.5, 2.5]);
  });
  test("OP-11 SGD with weight decay", () => {
    const third = [-0.507438, -6.984926, -7.492363, 0.955275];
    golden(optimizers.sgd({ ...rate, weightDecay: 0.01 }), [0.495, -1.01, -0.515, 2.98], third);
  });
  test("OP-12 weight decay alone: gradients of 0, any optimizer", () => {
    const { sgd, adam, rmsprop, adagrad, adadelta, adamax, nadam, lion, lamb, adafactor, muon } = optimizers;
    for (const make of [sgd, adam, rmsprop, adagrad, adadelta, adamax, nadam, lion, lamb, adafactor, muon]) {
      const optimizer = make({ learningRate: 1, weightDecay: 0.004 });
      const v = new Variable([2]);
      const after = [1, 2, 3].map(() => {
        optimizer.applyGradients([[tensor([0]), v]]);
        return v.readSync()[0]!;
      });
      assertClose([after[0]!, after[2]!], [1.992, 1.9760959], { what: optimizer.name });
    }
  });
  test("OP-13 clipnorm, clipvalue, globalClipnorm", () => {
    const gradientsOf = (options: optimizers.OptimizerOptions, ...gradients: number[][]): number[][] => {
      const variables = gradients.map((gradient) => new Variable(gradient.map(() => 0)));
      const sgd = optimizers.sgd({ learningRate: 1, ...options });
      sgd.applyGradients(gradients.map((gradient, i) => [tensor(gradient), variables[i]!]));
      return variables.map((variable) => [...variable.readSync()]);
    };
    assertClose(gradientsOf({ clipnorm: 1 }, [100, 100]), [[-0.70711, -0.70711]], { atol: 1e-5 });
    assertClose(gradientsOf({ clipnorm: 1 }, [0, 0]), [[0, 0]]);
    assertClose(gradientsOf({ clipvalue: 1 }, [100, 100]), [[-1, -1]]);
    const both = gradientsOf({ globalClipnorm: 1 }, [3, 0], [4]);
    assertClose(both.flat(), [-0.6, 0, -0.8]);
    // A norm that is not finite makes all of it NaN, as in Keras.
    const wild = gradientsOf({ globalClipnorm: 1 }, [Number.POSITIVE_INFINITY, 0], [4]);
    assert(wild.flat().every(Number.isNaN), wild.join());
    assertEqual(gradientsOf({ clipnorm: 0 }, [100]), [[-100]]);
  });
  test("OP-14 two clips at once; options out of range", () => {
    assertThrows(() => optimizers.sgd({ clipnorm: 1, clipvalue: 1 }), ValueError, /at most one of them/);
    const refused: optimizers.AdamOptions[] = [
      { clipnorm: -1 },
      { gradientAccumulationSteps: 1 },
      { gradientAccumulationSteps: 2.5 },
      { emaMomentum: 1.5 },
      { emaOverwriteFrequency: 0 },
      { lossScaleFactor: 0 },
      { weightDecay: -1 },
      { useEma: 1 as never },
      { beta1: 1 },
    ];
    for (const options of refused) {
      assertThrows(() => optimizers.adam(options), ValueError, new RegExp(`${Object.keys(options)[0]}: expected`));
    }
    assertThrows(() => optimizers.lion({ beta1: 0 }), ValueError, /beta1: expected a number > 0/);
    assertThrows(() => optimizers.ftrl({ learningRatePower: 1 }), ValueError, /learningRatePower/);
    assertThrows(
      () => optimizers.muon({ excludeLayers: ["("] }),
      ValueError,
      /excludeLayers: expected a list of regular/,
    );
  });
  test("FX-10 lossScaleFactor 1024: the loss times, gradients divided by it", () => {
    const sgd = optimizers.sgd({ learningRate: 1, lossScaleFactor: 1024 });
    assertEqual([sgd.scaleLoss(1), optimizers.sgd().scaleLoss(1)], [1024, 1]);
    const v = new Variable([3]);
    sgd.applyGradients([[tensor([3 * 1024]), v]]);
    assertEqual([...v.readSync()], [0]);
  });
  test("FX-11 a schedule set where a number was: the variable goes; a number where a schedule is: refused", () => {
    const sgd = optimizers.sgd({ learningRate: 0.5 });
    assertEqual(sgd.variables.length, 2);
    const v = new Variable([0]);
    sgd.applyGradients([[tensor([1]), v]]);
    sgd.learningRate = hb.schedules.exponentialDecay({ initialLearningRate: 4, decaySteps: 1, decayRate: 0.5 });
    assertEqual([sgd.variables.length, sgd.learningRate], [1, 2]);
    sgd.applyGradients([[tensor([1]), v]]);
    assertEqual([[...v.readSync()], sgd.learningRate, sgd.iterations], [[-2.5], 1, 2]);
    assertThrows(
      () => {
        sgd.learningRate = 0.1;
      },
      ValueError,
      /not settable/,
    );
  });
});

suite("optimizers: state, exclusions, averages, constraints", (test) => {
  test("values of the variables assigned to another optimizer let it go on, bit for bit", () => {
    const make = (): [optimizers.Optimizer, Variable] => [
      optimizers.nadam({ useEma: true, gradientAccumulationSteps: 2 }),
      new Variable(V, { name: "v" }),
    ];
    const run = ([optimizer, v]: [optimizers.Optimizer, Variable], from: number, to: number): void => {
      for (let i = from; i < to; i++) optimizer.applyGradients([[tensor(G.map((g) => g * (i - 2))), v]]);
    };
    const [straight, first, second] = [make(), make(), make()];
    run(straight, 0, 7);
    run(first, 0, 3);
    second[0].build([second[1]]);
    second[0].variables.forEach((variable, i) => {
      variable.assign(first[0].variables[i]!.value());
    });
    assertEqual(second[0].iterations, 1);
    second[1].assign(first[1].value());
    run(second, 3, 7);
    assertBitEqual(second[1].readSync(), straight[1].readSync());
    second[0].variables.forEach((variable, i) => {
      assertBitEqual(variable.readSync(), straight[0].variables[i]!.readSync());
    });
  });

  test("excludeFromWeightDecay by list and by regular expression, before build only", () => {
    const [a, kernel, bias] = ["a", "kernel", "bias"].map((name) => new Variable([2], { name })) as [
      Variable,
      Variable,
      Variable,
    ];
    const sgd = optimizers.sgd({ learningRate: 1, weightDecay: 0.5 });
    sgd.excludeFromWeightDecay({ varList: [a], varNames: ["^b.as$"] });
    sgd.applyGradients([a, kernel, bias].map((variable) => [tensor([0]), variable]));
    assertEqual(
      [a, kernel, bias].map((variable) => variable.readSync()[0]),
      [2, 1, 2],
    );
    assertThrows(() => sgd.excludeFromWeightDecay({ varNames: [] }), StateError, /before build/);
    assertThrows(() => optimizers.sgd().excludeFromWeightDecay({ varNames: ["("] }), ValueError, /varNames/);
  });

  test("averages of variables without a gradient move too; finalizeVariableValues takes them over", () => {
    const [a, b] = [new Variable([1], { name: "a" }), new Variable([5], { name: "b" })];
    const sgd = optimizers.sgd({ learningRate: 1, useEma: true, emaMomentum: 0.5 });
    sgd.build([a, b]);
    for (const _ of [1, 2]) sgd.applyGradients([[tensor([1]), a]]);
    // 0, then ½·0 + ½·(−1)
    assertEqual(
      [a, b].map((variable) => sgd.averageOf(variable)!.readSync()[0]),
      [-0.5, 5],
    );
    sgd.finalizeVariableValues([a, b]);
    assertEqual(
      [a, b].map((variable) => variable.readSync()[0]),
      [-0.5, 5],
    );
  });

  test("fit ends with the averages", async () => {
    const model = hb.sequential([hb.layers.dense({ units: 1, inputShape: [1], useBias: false })]);
    model.setWeights([[[1]]]);
    const optimizer = optimizers.sgd({ learningRate: 0.1, useEma: true, emaMomentum: 0.5 });
    model.compile({ optimizer, loss: "mse" });
    await model.fit([[1]], [[0]], { epochs: 2, verbose: 0 });
    // w: 0.8, 0.64; average 0.8, then the middle
    assertClose(model.weights[0]!.readSync(), [0.72]);
  });

  test("a bare applyGradients applies constraints, after the update", () => {
    const v = new Variable([1, -1, 0.5]);
    v.constraint = hb.constraints.nonNeg();
    optimizers.sgd({ learningRate: 1 }).applyGradients([[tensor([2, -3, 0.25]), v]]);
    assertEqual([...v.readSync()], [0, 2, 0.25]);
  });

  test("variables of odd sizes side by side: no step touches a neighbour", () => {
    const sizes = [1, 2, 3, 4, 5, 7, 9, 33];
    const start = (n: number, k: number): number[] => Array.from({ length: n }, (_, i) => Math.sin(1 + i + 10 * k));
    for (const make of [optimizers.adam, optimizers.lamb, optimizers.rmsprop]) {
      const together = sizes.map((n, k) => new Variable(start(n, k)));
      const optimizer = make({ learningRate: 0.1 });
      for (let step = 0; step < 3; step++) {
        optimizer.applyGradients(together.map((v, k) => [tensor(start(v.size, k + step)), v]));
      }
      sizes.forEach((n, k) => {
        const alone = new Variable(start(n, k));
        const own = make({ learningRate: 0.1 });
        for (let step = 0; step < 3; step++) own.applyGradients([[tensor(start(n, k + step)), alone]]);
        assertBitEqual(together[k]!.readSync(), alone.readSync(), `${optimizer.name}, ${n} elements`);
      });
    }
  });

  test("each class by its factory, with Keras's default rate; Lamb and Adafactor hold weights of no length", () => {
    const { SGD, Adam, AdamW, RMSprop, Adagrad, Adadelta, Adamax, Nadam, Ftrl, Lion, Lamb, Muon, Adafactor } =
      optimizers;
    const { sgd, adam, adamW, rmsprop, adagrad, adadelta, adamax, nadam, ftrl, lion, lamb, muon, adafactor } =
      optimizers;
    const classes = [SGD, Adam, AdamW, RMSprop, Adagrad, Adadelta, Adamax, Nadam, Ftrl, Lion, Lamb, Muon, Adafactor];
    const factories = [sgd, adam, adamW, rmsprop, adagrad, adadelta, adamax, nadam, ftrl, lion, lamb, muon, adafactor];
    factories.forEach((make, i) => {
      const made = make();
      assertEqual([made.constructor, made.learningRate], [classes[i], i === 0 ? 0.01 : 0.001]);
    });
    for (const optimizer of [optimizers.lamb({ learningRate: 0.5 }), optimizers.adafactor({ learningRate: 0.5 })]) {
      const v = new Variable([0, 0]);
      optimizer.applyGradients([[tensor([1, -1]), v]]);
      const [a, b] = v.readSync() as Float32Array;
      assert(a! < 0 && Number.isFinite(a) && b === -a!, `${optimizer.name}: ${a}, ${b}`);
    }
  });

  test("names and configs: Keras's keys, equal objects, custom classes", () => {
    const names = ["sgd", "adam_w", "adamw", "rms_prop", "Nadam", "adafactor", "lamb", "muon", "ftrl", "lion"] as const;
    for (const name of names) {
      const optimizer = optimizers.get(name);
      const copy = optimizers.get(optimizers.serialize(optimizer));
      assertEqual([copy.getConfig(), copy.constructor], [optimizer.getConfig(), optimizer.constructor]);
    }
    assertEqual(optimizers.adam({ beta1: 0.8 }).getConfig(), {
      name: "adam",
      learning_rate: 0.001,
      weight_decay: null,
      clipnorm: null,
      clipvalue: null,
      global_clipnorm: null,
      use_ema: false,
      ema_momentum: 0.99,
      ema_overwrite_frequency: null,
      loss_scale_factor: null,
      gradient_accumulation_steps: null,
      beta_1: 0.8,
      beta_2: 0.999,
      epsilon: 1e-7,
      amsgrad: false,
    });
    assertEqual(Object.keys(optimizers.ftrl().getConfig()).includes("l2_shrinkage_regularization_strength"), true);
    assertEqual(optimizers.rmsprop().name, "rm_sprop");
    const made = optimizers.Adam.fromConfig({ beta_1: 0.5, use_ema: true });
    assertEqual([made.beta1, made.useEma, made instanceof optimizers.Adam], [0.5, true, true]);
    assertThrows(() => optimizers.get("addam" as never), ValueError, /Did you mean "adam"/);
    assertThrows(() => optimizers.Adam.fromConfig({ betta1: 1 }), ValueError, /Did you mean "beta1"/);
  });
});
