import { type Tensor, toTensor } from "../../ops/tensor.ts";
import { fail, refuse, StateError } from "../../util/errors.ts";
import { markChanged } from "../internals.ts";
import type { LayerOptions } from "../options.ts";
import { type Check, type Field, FLAG, INTEGER, listOf, orNull, PlainLayer, POSITIVE } from "../plain-layer.ts";
import { type EncodingMode, encodeIndices, encoding } from "./encode.ts";

/** Options of lookup layers. */
export interface LookupOptions<T> extends LayerOptions {
  /** The known tokens in the order of their indices, without mask and out-of-vocabulary tokens; or call `adapt`. */
  readonly vocabulary?: readonly T[] | null;
  /** The most indices there may be, special ones included; null: as many as there are tokens. */
  readonly maxTokens?: number | null;
  /** Indices for unknown tokens; 0 makes them an error. Default 1. */
  readonly numOovIndices?: number;
  /** The token of index 0 that stands for "nothing here". Default null: there is none. */
  readonly maskToken?: T | null;
  /** How an unknown token is shown. */
  readonly oovToken?: T;
  /** Goes from indices to tokens. Default false. */
  readonly invert?: boolean;
  /** Default "int": the index. */
  readonly outputMode?: "int" | EncodingMode;
}

/** The fields of a lookup layer of such tokens. */
export function lookupFields(token: Check, oovToken: unknown): Readonly<Record<string, Field>> {
  const count: Check = {
    expected: "an integer from 0 on",
    good: (value) => INTEGER.good(value) && (value as number) >= 0,
  };
  return {
    maxTokens: [null, orNull(POSITIVE)],
    numOovIndices: [1, count],
    maskToken: [null, orNull(token)],
    oovToken: [oovToken, token],
    vocabulary: [null, orNull(listOf(token))],
    invert: [false, FLAG],
    outputMode: ["int", encoding("int")],
  };
}

/**
 * Base of IntegerLookup and StringLookup: tokens to indices. Indices are: the mask token (if any, and only for
 * "int"), then those for unknown tokens, then the vocabulary, the most frequent token first after `adapt`.
 */
export abstract class IndexLookup<T extends string | number> extends PlainLayer<LookupOptions<T>> {
  declare readonly maxTokens: number | null;
  declare readonly numOovIndices: number;
  declare readonly maskToken: T | null;
  declare readonly oovToken: T;
  declare readonly invert: boolean;
  declare readonly outputMode: "int" | EncodingMode;
  /** The known tokens, special ones left out; null before `adapt`. */
  vocabulary: readonly T[] | null;
  #indices: ReadonlyMap<T, number> | undefined;

  constructor(options: LookupOptions<T> = {}) {
    super(options);
    this.supportsMasking = false;
    this.vocabulary = null;
    if (options.vocabulary !== undefined && options.vocabulary !== null) this.#use(options.vocabulary);
  }

  /** Tokens that stand before the vocabulary's. */
  get #special(): T[] {
    const mask = new Array<T>(this.#masks).fill(this.maskToken as T);
    return [...mask, ...new Array<T>(this.numOovIndices).fill(this.oovToken)];
  }

  /** How many of them are the mask token: one or none. */
  get #masks(): number {
    return this.maskToken !== null && this.outputMode === "int" ? 1 : 0;
  }

  /** Indices that stand before the vocabulary's. */
  protected get start(): number {
    return this.#masks + this.numOovIndices;
  }

  /** What the mask token becomes: encodings make nothing of -1. */
  protected get maskIndex(): number {
    return this.outputMode === "int" ? 0 : -1;
  }

  /** An integer for an unknown token; its rest by the number of buckets, never negative, is the token's bucket. */
  protected abstract bucket(token: T): number;

  #use(tokens: readonly T[]): void {
    const special = this.#special;
    const known = tokens.slice(special.every((token, i) => token === tokens[i]) ? special.length : 0);
    // Without `invert` nothing becomes the out-of-vocabulary token, so that it may be one like others.
    const reserved = known.find((token) => token === this.maskToken || (this.invert && token === this.oovToken));
    if (reserved !== undefined || new Set(known).size !== known.length) {
      const expected = `different values, with mask and out-of-vocabulary tokens only at the start as [${special.join()}]`;
      refuse(this.where(), "vocabulary", expected, tokens);
    }
    if (this.maxTokens !== null && known.length + this.start > this.maxTokens) {
      refuse(this.where(), "vocabulary", `at most ${this.maxTokens} indices`, known.length + this.start);
    }
    this.vocabulary = known;
    this.#indices = undefined;
    markChanged(this);
  }

  /** Makes the vocabulary of these tokens: the most frequent first, of equally frequent ones the greater first. */
  protected learn(tokens: Iterable<T>): void {
    const counts = new Map<T, number>();
    for (const token of tokens) counts.set(token, (counts.get(token) ?? 0) + 1);
    if (this.maskToken !== null) counts.delete(this.maskToken);
    counts.delete(this.oovToken);
    const sorted = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? 1 : -1)).map(([token]) => token);
    this.#use(this.maxTokens === null ? sorted : sorted.slice(0, this.maxTokens - this.start));
  }

  /** All tokens in the order of their indices. */
  getVocabulary(includeSpecialTokens = true): T[] {
    return [...(includeSpecialTokens ? this.#special : []), ...(this.vocabulary ?? [])];
  }

  setVocabulary(tokens: readonly T[]): void {
    const check = (this.constructor as unknown as typeof PlainLayer).fields().vocabulary![1];
    if (tokens === null || !check.good(tokens)) refuse(this.where(), "vocabulary", check.expected, tokens);
    this.#use(tokens);
  }

  vocabularySize(): number {
    return this.start + (this.vocabulary?.length ?? 0);
  }

  protected known(): readonly T[] {
    return this.vocabulary ?? fail(this.where(), "apply: expected a vocabulary; call adapt(data) before", StateError);
  }

  /** The index of one token. */
  protected indexOf(token: T): number {
    this.#indices ??= new Map(this.known().map((each, i) => [each, i + this.start]));
    const found = this.#indices.get(token);
    if (found !== undefined) return found;
    if (this.maskToken === token) return this.maskIndex;
    if (this.numOovIndices === 0) refuse(this.where(), "inputs", "tokens of the vocabulary", token);
    const rest = this.numOovIndices === 1 ? 0 : this.bucket(token) % this.numOovIndices;
    return this.#masks + (rest < 0 ? rest + this.numOovIndices : rest);
  }

  /** Indices in the form asked for. */
  protected encode(indices: Tensor): Tensor {
    return encodeIndices(indices, this.outputMode, Math.max(this.maxTokens ?? 0, this.vocabularySize()));
  }

  /** Tokens of indices; those outside are the out-of-vocabulary token. */
  protected tokens(indices: ArrayLike<number>): T[] {
    const all = this.getVocabulary();
    return Array.from(indices, (index) => all[index] ?? this.oovToken);
  }

  /** The known tokens as numbers, for ops. */
  protected tensorOf(tokens: readonly number[]): Tensor {
    return toTensor(tokens as number[], "int32");
  }
}
