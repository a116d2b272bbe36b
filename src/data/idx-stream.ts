import { FormatError, fail, refuse } from "../util/errors.ts";
import { formatShape, sizeOf } from "../util/shape.ts";
import { bytePieces, type FileSource, type Opener } from "./file-source.ts";
import { checkPair, elementType, type IdxArray, type IdxForm, isPair, readInto, wrongLength } from "./idx.ts";
import { type Shaped, shaped } from "./stack.ts";
import { END, type End, NONE, pulling, sideBySide, through, type Walk } from "./walk.ts";

/** Two IDX files that belong together, however they are read. */
export interface IdxFiles<S = FileSource> {
  readonly images: S;
  readonly labels: S;
}

/** What one entry along the first axis of an IDX file is: a number, or an array of the file's own type with a `shape`. */
export type IdxRow = number | Shaped<IdxArray["data"]>;

/** Bytes of a row: a header that claims more is most likely damaged. */
const LONGEST_ROW = 1 << 28;

/** The rows of an IDX file, or of a pair of them. */
export function idxRows(source: unknown): Opener<unknown> {
  if (!isPair(source)) {
    const { open, sync } = bytePieces(source, "idx");
    return { open: () => new RowReader("idx", false).walk(open()), sync };
  }
  const images = bytePieces(source.images, "idx images");
  const labels = bytePieces(source.labels, "idx labels");
  const open = (): Walk<unknown> => {
    const readers = [new RowReader("idx images", true), new RowReader("idx labels", false)] as const;
    return pairs(readers, [readers[0].walk(images.open()), readers[1].walk(labels.open())]);
  };
  return { open, sync: images.sync && labels.sync };
}

function pairs([images, labels]: readonly RowReader[], walks: readonly Walk<unknown>[]): Walk<unknown> {
  let isChecked = false;
  const checked = <T>(value: T): T => {
    if (!isChecked) checkPair(images!.form!, labels!.form!);
    isChecked = true;
    return value;
  };
  return through(sideBySide(walks), { elements: "passed", push: checked, rest: () => checked(END) });
}

/** Reads row after row from pieces of a file. */
class RowReader {
  /** Known from the first row on. */
  form: IdxForm | undefined;
  private readonly where: string;
  /** Whether bytes become numbers in [0, 1]. */
  private readonly isScaled: boolean;
  private type: IdxForm["type"] | undefined;
  private piece: Uint8Array = new Uint8Array(0);
  private isOver = false;
  /** What is being read: the first four bytes, the sizes, then a row; how far, and how many bytes came before. */
  private part: Uint8Array = new Uint8Array(4);
  private filled = 0;
  private before = 0;
  private rows = 0;
  /** Rows that were taken back. */
  private readonly free: Shaped<IdxArray["data"]>[] = [];

  constructor(where: string, isScaled: boolean) {
    this.where = where;
    this.isScaled = isScaled;
  }

  walk(bytes: Walk<Uint8Array>): Walk<unknown> {
    const take = (piece: Uint8Array | End): void => {
      if (piece === END) this.isOver = true;
      else this.piece = piece as Uint8Array;
    };
    const reuse = (row: unknown): void => {
      if (typeof row === "object") this.free.push(row as Shaped<IdxArray["data"]>);
    };
    return { ...pulling(bytes, () => this.next(), take), reuse };
  }

  private next(): unknown {
    for (;;) {
      if (this.rows === this.form?.shape[0]) {
        if (this.piece.length > 0) throw this.wrongLength("more");
        return this.isOver ? END : NONE;
      }
      if (!this.fill()) {
        if (!this.isOver) return NONE;
        if (this.type === undefined) elementType(this.part.subarray(0, this.filled), this.where);
        throw this.wrongLength(this.before + this.filled);
      }
      this.before += this.part.length;
      this.filled = 0;
      if (this.type === undefined) this.readType();
      else if (this.form === undefined) this.readShape(this.type);
      else return this.row(this.form);
    }
  }

  /** Fills the part under way; false when that needs more bytes. */
  private fill(): boolean {
    const { part, piece, filled } = this;
    const some = piece.subarray(0, part.length - filled);
    part.set(some, filled);
    this.filled += some.length;
    this.piece = piece.subarray(some.length);
    return this.filled === part.length;
  }

  private readType(): void {
    this.type = elementType(this.part, this.where);
    this.part = new Uint8Array(4 * this.part[3]!);
    if (this.part.length > 0) return;
    fail(this.where, "bytes: expected rows along a first axis, got a single number", FormatError);
  }

  private readShape(type: IdxForm["type"]): void {
    const view = new DataView(this.part.buffer);
    const shape = Array.from({ length: this.part.length / 4 }, (_, axis) => view.getUint32(4 * axis));
    const size = sizeOf(shape.slice(1)) * type.bytes;
    if (size > LONGEST_ROW) refuse(this.where, "bytes", `rows of at most ${LONGEST_ROW} bytes`, size, FormatError);
    this.form = { shape, type };
    this.part = new Uint8Array(size);
  }

  private row({ shape, type }: IdxForm): unknown {
    const { part, isScaled } = this;
    this.rows += 1;
    const size = part.length / type.bytes;
    const data = this.free.pop() ?? shaped(isScaled ? new Float32Array(size) : type.make(size), shape.slice(1));
    if (isScaled) for (let i = 0; i < size; i++) data[i] = part[i]! / 255;
    else readInto(data, type, part, 0);
    return shape.length === 1 ? data[0] : data;
  }

  private wrongLength(got: number | string): FormatError {
    const { form, part, where } = this;
    if (form === undefined) return wrongLength(where, `at least ${4 + part.length} bytes for its shape`, got);
    const { shape, type } = form;
    const expected = 4 + 4 * shape.length + sizeOf(shape) * type.bytes;
    return wrongLength(where, `${expected} bytes for ${formatShape(shape)}`, got);
  }
}
