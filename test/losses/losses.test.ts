import { valueAndGrads } from "../../src/autodiff/gradients.ts";
import * as losses from "../../src/losses/index.ts";
import { FunctionLoss } from "../../src/losses/loss.ts";
import { tensor } from "../../src/ops/creation.ts";
import { runScoped } from "../../src/ops/scopes.ts";
import { Variable } from "../../src/ops/variable.ts";
import { ShapeError, ValueError } from "../../src/util/errors.ts";
import semantics from "../fixtures/semantics.json" with { type: "json" };
import { assertClose, assertEqual, assertThrows } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

type Numbers = number | Numbers[];
interface LossCase {
  name: string;
  arguments: { from_logits?: boolean; label_smoothing?: number; reduction?: string };
  target: number[][];
  prediction: number[][];
  weight: number[] | null;
  value: number;
  unreduced: Numbers;
  gradient: Numbers;
}

const classes = { ...losses } as unknown as Record<string, new (options: object) => losses.Loss>;

function optionsOf({ from_logits, label_smoothing, ...rest }: LossCase["arguments"]): object {
  return {
    ...rest,
    ...(from_logits === undefined ? {} : { fromLogits: from_logits }),
    ...(label_smoothing === undefined ? {} : { labelSmoothing: label_smoothing }),
  };
}

