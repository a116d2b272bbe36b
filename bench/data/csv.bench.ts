/** Reading CSV from memory, so that no disk counts: batches of vectors, of objects, and a table of texts. */
import { csv, Dataset } from "../../src/data/index.ts";
import type { Bench } from "../bench.ts";

const ROWS = 20_000;
const COLUMNS = 11;

/** Rows of five-figure numbers. */
function table(): Uint8Array {
  const lines = Array.from({ length: ROWS }, (_, row) =>
    Array.from({ length: COLUMNS }, (_, column) => (((row * 7919 + column * 104_729) % 100_000) - 50_000) / 1000).join(
      ",",
    ),
  );
  const names = Array.from({ length: COLUMNS }, (_, column) => `x${column}`);
  return new TextEncoder().encode([names.join(","), ...lines, ""].join("\n"));
}

const bytes = table();
const shape = `${ROWS}x${COLUMNS}`;

function read(set: Iterable<unknown>): void {
  for (const _ of set);
}

export const benches: Bench[] = [
  {
    name: `csv/vectors ${shape}`,
    fn: () => read(Dataset.fromCsv(bytes, { target: "x10", dtype: "float32" }).batch(1024)),
    bytes: bytes.length,
  },
  {
    name: `csv/vectors shuffled ${shape}`,
    fn: () => read(Dataset.fromCsv(bytes, { target: "x10", dtype: "float32" }).shuffle(10_000).batch(1024)),
    bytes: bytes.length,
  },
  { name: `csv/objects ${shape}`, fn: () => read(Dataset.fromCsv(bytes).batch(1024)), bytes: bytes.length },
  { name: `csv/table ${shape}`, fn: () => void csv(bytes).numbers(), bytes: bytes.length },
];
