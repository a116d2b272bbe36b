import type { TensorData } from "../util/dtype.ts";
import { leafValue, type Value } from "./node.ts";
import type { Attrs, OpRecord } from "./op.ts";
import type { Spec } from "./spec.ts";
import type { VariableCell } from "./variable.ts";

/** What a scope does with the ops that are applied in it. */
export type ScopeKind =
  /** Collects nodes for a plan. */
  | "trace"
  /** Runs each op at once. */
  | "immediate"
  /** Finds shapes only and keeps nothing. */
  | "shapes";

/**
 * Where ops are applied: one trace, or one outermost call of immediate execution.
 *
 * A variable assigned within a scope has its new value for later reads in the scope at once, and in memory when the
 * scope commits. What fails before that has changed nothing.
 */
export abstract class Scope {
  abstract readonly kind: ScopeKind;
  /** False once the scope has ended: its values are gone. */
  alive = true;
  /** Values assigned to variables, in order of their first assignment. */
  readonly assigned: Map<VariableCell, Value> = new Map();
  readonly #leaves = new Map<object, Value>();

  /** Applies an op to values of this scope. */
  abstract add(record: OpRecord, inputs: readonly Value[], attrs: Attrs): readonly Value[];

  /** A value of another scope as this one has it; undefined where it takes only data. */
  adopt(_value: Value, _from: Scope): Value | undefined {
    return undefined;
  }

  /** Lets an executor bring a new leaf into memory. */
  protected abstract placeLeaf(value: Value): void;

  /** A variable's value as this scope sees it now. */
  read(variable: VariableCell): Value {
    return this.assigned.get(variable) ?? this.leaf(variable, variable, () => ({ kind: "variable", variable }));
  }

  /** A variable's value from before all assignments, if the scope has read it. */
  initial(variable: VariableCell): Value | undefined {
    return this.#leaves.get(variable);
  }

  /** Gives a variable a new value within this scope. */
  assign(variable: VariableCell, value: Value): void {
    this.assigned.set(variable, value);
  }

  /** A value given by data; the same identity gives the same leaf. */
  constant(identity: object, spec: Spec, data: () => TensorData): Value {
    return this.leaf(identity, spec, () => ({ kind: "constant", data: data() }));
  }

  /** A value of which only the shape is known here. */
  opaque(identity: object, spec: Spec): Value {
    return this.leaf(identity, spec, () => ({ kind: "opaque" }));
  }

  protected leaf(identity: object, spec: Spec, make: () => NonNullable<Value["leaf"]>): Value {
    let value = this.#leaves.get(identity);
    if (value === undefined) {
      value = leafValue(spec, make());
      this.placeLeaf(value);
      this.#leaves.set(identity, value);
    }
    return value;
  }
}

let current: Scope | undefined;
/** Scopes entered and not left yet, the outermost first. */
const entered: Scope[] = [];
let label = "";

/** The scope ops are applied in now. */
export function currentScope(): Scope | undefined {
  return current;
}

/** Runs `body` in a scope; the former scope is back afterwards, also when `body` throws. */
export function enterScope<T>(scope: Scope, body: () => T): T {
  const outer = current;
  current = scope;
  entered.push(scope);
  try {
    return body();
  } finally {
    entered.pop();
    current = outer;
  }
}

/**
 * Runs `body` where values exist although a trace is under way: in the scope of immediate execution around the trace,
 * if there is one, else in none. For first values of weights that a traced call makes.
 */
export function outsideTraces<T>(body: () => T): T {
  if (!isTracing()) return body();
  const outer = current;
  current = entered.findLast((scope) => scope.kind === "immediate" && scope.alive);
  try {
    return body();
  } finally {
    current = outer;
  }
}

/** True while a plan is traced: tensors have shapes but no values. */
export function isTracing(): boolean {
  return current !== undefined && current.kind !== "immediate";
}

/** Path of the layers whose calls are under way: "model/dense_1"; empty outside all. */
export function currentLabel(): string {
  return label;
}

/** Runs `body` under a path already known: gradients bear the path of what they belong to. */
export function atLabel<T>(path: string, body: () => T): T {
  const outer = label;
  label = path;
  try {
    return body();
  } finally {
    label = outer;
  }
}

/** Runs `body` under a layer's name, which nodes, errors and profiles then show. */
export function withLabel<T>(name: string, body: () => T): T {
  const outer = label;
  label = outer === "" ? name : `${outer}/${name}`;
  try {
    return body();
  } finally {
    label = outer;
  }
}
