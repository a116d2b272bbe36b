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

function reading(name: string, read: (bytes: Uint8Array) => unknown): Bench {
  const prepare = (): (() => unknown) => {
    const bytes = table();
    return () => read(bytes);
  };
  return { name: `csv/${name} ${ROWS}x${COLUMNS}`, prepare, elements: ROWS };
}

const VECTORS = { target: "x10", dtype: "float32" } as const;

export const benches: Bench[] = [
  reading("vectors", (bytes) => [...Dataset.fromCsv(bytes, VECTORS).batch(1024)].length),
  reading("vectors shuffled", (bytes) => [...Dataset.fromCsv(bytes, VECTORS).shuffle(10_000).batch(1024)].length),
  reading("objects", (bytes) => [...Dataset.fromCsv(bytes).batch(1024)].length),
  reading("table", (bytes) => csv(bytes).numbers()),
];
