import { ANY_SHAPES } from "../../src/losses/registry.ts";
import * as metrics from "../../src/metrics/index.ts";
import { getMetric } from "../../src/metrics/registry.ts";
import { type Tensor, type TensorLike, toTensor } from "../../src/ops/tensor.ts";
import { ShapeError, StateError, ValueError } from "../../src/util/errors.ts";
import semantics from "../fixtures/semantics.json" with { type: "json" };
import { assertClose, assertEqual, assertThrows } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

interface MetricCase {
  name: string;
  arguments: { threshold?: number };
  target: number[];
  prediction: number[];
  weight: number[] | null;
  results: number[];
}

const classes = { ...metrics } as unknown as Record<string, new (options: object) => metrics.NumberMetric>;

suite("metrics: cases of the reference", (test) => {
  test("ME-01 binary accuracy, with weights; the threshold counts as class 0", () => {
    const metric = metrics.binaryAccuracy();
    metric.updateState([1, 1, 0, 0], [0.98, 1, 0, 0.6]);
    assertClose(metric.result(), 0.75);
    metric.resetState();
    metric.updateState([1, 1, 0, 0], [0.98, 1, 0, 0.6], [1, 0, 0, 1]);
    assertClose(metric.result(), 0.5);
    metric.resetState();
    metric.updateState([0, 1], [0.5, 0.5]);
    assertClose(metric.result(), 0.5);
  });

  test("ME-02 categorical accuracy, with weights", () => {
    const metric = metrics.categoricalAccuracy();
    const t = [
      [0, 0, 1],
      [0, 1, 0],
    ];
    const p = [
      [0.1, 0.9, 0.8],
      [0.05, 0.95, 0],
    ];
    metric.updateState(t, p);
    assertClose(metric.result(), 0.5);
    metric.resetState();
    metric.updateState(t, p, [0.7, 0.3]);
    assertClose(metric.result(), 0.3);
  });

  test("ME-03 mean, with weights, and of nothing", () => {
    const metric = metrics.mean();
    assertClose(metric.result(), 0);
    metric.updateState([1, 3, 5, 7]);
    assertClose(metric.result(), 4);
    metric.resetState();
    metric.updateState([1, 3, 5, 7], [1, 1, 0, 0]);
    assertClose(metric.result(), 2);
  });

  test("ME-04 precision, recall, area under the curve, R²", () => {
    const results = [metrics.precision(), metrics.recall()].map((metric) => {
      metric.updateState([0, 1, 1, 1], [1, 0, 1, 1]);
      return metric.result().item();
    });
    assertClose(results, [0.6666667, 0.6666667]);
    const auc = metrics.auc();
    auc.updateState([0, 0, 1, 1], [0, 0.5, 0.3, 0.9]);
    assertClose(auc.result(), 0.75);
    const r2 = metrics.r2Score();
    r2.updateState([[1], [4], [3]], [[2], [4], [4]]);
    assertClose(r2.result(), 0.5714285);
  });

  test("FX-13 mean and sum of values with two axes and weights of either shape", () => {
    const values = [
      [1, 3],
      [5, 7],
    ];
    const full = [
      [1, 1],
      [1, 0],
    ];
    for (const [metric, expected] of [
      [metrics.mean(), [3, 3]],
      [metrics.sum(), [9, 6]],
    ] as const) {
      metric.updateState(values, full);
      const first = metric.result().item();
      metric.resetState();
      metric.updateState(values, [[1, 0]]);
      assertClose([first, metric.result().item()], expected);
    }
  });

  test("FX-14 accuracy with a weight for each value", () => {
    const metric = metrics.accuracy();
    const t = [
      [1, 2],
      [3, 4],
    ];
    const p = [
      [0, 2],
      [3, 4],
    ];
    metric.updateState(t, p, [
      [1, 0],
      [0, 1],
    ]);
    assertClose(metric.result(), 0.5);
  });

  (semantics.metrics as unknown as MetricCase[]).forEach((each, i) => {
    test(`${i} ${each.name} ${JSON.stringify(each.arguments)} over two batches, against Keras`, () => {
      const metric = new classes[each.name]!(each.arguments);
      const { target, prediction } = each;
      const weight = each.weight ?? undefined;
      metric.updateState(target, prediction, weight);
      assertClose(metric.result(), each.results[0]!);
      metric.updateState(target.slice(0, 2), prediction.slice(0, 2), weight?.slice(0, 2));
      assertClose(metric.result(), each.results[1]!);
    });
  });
});

