import { packVariables } from "../graph/variable.ts";
import { fill } from "../ops/creation.ts";
import { PlanCache } from "../ops/plan-cache.ts";
import { currentScope } from "../ops/scopes.ts";
import { type Tensor, type TensorLike, toTensor } from "../ops/tensor.ts";
import { Variable } from "../ops/variable.ts";
import { describe, ShapeError, ValueError } from "../util/errors.ts";
import { checkNumber, checkOptions } from "../util/names.ts";
import { formatShape, sameShape } from "../util/shape.ts";
import { warn } from "../util/warn.ts";

/** What every optimizer takes. */
export interface OptimizerOptions {
  /** Step size; a number that may be changed at any time through `optimizer.learningRate`. */
  learningRate?: number;
  name?: string;
}

/** A gradient (null: none reached the variable) and the variable it belongs to. */
export type GradientPair = readonly [gradient: TensorLike | null, variable: Variable];

/** The state kept for one variable, by slot name. */
export type Slots = Readonly<Record<string, Variable>>;

const BASE_OPTIONS = ["learningRate", "name"];

/**
 * Changes variables against their gradients. Works inside a plan (the trainer's step, `hb.compile`), inside a scope,
 * and on its own, where it runs through plans of its own so that variables change in place.
 *
 * Slots are made by `build` or the first `applyGradients`; from then on the optimizer serves these variables only.
 */
export abstract class Optimizer {
  readonly name: string;
  readonly #learningRate: Variable;
  readonly #iterations: Variable;
  #learningRateNumber: number;
  #built: Map<Variable, Slots> | undefined;
  readonly #plans: PlanCache = new PlanCache();

  protected constructor(options: OptimizerOptions | undefined, defaults: { name: string; learningRate: number }) {
    this.name = options?.name ?? defaults.name;
    this.#learningRateNumber = this.#checkRate(options?.learningRate ?? defaults.learningRate);
    this.#iterations = stateVariable("iteration", [], "int32");
    this.#learningRate = stateVariable("learning_rate", [], "float32", this.#learningRateNumber);
  }

  /** Names of the slots kept for each variable, in order. */
  protected abstract readonly slotNames: readonly string[];

  /** What the updates of one step have in common, made once for a step. */
  protected prepare(_rate: Tensor, _iteration: Tensor): Tensor | undefined {
    return undefined;
  }

  /** Assigns the variable and its slots their values after the step. */
  protected abstract update(step: UpdateStep): void;

