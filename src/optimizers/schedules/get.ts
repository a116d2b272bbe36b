import { type CustomObjects, note, resolveObject } from "../../util/registry.ts";
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

/** The schedule for a schedule, function, class or config. */
export function getSchedule(spec: unknown, where: string): Schedule {
  const table = { ExponentialDecay, InverseTimeDecay, PolynomialDecay, PiecewiseConstantDecay };
  return resolveObject(spec, { ...table, CosineDecay, CosineDecayRestarts } as never, where) as unknown as Schedule;
}

/** A schedule in an optimizer's config. A function goes by its name, to be found among custom objects. */
export function scheduleConfig(schedule: Schedule): Record<string, unknown> {
  const { apply } = schedule;
  const name = schedule.constructor === Object ? apply.name : undefined;
  if (name !== undefined) note(name, apply);
  return serialized("keras.optimizers.schedules", schedule, name);
}