suite("metrics: the rest", (test) => {
  test("accuracy counts equal values; cross-entropies average over samples, not over batches", () => {
    const accuracy = metrics.accuracy();
    accuracy.updateState([[1], [2], [3]], [[1], [0], [3]]);
    assertClose(accuracy.result(), 2 / 3);
    for (const metric of [metrics.categoricalCrossentropy(), metrics.sparseCategoricalCrossentropy()]) {
      const sparse = metric.name.startsWith("sparse");
      metric.updateState(sparse ? [0] : [[1, 0]], [[0.5, 0.5]]);
      metric.updateState(
        sparse
          ? [0, 1, 1]
          : [
              [1, 0],
              [0, 1],
              [0, 1],
            ],
        [
          [1, 0],
          [0, 1],
          [0, 1],
        ],
      );
      assertClose(metric.result(), Math.log(2) / 4);
    }
    const binary = metrics.binaryCrossentropy({ fromLogits: true });
    binary.updateState([[1]], [[0]]);
    assertClose(binary.result(), Math.log(2));
  });

  test("mean metric wrapper: a function of targets and predictions", () => {
    const metric = metrics.meanMetricWrapper((t, p) => p.sub(t).abs(), { name: "distance" });
    metric.updateState([0, 0], [1, 3]);
    assertEqual(metric.name, "distance");
    assertClose(metric.result(), 2);
    for (const fn of [3, { name: 3 }]) {
      assertThrows(() => metrics.meanMetricWrapper(fn as never), ValueError, /expected a function, got (3|an object)/);
    }
  });

  test("which accuracy a string means follows from the shapes (7.1)", () => {
    const meant = (target: number[], prediction: (number | null)[], name = "accuracy"): string =>
      (getMetric(name, { target, prediction }).constructor as typeof metrics.Mean).className;
    assertEqual(meant([8], [null, 1]), "BinaryAccuracy");
    assertEqual(meant([8, 1], [null, 1], "acc"), "BinaryAccuracy");
    assertEqual(meant([8], [null, 10]), "SparseCategoricalAccuracy");
    assertEqual(meant([8, 1], [null, 10]), "SparseCategoricalAccuracy");
    assertEqual(meant([8, 10], [null, 10]), "CategoricalAccuracy");
    assertEqual(meant([8, 3], [null, 3], "crossentropy"), "CategoricalCrossentropy");
    assertEqual(meant([8, 1], [null, 3], "CE"), "SparseCategoricalCrossentropy");
    assertEqual(meant([8], [null, 1], "mae"), "MeanAbsoluteError");
    assertEqual(getMetric("acc", { target: [8], prediction: [null, 10] }).name, "acc");
  });

  test("state lies in variables named after the metric; failed updates change nothing", () => {
    const metric = metrics.sparseCategoricalAccuracy();
    metric.updateState([1], [[0.2, 0.8]]);
    const state = (): number[] => metric.variables.map((variable) => variable.readSync()[0]!);
    assertEqual(
      metric.variables.map(({ name }) => name),
      ["sparse_categorical_accuracy_total", "sparse_categorical_accuracy_count"],
    );
    const before = state();
    assertThrows(() => metric.updateState([[1, 0]], [[0.2, 0.8]]), ShapeError, /\(1,\).*\(1, 2\)/);
    assertThrows(() => metric.updateState([1], [[0.2, 0.8]], [1, 2]), ShapeError, /sampleWeight/);
    assertEqual(state(), before);
  });

  test("R² loses no digits far from 0, where sums of squares would", () => {
    const r2 = metrics.r2Score();
    const [t, p]: [number[][], number[][]] = [[], []];
    for (let i = 0; i < 400; i++) {
      t.push([20000 + Math.sin(i)]);
      p.push([20000 + Math.sin(i) + 0.25 * Math.cos(3 * i)]);
    }
    for (let i = 0; i < 400; i += 8) r2.updateState(t.slice(i, i + 8), p.slice(i, i + 8));
    const column = (rows: number[][]): number[] => rows.map(([value]) => Math.fround(value!));
    const [a, b] = [column(t), column(p)];
    const mean = a.reduce((sum, x) => sum + x, 0) / 400;
    const about = a.reduce((sum, x) => sum + (x - mean) ** 2, 0);
    const missed = a.reduce((sum, x, i) => sum + (x - b[i]!) ** 2, 0);
    assertClose(r2.result(), 1 - missed / about, { rtol: 1e-4 });
  });

  test("what cannot be said is 0, not NaN: nothing taken in, no positives, targets that are all equal", () => {
    const empty = [
      metrics.precision(),
      metrics.auc(),
      metrics.meanIoU({ numClasses: 3 }),
      metrics.rootMeanSquaredError(),
    ];
    const at = [metrics.precisionAtRecall({ recall: 0.5 }), metrics.specificityAtSensitivity({ sensitivity: 0.5 })];
    for (const metric of [...empty, ...at]) assertEqual(metric.result().item(), 0, metric.name);
    const auc = metrics.auc({ curve: "PR" });
    auc.updateState([0, 0], [0.2, 0.8]);
    assertEqual(auc.result().item(), 0);
    const r2 = metrics.r2Score();
    r2.updateState([[1], [1]], [[1], [2]]);
    assertEqual(r2.result().item(), 0);
  });

  test("weights of 0 leave a batch out everywhere", () => {
    const made = [
      metrics.auc(),
      metrics.f1Score({ average: "macro" }),
      metrics.r2Score(),
      metrics.oneHotMeanIoU({ numClasses: 2 }),
    ];
    const sure = [metrics.fBetaScore({ average: "micro" }), metrics.oneHotIoU({ numClasses: 2, targetClassIds: [1] })];
    for (const metric of [...made, ...sure, metrics.meanIoU({ numClasses: 2 }), metrics.rootMeanSquaredError()]) {
      const t = [[0, 1], [1, 0], [0, 1]]; // biome-ignore format: a table
      const p = [[0.3, 0.6], [0.4, 0.1], [0.9, 0.2]]; // biome-ignore format: a table
      metric.updateState(t, p);
      const before = metric.result().item();
      metric.updateState([[1, 0]], [[0.1, 0.7]], [0]);
      assertClose(metric.result(), before, { what: metric.name });
    }
  });

  test("a class of one's own: variables, results by name, reset to zeros", () => {
    class Range extends metrics.Metric {
      static override readonly className: string = "Range";
      readonly #top = this.addVariable({ name: "top", shape: [2] });
      readonly #count = this.addWeight({ name: "count", dtype: "int32", initializer: "ones" });
      override updateState(_t: TensorLike, p: TensorLike): void {
        this.#top.assign(this.#top.value().maximum(toTensor(p).max(0)));
        this.#count.assign(this.#count.value().add(1));
      }
      override result(): Record<string, Tensor> {
        return { top: this.#top.value(), calls: this.#count.value() };
      }
    }
    const metric = new Range({ name: "span" });
    assertEqual(
      metric.variables.map(({ name, shape, dtype }) => [name, shape, dtype]),
      [
        ["span_top", [2], "float32"],
        ["span_count", [], "int32"],
      ],
    );
    const shown = (): unknown => Object.values(metric.result()).map((result) => result.arraySync());
    metric.updateState([], [[1, 5], [2, 3]]); // biome-ignore format: a table
    assertEqual(shown(), [[2, 5], 2]);
    metric.resetState();
    assertEqual(shown(), [[0, 0], 0]);
    assertEqual([metrics.get(Range).name, new Range().name], ["range", "range"]);
  });

  test("built-in classes may be extended", () => {
    class Misses extends metrics.Precision {
      static override readonly className: string = "Misses";
      override result(): Tensor {
        return super.result().mul(-1).add(1);
      }
    }
    class TopTwo extends metrics.TopKCategoricalAccuracy {
      static override readonly className: string = "TopTwo";
      constructor() {
        super({ k: 2 });
      }
    }
    const [misses, top] = [new Misses(), new TopTwo()];
    misses.updateState([0, 1, 1, 1], [1, 0, 1, 1]);
    assertClose(misses.result(), 1 / 3);
    top.updateState([[1, 0, 0]], [[0.3, 0.6, 0.1]]);
    assertClose(top.result(), 1);
    assertEqual([misses.name, top.name, top.k], ["misses", "top_two", 2]);
  });

  test("classes, factories, functions and configs stand for metrics", () => {
    for (const spec of [
      metrics.TopKCategoricalAccuracy,
      metrics.topKCategoricalAccuracy,
      "top_k_categorical_accuracy",
    ]) {
      assertEqual(metrics.get(spec).getConfig(), { name: "top_k_categorical_accuracy", k: 5 });
    }
    assertEqual(metrics.get({ className: "AUC", config: { curve: "PR", num_thresholds: 5 } }).name, "auc");
    assertEqual(metrics.get(function meanPrediction() {}).name, "mean_prediction");
    const custom = metrics.get((_t: Tensor, p: Tensor) => p.mul(2));
    assertEqual(custom.direction, undefined);
    custom.updateState([0, 0], [1, 2]);
    assertClose((custom as metrics.NumberMetric).result(), 3);
    assertThrows(() => metrics.get((() => 1) as never).updateState([1], [1]), ValueError, /returns a tensor, got 1/);
  });

  test("shapes, labels and options that do not fit", () => {
    assertThrows(
      () => metrics.precision({ thresholds: 1.5 }),
      ValueError,
      /thresholds: expected a finite number in \[0, 1\]/,
    );
    assertThrows(() => metrics.precision({ thresholds: [] }), ValueError, /thresholds: expected at least one/);
    assertThrows(() => metrics.recall({ topK: 0 }), ValueError, /topK/);
    assertThrows(() => metrics.auc({ curve: "RCO" as never }), ValueError, /curve: expected one of ROC, PR, PRGAIN/);
    assertThrows(() => metrics.auc({ numThresholds: 1 }), ValueError, /numThresholds: .* ≥ 2, got 1/);
    assertThrows(() => metrics.auc({ numLabels: 2 }), ValueError, /multiLabel/);
    assertThrows(() => metrics.auc({ summationMethod: "middle" as never }), ValueError, /summationMethod/);
    assertThrows(() => metrics.f1Score({ average: "mean" as never }), ValueError, /average: expected one of micro/);
    assertThrows(() => metrics.fBetaScore({ beta: 0 }), ValueError, /beta: expected a number > 0/);
    assertThrows(
      () => metrics.sensitivityAtSpecificity({} as never),
      ValueError,
      /specificity: expected .* got undefined/,
    );
    assertThrows(() => metrics.meanIoU({} as never), ValueError, /numClasses: expected an integer in \[1, 32767\]/);
    assertThrows(() => metrics.meanIoU({ numClasses: 2 ** 31 }), ValueError, /numClasses: .* got 2147483648/);
    assertThrows(() => metrics.get("mean_io_u"), ValueError, /numClasses/);
    assertThrows(
      () => metrics.ioU({ numClasses: 2, targetClassIds: [2] }),
      ValueError,
      /targetClassIds: .* in \[0, 1\]/,
    );
    assertThrows(() => metrics.binaryIoU({ treshold: 1 } as never), ValueError, /threshold/);
    assertThrows(() => metrics.r2Score({ numRegressors: -1 }), ValueError, /numRegressors/);
    const wide = [[0.1, 0.9, 0.5]];
    assertThrows(
      () => metrics.recall({ classId: 3 }).updateState([[0, 1, 1]], wide),
      ShapeError,
      /classId 3, got \(1, 3\)/,
    );
    assertThrows(() => metrics.recall({ classId: 0 }).updateState([0], [0.5]), ShapeError, /classId 0/);
    assertThrows(() => metrics.recall({ topK: 4 }).updateState([[0, 1, 1]], wide), ShapeError, /topK 4/);
    assertThrows(() => metrics.r2Score().updateState([1], [1]), ShapeError, /\(samples, columns\), got \(1,\)/);
    assertThrows(() => metrics.f1Score().updateState([1], [1]), ShapeError, /\(samples, classes\)/);
    for (const unknown of [metrics.f1Score(), metrics.r2Score(), metrics.auc({ multiLabel: true })]) {
      assertThrows(() => unknown.result(), StateError, /result: expected updateState to be called before/);
    }
    const labelled = metrics.auc({ multiLabel: true, numLabels: 2 });
    assertThrows(() => labelled.updateState([[0, 1, 1]], wide), ShapeError, /\(samples, 2\), got \(1, 3\)/);
    for (const metric of [
      metrics.precision(),
      metrics.r2Score(),
      metrics.f1Score(),
      metrics.auc(),
      metrics.accuracy(),
    ]) {
      assertThrows(
        () => metric.updateState([[Number.NaN]], [[1]]),
        ValueError,
        /yTrue: expected finite numbers, got NaN/,
      );
      assertThrows(() => metric.updateState([[1, 0]], [[1]]), ShapeError, /yTrue/);
    }
    const sparse = metrics.sparseCategoricalCrossentropy();
    assertThrows(() => sparse.updateState([3], wide), ValueError, /class numbers in \[0, 3\), got 3/);
    assertThrows(() => metrics.sparseTopKCategoricalAccuracy({ k: 1 }).updateState([3], wide), ValueError, /got 3/);
  });

  test("a class whose prediction is NaN is not among the best", () => {
    const metric = metrics.sparseTopKCategoricalAccuracy({ k: 1 });
    metric.updateState([0, 1], [[Number.NaN, 0.5], [Number.NaN, 0.5]]); // biome-ignore format: a table
    assertClose(metric.result(), 0.5);
  });

  test("predictions that are NaN count as below every threshold, and break nothing", () => {
    for (const metric of [metrics.auc(), metrics.precision(), metrics.recall({ thresholds: [0.1, 0.5, 0.9] })]) {
      metric.updateState([1, 0, 1], [0.9, 0.2, 0.8]);
      const before = metric.result().dataSync();
      metric.updateState([1, 0], [Number.NaN, Number.NaN]);
      assertEqual([...metric.result().dataSync()].every(Number.isFinite), true);
      metric.resetState();
      metric.updateState([1, 0, 1], [0.9, 0.2, 0.8]);
      assertEqual(metric.result().dataSync(), before);
    }
  });

  test("bad options and names", () => {
    assertThrows(() => metrics.binaryAccuracy({ threshold: Number.NaN }), ValueError, /threshold/);
    assertThrows(() => metrics.mean({ nam: "x" } as never), ValueError, /Did you mean "name"/);
    assertThrows(() => metrics.mean({ name: 3 } as never), ValueError, /name: expected a string, got 3/);
    assertThrows(() => getMetric("acuracy", ANY_SHAPES), ValueError, /Did you mean "accuracy"/);
    assertThrows(() => getMetric({}, ANY_SHAPES), ValueError, /expected the name of a metric/);
  });
});
