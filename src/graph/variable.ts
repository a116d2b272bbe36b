import { layoutChanged } from "../memory/engine.ts";
import { Storage, type StorageKind } from "../memory/storage.ts";
import { arrayOf, type DType, type TensorData } from "../util/dtype.ts";
import { StateError } from "../util/errors.ts";
import { type Dims, sizeOf } from "../util/shape.ts";

let lastId = 0;
let trainableChanges = 0;

/** A number that grows whenever some variable's `trainable` changes: kept steps compare it. */
export function trainableEpoch(): number {
  return trainableChanges;
}

/** Elements at which a variable starts in its storage: kernels load vectors of four. */
const SLOT_ALIGNMENT = 4;

/**
 * What a variable was at one moment, for a tape that may have to read it later.
 * `words` stays null for as long as the variable has not been written since.
 */
export interface VariableSnapshot {
  words: Uint32Array | null;
  readers: number;
}

/** The memory of one variable: where it lies, and its name, shape and dtype. The public `Variable` builds on it. */
export class VariableCell {
  readonly id: number = ++lastId;
  readonly shape: Dims;
  readonly dtype: DType;
  readonly size: number;
  /** What the variable is called in its layer: `kernel`. */
  name: string;
  /** What it is called in its model: `dense/kernel`; the same as `name` for a variable of no layer. */
  path: string;
  /** Whether the variable was made to be trained, whatever its flag says now. */
  readonly createdTrainable: boolean;
  #trainable: boolean;
  #storage: Storage;
  #offset = 0;
  #snapshot: VariableSnapshot | undefined;
  #disposed = false;
  /** True when a step was stopped while it wrote the values: nobody knows what they are, until they are set anew. */
  torn = false;

  constructor(words: Uint32Array, spec: { shape: Dims; dtype: DType; name: string; trainable: boolean }) {
    this.shape = spec.shape;
    this.dtype = spec.dtype;
    this.size = sizeOf(spec.shape);
    this.name = spec.name;
    this.path = spec.name;
    this.#trainable = spec.trainable;
    this.createdTrainable = spec.trainable;
    this.#storage = new Storage("variables", this.size, words);
    this.#storage.tenants++;
  }

  /** Whether optimizers may change the variable now. */
  get trainable(): boolean {
    return this.#trainable;
  }

  set trainable(trainable: boolean) {
    if (trainable !== this.#trainable) trainableChanges++;
    this.#trainable = trainable;
  }

  /** Where the values live. Throws a StateError after `dispose`, also when others still live there. */
  get storage(): Storage {
    if (this.#disposed) {
      throw new StateError(`[variable "${this.path}"] expected a variable in use, got one after dispose().`);
    }
    if (this.torn) {
      const set = "expected values set anew by `setWeights` or `setState`";
      throw new StateError(`[variable "${this.path}"] ${set}, got what a step left when it was stopped half-way.`);
    }
    return this.#storage;
  }

  /** Address now; the storage must be resident. */
  get ptr(): number {
    return this.storage.ptr + this.#offset * 4;
  }

  /** The bits of the values: a view that is only good until the next allocation. */
  words(): Uint32Array {
    return this.storage.words(this.#offset, this.size);
  }

  /** A copy of the values. */
  readSync(): TensorData {
    return fromWords(this.words(), this.dtype);
  }

  /** Must be called before the values change: keeps them for whoever took a snapshot. */
  beforeWrite(): void {
    const snapshot = this.#snapshot;
    if (snapshot === undefined) return;
    if (snapshot.readers > 0) snapshot.words = this.words().slice();
    this.#snapshot = undefined;
  }

  /** Overwrites the values at once. */
  writeWords(words: Uint32Array): void {
    if (this.torn) {
      this.torn = false;
      this.#snapshot = undefined;
    }
    this.beforeWrite();
    this.words().set(words);
  }

  /** Remembers the values as they are now, at no cost until they are overwritten. */
  snapshot(): VariableSnapshot {
    this.#snapshot ??= { words: null, readers: 0 };
    this.#snapshot.readers++;
    return this.#snapshot;
  }

  /** Moves the variable to another storage, which already holds its values; the last to leave gives the old one back. */
  relocate(storage: Storage, offset: number): void {
    storage.tenants++;
    this.#leave();
    this.#storage = storage;
    this.#offset = offset;
    layoutChanged();
  }

  #leave(): void {
    if (--this.#storage.tenants === 0) this.#storage.dispose();
  }

  /** Gives the memory back now instead of some time (once all variables of its storage are disposed of). */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#leave();
    layoutChanged();
  }
}

/** Puts variables side by side into one storage, so that a model is one unit of residency. */
export function packVariables(variables: readonly VariableCell[], kind: StorageKind): void {
  const cells = [...new Set(variables)];
  const first = cells[0]?.storage;
  if (cells.length === 0 || (first?.kind === kind && cells.every((cell) => cell.storage === first))) return;
  // Somebody holds an address in a pinned storage: the move can wait for another time.
  if (cells.some((cell) => cell.storage.pins > 0)) return;
  const offsets: number[] = [];
  let length = 0;
  for (const cell of cells) {
    offsets.push(length);
    length += Math.ceil(cell.size / SLOT_ALIGNMENT) * SLOT_ALIGNMENT;
  }
  const words = new Uint32Array(length);
  cells.forEach((cell, i) => {
    words.set(cell.words(), offsets[i]!);
  });
  const storage = new Storage(kind, length, words);
  cells.forEach((cell, i) => {
    cell.relocate(storage, offsets[i]!);
  });
}

/** Bits as values: bool becomes one byte each. */
export function fromWords(words: Uint32Array, dtype: DType): TensorData {
  const result = arrayOf(dtype, words.length);
  if (dtype === "bool") result.set(words);
  else new Uint32Array(result.buffer).set(words);
  return result;
}

/** Values as bits, without a copy where they already are 4 bytes each. */
export function toWords(data: TensorData): Uint32Array {
  if (data instanceof Uint8Array) return Uint32Array.from(data);
  return new Uint32Array(data.buffer, data.byteOffset, data.length);
}
