import { alignEqual, type Weights, weightsFor } from "../losses/align.ts";
import { settle } from "../losses/loss-class.ts";
import { gather } from "../ops/index.ts";
import { scatterAddRowsOp } from "../ops/indexing.ts";
import { runScoped } from "../ops/scopes.ts";
import { apply, type Tensor, type TensorLike, toTensor } from "../ops/tensor.ts";
import type { Variable } from "../ops/variable.ts";
import { checkChoice, checkInteger, checkNumber } from "../util/names.ts";
import { addTo, type Direction, Metric, type MetricOptions } from "./metric.ts";

/** What all of them take. */
export interface IoUBaseOptions extends MetricOptions {
  /** How pairs are counted: "int32" (default, exact; weights are cut to integers, as in Keras) or "float32". */
  dtype?: "int32" | "float32";
}

/** Options of OneHotMeanIoU. */
export interface OneHotMeanIoUOptions extends IoUBaseOptions {
  /** Number of classes. Values that are none of 0 … numClasses − 1 are left out. */
  numClasses: number;
  /** A class of targets that does not count. Default null: none. */
  ignoreClass?: number | null;
  /** Predictions are class numbers, not values per class. */
  sparseYPred?: boolean;
  /** The axis of the classes. Default −1. */
  axis?: number;
}

/** Options of OneHotIoU. */
export interface OneHotIoUOptions extends OneHotMeanIoUOptions {
  /** The classes whose mean is wanted. */
  targetClassIds: readonly number[];
}

/** Options of MeanIoU. */
export interface MeanIoUOptions extends OneHotMeanIoUOptions {
  /** Targets are class numbers, not values per class. Default true. */
  sparseYTrue?: boolean;
}

/** Options of IoU. */
export interface IoUOptions extends MeanIoUOptions {
  /** The classes whose mean is wanted. */
  targetClassIds: readonly number[];
}

/** Options of BinaryIoU. */
export interface BinaryIoUOptions extends IoUBaseOptions {
  /** The classes whose mean is wanted. Default [0, 1]. */
  targetClassIds?: readonly number[];
  /** Predictions from it on count as class 1. Default 0.5. */
  threshold?: number;
}

const CLASSES = ["numClasses", "ignoreClass", "sparseYPred", "axis"];

/** With more, the counts of all pairs of classes would not fit into memory. */
const MOST_CLASSES = 2 ** 15 - 1;

/** The mean over some classes of intersection / union of where targets and where predictions are of the class. */
export class IoU extends Metric {
  static override readonly className: string = "IoU";
  override readonly direction: Direction = "up";
  readonly numClasses: number;
  readonly targetClassIds: readonly number[];
  declare readonly ignoreClass: number | null;
  declare readonly sparseYTrue: boolean;
  declare readonly sparseYPred: boolean;
  declare readonly axis: number;
  readonly dtype: "int32" | "float32";
  readonly #pairs: Variable;

  constructor(options: IoUOptions, own: readonly string[] = ["targetClassIds", "sparseYTrue", ...CLASSES]) {
    super(options, ["dtype", ...own]);
    const { where } = this;
    const { numClasses, targetClassIds, dtype = "int32" } = options ?? {};
    this.numClasses = checkInteger(numClasses, where, "numClasses", 1, MOST_CLASSES);
    const id = (each: unknown): number => checkInteger(each, where, "targetClassIds", 0, this.numClasses - 1);
    this.targetClassIds = [targetClassIds].flat().map(id);
    settle(this, { ignoreClass: null, sparseYTrue: true, sparseYPred: true, axis: -1 }, options);
    this.dtype = checkChoice(dtype, where, "dtype", ["int32", "float32"] as const);
    this.#pairs = this.addVariable({ name: "pairs", shape: [this.numClasses, this.numClasses], dtype: this.dtype });
  }

