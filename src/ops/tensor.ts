import { ImmediateScope } from "../compile/immediate.ts";
import type { Value } from "../graph/node.ts";
import type { Attrs } from "../graph/op.ts";
import { currentLabel, currentScope, enterScope, type Scope } from "../graph/scope.ts";
import { VariableCell } from "../graph/variable.ts";
import type { DType, TensorData } from "../util/dtype.ts";
import { describe, ShapeError, StateError, TraceError, ValueError } from "../util/errors.ts";
import { broadcastDims, type Dims, formatShape, type Shape, sameShape, sizeOf } from "../util/shape.ts";
import { flattenStructure } from "../util/structure.ts";
import { selectOp } from "./arithmetic.ts";
import { integers } from "./axes.ts";
import type { Op } from "./define.ts";
import { formatTensor, type NestedArray, nest } from "./format.ts";
import { type ArrayLikeInput, parseArray } from "./input.ts";
import { Operand } from "./operand.ts";
import { reshapeOp, sliceOp } from "./shaping.ts";

/** What ops take beside tensors: variables, numbers, nested arrays, typed arrays. */
export type TensorLike = Tensor | VariableCell | ArrayLikeInput;

/** Values of a scope that belong to a tensor without data of its own. */
interface ScopeValue {
  readonly scope: Scope;
  readonly value: Value;
}

/**
 * An immutable array of numbers. Its data are ordinary JavaScript memory, so nothing is ever disposed of by hand.
 * While a plan is traced a tensor has a shape and a dtype, but no values.
 */
export class Tensor extends Operand<Tensor, TensorLike> {
  readonly shape: Dims;
  readonly dtype: DType;
  /** Number of elements. */
  readonly size: number;
  /** Keras's implicit mask, carried along by layers that support masking. */
  mask: Tensor | undefined = undefined;
  #data: TensorData | undefined;
  #home: ScopeValue | undefined;

  /** Use `tensor(…)`. A tensor has data, or a value in a scope. */
  constructor(shape: Dims, dtype: DType, source: TensorData | ScopeValue) {
    super();
    this.shape = shape;
    this.dtype = dtype;
    this.size = sizeOf(shape);
    if (ArrayBuffer.isView(source)) this.#data = source;
    else this.#home = source;
  }

  /** A copy of the values: Float32Array, Int32Array, Uint32Array, or Uint8Array for bool. */
  dataSync(): TensorData {
    return this.#read().slice();
  }

  /** A copy of the values, for code that awaits. */
  async data(): Promise<TensorData> {
    return this.dataSync();
  }

  /** The values as nested arrays; of a scalar, the number. */
  arraySync(): NestedArray {
    return nest(this.#read(), this.shape, this.dtype);
  }

  /** The values as nested arrays, for code that awaits. */
  async array(): Promise<NestedArray> {
    return this.arraySync();
  }

  /** The value of a tensor with one element. */
  item(): number {
    if (this.size !== 1)
      throw new ShapeError(`[Tensor] item: expected one element, got shape ${formatShape(this.shape)}.`);
    return this.#read()[0]!;
  }

  /** Prints dtype, shape and (the ends of) the values. */
  print(): void {
    console.log(this.toString());
  }

  override toString(): string {
    const value = this.#data !== undefined || this.#readable() ? this.#read() : undefined;
    return formatTensor(this.shape, this.dtype, value);
  }

  #readable(): boolean {
    return this.#home?.scope.kind === "immediate" && this.#home.scope.alive;
  }

  #read(): TensorData {
    if (this.#data !== undefined) return this.#data;
    const { scope, value } = this.#home!;
    if (!scope.alive) {
      throw new StateError(
        "[Tensor] values: the call or `tape.record` that made this tensor has ended; expected it to be returned from there.",
      );
    }
    if (scope instanceof ImmediateScope) return scope.readValue(value);
    const where = currentLabel() === "" ? "" : ` (in ${currentLabel()})`;
    throw new TraceError(
      `[Tensor] values: expected only shapes and dtypes to be used while a computation is traced${where}; use \`ops.where\` for a choice by value, or \`compile({runEagerly: true})\`.`,
    );
  }

  /** The values themselves, to be read only: spares internal callers the copy. */
  hostData(): TensorData {
    return this.#read();
  }

