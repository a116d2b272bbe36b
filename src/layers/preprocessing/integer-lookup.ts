import { gather, where } from "../../ops/index.ts";
import type { Tensor } from "../../ops/tensor.ts";
import { type Field, INTEGER } from "../plain-layer.ts";
import { type AdaptData, allData } from "./adapt-data.ts";
import { IndexLookup, type LookupOptions, lookupFields } from "./index-lookup.ts";

/** Options of {@link IntegerLookup}. */
export type IntegerLookupOptions = LookupOptions<number>;

/** Indices 0, 1, … for any integers: a vocabulary given or found by `adapt`. Works in models, by comparing with each token. */
export class IntegerLookup extends IndexLookup<number> {
  static override readonly className: string = "IntegerLookup";
  static override fields(): Readonly<Record<string, Field>> {
    return lookupFields(INTEGER, -1);
  }

  protected override bucket(token: number): number {
    return token;
  }

  /** Makes the vocabulary of all integers that occur. */
  adapt(data: AdaptData): void {
    this.learn(allData(data, this.where()).cast("int32").hostData());
  }

  override call(inputs: Tensor): Tensor {
    const x = inputs.cast("int32");
    if (this.invert) {
      const all = this.getVocabulary();
      const inside = x.greaterEqual(0).logicalAnd(x.less(all.length));
      return where(inside, gather(this.tensorOf(all), where(inside, x, 0).cast("int32")), this.oovToken).cast("int32");
    }
    const known = this.known();
    const oov = this.start - this.numOovIndices;
    const bucket = x.mod(this.numOovIndices || 1);
    // Without indices for them unknown tokens get -1, of which the encodings make nothing.
    const unknown = this.numOovIndices === 0 ? bucket.mul(0).sub(1) : bucket.add(oov);
    const masked = this.maskToken === null ? unknown : where(x.equal(this.maskToken), 0, unknown);
    if (known.length === 0) return this.encode(masked.cast("int32"));
    const same = x.expandDims(-1).equal(this.tensorOf(known));
    return this.encode(where(same.any(-1), same.argMax(-1).add(this.start), masked).cast("int32"));
  }
}
