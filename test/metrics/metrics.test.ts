import { ANY_SHAPES } from "../../src/losses/registry.ts";
import * as metrics from "../../src/metrics/index.ts";
import { getMetric } from "../../src/metrics/registry.ts";
import { ShapeError, ValueError } from "../../src/util/errors.ts";
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

const classes = { ...metrics } as unknown as Record<string, new (options: object) => metrics.Metric>;

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

  test("FX-13 mean of values with two axes and weights of one or two", () => {
    const metric = metrics.mean();
    metric.updateState(
      [
        [1, 3],
        [5, 7],
      ],
      [
        [1, 1],
        [1, 0],
      ],
    );
    assertClose(metric.result(), 3);
    metric.resetState();
    metric.updateState(
      [
        [1, 3],
        [5, 7],
      ],
      [1, 0],
    );
    assertClose(metric.result(), 2);
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
    assertThrows(() => metrics.meanMetricWrapper(3 as never), ValueError, /expected a function, got 3/);
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

  test("bad options and names", () => {
    assertThrows(() => metrics.binaryAccuracy({ threshold: Number.NaN }), ValueError, /threshold/);
    assertThrows(() => metrics.mean({ nam: "x" } as never), ValueError, /Did you mean "name"/);
    assertThrows(() => metrics.mean({ name: 3 } as never), ValueError, /name: expected a string, got 3/);
    assertThrows(() => getMetric("acuracy", ANY_SHAPES), ValueError, /Did you mean "accuracy"/);
    assertThrows(() => getMetric({}, ANY_SHAPES), ValueError, /expected the name of a metric/);
  });
});
