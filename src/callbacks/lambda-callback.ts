import { refuse } from "../util/errors.ts";
import { Callback, type CallbackHooks } from "./callback.ts";
import { checkHookNames } from "./callback-list.ts";

const NAME = "LambdaCallback";

/** A callback made of functions: `lambdaCallback({onEpochEnd: (epoch, logs) => …})`. A plain object does as well. */
export class LambdaCallback extends Callback {
  static override readonly className: string = NAME;

  constructor(hooks: CallbackHooks = {}) {
    super();
    checkHookNames(hooks, NAME);
    for (const [name, hook] of Object.entries(hooks)) {
      if (typeof hook !== "function") refuse(NAME, name, "a function", hook);
    }
    Object.assign(this, hooks);
  }
}
