import { booleanOf, type ColumnType, isNumber, missingSet } from "./csv-format.ts";
import { type CsvStreamOptions, type CsvValue, type Plan, VECTORS } from "./csv-plan.ts";
import { type CsvScanner, wrongCell, wrongWidth } from "./csv-scan.ts";

/** What a column's cells are read as: nothing, a type, or a number with booleans as 0 and 1. */
type Kind = ColumnType | "skip" | "either";

type Vector = InstanceType<(typeof VECTORS)[keyof typeof VECTORS]>;
/** A row of vectors: x, or x and y. */
type Vectors = Vector | [x: Vector, y: Vector | CsvValue];

const EXPECTED = { number: "a number", either: "a number", boolean: "true or false", text: "a text" } as const;

/** Reads rows after a plan. */
export class RowReader {
  readonly scanner: CsvScanner;
  private readonly plan: Plan;
  private readonly dtype: CsvStreamOptions["dtype"];
  private readonly isList: boolean;
  private readonly missing: ReadonlySet<string>;
  private readonly kinds: readonly Kind[];
  private readonly isFast: readonly boolean[];
  /** The record under way by columns: numbers, and what is none, which goes before. */
  private readonly numbers: Float64Array;
  private readonly others: (CsvValue | undefined)[];
  /** Rows that were taken back. */
  private readonly free: Vectors[] = [];

  constructor(scanner: CsvScanner, plan: Plan, { dtype, target, missing }: CsvStreamOptions) {
    const { names, x, y, types } = plan;
    this.scanner = scanner;
    this.plan = plan;
    this.dtype = dtype;
    this.isList = Array.isArray(target);
    this.missing = missingSet(missing === undefined ? {} : { missing });
    const wanted = [...x, ...y];
    this.kinds = names.map((_, i) => (wanted.includes(i) ? (types[i] ?? "either") : "skip"));
    // A marker that reads as a number must be looked for in the text.
    const mayBeMarker = [...this.missing].some(isNumber);
    this.isFast = this.kinds.map((kind) => !mayBeMarker && (kind === "number" || kind === "either"));
    this.numbers = new Float64Array(names.length);
    this.others = names.map(() => undefined);
  }

  /** Takes back a row of vectors, to fill it anew. */
  reuse(row: unknown): void {
    if (this.dtype !== undefined) this.free.push(row as Vectors);
  }

  /** The next row; undefined where the bytes break off. */
  row(): unknown {
    while (this.scanner.begin()) {
      const read = this.cells();
      if (read === "none") break;
      if (read === "row") return this.dtype === undefined ? this.objects() : this.vectors();
    }
    return undefined;
  }

  /** Reads the cells of a record: a row, a blank line, or none as the text breaks off. */
  private cells(): "row" | "blank" | "none" {
    const { scanner, kinds, isFast, numbers, others } = this;
    const last = kinds.length - 1;
    for (let column = 0; column <= last; column++) {
      const number = isFast[column] ? scanner.number() : Number.NaN;
      if (number === number) {
        numbers[column] = number;
        if (others[column] !== undefined) others[column] = undefined;
      } else {
        if (!scanner.cell()) return this.brokenOff();
        if (column === 0 && scanner.isBlank) return "blank";
        if (scanner.ended === (column === last)) this.put(column, this.value(column, kinds[column]!));
      }
      if (scanner.ended !== (column === last)) return this.wrongWidth();
    }
    return "row";
  }

  private put(column: number, value: CsvValue): void {
    const isNumber = typeof value === "number" || (typeof value === "boolean" && this.dtype !== undefined);
    if (isNumber) this.numbers[column] = Number(value);
    this.others[column] = isNumber ? undefined : value;
  }

  private get(column: number): CsvValue {
    const other = this.others[column];
    return other === undefined ? this.numbers[column]! : other;
  }

  private brokenOff(): "none" {
    this.scanner.back();
    return "none";
  }

  /** @throws FormatError once it is known how many cells the record has. */
  private wrongWidth(): "none" {
    const { scanner } = this;
    while (!scanner.ended) if (!scanner.cell()) return this.brokenOff();
    return wrongWidth(scanner.line, this.kinds.length, scanner.column);
  }

  /** The value of the cell under way. */
  private value(column: number, kind: Kind): CsvValue {
    if (kind === "skip") return null;
    const text = this.scanner.value();
    if (this.missing.has(text.trim())) return this.plan.fill[column] ?? this.gap(column, kind, text);
    if (kind === "text") return text;
    if (kind !== "boolean" && isNumber(text)) return Number(text);
    const truth = kind === "number" ? undefined : booleanOf(text);
    if (truth === undefined) {
      const isFound = this.plan.untyped.includes(column);
      this.wrong(column, EXPECTED[kind] + (isFound ? " as in the first rows (else give `types`)" : ""), text);
    }
    return truth!;
  }

  /** A missing value: null where a row can hold it. */
  private gap(column: number, kind: Exclude<Kind, "skip">, text: string): CsvValue {
    return this.dtype === undefined ? null : this.wrong(column, EXPECTED[kind], text);
  }

  private wrong(column: number, expected: string, text: string): never {
    const cell = text.trim();
    return wrongCell(this.scanner.line, this.plan.names[column], expected, cell, this.missing.has(cell));
  }

  private vectors(): Vectors {
    const { plan, isList } = this;
    const given = this.free.pop();
    if (plan.y.length === 0) return this.vector(plan.x, given as Vector | undefined);
    const pair = (given ?? [undefined, undefined]) as [Vector, Vector | CsvValue];
    pair[0] = this.vector(plan.x, pair[0]);
    pair[1] = isList ? this.vector(plan.y, pair[1] as Vector) : this.get(plan.y[0]!);
    return pair;
  }

  private vector(columns: readonly number[], given: Vector | undefined): Vector {
    const { numbers, dtype } = this;
    const vector = given ?? new VECTORS[dtype!](columns.length);
    for (let i = 0; i < columns.length; i++) {
      const value = numbers[columns[i]!]!;
      vector[i] = value;
      // float32 rounds, but an integer array would cut off
      if (dtype !== "float32" && vector[i] !== value) {
        this.wrong(columns[i]!, `a value of dtype ${dtype}`, String(value));
      }
    }
    return vector;
  }

  private objects(): unknown {
    const { x, y } = this.plan;
    const inputs = this.object(x);
    if (y.length === 0) return inputs;
    return [inputs, this.isList ? this.object(y) : this.get(y[0]!)];
  }

  /** Values by the names of their columns. */
  private object(columns: readonly number[]): Record<string, CsvValue> {
    const { names } = this.plan;
    const row: Record<string, CsvValue> = {};
    for (const column of columns) {
      const name = names[column]!;
      const value = this.get(column);
      if (name === "__proto__") Object.defineProperty(row, name, { value, enumerable: true });
      else row[name] = value;
    }
    return row;
  }
}
