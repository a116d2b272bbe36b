import type { ConstraintSpec } from "../../constraints/index.ts";
import type { InitializerSpec } from "../../initializers/get.ts";
import { gather } from "../../ops/index.ts";
import type { Tensor, TensorLike } from "../../ops/tensor.ts";
import type { Variable } from "../../ops/variable.ts";
import type { RegularizerSpec } from "../../regularizers/index.ts";
import { oneTensor } from "../inputs.ts";
import { Layer } from "../layer.ts";
import type { LayerOptions } from "../options.ts";
import { type Field, FLAG, POSITIVE, readFields } from "../plain-layer.ts";
import { readWeightParts, weightKeys, weightParts } from "../weight-parts.ts";

/** Options of {@link Embedding}. */
export interface EmbeddingOptions extends LayerOptions {
  /** Number of different indices: they are in [0, inputDim). */
  readonly inputDim: number;
  /** Numbers for each index. */
  readonly outputDim: number;
  /** Default "uniform". */
  readonly embeddingsInitializer?: InitializerSpec;
  readonly embeddingsRegularizer?: RegularizerSpec;
  readonly embeddingsConstraint?: ConstraintSpec;
  /** Whether index 0 means "nothing here": layers after it then get a mask. Default false. */
  readonly maskZero?: boolean;
  /** First values of the table. */
  readonly weights?: TensorLike | readonly [TensorLike] | null;
}

const FIELDS: Readonly<Record<string, Field>> = {
  inputDim: [undefined, POSITIVE],
  outputDim: [undefined, POSITIVE],
  maskZero: [false, FLAG],
};

/** A row of the trained table `embeddings` (inputDim, outputDim) for each index. Its gradient adds to the rows used. */
export class Embedding extends Layer {
  static override readonly className: string = "Embedding";
  declare readonly inputDim: number;
  declare readonly outputDim: number;
  declare readonly maskZero: boolean;
  embeddings: Variable | undefined = undefined;

  constructor(options: EmbeddingOptions) {
    // Given weights are no part of the config.
    const { weights, ...own } = options ?? {};
    super(own, [...Object.keys(FIELDS), ...weightKeys("embeddings")]);
    readFields(this, FIELDS, own);
    readWeightParts(this, own, { embeddings: "uniform" });
    this.supportsMasking = this.maskZero;
    if (weights === undefined || weights === null) return;
    this.build([null]);
    const wrapped = Array.isArray(weights) && weights.length === 1 && this.inputDim > 1;
    this.setWeights(wrapped ? (weights as readonly TensorLike[]) : [weights as TensorLike]);
  }

  override build(_inputShape?: unknown): void {
    this.embeddings = this.addWeight({
      name: "embeddings",
      shape: [this.inputDim, this.outputDim],
      ...weightParts(this, "embeddings"),
    });
  }

  override computeMask(inputs: Tensor): Tensor | undefined {
    return this.maskZero ? inputs.notEqual(0) : undefined;
  }

  override call(inputs: Tensor): Tensor {
    return gather(this.embeddings!, oneTensor(inputs).cast("int32"));
  }
}
