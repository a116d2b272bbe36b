import { refuse } from "../util/errors.ts";
import { camelCaseKeys, lookUpName } from "../util/names.ts";
import { type CustomObjects, customObject } from "../util/registry.ts";
import { isPlainObject } from "../util/structure.ts";
import { Adafactor } from "./adafactor.ts";
import { Adam, Adamax, AdamW, Lamb, Nadam } from "./adam.ts";
import { Adadelta, Adagrad, Ftrl, Lion, RMSprop } from "./adaptive.ts";
import { Muon } from "./muon.ts";
import { Optimizer } from "./optimizer.ts";
import { SGD } from "./sgd.ts";

/** Optimizers that have a name; case and underscores do not count. */
export type OptimizerName =
  | ("sgd" | "SGD" | "adam" | "Adam" | "adamw" | "adamW" | "adam_w" | "AdamW" | "adamax" | "Adamax")
  | ("rmsprop" | "rmsProp" | "rms_prop" | "RMSprop" | "nadam" | "Nadam" | "lamb" | "Lamb" | "muon" | "Muon")
  | ("adagrad" | "Adagrad" | "adadelta" | "Adadelta" | "adafactor" | "Adafactor" | "ftrl" | "Ftrl" | "lion" | "Lion");

/** What may be given as an optimizer: a name (with default options), an Optimizer, a config. */
export type OptimizerLike = OptimizerName | Optimizer | CustomObjects;

type OptimizerClass = new (options: object) => Optimizer;

/** The optimizer for what a caller gave. */
export function getOptimizer(spec: unknown, where = "compile"): Optimizer {
  if (spec instanceof Optimizer) return spec;
  const { className, config = {} } = isPlainObject(spec) ? camelCaseKeys(spec) : { className: spec };
  if (typeof className !== "string" || !isPlainObject(config)) {
    return refuse(where, "optimizer", "the name of an optimizer, an Optimizer or a config", spec);
  }
  const table = { sgd: SGD, adam: Adam, adamW: AdamW, rmsprop: RMSprop, adagrad: Adagrad, adadelta: Adadelta };
  const all = { ...table, adamax: Adamax, nadam: Nadam, ftrl: Ftrl, lion: Lion, lamb: Lamb, muon: Muon, adafactor: Adafactor }; // biome-ignore format: one table
  const found = customObject(className) ?? lookUpName(className, all, where, "optimizer");
  return new (found as OptimizerClass)(camelCaseKeys(config));
}
