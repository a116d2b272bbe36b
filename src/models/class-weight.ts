import { refuse } from "../util/errors.ts";
import { checkNumber } from "../util/names.ts";
import { isPlainObject } from "../util/structure.ts";
import { HostLeaf } from "./host-data.ts";

/** Weight of each class, by its number; classes that are missing weigh 1. */
export type ClassWeight = { readonly [classNumber: number]: number };

/** A weight for each sample from the class its target names: the largest of one-hot targets, else the rounded number. */
export function classWeights(given: unknown, target: HostLeaf, call: string): HostLeaf {
  if (!isPlainObject(given)) refuse(call, "classWeight", "an object {0: weight, …}", given);
  const weights = new Map<number, number>();
  for (const [key, weight] of Object.entries(given)) {
    const label = Number(key);
    if (!Number.isInteger(label)) refuse(call, "classWeight", "class numbers as keys", key);
    weights.set(label, checkNumber(weight, call, "classWeight", {}, `a finite number for class ${key}`));
  }
  const { data, samples, shape, rowSize } = target;
  const classes = shape.length > 1 ? shape.at(-1)! : 1;
  if (rowSize !== classes) refuse(call, "classWeight", "one class for each sample", target.shape);
  const result = new Float32Array(samples);
  for (let i = 0; i < samples; i++) {
    const label = classes > 1 ? largest(data, i * classes, classes) : roundHalfEven(data[i]!);
    result[i] = weights.get(label) ?? 1;
  }
  return new HostLeaf(result, [samples]);
}

function largest(data: ArrayLike<number>, start: number, count: number): number {
  let best = 0;
  for (let i = 1; i < count; i++) if (data[start + i]! > data[start + best]!) best = i;
  return best;
}

/** NumPy's rounding. */
function roundHalfEven(x: number): number {
  return x % 1 === 0.5 || x % 1 === -0.5 ? 2 * Math.round(x / 2) : Math.round(x);
}
