/** Reads event files back, written apart from the writer: lengths, checksums' places, and the fields that are used. */

/** One value of a summary. */
export interface Entry {
  readonly step: number;
  readonly tag: string;
  readonly value?: number;
  readonly histogram?: {
    readonly min: number;
    readonly max: number;
    readonly num: number;
    readonly sum: number;
    readonly sumSquares: number;
    readonly limits: number[];
    readonly buckets: number[];
  };
}

/** The fields of a message by number: integers, or the bytes of all else. */
function fieldsOf(bytes: Uint8Array): Map<number, (number | Uint8Array)[]> {
  const fields = new Map<number, (number | Uint8Array)[]>();
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[at++]!;
      value += (byte % 128) * scale;
      if (byte < 128) return value;
    }
  };
  const take = (length: number): Uint8Array => {
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const key = varint();
    const kind = key & 7;
    const value = kind === 0 ? varint() : take(kind === 1 ? 8 : kind === 5 ? 4 : varint());
    fields.set(key >> 3, [...(fields.get(key >> 3) ?? []), value]);
  }
  return fields;
}

const view = (bytes: unknown): DataView => {
  const { buffer, byteOffset, byteLength } = bytes as Uint8Array;
  return new DataView(buffer, byteOffset, byteLength);
};
const doubles = (bytes: unknown): number[] => {
  const data = view(bytes);
  return Array.from({ length: data.byteLength / 8 }, (_, i) => data.getFloat64(8 * i, true));
};

function histogramOf(bytes: Uint8Array): Entry["histogram"] {
  const fields = fieldsOf(bytes);
  const [min, max, num, sum, sumSquares] = [1, 2, 3, 4, 5].map((i) => doubles(fields.get(i)![0])[0]!);
  const [limits, buckets] = [6, 7].map((i) => doubles(fields.get(i)![0])) as [number[], number[]];
  return { min: min!, max: max!, num: num!, sum: sum!, sumSquares: sumSquares!, limits, buckets };
}

/** All values in a file, or in a part of one that begins with a record. */
export function readEvents(file: Uint8Array): Entry[] {
  const entries: Entry[] = [];
  for (let at = 0; at < file.length; ) {
    const length = Number(view(file).getBigUint64(at, true));
    const event = fieldsOf(file.subarray(at + 12, at + 12 + length));
    at += 16 + length;
    const step = (event.get(2)?.[0] as number | undefined) ?? 0;
    for (const summary of event.get(5) ?? []) {
      for (const value of fieldsOf(summary as Uint8Array).get(1) ?? []) {
        const fields = fieldsOf(value as Uint8Array);
        const tag = new TextDecoder().decode(fields.get(1)![0] as Uint8Array);
        const [number, histogram] = [fields.get(2)?.[0], fields.get(5)?.[0]];
        entries.push({
          step,
          tag,
          ...(number === undefined ? {} : { value: view(number).getFloat32(0, true) }),
          ...(histogram === undefined ? {} : { histogram: histogramOf(histogram as Uint8Array) }),
        });
      }
    }
  }
  return entries;
}
