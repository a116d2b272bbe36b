import { describe, ValueError } from "../util/errors.ts";
import { isPlainObject } from "../util/structure.ts";
import { HostLeaf } from "./host-data.ts";

/** Weight of each class, by its number; classes that are missing weigh 1. */
export type ClassWeight = { readonly [classNumber: number]: number };

function checkClassWeight(given: unknown, call: string): Map<number, number> {
  if (!isPlainObject(given)) {
    throw new ValueError(`[${call}] classWeight: expected an object {0: weight, …}, got ${describe(given)}.`);
  }
  const weights = new Map<number, number>();
  for (const [key, weight] of Object.entries(given)) {
    const label = Number(key);
    if (!Number.isInteger(label)) {
      throw new ValueError(`[${call}] classWeight: expected class numbers as keys, got ${describe(key)}.`);
    }
    if (typeof weight !== "number" || !Number.isFinite(weight)) {
      throw new ValueError(
        `[${call}] classWeight: expected a finite number for class ${key}, got ${describe(weight)}.`,
      );
    }
    weights.set(label, weight);
  }
  return weights;
}

/** A weight for each sample from the class its target names: the largest of one-hot targets, else the rounded number. */
export function classWeights(given: unknown, target: HostLeaf, call: string): HostLeaf {
  const weights = checkClassWeight(given, call);
  const { data, samples, shape } = target;
  const classes = shape.length > 1 ? shape.at(-1)! : 1;
  if (target.rowSize !== classes) {
    throw new ValueError(
      `[${call}] classWeight: expected one class for each sample, got targets with ${target.rowSize} values.`,
    );
  }
  const result = new Float32Array(samples);
  for (let i = 0; i < samples; i++) {
    const label = classes > 1 ? largest(data, i * classes, classes) : roundHalfEven(data[i]!);
    result[i] = weights.get(label) ?? 1;
  }
  return new HostLeaf({ data: result, shape: [samples], dtype: "float32" });
}

function largest(data: ArrayLike<number>, start: number, count: number): number {
  let best = 0;
  for (let i = 1; i < count; i++) if (data[start + i]! > data[start + best]!) best = i;
  return best;
}

/** NumPy's rounding. */
function roundHalfEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  if (rest !== 0.5) return Math.round(x);
  return floor % 2 === 0 ? floor : floor + 1;
}
