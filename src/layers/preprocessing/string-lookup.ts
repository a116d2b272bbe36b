import type { SymbolicTensor } from "../../ops/symbolic.ts";
import { Tensor, toTensor } from "../../ops/tensor.ts";
import { fail, refuse, ShapeError } from "../../util/errors.ts";
import { fnv1a } from "../../util/hash.ts";
import type { Structure } from "../../util/structure.ts";
import type { ApplyOptions } from "../call-context.ts";
import { oneTensor, tensorsOf } from "../inputs.ts";
import { internalsOf } from "../internals.ts";
import type { LayerData } from "../layer.ts";
import type { Check, Field } from "../plain-layer.ts";
import { IndexLookup, type LookupOptions, lookupFields } from "./index-lookup.ts";

/** Options of {@link StringLookup}. */
export type StringLookupOptions = LookupOptions<string>;

/** A text, or nested arrays of texts. */
export type Strings = string | readonly Strings[];

const TEXT: Check = { expected: "a text", good: (value) => typeof value === "string" };

/**
 * Indices for texts: `lookup.apply([["red"], ["blue"]])` gives an int32 tensor. Tensors hold no texts, so the table stands
 * in JavaScript and texts are looked up when `apply` reads them: inside a model the layer takes indices that were looked
 * up before, and encodes them ("int": as they are). `toStrings` is the way back.
 */
export class StringLookup extends IndexLookup<string> {
  static override readonly className: string = "StringLookup";
  static override fields(): Readonly<Record<string, Field>> {
    return lookupFields(TEXT, "[UNK]");
  }

  constructor(options: StringLookupOptions = {}) {
    super(options);
    if (this.invert) fail(this.where(), "invert: expected false: tensors hold no texts; use lookup.toStrings(indices)");
    internalsOf(this).readInputs = (inputs) =>
      holdsText(inputs) ? this.#lookUp(inputs) : tensorsOf(inputs, this.where());
  }

  override apply<R extends Structure<Tensor> = Tensor>(
    inputs: Structure<LayerData> | Strings,
    options?: ApplyOptions,
  ): NoInfer<R>;
  override apply<R extends Structure<SymbolicTensor> = SymbolicTensor>(
    inputs: Structure<SymbolicTensor | LayerData>,
    options?: ApplyOptions,
  ): NoInfer<R>;
  override apply(inputs: unknown, options?: ApplyOptions): never {
    return super.apply(inputs as never, options) as never;
  }

  protected override bucket(token: string): number {
    return fnv1a(token);
  }

  /** Makes the vocabulary of all texts that occur. */
  adapt(data: Strings): void {
    this.learn(flattenTexts(data, this.where()).texts);
  }

  #lookUp(inputs: Strings): Tensor {
    const { texts, shape } = flattenTexts(inputs, this.where());
    return new Tensor(
      shape,
      "int32",
      Int32Array.from(texts, (text) => this.indexOf(text)),
    );
  }

  /** The texts of indices, as nested arrays. */
  toStrings(indices: Tensor): Strings {
    const places = toTensor(indices);
    const texts = this.tokens(places.hostData());
    return places.shape.reduceRight<Strings[]>(
      (list, dim) =>
        Array.from({ length: dim === 0 ? 0 : list.length / dim }, (_, i) => list.slice(i * dim, (i + 1) * dim)),
      texts,
    )[0]!;
  }

  override call(inputs: Tensor): Tensor {
    return this.encode(oneTensor(inputs).cast("int32"));
  }
}

function holdsText(inputs: unknown): inputs is Strings {
  return typeof inputs === "string" || (Array.isArray(inputs) && inputs.length > 0 && holdsText(inputs[0]));
}

function flattenTexts(data: unknown, where: string): { texts: string[]; shape: number[] } {
  const texts: string[] = [];
  const shape: number[] = [];
  const visit = (part: unknown, depth: number): void => {
    if (typeof part === "string") {
      if (texts.length > 0 && depth !== shape.length)
        fail(where, "inputs: expected equally deep arrays of texts", ShapeError);
      texts.push(part);
    } else if (Array.isArray(part)) {
      shape[depth] ??= part.length;
      if (shape[depth] !== part.length) refuse(where, "inputs", `${shape[depth]} texts`, part.length, ShapeError);
      for (const each of part) visit(each, depth + 1);
    } else refuse(where, "inputs", "texts, or nested arrays of them", part);
  };
  visit(data, 0);
  return { texts, shape };
}
