import { ValueError } from "../util/errors.ts";
import type { Dims } from "../util/shape.ts";

/** Targets as they stand in JavaScript memory. */
export interface HostTargets {
  readonly data: ArrayLike<number>;
  readonly shape: Dims;
}

/** "row 3" or "row 3, element 1": where in the targets a flat index lies. */
function place(index: number, shape: Dims): string {
  const rowSize = shape.slice(1).reduce((a, b) => a * b, 1);
  return rowSize <= 1 ? `row ${index}` : `row ${Math.floor(index / rowSize)}, element ${index % rowSize}`;
}

/** Refuses NaN and infinity, which would turn every weight into NaN at once. */
export function checkFinite(targets: HostTargets, where: string): void {
  const { data } = targets;
  if (data instanceof Int32Array || data instanceof Uint8Array || data instanceof Uint32Array) return;
  for (let i = 0; i < data.length; i++) {
    // x - x is 0 for every finite number and NaN for the others.
    if (data[i]! - data[i]! !== 0) {
      throw new ValueError(`[${where}] yTrue: expected finite numbers, got ${data[i]} in ${place(i, targets.shape)}.`);
    }
  }
}

/** Refuses class numbers that are not whole or not in [0, classes). */
export function checkClassNumbers(targets: HostTargets, classes: number, where: string): void {
  const { data } = targets;
  for (let i = 0; i < data.length; i++) {
    const label = data[i]!;
    if (!(label >= 0 && label < classes) || label !== Math.floor(label)) {
      throw new ValueError(
        `[${where}] yTrue: expected class numbers in [0, ${classes}), got ${label} in ${place(i, targets.shape)}.`,
      );
    }
  }
}
