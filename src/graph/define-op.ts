import type { Attrs, OpRecord } from "./op.ts";

/** Declares an op. All that is known of it stands in the one record; nothing is registered anywhere. */
export function defineOp<A extends Attrs, T>(record: OpRecord<A, T>): OpRecord<A, T> {
  return record;
}