suite("losses: cases of the reference", (test) => {
  const t = [
    [1, 9, 2],
    [-5, -2, 6],
  ];
  const p = [
    [4, 8, 12],
    [8, 1, 3],
  ];

  test("LO-01 mean squared error: plain, with weights, sum, none", () => {
    const mse = losses.meanSquaredError();
    assertClose(mse.apply(t, p), 49.5);
    assertClose(mse.apply(t, p, 2.3), 113.85);
    assertClose(mse.apply(t, p, [[1.2], [3.4]]), 767.8 / 6);
    assertClose(losses.meanSquaredError({ reduction: "sum" }).apply(t, p, 2.3), 227.7);
    assertClose(losses.meanSquaredError({ reduction: "none" }).apply(t, p, 2.3), [84.3333, 143.3666], { atol: 1e-3 });
  });

  test("LO-02 categorical cross-entropy of rows that do not add up to 1", () => {
    const eye = [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ];
    const rows = [
      [0.9, 0.05, 0.05],
      [0.5, 0.89, 0.6],
      [0.05, 0.01, 0.94],
    ];
    assertClose(losses.categoricalCrossentropy().apply(eye, rows), 0.32396814);
    const none = losses.categoricalCrossentropy({ reduction: "none" });
    assertClose(none.apply(eye, rows), [0.10536, 0.80467, 0.06188], { atol: 1e-5 });
    assertClose(losses.categoricalCrossentropy().apply(eye, rows, 2.3), 0.7449, { atol: 5e-4 });
    assertClose(losses.sparseCategoricalCrossentropy().apply([0, 1, 2], rows), 0.32396814);
  });

  test("LO-03 cross-entropies on logits", () => {
    const eye = [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ];
    const z = [
      [8, 1, 1],
      [0, 9, 1],
      [2, 3, 5],
    ];
    const perSample = [0.001822, 0.000459, 0.169846];
    assertClose(losses.categoricalCrossentropy({ fromLogits: true }).apply(eye, z), 0.0573756);
    assertClose(losses.sparseCategoricalCrossentropy({ fromLogits: true }).apply([0, 1, 2], z), 0.0573756);
    assertClose(losses.sparseCategoricalCrossentropy({ fromLogits: true }).apply([[0], [1], [2]], z), 0.0573756);
    const none = { fromLogits: true, reduction: "none" } as const;
    assertClose(losses.categoricalCrossentropy(none).apply(eye, z), perSample, { atol: 1e-6 });
    assertClose(losses.sparseCategoricalCrossentropy(none).apply([0, 1, 2], z), perSample, { atol: 1e-6 });
  });

  test("LO-04 binary cross-entropy of certain probabilities", () => {
    const bce = losses.binaryCrossentropy();
    assertClose(
      bce.apply(
        [
          [1, 0],
          [1, 0],
        ],
        [
          [1, 1],
          [1, 0],
        ],
      ),
      3.98559,
    );
    // In float32, 1 − 1e-7 is 0.99999988, so the two ends differ.
    assertClose(bce.apply([[0]], [[1]]), 15.942385, { rtol: 1e-6 });
    assertClose(bce.apply([[1]], [[0]]), 16.118095, { rtol: 1e-6 });
  });

  test("LO-05 binary cross-entropy on logits", () => {
    const target = [
      [1, 0, 1],
      [0, 1, 1],
    ];
    const z = [
      [10, -10, 10],
      [10, 10, -10],
    ];
    assertClose(losses.binaryCrossentropy({ fromLogits: true }).apply(target, z), 3.3333, { atol: 5e-4 });
    const none = losses.binaryCrossentropy({ fromLogits: true, reduction: "none" });
    assertClose(none.apply(target, z), [0, 6.6667], { atol: 5e-4 });
  });

  test("LO-06 Huber, Kullback-Leibler divergence, Poisson", () => {
    assertClose(losses.huber().apply([[0, 0, 0]], [[0.5, 1, 3]]), 1.0416667);
    assertClose(losses.klDivergence().apply([[0.2, 0.8]], [[0.5, 0.5]]), 0.1927448);
    assertClose(losses.poisson().apply([[1, 2]], [[2, 3]]), 1.0548141);
  });

  test("LO-07 targets of rank 1 with predictions of one column", () => {
    const none = losses.meanSquaredError({ reduction: "none" });
    assertClose(none.apply([4, 8, 12], [[3], [0], [1]]), [1, 64, 121]);
    assertClose(losses.meanSquaredError().apply([4, 8, 12], [[3], [0], [1]]), 62);
  });

  test("LO-08 the default ignores what the weights add up to; mean_with_sample_weight does not", () => {
    const target = [[0], [0]];
    const prediction = [[1], [2]];
    assertClose(losses.meanSquaredError().apply(target, prediction, [1, 0]), 0.5);
    const weighted = losses.meanSquaredError({ reduction: "mean_with_sample_weight" });
    assertClose(weighted.apply(target, prediction, [1, 0]), 1);
    assertClose(weighted.apply(target, prediction, [0, 0]), 0);
    assertClose(weighted.apply(target, prediction), 2.5);
  });

  test("FX-12 an absolute percentage error of a target 0", () => {
    assertClose(losses.meanAbsolutePercentageError().apply([[1, 0]], [[2, 1]]), 5.0000005e8, { rtol: 1e-6 });
  });

  test("mean absolute error, its aliases and reduction null", () => {
    assertClose(losses.meanAbsoluteError().apply(t, p), (3 + 1 + 10 + 13 + 3 + 3) / 6);
    assertClose(losses.meanAbsoluteError({ reduction: null }).apply(t, p), [14 / 3, 19 / 3]);
  });
});

suite("losses: against Keras", (test) => {
  (semantics.losses as unknown as LossCase[]).forEach((each, i) => {
    test(`${i} ${each.name} ${JSON.stringify(each.arguments)}: value, per sample, gradient`, () => {
      const options = optionsOf(each.arguments);
      const weight = each.weight ?? undefined;
      const loss = new classes[each.name]!(options);
      const none = new classes[each.name]!({ ...options, reduction: "none" });
      assertClose(loss.apply(each.target, each.prediction, weight), each.value, { rtol: 1e-5, atol: 1e-6 });
      // Flat: beside weights (n, 1) Keras gives (n, 1) where we give (n,).
      const flat = none.apply(each.target, each.prediction, weight).flatten().dataSync();
      assertClose(flat, [each.unreduced].flat(3) as number[], { rtol: 1e-5, atol: 1e-6 });
      const variable = new Variable(each.prediction);
      const { grads } = valueAndGrads(() => loss.apply(each.target, variable, weight), [variable]);
      assertClose(grads[0]!, each.gradient as number[], { rtol: 2e-5, atol: 1e-6 });
    });
  });
});

