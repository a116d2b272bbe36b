import { fail } from "../util/errors.ts";
import { flag, type Settled, settle } from "../util/settle.ts";
import { Callback, type Logs } from "./callback.ts";

/** What TerminateOnNaN takes. */
export interface TerminateOnNaNOptions {
  /** Throw at once, so that `onTrainEnd` of other callbacks is not called. Default false. */
  readonly raiseError?: boolean | undefined;
}

const NAME = "TerminateOnNaN";

/** Ends the training after the first batch whose loss is NaN or infinite. */
export class TerminateOnNaN extends Callback {
  static override readonly className: string = NAME;
  readonly options: Settled<TerminateOnNaNOptions>;

  constructor(options: TerminateOnNaNOptions = {}) {
    super();
    this.options = settle<TerminateOnNaNOptions>(NAME, options, { raiseError: [false, flag] });
  }

  /** @throws ValueError for such a loss, with `raiseError`. */
  override onTrainBatchEnd(batch: number, { loss = 0 }: Logs): void {
    if (Number.isFinite(loss)) return;
    if (this.options.raiseError) {
      fail(NAME, `NaN or Inf loss encountered at batch ${batch}: expected a finite loss, got ${loss}`);
    }
    console.log(`Batch ${batch}: Invalid loss, terminating training`);
    this.model.stopTraining = true;
  }
}
