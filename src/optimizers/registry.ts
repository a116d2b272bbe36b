import { refuse } from "../util/errors.ts";
import { lookUpName } from "../util/names.ts";
import { Adam } from "./adam.ts";
import { Optimizer } from "./optimizer.ts";
import { SGD } from "./sgd.ts";

/** Optimizers that have a name. */
export type OptimizerName = "sgd" | "SGD" | "adam" | "Adam";

/** What may be given as an optimizer. */
export type OptimizerLike = OptimizerName | Optimizer;

/** The optimizer for what a caller gave: a name (with default options) or an Optimizer. */
export function getOptimizer(spec: unknown): Optimizer {
  if (spec instanceof Optimizer) return spec;
  if (typeof spec !== "string") return refuse("compile", "optimizer", "the name of an optimizer or an Optimizer", spec);
  return new (lookUpName<new () => Optimizer>(spec, { sgd: SGD, adam: Adam }, "compile", "optimizer"))();
}
