import { maskedCrc32c } from "./crc32c.ts";
import { bytes, double, doubles, type Field, float, integer, join, string } from "./protobuf.ts";

/** Buckets of a histogram, as many as `tf.summary.histogram` has. */
const BUCKETS = 30;

/** One number or histogram under a name: TensorFlow's `Summary.Value`. */
export type Summary = Uint8Array;

/** A number. */
export function scalar(tag: string, value: number): Summary {
  return bytes(1, join([string(1, tag), float(2, value)]));
}

/**
 * How values are spread over 30 buckets of equal width from the least to the greatest; one bucket when all are the same.
 * Values that are not finite do not count.
 */
export function histogram(tag: string, values: ArrayLike<number>): Summary {
  let [min, max, sum, squares, total] = [Infinity, -Infinity, 0, 0, 0];
  const finite = Array.from(values).filter(Number.isFinite);
  for (const value of finite) {
    min = Math.min(min, value);
    max = Math.max(max, value);
    sum += value;
    squares += value * value;
    total++;
  }
  if (total === 0) min = max = 0;
  const count = min < max ? BUCKETS : 1;
  const width = (max - min) / count;
  const buckets: number[] = Array(count).fill(0);
  for (const value of finite) buckets[Math.min(Math.floor((value - min) / width) || 0, count - 1)]!++;
  const limits = buckets.map((_, i) => (i === count - 1 ? max : min + width * (i + 1)));
  const statistics = [min, max, total, sum, squares].map((value, i) => double(i + 1, value));
  return bytes(1, join([string(1, tag), bytes(5, join([...statistics, doubles(6, limits), doubles(7, buckets)]))]));
}

/** An event at a time in seconds since 1970. */
function event(time: number, fields: readonly Field[]): Uint8Array {
  return record(join([double(1, time), ...fields]));
}

/** What every event file begins with. */
export function header(time: number): Uint8Array {
  return event(time, [string(3, "brain.Event:2")]);
}

/** Summaries of a step. */
export function summaries(time: number, step: number, values: readonly Summary[]): Uint8Array {
  return event(time, [integer(2, step), bytes(5, join(values))]);
}

/** A TFRecord: length, its checksum, the data, theirs. */
function record(data: Uint8Array): Uint8Array {
  const file = new Uint8Array(16 + data.length);
  const view = new DataView(file.buffer);
  view.setUint32(0, data.length, true);
  view.setUint32(8, maskedCrc32c(file.subarray(0, 8)), true);
  file.set(data, 12);
  view.setUint32(12 + data.length, maskedCrc32c(data), true);
  return file;
}
