import { refuse } from "../util/errors.ts";

const counters = new Map<string, number>();

/** The next free name of a prefix: `dense`, `dense_1`, `dense_2`, … One counter per prefix for the whole process. */
export function autoName(prefix: string): string {
  const count = counters.get(prefix) ?? 0;
  counters.set(prefix, count + 1);
  return count === 0 ? prefix : `${prefix}_${count}`;
}

/** Starts all automatic names anew, as in a fresh process. */
export function resetNames(): void {
  counters.clear();
}

/** A name given by a caller; "/" separates the parts of a variable's path and may not stand in one. */
export function checkName(name: unknown, where: string): string {
  if (typeof name === "string" && name !== "" && !name.includes("/")) return name;
  return refuse(where, "name", 'a text that is not empty and has no "/"', name);
}
