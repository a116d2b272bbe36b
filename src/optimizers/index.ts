import { Adam, type AdamOptions } from "./adam.ts";
import { SGD, type SGDOptions } from "./sgd.ts";

export type { AdamOptions } from "./adam.ts";
export { type GradientPair, Optimizer, type OptimizerOptions } from "./optimizer.ts";
export type { OptimizerLike, OptimizerName } from "./registry.ts";
export type { SGDOptions } from "./sgd.ts";
export { Adam, SGD };

/** Gradient descent, with momentum if wanted. */
export function sgd(options?: SGDOptions): SGD {
  return new SGD(options);
}

/** Adam: step sizes adapted to each weight. */
export function adam(options?: AdamOptions): Adam {
  return new Adam(options);
}