interface FusedCase {
  kind: "softmax" | "sigmoid";
  target: number[][];
  logits: number[][];
  value: number;
  gradient: number[][];
}

suite("losses: probabilities that a softmax or sigmoid made in the same scope", (test) => {
  for (const each of semantics.softmax_then_cross_entropy as FusedCase[]) {
    const loss = each.kind === "softmax" ? losses.categoricalCrossentropy() : losses.binaryCrossentropy();
    test(`${each.kind}: value and gradient as Keras's away from the clip`, () => {
      const z = new Variable(each.logits);
      const { value, grads } = valueAndGrads(() => loss.apply(each.target, z.value()[each.kind]()), [z]);
      assertClose(value, each.value);
      assertClose(grads[0]!, each.gradient);
    });
  }

  test("the loss is taken from the logits: no clip, gradient p − t", () => {
    const z = new Variable([[40, 0]]);
    const { value, grads } = valueAndGrads(
      () => losses.categoricalCrossentropy().apply([[0, 1]], z.value().softmax()),
      [z],
    );
    assertClose(value, 40);
    assertClose(grads[0]!, [[1, -1]]);
    const labels = valueAndGrads(() => losses.sparseCategoricalCrossentropy().apply([1], z.value().softmax()), [z]);
    assertClose(labels.value, 40);
    const s = new Variable([[-40]]);
    const binary = valueAndGrads(() => losses.binaryCrossentropy().apply([[1]], s.value().sigmoid()), [s]);
    assertClose(binary.value, 40);
    assertClose(binary.grads[0]!, [[-1]]);
  });

  test("a column of sigmoids meets targets of rank 1 without losing its logits", () => {
    const s = new Variable([[-40], [40]]);
    const value = runScoped(() => losses.binaryCrossentropy().apply([1, 1], s.value().sigmoid()));
    assertClose(value, 20);
  });

  test("probabilities from elsewhere are clipped, and no gradient flows where they are", () => {
    const p = runScoped(() => tensor([[40, 0]]).softmax());
    const variable = new Variable(p);
    const { value, grads } = valueAndGrads(
      () => losses.categoricalCrossentropy().apply([[0, 1]], variable),
      [variable],
    );
    assertClose(value, 16.118095, { rtol: 1e-6 });
    assertClose(grads[0]!, [[0, 0]]);
  });

  test("a softmax over another axis than the loss's is no shortcut", () => {
    const z = [
      [40, 0],
      [0, 0],
    ];
    const along = runScoped(() =>
      losses.categoricalCrossentropy({ axis: 0 }).apply(
        [
          [0, 1],
          [1, 0],
        ],
        tensor(z).softmax(0),
      ),
    );
    assertClose(along, (16.118095 + Math.log(2)) / 2, { rtol: 1e-6 });
    const across = runScoped(() =>
      losses.categoricalCrossentropy({ axis: 0 }).apply(
        [
          [0, 1],
          [1, 0],
        ],
        tensor(z).softmax(),
      ),
    );
    assertEqual(Number.isFinite(across.item()), true);
  });
});

