import { type Tensor, toTensor } from "../../ops/tensor.ts";
import { fail, StateError } from "../../util/errors.ts";
import { asFloat } from "../inputs.ts";
import { markChanged } from "../internals.ts";
import type { LayerOptions } from "../options.ts";
import {
  ANY_NUMBER,
  type Check,
  type Field,
  listOf,
  NUMBER_FROM_0,
  orNull,
  PlainLayer,
  POSITIVE,
} from "../plain-layer.ts";
import { type AdaptData, allData } from "./adapt-data.ts";
import { type EncodingMode, encodeIndices, encoding } from "./encode.ts";

/** Options of {@link Discretization}. */
export interface DiscretizationOptions extends LayerOptions {
  /** Where bins meet, in rising order: n boundaries make n + 1 bins. */
  readonly binBoundaries?: readonly number[] | null;
  /** How many bins `adapt` is to find. */
  readonly numBins?: number | null;
  /** Kept in the config; quantiles are exact here. Default 0.01. */
  readonly epsilon?: number;
  /** Default "int": the bin's index. */
  readonly outputMode?: "int" | EncodingMode;
}

const RISING: Check = {
  expected: "finite numbers in rising order",
  good: (value) =>
    listOf(ANY_NUMBER).good(value) && (value as number[]).every((x, i, all) => i === 0 || all[i - 1]! <= x),
};

/** The index of the bin a number falls in. Give the boundaries, or `numBins` and then call `adapt(data)`. */
export class Discretization extends PlainLayer<DiscretizationOptions> {
  static override readonly className: string = "Discretization";
  static override fields(): Readonly<Record<string, Field>> {
    return {
      binBoundaries: [null, orNull(RISING)],
      numBins: [null, orNull(POSITIVE)],
      epsilon: [0.01, NUMBER_FROM_0],
      outputMode: ["int", encoding("int")],
    };
  }
  binBoundaries: readonly number[] | null;
  declare readonly numBins: number | null;
  declare readonly outputMode: "int" | EncodingMode;

  constructor(options: DiscretizationOptions) {
    super(options);
    this.supportsMasking = false;
    // A config that `adapt` has been at holds both.
    this.binBoundaries = options?.binBoundaries ?? null;
    if (this.binBoundaries === null && this.numBins === null) {
      fail(this.where(), "binBoundaries: You need to set either `numBins` or `binBoundaries`");
    }
  }

  /** Finds boundaries between `numBins` bins that hold about equally many of these values. */
  adapt(data: AdaptData): void {
    const bins = this.numBins ?? fail(this.where(), "adapt: expected numBins, got boundaries given at construction");
    const sorted = Float64Array.from(allData(data, this.where()).hostData()).sort();
    this.binBoundaries = Array.from({ length: bins - 1 }, (_, i) => quantile(sorted, (i + 1) / bins));
    markChanged(this);
  }

  override call(inputs: Tensor): Tensor {
    const boundaries =
      this.binBoundaries ??
      fail(this.where(), "apply: expected adapt(data) before; there are no boundaries yet", StateError);
    // Not "greaterEqual": NaN belongs to the last bin.
    const above = asFloat(inputs)
      .expandDims(-1)
      .less(toTensor(boundaries as number[]))
      .logicalNot();
    return encodeIndices(above.sum(-1), this.outputMode, boundaries.length + 1);
  }
}

/** The value below which a share of the values lies; value i of n stands for the share (i + 1) / n. */
function quantile(sorted: Float64Array, share: number): number {
  const at = share * sorted.length - 1;
  const i = Math.floor(at);
  const [low, high] = [sorted[Math.max(i, 0)]!, sorted[Math.min(Math.max(i + 1, 0), sorted.length - 1)]!];
  return Math.fround(low + (high - low) * (at - i));
}
