import { Callback, type CallbackHooks } from "./callback.ts";
import { checkHooks } from "./callback-list.ts";

/** A callback made of functions: `lambdaCallback({onEpochEnd: (epoch, logs) => …})`. A plain object does as well. */
export class LambdaCallback extends Callback {
  static override readonly className: string = "LambdaCallback";

  constructor(hooks: CallbackHooks = {}) {
    super();
    checkHooks(hooks, "LambdaCallback");
    Object.assign(this, hooks);
  }
}
