import { Loss } from "../losses/loss.ts";
import { getLoss, isShapedLoss, type LossLike } from "../losses/registry.ts";
import { targetKind } from "../metrics/registry.ts";
import type { Tensor } from "../ops/tensor.ts";
import { ValueError } from "../util/errors.ts";
import { checkNumber } from "../util/names.ts";
import type { Dims } from "../util/shape.ts";
import { flattenStructure, isPlainObject, type Structure } from "../util/structure.ts";
import type { HostLeaf } from "./host-data.ts";
import { type OutputInfo, perOutput } from "./outputs.ts";

/** Losses as given to `compile`: one for all outputs, a list, or a dict by output names. */
export type LossSpec = LossLike | readonly (LossLike | null)[] | { readonly [output: string]: LossLike | null };

/** Weights of the losses as given to `compile`. */
export type LossWeights = number | readonly number[] | { readonly [output: string]: number };

/** The losses of a compiled model, resolved once outputs and targets are known. */
export class CompiledLoss {
  readonly #spec: LossSpec | undefined;
  readonly #weightSpec: LossWeights | undefined;
  #losses: (Loss | undefined)[] | undefined;
  #weights: number[] = [];
  #names: string[] = [];

  constructor(spec: LossSpec | undefined, weights: LossWeights | undefined) {
    this.#spec = spec;
    this.#weightSpec = weights;
    for (const one of specsIn(spec)) if (!isShapedLoss(one)) getLoss(one);
    for (const weight of flattenStructure<unknown>(weights as Structure<unknown>)) {
      if (weight !== undefined && weight !== null) checkNumber(weight, "compile", "lossWeights");
    }
  }

  /** The same as given to `compile`, not built. */
  copy(): CompiledLoss {
    return new CompiledLoss(this.#spec, this.#weightSpec);
  }

  get built(): boolean {
    return this.#losses !== undefined;
  }

  /** `<output>_loss` for each output that has a loss, where more than one has. */
  get names(): readonly string[] {
    return this.#names;
  }

  /** Resolves what was given to `compile`, once: names by outputs, "crossentropy" by shapes. */
  build(outputs: readonly OutputInfo[], targets: readonly (Dims | undefined)[]): void {
    if (this.#losses !== undefined) return;
    const isOne = (value: unknown): boolean =>
      typeof value === "string" || typeof value === "function" || value instanceof Loss;
    const specs = perOutput<LossLike>(this.#spec, outputs, "compile", { isOne, broadcast: true });
    const weights = perOutput<number>(this.#weightSpec, outputs, "compile", {
      isOne: (value) => typeof value === "number",
      broadcast: true,
    });
    this.#losses = specs.map((spec, i) => {
      if (spec === undefined) return undefined;
      const target = targets[i];
      if (target === undefined) throw noTarget(outputs[i]!);
      return isShapedLoss(spec) ? getLoss(shapedLoss(target, outputs[i]!)) : getLoss(spec);
    });
    this.#weights = weights.map((weight) => weight ?? 1);
    const present = outputs.filter((_, i) => this.#losses![i] !== undefined);
    this.#names = present.length < 2 ? [] : present.map(({ name }) => `${name}_loss`);
  }

  /** Checks targets in JavaScript memory before a step sees them. */
  checkTargets(targets: readonly (HostLeaf | undefined)[], outputs: readonly OutputInfo[], call: string): void {
    this.#losses?.forEach((loss, i) => {
      if (loss === undefined) return;
      const target = targets[i];
      if (target === undefined) throw noTarget(outputs[i]!);
      loss.checkTargets(target, outputs[i]!.shape, call);
    });
  }

  /** The total that is minimised, and the unweighted losses of the outputs if there are several. */
  compute(
    targets: readonly (Tensor | undefined)[],
    predictions: readonly Tensor[],
    weights: readonly (Tensor | undefined)[],
    extra: readonly Tensor[],
  ): { total: Tensor; parts: Tensor[] } {
    let total: Tensor | undefined;
    const parts: Tensor[] = [];
    const add = (term: Tensor): void => {
      total = total === undefined ? term : total.add(term);
    };
    this.#losses!.forEach((loss, i) => {
      if (loss === undefined) return;
      const value = asScalar(loss.apply(targets[i]!, predictions[i]!, weights[i]));
      const weight = this.#weights[i]!;
      add(weight === 1 ? value : value.mul(weight));
      if (this.#names.length > 0) parts.push(value);
    });
    for (const term of extra) add(asScalar(term));
    if (total === undefined) throw new ValueError("[compile] loss: No loss to compute: give `compile` a loss.");
    return { total, parts };
  }
}

function asScalar(value: Tensor): Tensor {
  return value.rank === 0 ? value : value.sum();
}

function specsIn(spec: LossSpec | undefined): unknown[] {
  if (spec === undefined || spec === null) return [];
  const list: unknown[] = Array.isArray(spec) ? [...spec] : isPlainObject(spec) ? Object.values(spec) : [spec];
  return list.filter((one) => one !== null && one !== undefined);
}

function shapedLoss(target: Dims, output: OutputInfo): string {
  const kind = targetKind(target, output.shape);
  return kind === "sparse" ? "sparseCategoricalCrossentropy" : `${kind}Crossentropy`;
}

function noTarget(output: OutputInfo): ValueError {
  return new ValueError(`[y] expected targets for output "${output.name}", which has a loss, got none.`);
}