suite("losses: bad input", (test) => {
  test("labels out of range, not whole, or NaN name the row", () => {
    const loss = losses.sparseCategoricalCrossentropy();
    const p = [
      [0.5, 0.5],
      [0.5, 0.5],
    ];
    assertThrows(() => loss.apply([0, 2], p), ValueError, /class numbers in \[0, 2\), got 2 in row 1/);
    assertThrows(() => loss.apply([-1, 0], p), ValueError, /got -1 in row 0/);
    assertThrows(() => loss.apply([0.5, 0], p), ValueError, /got 0.5 in row 0/);
    assertThrows(() => loss.apply([Number.NaN, 0], p), ValueError, /got NaN in row 0/);
  });

  test("targets that are NaN or infinite", () => {
    const p = [
      [1, 2],
      [3, 4],
    ];
    assertThrows(
      () =>
        losses.meanSquaredError().apply(
          [
            [0, 0],
            [0, Number.NaN],
          ],
          p,
        ),
      ValueError,
      /row 1, element 1/,
    );
    assertThrows(
      () =>
        losses.meanAbsoluteError().apply(
          [
            [0, Infinity],
            [0, 0],
          ],
          p,
        ),
      ValueError,
      /got Infinity/,
    );
    assertThrows(
      () =>
        losses.categoricalCrossentropy().apply(
          [
            [Number.NaN, 0],
            [0, 0],
          ],
          p,
        ),
      ValueError,
      /finite/,
    );
  });

  test("shapes that do not fit name both", () => {
    const error = assertThrows(() => losses.meanSquaredError().apply([[1, 2, 3]], [[1, 2]]), ShapeError);
    assertEqual([error.message.includes("(1, 2)"), error.message.includes("(1, 3)")], [true, true]);
    assertThrows(
      () => losses.sparseCategoricalCrossentropy().apply([[0, 1]], [[1, 2]]),
      ShapeError,
      /\(1,\).*\(1, 2\)/,
    );
    assertThrows(() => losses.meanSquaredError().apply([[1], [2]], [[1], [2]], [1, 2, 3]), ShapeError, /sampleWeight/);
  });

  test("options: unknown, of the wrong type, out of range; reductions", () => {
    assertThrows(() => losses.categoricalCrossentropy({ fromLogit: true } as never), ValueError, /fromLogits/);
    assertThrows(
      () => losses.binaryCrossentropy({ fromLogits: 1 } as never),
      ValueError,
      /fromLogits: expected a boolean/,
    );
    assertThrows(() => losses.binaryCrossentropy({ labelSmoothing: 2 }), ValueError, /labelSmoothing/);
    assertThrows(() => losses.binaryCrossentropy({ labelSmoothing: Number.NaN }), ValueError, /labelSmoothing/);
    assertThrows(() => losses.meanSquaredError({ reduction: "auto" as never }), ValueError, /Invalid value.*reduction/);
    assertEqual(losses.meanSquaredError({ reduction: "sumOverBatchSize" }).reduction, "sum_over_batch_size");
  });

  test("names in every spelling; unknown ones get the nearest suggested", () => {
    const names = ["mse", "MSE", "meanSquaredError", "mean_squared_error", "MeanSquaredError"];
    assertEqual(
      names.map((name) => losses.get(name).name),
      names.map(() => "mean_squared_error"),
    );
    assertEqual(losses.get("bce").name, "binary_crossentropy");
    assertEqual(losses.get("scce").name, "sparse_categorical_crossentropy");
    assertThrows(() => losses.get("categorical_crosentropy"), ValueError, /Did you mean "categoricalCrossentropy"/);
    assertThrows(() => losses.get(3), ValueError, /expected the name of a loss, a Loss or a function, got 3/);
  });

  test("a function is a loss; its config and name are those of every loss", () => {
    const loss = losses.get((t: never, p: { sub(x: unknown): { abs(): never } }) => p.sub(t).abs());
    assertClose(loss.apply([1, 2], [2, 4]), 1.5);
    assertEqual([losses.get(function pinball() {}).name, loss instanceof FunctionLoss], ["pinball", true]);
    const config = losses.categoricalCrossentropy({ labelSmoothing: 0.1 }).getConfig();
    const expected = { name: "categorical_crossentropy", reduction: "sum_over_batch_size" };
    assertEqual(config, { ...expected, fromLogits: false, axis: -1, labelSmoothing: 0.1 });
  });
});
