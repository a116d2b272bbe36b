import { currentScope } from "../graph/scope.ts";
import { forEachTensor, runScoped, Tensor } from "../ops/tensor.ts";
import { refuse, StateError } from "../util/errors.ts";
import { checkBoolean, checkOptions } from "../util/names.ts";
import { checkSource, checkTarget, gradients, type Source } from "./gradients.ts";
import { Recording } from "./recording.ts";

/**
 * Records a computation and differentiates it afterwards, like `tf.GradientTape`.
 *
 * Trainable variables are watched by themselves, other tensors after `watch`. What `record` gives back are plain
 * tensors; anything else made inside is gone when it ends, so return what you need. Nothing has to be disposed of.
 *
 * @example
 * const tape = new GradientTape();
 * const loss = tape.record(() => losses.meanSquaredError().apply(y, model.apply(x, {training: true})));
 * const grads = tape.gradient(loss, model.trainableVariables);
 */
export class GradientTape {
  readonly #persistent: boolean;
  readonly #watched = new Set<Source>();
  #recording: Recording | undefined;

  /** `persistent` allows several calls of `gradient` for one record. Default false. */
  constructor(options: { persistent?: boolean } = {}) {
    checkOptions(options, ["persistent"], "GradientTape");
    this.#persistent = checkBoolean(options.persistent ?? false, "GradientTape", "persistent");
  }

  /** Makes gradients for tensors and for variables that are not trainable available. Call it before they are used. */
  watch(sources: Source | readonly Source[]): void {
    const list = (Array.isArray(sources) ? sources : [sources]) as readonly Source[];
    for (const source of list) checkSource(source, "GradientTape", "watch");
    for (const source of list) this.#watched.add(source);
  }

  /**
   * Runs `fn` at once and remembers how its result was computed; a second call forgets the first.
   *
   * @param fn synchronous; its result is a tensor, or arrays and objects of tensors
   */
  record<T>(fn: () => T): T {
    if (typeof fn !== "function") refuse("GradientTape", "record", "a function", fn);
    this.#forget();
    return runScoped(fn, (scope, result) => {
      const tensors: Tensor[] = [];
      forEachTensor(result, (tensor) => {
        if (tensor.origin !== undefined && tensor.dtype === "float32") tensors.push(tensor);
      });
      this.#recording = new Recording(scope, tensors, this.#watched);
    });
  }

  /**
   * Gradients of (the sum of) a recorded result.
   *
   * @param target a tensor that `record` returned; inside `record` any tensor computed so far
   * @returns for each source a tensor of its shape, or null when the target does not depend on it or nobody watched it
   * @throws StateError after the one call that a tape without `persistent` allows
   */
  gradient(target: Tensor, sources: readonly Source[]): (Tensor | null)[];
  gradient(target: Tensor, sources: Source): Tensor | null;
  gradient(target: Tensor, sources: readonly Source[] | Source): (Tensor | null)[] | Tensor | null {
    if (!Array.isArray(sources)) return this.gradient(target, [sources as Source])[0]!;
    checkTarget(target);
    for (const source of sources) checkSource(source);
    if (currentScope() !== undefined) return this.#gradientInside(target, sources);
    const recording = this.#recording;
    if (recording === undefined) {
      throw new StateError(
        "[GradientTape] gradient: expected a call of `record` before, and only one of `gradient` unless `persistent: true`.",
      );
    }
    const number = recording.result(target);
    if (number === undefined) {
      throw new StateError("[GradientTape] target: expected a tensor that the last `record` returned and computed.");
    }
    const numbers = sources.map((source) => recording.source(source));
    const known = [...new Set(numbers.filter((source) => source !== undefined))];
    const grads = recording.gradient(number, known);
    if (!this.#persistent) this.#forget();
    return numbers.map((source) => (source === undefined ? null : grads[known.indexOf(source)]!));
  }

  /** Within a scope everything still is there; what the tape does not watch has no gradient all the same. */
  #gradientInside(target: Tensor, sources: readonly Source[]): (Tensor | null)[] {
    const known = sources.filter(
      (source) => this.#watched.has(source) || (!(source instanceof Tensor) && source.trainable),
    );
    const grads = gradients(target, known);
    return sources.map((source) => grads[known.indexOf(source)] ?? null);
  }

  #forget(): void {
    this.#recording?.release();
    this.#recording = undefined;
  }
}
