import { gather, where } from "../../ops/index.ts";
import type { Tensor } from "../../ops/tensor.ts";
import { oneTensor } from "../inputs.ts";
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
    const x = oneTensor(inputs).cast("int32");
    if (this.invert) {
      const all = this.getVocabulary();
      const inside = x.greaterEqual(0).logicalAnd(x.less(all.length));
      return where(inside, gather(this.tensorOf(all), where(inside, x, 0).cast("int32")), this.oovToken).cast("int32");
    }
    const known = this.known();
    const oov = this.start - this.numOovIndices;
    const bucket = x.mod(this.numOovIndices || 1);
    // Without indices for them unknown tokens get one behind all, which `gather` refuses.
    const size = this.vocabularySize();
    const unknown = this.numOovIndices === 0 ? bucket.mul(0).add(size + 1) : bucket.add(oov);
    const masked = this.maskToken === null ? unknown : where(x.equal(this.maskToken), this.maskIndex, unknown);
    const same = x.expandDims(-1).equal(this.tensorOf(known));
    const found = known.length === 0 ? masked : where(same.any(-1), same.argMax(-1).add(this.start), masked);
    const indices = found.cast("int32");
    if (this.numOovIndices > 0) return this.encode(indices);
    // One place on, since -1 stands for the mask token.
    const places = Array.from({ length: size + 1 }, (_, i) => i - 1);
    return this.encode(gather(this.tensorOf(places), indices.add(1)));
  }
}
