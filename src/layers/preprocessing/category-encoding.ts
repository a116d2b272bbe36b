import type { Tensor } from "../../ops/tensor.ts";
import type { LayerOptions } from "../options.ts";
import { type Field, PlainLayer, POSITIVE } from "../plain-layer.ts";
import { type EncodingMode, encodeIndices, encoding } from "./encode.ts";

/** Options of {@link CategoryEncoding}. */
export interface CategoryEncodingOptions extends LayerOptions {
  /** Number of categories: indices are in [0, numTokens). */
  readonly numTokens: number;
  /** Default "multiHot": which categories a sample has. "oneHot": one row for each index; "count": how often each occurs. */
  readonly outputMode?: EncodingMode;
}

/** Integer categories as rows of 0 and 1, or of counts. */
export class CategoryEncoding extends PlainLayer<CategoryEncodingOptions> {
  static override readonly className: string = "CategoryEncoding";
  static override fields(): Readonly<Record<string, Field>> {
    return {
      numTokens: [undefined, POSITIVE],
      outputMode: ["multi_hot", encoding()],
    };
  }
  declare readonly numTokens: number;
  declare readonly outputMode: EncodingMode;

  constructor(options: CategoryEncodingOptions) {
    super(options);
    this.supportsMasking = false;
  }

  override call(inputs: Tensor): Tensor {
    return encodeIndices(inputs, this.outputMode, this.numTokens);
  }
}
