import { runScoped } from "../ops/scopes.ts";
import { type Tensor, type TensorLike, toTensor } from "../ops/tensor.ts";
import { describe, ValueError } from "../util/errors.ts";
import { MeanBase, type MetricOptions } from "./mean.ts";

/** Values per sample (or per element) from targets and predictions. */
export type MetricFunction = (yTrue: Tensor, yPred: Tensor) => Tensor;

/** The mean over samples of a function of targets and predictions. */
export class MeanMetricWrapper extends MeanBase {
  static readonly className: string = "MeanMetricWrapper";
  readonly #fn: MetricFunction;

  constructor(fn: MetricFunction, options?: MetricOptions) {
    if (typeof fn !== "function") {
      throw new ValueError(`[Metric MeanMetricWrapper] fn: expected a function, got ${describe(fn)}.`);
    }
    super(options?.name, fn.name === "" ? "metric" : fn.name);
    this.#fn = fn;
  }

  override updateState(yTrue: TensorLike, yPred: TensorLike, sampleWeight?: TensorLike): void {
    runScoped(() => {
      const prediction = toTensor(yPred);
      const values = this.#fn(
        toTensor(yTrue),
        prediction.dtype === "float32" ? prediction : prediction.cast("float32"),
      );
      this.accumulate(values.cast("float32"), sampleWeight);
    });
  }
}
