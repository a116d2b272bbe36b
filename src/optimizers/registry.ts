import { describe, ValueError } from "../util/errors.ts";
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
  const table: Record<string, () => Optimizer> = { sgd: () => new SGD(), adam: () => new Adam() };
  if (typeof spec === "string") return lookUpName(spec, table, "compile", "optimizer")();
  throw new ValueError(
    `[compile] optimizer: expected the name of an optimizer or an Optimizer, got ${describe(spec)}.`,
  );
}