  /** The step size now. */
  get learningRate(): number {
    const cell = this.#learningRate.readSync()[0]!;
    // The cell has float32 precision; show the number it was made from as long as it is the same.
    return Math.fround(this.#learningRateNumber) === cell ? this.#learningRateNumber : cell;
  }

  set learningRate(value: number) {
    this.#learningRateNumber = this.#checkRate(value);
    this.#learningRate.assign(value);
  }

  /** Number of steps taken. */
  get iterations(): number {
    return this.#iterations.readSync()[0]!;
  }

  /** Whether the slots exist. */
  get built(): boolean {
    return this.#built !== undefined;
  }

  /** Step counter, learning rate, then the slots of each variable: `kernel_momentum`, `kernel_velocity`, … */
  get variables(): readonly Variable[] {
    const slots = [...(this.#built?.values() ?? [])].flatMap((each) => Object.values(each));
    return [this.#iterations, this.#learningRate, ...slots];
  }

  /** Makes the slots for these variables. A second call changes nothing. */
  build(variables: readonly Variable[]): void {
    if (this.#built !== undefined) return;
    const built = new Map<Variable, Slots>();
    for (const variable of variables) {
      if (!(variable instanceof Variable)) throw this.#wrongVariable(variable);
      const slots: Record<string, Variable> = {};
      for (const slot of this.slotNames) {
        slots[slot] = stateVariable(`${variable.path.replaceAll("/", "_")}_${slot}`, variable.shape, "float32");
      }
      built.set(variable, slots);
    }
    // Side by side in memory, counted as an optimizer's: one unit that leaves linear memory and comes back.
    const slots = [...built.values()].flatMap((each) => Object.values(each));
    packVariables([this.#iterations, this.#learningRate, ...slots], "optimizers");
    this.#built = built;
  }

  /**
   * One step. Pairs without a gradient are left out.
   * @throws ValueError when no pair has a gradient, or a variable is none the optimizer was built for.
   */
  applyGradients(pairs: readonly GradientPair[]): void {
    const list = this.#checkPairs(pairs);
    const present = list.filter((pair): pair is [TensorLike, Variable] => pair[0] !== null && pair[0] !== undefined);
    this.#checkPresent(list, present);
    const known = this.#built;
    if (known !== undefined) for (const [, variable] of present) this.#slotsOf(known, variable);
    const gradients = present.map(([gradient, variable]) => this.#checkGradient(gradient, variable));
    const variables = present.map(([, variable]) => variable);
    this.build(list.map(([, variable]) => variable));
    for (const [, variable] of list) stepped.add(variable);
    if (currentScope() !== undefined) this.#applyInScope(gradients, variables);
    else this.#applyPlanned(gradients, variables);
  }

  /** Plain data from which an equal optimizer can be made. */
  getConfig(): Record<string, unknown> {
    return { name: this.name, learningRate: this.learningRate };
  }

  protected get where(): string {
    return `Optimizer "${this.name}"`;
  }

  #applyInScope(gradients: readonly Tensor[], variables: readonly Variable[]): void {
    const built = this.#built!;
    const rate = this.#learningRate.value();
    const iteration = this.#iterations.value();
    const shared = this.prepare(rate, iteration);
    variables.forEach((variable, i) => {
      this.update({ variable, gradient: gradients[i]!, slots: this.#slotsOf(built, variable), rate, shared });
    });
    this.#iterations.assign(iteration.add(1));
  }

  /** Outside every scope: a plan with the gradients as inputs, kept for the next step. */
  #applyPlanned(gradients: readonly Tensor[], variables: readonly Variable[]): void {
    const args = gradients.map((gradient) => ({
      data: gradient.peekSync(),
      shape: gradient.shape,
      dtype: gradient.dtype,
    }));
    this.#plans.run(variables.map((variable) => variable.id).join(), args, (inputs) => {
      this.#applyInScope(inputs, variables);
      return [];
    });
  }

  #checkPairs(pairs: readonly GradientPair[]): readonly GradientPair[] {
    if (!Array.isArray(pairs)) {
      throw new ValueError(`[${this.where}] pairs: expected a list of [gradient, variable], got ${describe(pairs)}.`);
    }
    for (const pair of pairs as readonly unknown[]) {
      const variable: unknown = Array.isArray(pair) ? pair[1] : pair;
      if (!Array.isArray(pair) || !(variable instanceof Variable)) throw this.#wrongVariable(variable);
    }
    return pairs;
  }

  #checkPresent(all: readonly GradientPair[], present: readonly (readonly [unknown, Variable])[]): void {
    if (present.length === 0) {
      throw new ValueError(`[${this.where}] No gradients provided for any variable.`);
    }
    if (present.length < all.length) {
      const names = all.filter(([gradient]) => gradient === null || gradient === undefined).map(([, v]) => v.name);
      warn(`[${this.where}] Gradients do not exist for the variables ${names.join(", ")}.`);
    }
  }

  #slotsOf(built: ReadonlyMap<Variable, Slots>, variable: Variable): Slots {
    const slots = built.get(variable);
    if (slots !== undefined) return slots;
    throw new ValueError(
      `[${this.where}] Unknown variable "${variable.name}": this optimizer can only be called for the variables it ` +
        "was originally built with. Compile with a new optimizer to train others.",
    );
  }

  #checkGradient(given: TensorLike, variable: Variable): Tensor {
    const gradient = toTensor(given);
    if (sameShape(gradient.shape, variable.shape)) {
      return gradient.dtype === "float32" ? gradient : gradient.cast("float32");
    }
    throw new ShapeError(
      `[${this.where}] gradient: expected shape ${formatShape(variable.shape)} of variable "${variable.name}", ` +
        `got ${formatShape(gradient.shape)}.`,
    );
  }

  #wrongVariable(variable: unknown): ValueError {
    return new ValueError(`[${this.where}] variable: expected a Variable, got ${describe(variable)}.`);
  }

  #checkRate(value: unknown): number {
    return checkNumber(value, this.where, "learningRate");
  }
}

/** Variables that some optimizer has taken a step with. */
const stepped = new WeakSet<Variable>();

/** True once any optimizer has taken a step with a variable: then a model that it belongs to has been trained. */
export function wasStepped(variable: Variable): boolean {
  return stepped.has(variable);
}

/** What an update of one variable works with. */
export interface UpdateStep {
  readonly variable: Variable;
  readonly gradient: Tensor;
  readonly slots: Slots;
  /** The learning rate, a scalar. */
  readonly rate: Tensor;
  /** What `prepare` made for this step. */
  readonly shared: Tensor | undefined;
}

/** Checks that the options of an optimizer are known. */
export function checkOptimizerOptions(options: object | undefined, known: readonly string[], className: string): void {
  checkOptions(options, [...BASE_OPTIONS, ...known], `Optimizer ${className}`);
}

function stateVariable(name: string, shape: readonly number[], dtype: "float32" | "int32", value = 0): Variable {
  return new Variable(fill(shape, value, dtype), { name, trainable: false });
}
