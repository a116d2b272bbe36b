import { FormatError } from "../util/errors.ts";
import { booleanOf, type ColumnType, isNumber, missingSet } from "./csv-format.ts";
import { type CsvStreamOptions, type CsvValue, type Plan, VECTORS } from "./csv-plan.ts";
import { type CsvScanner, wrongCell } from "./csv-scan.ts";

/** What a column's cells are read as: nothing, a type, or a number with booleans as 0 and 1. */
type Kind = ColumnType | "skip" | "either";

/** Values of a row by their place in x or y. */
type Slots = { [place: number]: CsvValue };
type Pair = [x: Slots, y: Slots | CsvValue];
type Vectors = Slots | Pair;

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
  private readonly isY: readonly boolean[];
  private readonly places: readonly number[];
  /** Where values are put that are in no vector. */
  private readonly x: Slots = [];
  private readonly y: Slots = [];
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
    this.isFast = this.kinds.map((kind) => kind === "number" || kind === "either");
    this.isY = names.map((_, i) => y.includes(i));
    this.places = names.map((_, i) => (y.includes(i) ? y : x).indexOf(i));
  }

  /** Takes back a row of vectors, to fill it anew. */
  reuse(row: unknown): void {
    if (this.dtype !== undefined) this.free.push(row as Vectors);
  }

  /** The next row; undefined where the bytes break off. */
  row(): unknown {
    const { scanner, free } = this;
    while (scanner.begin()) {
      const vectors = this.dtype === undefined ? undefined : (free.pop() ?? this.vectors());
      const x = vectors === undefined ? this.x : Array.isArray(vectors) ? vectors[0] : vectors;
      const y = vectors === undefined || !this.isList ? this.y : ((vectors as Pair)[1] as Slots);
      const read = this.cells(x, y);
      if (read === "row") return vectors === undefined ? this.objects() : this.finished(vectors);
      if (vectors !== undefined) free.push(vectors);
      if (read === "none") break;
    }
    return undefined;
  }

  /** A row of vectors to be filled. */
  private vectors(): Vectors {
    const { dtype, plan, isList } = this;
    const make = (columns: readonly number[]): Slots => new VECTORS[dtype!](columns.length);
    if (plan.y.length === 0) return make(plan.x);
    return [make(plan.x), isList ? make(plan.y) : null];
  }

  /** Reads the cells of a record: a row, a blank line, or none as the text breaks off. */
  private cells(x: Slots, y: Slots): "row" | "blank" | "none" {
    const { scanner, kinds, isFast, isY, places } = this;
    const last = kinds.length - 1;
    for (let column = 0; column <= last; column++) {
      const number = isFast[column] ? scanner.number() : Number.NaN;
      let value: CsvValue = number;
      if (number !== number) {
        if (!scanner.cell()) return this.brokenOff();
        if (column === 0 && scanner.isBlank) return "blank";
        if (scanner.ended === (column === last)) value = this.value(column, kinds[column]!);
      }
      if (scanner.ended !== (column === last)) return this.wrongWidth();
      const into = isY[column] ? y : x;
      const place = places[column]!;
      if (place < 0) continue;
      into[place] = value;
      // float32 rounds, but an integer array would cut off
      if (!Array.isArray(into) && this.dtype !== "float32" && into[place] !== value) {
        this.wrong(column, `a value of dtype ${this.dtype}`, String(value));
      }
    }
    return "row";
  }

  private brokenOff(): "none" {
    this.scanner.back();
    return "none";
  }

  /** @throws FormatError once it is known how many cells the record has. */
  private wrongWidth(): "none" {
    const { scanner } = this;
    while (!scanner.ended) if (!scanner.cell()) return this.brokenOff();
    const width = `expected ${this.kinds.length} cells as in the first, got ${scanner.column}`;
    throw new FormatError(`[csv] line ${scanner.line}: ${width}.`);
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
    return this.dtype === undefined ? truth! : Number(truth);
  }

  /** A missing value: null where a row can hold it. */
  private gap(column: number, kind: Exclude<Kind, "skip">, text: string): CsvValue {
    return this.dtype === undefined ? null : this.wrong(column, EXPECTED[kind], text);
  }

  private wrong(column: number, expected: string, text: string): never {
    return wrongCell(this.scanner.line, this.plan.names[column], expected, text.trim());
  }

  private finished(vectors: Vectors): Vectors {
    if (Array.isArray(vectors) && !this.isList) vectors[1] = this.y[0]!;
    return vectors;
  }

  private objects(): unknown {
    const { plan, x, y } = this;
    const inputs = named(plan, plan.x, x);
    if (plan.y.length === 0) return inputs;
    return [inputs, this.isList ? named(plan, plan.y, y) : y[0]];
  }
}

/** Values by the names of their columns. */
function named({ names }: Plan, columns: readonly number[], values: Slots): Record<string, CsvValue> {
  const row: Record<string, CsvValue> = {};
  for (let i = 0; i < columns.length; i++) {
    const name = names[columns[i]!]!;
    if (name === "__proto__") Object.defineProperty(row, name, { value: values[i], enumerable: true });
    else row[name] = values[i]!;
  }
  return row;
}