  /** Turns a value of the ending scope into plain data. */
  settle(): void {
    this.mask?.settle();
    if (this.#data !== undefined) return;
    this.#data = this.#read();
    this.#home = undefined;
  }

  /** The tensor as a value of a scope: its own there, else a constant. */
  valueIn(scope: Scope): Value {
    if (this.#home?.scope === scope) return this.#home.value;
    const adopted = this.#home && scope.adopt(this.#home.value, this.#home.scope);
    if (adopted !== undefined) return adopted;
    if (scope.kind === "shapes" && this.#data === undefined) return scope.opaque(this, this);
    return scope.constant(this, this, () => this.#read());
  }

  /** The node's value behind the tensor in the current scope, if it was made there. */
  get origin(): Value | undefined {
    return this.#home !== undefined && this.#home.scope === currentScope() ? this.#home.value : undefined;
  }

  protected override self(): Tensor {
    return this;
  }

  protected override wrap(value: TensorLike, like?: DType): Tensor {
    return toTensor(value, typeof value === "number" ? scalarDType(value, like) : undefined);
  }

  protected override applyOp<A extends Attrs>(op: Op<A>, inputs: readonly TensorLike[], attrs: A): Tensor {
    return apply(op, inputs, attrs)[0]!;
  }

  override reshape(shape: Shape): Tensor {
    const dims = resolveShape("reshape", shape, this);
    return sameShape(dims, this.shape) ? this : this.applyOp(reshapeOp, [this], { shape: dims });
  }

  /** Repeated along axes of size 1 and new leading axes. */
  broadcastTo(shape: Dims): Tensor {
    const dims = integers("broadcastTo", "shape", shape, 0);
    return sameShape(dims, this.shape) ? this : this.broadcastShape(dims);
  }

  /**
   * The part that begins at a place and has a size along each axis; axes not named are taken whole. A negative begin counts
   * from the end, a size of −1 goes to the end.
   */
  slice(begin: number | Dims, size: number | Dims = []): Tensor {
    const [starts, sizes] = [integers("slice", "begin", begin), integers("slice", "size", size, -1)];
    const from = [...starts, ...this.shape.slice(starts.length).fill(0)].map((b, i) =>
      b < 0 ? b + this.shape[i]! : b,
    );
    const count = from.map((b, i) => (sizes[i] === undefined || sizes[i] === -1 ? this.shape[i]! - b : sizes[i]));
    return this.applyOp(sliceOp, [this], { begin: from, size: count });
  }

  /** Where the condition holds these values, elsewhere others; all three broadcast. */
  where(condition: TensorLike, other: TensorLike): Tensor {
    const node = this.inGraph("where", condition, other);
    if (node !== undefined) return node;
    const [cond, b] = [toTensor(condition).cast("bool"), this.wrap(other, this.dtype)];
    const dtype = this.dtype === "bool" || b.dtype === "float32" ? b.dtype : this.dtype;
    const both = broadcastDims(this.shape, b.shape);
    const shape = both === undefined ? undefined : broadcastDims(cond.shape, both);
    if (shape === undefined) {
      const shapes = [cond, this, b].map((x) => formatShape(x.shape)).join(" and ");
      throw new ShapeError(`[where] shapes: expected shapes that broadcast, got ${shapes}.`);
    }
    return this.applyOp(
      selectOp,
      [cond.broadcastTo(shape), this.cast(dtype).broadcastTo(shape), b.cast(dtype).broadcastTo(shape)],
      {},
    );
  }

  /** Summed over everything that broadcasting from `shape` repeated: the gradient of broadcasting. */
  sumTo(shape: Dims): Tensor {
    if (sameShape(shape, this.shape)) return this;
    const lead = this.rank - shape.length;
    const axes = this.shape.flatMap((dim, i) => (i < lead || (shape[i - lead] === 1 && dim !== 1) ? [i] : []));
    return (axes.length === 0 ? this : this.sum(axes, true)).reshape(shape);
  }
}

/** The dtype of a plain number beside an operand: integers join an integer operand that can hold them, all else is float32. */
function scalarDType(value: number, like: DType | undefined): DType {
  if (like === "int32") return (value | 0) === value ? like : "float32";
  return like === "uint32" && value >>> 0 === value ? like : "float32";
}

/** A shape with at most one −1 made concrete for a tensor's size. */
function resolveShape(name: string, shape: Shape, x: { shape: Dims; size: number }): number[] {
  if (!Array.isArray(shape))
    throw new ShapeError(`[${name}] shape: expected an array of sizes, got ${describe(shape)}.`);
  const dims = [...shape] as number[];
  const wrong = (): ShapeError =>
    new ShapeError(
      `[${name}] shape: expected one of ${x.size} elements for input ${formatShape(x.shape)}, got ${formatShape(shape)}.`,
    );
  if (dims.some((dim) => !Number.isInteger(dim) || dim < -1)) throw wrong();
  const unknown = dims.indexOf(-1);
  if (unknown < 0) return dims;
  const known = dims.reduce((product, dim, i) => (i === unknown ? product : product * dim), 1);
  if (dims.lastIndexOf(-1) !== unknown || (known === 0 ? x.size !== 0 : x.size % known !== 0)) throw wrong();
  dims[unknown] = known === 0 ? 0 : x.size / known;
  return dims;
}

/** Applies an op in the current scope, or in one of its own. */
export function apply<A extends Attrs>(op: Op<A>, inputs: readonly TensorLike[], attrs: A): Tensor[] {
  const scope = currentScope();
  if (scope === undefined) return runScoped(() => apply(op, inputs, attrs));
  const values = inputs.map((input) => valueFor(input, scope));
  const record = op as unknown as Parameters<Scope["add"]>[0];
  return scope.add(record, values, attrs).map((value) => fromValue(value, scope));
}

function valueFor(input: TensorLike, scope: Scope): Value {
  return input instanceof VariableCell ? scope.read(input) : toTensor(input).valueIn(scope);
}

/** The tensor that stands for a value of a scope. */
export function fromValue(value: Value, scope: Scope): Tensor {
  return new Tensor(value.shape, value.dtype as DType, { scope, value });
}

/** Any input of an op as a tensor. Numbers and arrays are float32 unless a dtype is given; tensors keep their own. */
export function toTensor(value: TensorLike, dtype?: DType): Tensor {
  if (value instanceof Tensor) return value;
  if (value instanceof VariableCell) return readVariable(value);
  if (isForeign(value)) {
    throw new StateError(
      "[Tensor] expected a tensor or variable of this copy of hornbeam, got one of a second copy of the package.",
    );
  }
  const { data, shape, dtype: found } = parseArray(value, dtype);
  return new Tensor(shape, found, data);
}

/** A variable's value as a tensor: as the current scope sees it, else a copy. */
export function readVariable(variable: VariableCell): Tensor {
  const scope = currentScope();
  if (scope === undefined) return new Tensor(variable.shape, variable.dtype, variable.readSync());
  return fromValue(scope.read(variable), scope);
}

/** Objects that look like ours but are not: another copy of the package made them. */
function isForeign(value: unknown): boolean {
  return (
    typeof value === "object" && value !== null && ("dataSync" in value || "readSync" in value) && "dtype" in value
  );
}

/** Tensors anywhere in arrays and plain objects. */
export function forEachTensor(structure: unknown, visit: (tensor: Tensor) => void): void {
  for (const leaf of flattenStructure<unknown>(structure)) if (leaf instanceof Tensor) visit(leaf);
}

/**
 * Runs a computation at once. The outermost call opens a scope: when it ends, the tensors in its result become plain
 * data and assigned variables are written; when it throws, nothing has changed. Inner calls just run.
 * `beforeEnd` sees the outermost scope while its values still are there.
 */
export function runScoped<T>(body: () => T, beforeEnd?: (scope: ImmediateScope, result: T) => void): T {
  if (currentScope() !== undefined) return body();
  const scope = new ImmediateScope();
  try {
    const result = enterScope(scope, body);
    if (result instanceof Promise) {
      result.catch(() => {});
      throw new ValueError("[scope] callback: expected a synchronous function, got one that returns a promise.");
    }
    enterScope(scope, () => beforeEnd?.(scope, result));
    forEachTensor(result, (tensor) => tensor.settle());
    scope.commit();
    return result;
  } finally {
    scope.end();
  }
}

/** How a tensor was made in the current scope: losses look for a softmax. */
export function producerOf(tensor: Tensor): { name: string; inputs: Tensor[]; attrs: Attrs } | undefined {
  const node = tensor.origin?.node;
  const scope = currentScope();
  if (node === undefined || scope === undefined) return undefined;
  return { name: node.record.name, inputs: node.inputs.map((value) => fromValue(value, scope)), attrs: node.attrs };
}
