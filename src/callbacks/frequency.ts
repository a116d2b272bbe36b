import { refuse } from "../util/errors.ts";

/** "epoch", or a number of batches. */
export type Frequency = "epoch" | number;

export function checkFrequency(value: unknown, where: string, argument: string): unknown {
  if (value === "epoch" || (Number.isInteger(value) && (value as number) > 0)) return value;
  return refuse(where, argument, '"epoch" or a number of batches', value);
}

/** Tells after which batches so many have gone by since the last time; batches may be told several at once. */
export function everyBatches(frequency: Frequency): (batch: number) => boolean {
  let [last, seen] = [-1, 0];
  return (batch) => {
    seen += batch <= last ? batch + 1 : batch - last;
    last = batch;
    if (seen < (frequency as number)) return false;
    seen = 0;
    return true;
  };
}
