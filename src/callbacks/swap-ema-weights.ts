import type { Variable } from "../ops/variable.ts";
import { fail } from "../util/errors.ts";
import { flag, type Settled, settle } from "../util/settle.ts";
import { Callback } from "./callback.ts";

/** What SwapEMAWeights takes. */
export interface SwapEMAWeightsOptions {
  /** Leave the averages in the model from the end of an epoch to the next one's beginning: put it before ModelCheckpoint. */
  readonly swapOnEpoch?: boolean | undefined;
}

const NAME = "SwapEMAWeights";

/**
 * Evaluates, and predicts, with the moving averages of the weights, for an optimizer with `useEma`. The weights come back
 * afterwards, and when a run fails. After `fit` the model has the averages, as every `fit` with `useEma` ends.
 */
export class SwapEMAWeights extends Callback {
  static override readonly className: string = NAME;
  readonly options: Settled<SwapEMAWeightsOptions>;
  /** The weights themselves, while the averages stand in for them. */
  #weights: (readonly [Variable, Uint32Array])[] = [];

  constructor(options: SwapEMAWeightsOptions = {}) {
    super();
    this.options = settle<SwapEMAWeightsOptions>(NAME, options, { swapOnEpoch: [false, flag] });
  }

  #enter(): void {
    if (this.#weights.length > 0) return;
    const { optimizer } = this.model;
    if (!optimizer?.useEma || !optimizer.built) {
      fail(NAME, "optimizer: must be used with an optimizer with `useEma: true` that the model has been trained with");
    }
    this.#weights = optimizer.served.map((variable) => {
      const kept = variable.words().slice();
      variable.writeWords(optimizer.averageOf(variable)!.words().slice());
      return [variable, kept];
    });
  }

  #leave(): void {
    for (const [variable, words] of this.#weights) variable.writeWords(words);
    this.#weights = [];
  }

  override onEpochBegin(): void {
    this.#leave();
  }

  override onEpochEnd(): void {
    if (this.options.swapOnEpoch) this.#enter();
  }

  override onTrainEnd(): void {
    this.#weights = [];
  }

  override onTestBegin(): void {
    this.#enter();
  }

  override onTestEnd(): void {
    this.#leave();
  }

  override onPredictBegin(): void {
    this.#enter();
  }

  override onPredictEnd(): void {
    this.#leave();
  }

  override onInterrupt(): void {
    this.#leave();
  }
}
