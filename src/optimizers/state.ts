import { fill } from "../ops/creation.ts";
import type { Op } from "../ops/define.ts";
import type { StepAttrs } from "../ops/optimizer-steps.ts";
import type { Tensor } from "../ops/tensor.ts";
import { Variable } from "../ops/variable.ts";

/** What an update of one variable works with. */
export interface UpdateStep {
  readonly variable: Variable;
  readonly gradient: Tensor;
  /** In the order of the rule. */
  readonly slots: readonly Variable[];
  /** The numbers of this step; the learning rate is number 1, those of `coefficients` follow from 5 on. */
  readonly cells: Tensor;
  /** Weight decay of this variable, which the update does first. */
  readonly decay: number;
}

/** A slot: its name (and initial value, if not 0), or itself. */
export type Slot = string | readonly [name: string, value: number] | Variable;

/**
 * An element-wise op, and the slots it steps after the variable. In an optimizer's `variables` the first lists of all
 * variables come first, then the second ones.
 */
export type Rule = readonly [step: Op<StepAttrs> | undefined, ...slots: (readonly Slot[])[]];

/** State kept for one variable. */
export interface State {
  readonly slots: readonly Variable[];
  readonly average: Variable | undefined;
  readonly accumulator: Variable | undefined;
}

/** State kept for all variables. */
export interface Built {
  readonly states: ReadonlyMap<Variable, State>;
  /** In Keras's order. */
  readonly slots: readonly Variable[];
  readonly shared: Variable | undefined;
}

/** Makes slots by lists of their names, of which the first two are for the average and the accumulator. */
export function buildStates(
  variables: readonly Variable[],
  listsFor: (variable: Variable) => readonly (readonly Slot[])[],
  shared: Variable | undefined,
): Built {
  const groups: Variable[][] = [];
  const stateOf = (variable: Variable): State => {
    const lists = listsFor(variable).map((list, group) => {
      const made = list.map((slot) =>
        slot instanceof Variable
          ? slot
          : typeof slot === "string"
            ? slotFor(variable, slot)
            : slotFor(variable, ...slot),
      );
      groups[group] = [...(groups[group] ?? []), ...made];
      return made;
    });
    const [[average], [accumulator], ...slots] = lists as [Variable[], Variable[], ...Variable[][]];
    return { average, accumulator, slots: slots.flat() };
  };
  const states = new Map(variables.map((variable) => [variable, stateOf(variable)]));
  return { states, slots: [...groups.flat(), ...(shared ? [shared] : [])], shared };
}

/** Variables that some optimizer has taken a step with. */
const stepped = new WeakSet<Variable>();

/** Remembers that an optimizer has taken a step with a variable. */
export function markStepped(variable: Variable): void {
  stepped.add(variable);
}

/** True once any optimizer has taken a step with a variable: a model that it belongs to has been trained. */
export function wasStepped(variable: Variable): boolean {
  return stepped.has(variable);
}

/** A variable of an optimizer's own. */
export function stateVariable(
  name: string,
  shape: readonly number[],
  value = 0,
  dtype: "float32" | "int32" = "float32",
): Variable {
  return new Variable(fill(shape, value, dtype), { name, trainable: false });
}

/** A slot like a variable, called `<path with _>_<name>`. */
export function slotFor(variable: Variable, name: string, value = 0): Variable {
  return stateVariable(`${variable.path.replaceAll("/", "_")}_${name}`, variable.shape, value);
}

/** Cells before those of the rule: see assembly/kernels/optimizer.ts. */
export const OWN_CELLS = 5;

/** One number of the cells, as a scalar. */
export function cellOf(cells: Tensor, index: number): Tensor {
  return cells.slice(index, 1).reshape([]);
}

/** float32(base)^exponent rounded once: squarings in float64. */
export function power(base: number, exponent: number): number {
  let result = 1;
  for (let square = Math.fround(base); exponent > 0; exponent = Math.floor(exponent / 2), square *= square) {
    if (exponent % 2 === 1) result *= square;
  }
  return Math.fround(result);
}
