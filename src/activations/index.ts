export * from "./functions.ts";
export { hardSilu as hardSwish, silu as swish } from "./functions.ts";
export { type ActivationFunction, type ActivationName, type ActivationSpec, getActivation as get } from "./get.ts";
