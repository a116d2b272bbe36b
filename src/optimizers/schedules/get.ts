import { fail } from "../../util/errors.ts";
import { camelCaseKeys } from "../../util/names.ts";
import { type CustomObjects, customObject, note, resolveObject } from "../../util/registry.ts";
import { isPlainObject } from "../../util/structure.ts";
import { serialized } from "../options.ts";
import { CosineDecay, CosineDecayRestarts } from "./cosine.ts";
import { ExponentialDecay, InverseTimeDecay, PiecewiseConstantDecay, PolynomialDecay } from "./decays.ts";

/** What gives a learning rate for each step. */
export interface Schedule {
  apply(step: number): number;
  getConfig?(): Record<string, unknown>;
}

/** What may be given as a learning rate beside a number: a schedule, a function of the step, a config. */
export type ScheduleLike = Schedule | ((step: number) => number) | CustomObjects;

/** Tells from numbers what `getSchedule` may be asked for. */
export function isSchedule(rate: unknown): rate is ScheduleLike {
  return typeof rate === "function" || (typeof rate === "object" && rate !== null);
}

/** A function of the step, and how a config names it. */
class FunctionSchedule implements Schedule {
  readonly apply: (step: number) => number;

  constructor(apply: (step: number) => number) {
    this.apply = apply;
  }
}

/** The schedule for a schedule, function, class or config. */
export function getSchedule(spec: unknown, where: string): Schedule {
  let given = spec;
  if (isPlainObject(given) && camelCaseKeys(given).className === "function") {
    given = customObject(String(given.config)) ?? fail(where, `expected the function ${given.config} in customObjects`);
  }
  if (typeof given === "function" && typeof given.prototype?.apply !== "function") {
    return new FunctionSchedule(given as (step: number) => number);
  }
  const table = { ExponentialDecay, InverseTimeDecay, PolynomialDecay, PiecewiseConstantDecay };
  return resolveObject(given, { ...table, CosineDecay, CosineDecayRestarts } as never, where) as unknown as Schedule;
}

/** A schedule in an optimizer's config; a function is named, to be found among custom objects. */
export function scheduleConfig(schedule: Schedule): Record<string, unknown> {
  if (!(schedule instanceof FunctionSchedule)) {
    return serialized("keras.optimizers.schedules", schedule);
  }
  const { name } = schedule.apply;
  note(name, schedule.apply);
  return { module: "builtins", class_name: "function", config: name, registered_name: "function" };
}