  override updateState(yTrue: TensorLike, yPred: TensorLike, sampleWeight?: Weights): void {
    runScoped(() => {
      const { sparseYTrue, sparseYPred, axis, numClasses: n, ignoreClass, dtype, where } = this;
      const [target, prediction] = this.read(yTrue, yPred);
      const numbers = [sparseYTrue ? target : target.argMax(axis), sparseYPred ? prediction : prediction.argMax(axis)];
      const [t, p] = alignEqual(numbers[0]!, numbers[1]!, where).map((x) => x.cast("int32")) as [Tensor, Tensor];
      const inside = [t, p].map((x) => x.greaterEqual(0).logicalAnd(x.less(n)));
      let counted = inside[0]!.logicalAnd(inside[1]!);
      if (ignoreClass !== null) counted = counted.logicalAnd(t.notEqual(ignoreClass));
      let weights = counted.cast("float32");
      const given = weightsFor(t, sampleWeight, where)?.cast(dtype);
      if (given !== undefined) weights = weights.mul(given);
      const pair = t.mul(n).add(p).where(counted, 0).flatten();
      const [added] = apply(scatterAddRowsOp, [weights.flatten(), pair], { rows: n * n, row: [] });
      addTo(this.#pairs, added!.reshape([n, n]).cast(dtype));
    });
  }

  override result(): Tensor {
    return runScoped(() => {
      const { numClasses: n, targetClassIds } = this;
      const pairs = this.#pairs.value();
      const places = targetClassIds.map((id) => id * (n + 1));
      const both = gather(pairs.flatten(), places).cast("float32");
      const either = gather(pairs.sum(0).add(pairs.sum(1)), [...targetClassIds])
        .cast("float32")
        .sub(both);
      // Classes that occur nowhere do not count.
      const occurs = either.greater(1e-9);
      const shares = both.div(either.add(1e-7)).where(occurs, 0);
      return shares.sum().div(occurs.sum().add(1e-7));
    });
  }
}

/** IoU of two classes, with predictions of one number each. */
export class BinaryIoU extends IoU {
  static override readonly className: string = "BinaryIoU";
  readonly threshold: number;

  constructor(options: BinaryIoUOptions = {}) {
    const { threshold, targetClassIds = [0, 1], ...rest }: BinaryIoUOptions = Object(options);
    super({ ...rest, targetClassIds, numClasses: 2 }, ["targetClassIds", "threshold", "numClasses"]);
    this.threshold = checkNumber(threshold ?? 0.5, this.where, "threshold");
  }

  override updateState(yTrue: TensorLike, yPred: TensorLike, sampleWeight?: Weights): void {
    runScoped(() => super.updateState(yTrue, toTensor(yPred).greaterEqual(this.threshold).cast("int32"), sampleWeight));
  }
}

const allOf = ({ numClasses }: { numClasses: number }): number[] =>
  Number.isInteger(numClasses) && numClasses <= MOST_CLASSES ? Array.from({ length: numClasses }, (_, i) => i) : [];

/** The mean over all classes that occur of intersection / union. */
export class MeanIoU extends IoU {
  static override readonly className: string = "MeanIoU";

  constructor(options: MeanIoUOptions, own: readonly string[] = ["sparseYTrue", ...CLASSES]) {
    super({ ...options, targetClassIds: allOf(Object(options)) }, ["targetClassIds", ...own]);
  }
}

/** IoU with one target per class. */
export class OneHotIoU extends IoU {
  static override readonly className: string = "OneHotIoU";

  constructor(options: OneHotIoUOptions) {
    super({ sparseYPred: false, ...options, sparseYTrue: false }, ["targetClassIds", "sparseYTrue", ...CLASSES]);
  }
}

/** MeanIoU with one target per class. */
export class OneHotMeanIoU extends MeanIoU {
  static override readonly className: string = "OneHotMeanIoU";

  constructor(options: OneHotMeanIoUOptions) {
    super({ sparseYPred: false, ...options, sparseYTrue: false });
  }
}
