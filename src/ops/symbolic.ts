import type { DType } from "../util/dtype.ts";
import { type Dims, formatShape, type Shape } from "../util/shape.ts";
import { Operand } from "./operand.ts";
import { type Tensor, type TensorLike, toTensor } from "./tensor.ts";

/** What may stand beside a symbolic tensor: values, which become constants of the graph. */
export type SymbolicLike = SymbolicTensor | TensorLike;

/** Something that stands in a graph under a name: a layer, or an op. */
export interface GraphMember {
  readonly name: string;
}

/** Where a symbolic tensor comes from: output `tensorIndex` of node `nodeIndex` of a layer. */
export interface TensorHistory<L extends GraphMember = GraphMember> {
  readonly layer: L;
  readonly nodeIndex: number;
  readonly tensorIndex: number;
}

/** A function of tensors, as the graph keeps it. */
export type OpFunction = (...args: never[]) => unknown;

/** Puts an op on symbolic tensors into their graph; gives what stands for its results. */
export type AddOp = (name: string, body: OpFunction, args: readonly unknown[]) => unknown;

/**
 * A tensor of a graph being built: a shape (null = not known yet), a dtype and a history, but no values. All methods of
 * tensors that compute work on it, and so do the functions of `ops`: each adds a node to the graph.
 */
export class SymbolicTensor extends Operand<SymbolicTensor, TensorLike> {
  readonly shape: Shape;
  readonly dtype: DType;
  readonly name: string;
  readonly history: TensorHistory;
  readonly #addOp: AddOp;

  constructor(spec: { shape: Shape; dtype: DType; name: string }, history: TensorHistory, addOp: AddOp) {
    super();
    this.shape = spec.shape;
    this.dtype = spec.dtype;
    this.name = spec.name;
    this.history = history;
    this.#addOp = addOp;
    defineMethods();
  }

  /** Another tensor of the same graph. */
  derive(spec: { shape: Shape; dtype: DType; name: string }, history: TensorHistory): SymbolicTensor {
    return new SymbolicTensor(spec, history, this.#addOp);
  }

  /** Adds an op to the graph this tensor belongs to. */
  addOp(name: string, body: OpFunction, args: readonly unknown[]): unknown {
    return this.#addOp(name, body, args);
  }

  override toString(): string {
    return `SymbolicTensor "${this.name}" ${this.dtype} ${formatShape(this.shape)}`;
  }

  declare reshape: (shape: Shape) => SymbolicTensor;
  declare broadcastTo: (shape: readonly number[]) => SymbolicTensor;
  declare slice: (begin: number | Dims, size?: number | Dims) => SymbolicTensor;
  declare where: (condition: SymbolicLike, other: SymbolicLike) => SymbolicTensor;
  declare cast: (dtype: DType) => SymbolicTensor;
  declare protected applyOp: never;
  declare protected wrap: never;
  declare protected self: never;
}

/** Whether symbolic tensors have a method of that name that adds to their graph. */
export function isMethodOp(name: string): boolean {
  return methods.has(name);
}

/** The tensor's method of a name as a function: what it is called on comes first. */
export function methodOp(name: string): (x: unknown, ...args: unknown[]) => unknown {
  return (x: unknown, ...args: unknown[]) =>
    (toTensor(x as TensorLike) as unknown as Record<string, (...rest: unknown[]) => unknown>)[name]!(...args);
}

/** Names of the methods that symbolic tensors have of tensors. */
const methods = new Set<string>();

/**
 * Gives symbolic tensors their methods when the first one is made: not at import, where they would keep the class in every
 * program. Methods run once shapes are known: each becomes a node that calls the tensor's method of that name.
 */
function defineMethods(): void {
  if (methods.size > 0) return;
  for (const name of ["reshape", "where", "broadcastTo", "cast", "slice"]) defineOp(SymbolicTensor.prototype, name);
  for (let kind = Operand.prototype as object; kind !== Object.prototype; kind = Object.getPrototypeOf(kind)) {
    for (const name of Object.getOwnPropertyNames(kind)) {
      const { value } = Object.getOwnPropertyDescriptor(kind, name)!;
      if (typeof value === "function" && name !== "constructor") defineOp(SymbolicTensor.prototype, name);
    }
  }
}

function defineOp(prototype: object, name: string): void {
  methods.add(name);
  Object.defineProperty(prototype, name, {
    value(this: SymbolicTensor, ...args: unknown[]) {
      return this.addOp(name, methodOp(name), [this, ...args]);
    },
    configurable: true,
    writable: true,
  });
}

/** The same in a graph: tensors become symbolic ones. */
export type Symbolically<T> = T extends Tensor
  ? SymbolicTensor
  : T extends readonly (infer E)[]
    ? Symbolically<E>[]
    : T extends Readonly<Record<string, Tensor>>
      ? { [K in keyof T]: SymbolicTensor }
      : T;

/** Arguments of an op, symbolic tensors allowed where tensors are. */
export type SymbolicArguments<P extends readonly unknown[]> = {
  [K in keyof P]: TensorLike extends P[K]
    ? P[K] | SymbolicTensor
    : P[K] extends readonly TensorLike[]
      ? readonly SymbolicLike[]
      : P[K];
};

/** A function of tensors that takes symbolic ones too. */
export type Traced<F extends (...args: never[]) => unknown> = F &
  ((...args: SymbolicArguments<Parameters<F>>) => Symbolically<ReturnType<F>>);

/** The first symbolic tensor among arguments and lists of them. */
function symbolicIn(args: readonly unknown[], nested = false): SymbolicTensor | undefined {
  for (const arg of args) {
    if (arg instanceof SymbolicTensor) return arg;
    if (!nested && Array.isArray(arg) && typeof arg[0] === "object") {
      const found = symbolicIn(arg, true);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** A function of tensors that, when one of its arguments is symbolic, becomes a node of the graph. */
export function traced<F extends (...args: never[]) => unknown>(name: string, body: F): Traced<F> {
  const run = (...args: unknown[]): unknown => {
    const symbolic = symbolicIn(args);
    return symbolic === undefined ? body(...(args as never[])) : symbolic.addOp(name, body, args);
  };
  return run as unknown as Traced<F>;
}
