import { packVariables } from "../graph/variable.ts";
import { fill } from "../ops/creation.ts";
import { PlanCache } from "../ops/plan-cache.ts";
import { currentScope } from "../ops/scopes.ts";
import { type Tensor, type TensorLike, toTensor } from "../ops/tensor.ts";
import { Variable } from "../ops/variable.ts";
import { Configured } from "../util/configured.ts";
import { fail, refuse, ShapeError } from "../util/errors.ts";
import { checkNumber } from "../util/names.ts";
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

/**
 * Changes variables against their gradients. Works inside a plan (the trainer's step, `hb.compile`), inside a scope,
 * and on its own, where it runs through plans of its own so that variables change in place.
 *
 * Slots are made by `build` or the first `applyGradients`; from then on the optimizer serves these variables only.
 */
export abstract class Optimizer extends Configured {
  static override readonly className: string = "Optimizer";
  readonly #learningRate: Variable;
  readonly #iterations: Variable;
  #learningRateNumber: number;
  #built: Map<Variable, Slots> | undefined;
  readonly #plans: PlanCache = new PlanCache();

  /** `own` are the options of a class beyond those of every optimizer, kept in properties of the same names. */
  protected constructor(options: OptimizerOptions | undefined, learningRate: number, own: readonly string[] = []) {
    super("Optimizer", options, ["learningRate", ...own]);
    this.#learningRateNumber = this.#checkRate(options?.learningRate ?? learningRate);
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

  /** The variables that slots were made for, in order; none before `build`. */
  get served(): readonly Variable[] {
    return [...(this.#built?.keys() ?? [])];
  }

  /**
   * Makes new slots, or none yet, as before `build`; gives a function that brings the old ones back. Plans traced by
   * others before go on using the old ones.
   */
  rebuild(variables: readonly Variable[] | null): () => void {
    const before = this.#built;
    const use = (built: typeof before): void => {
      this.#built = built;
      this.#plans.clear();
    };
    use(undefined);
    if (variables !== null) this.build(variables);
    return () => use(before);
  }

  /** Makes the slots for these variables. A second call changes nothing. */
  build(variables: readonly Variable[]): void {
    if (this.#built !== undefined) return;
    for (const variable of variables) this.#checkVariable(variable);
    const slotsFor = (variable: Variable): Slots => {
      const prefix = variable.path.replaceAll("/", "_");
      const slot = (name: string): Variable => stateVariable(`${prefix}_${name}`, variable.shape, "float32");
      return Object.fromEntries(this.slotNames.map((name) => [name, slot(name)]));
    };
    this.#built = new Map(variables.map((variable) => [variable, slotsFor(variable)]));
    // Side by side in memory, counted as an optimizer's: one unit that leaves linear memory and comes back.
    packVariables(this.variables, "optimizers");
  }

  /**
   * One step. Pairs without a gradient are left out.
   * @throws ValueError when no pair has a gradient, or a variable is none the optimizer was built for.
   */
  applyGradients(pairs: readonly GradientPair[]): void {
    const { where } = this;
    if (!Array.isArray(pairs)) refuse(where, "pairs", "a list of [gradient, variable]", pairs);
    const all = pairs.map((pair) => this.#checkVariable(pair?.[1]));
    const present = pairs.filter((pair): pair is [TensorLike, Variable] => (pair[0] ?? null) !== null);
    if (present.length === 0) fail(where, "No gradients provided for any variable");
    if (present.length < all.length) {
      const names = pairs.flatMap(([gradient, { name }]) => ((gradient ?? null) === null ? [name] : []));
      warn(`[${where}] Gradients do not exist for the variables ${names.join(", ")}.`);
    }
    const gradients = present.map(([gradient, variable]) => this.#checkGradient(gradient, variable));
    const variables = present.map(([, variable]) => variable);
    this.build(all);
    for (const variable of all) stepped.add(variable);
    if (currentScope() !== undefined) this.#applyInScope(gradients, variables);
    else this.#applyPlanned(gradients, variables);
  }

  #applyInScope(gradients: readonly Tensor[], variables: readonly Variable[]): void {
    const rate = this.#learningRate.value();
    const iteration = this.#iterations.value();
    const shared = this.prepare(rate, iteration);
    variables.forEach((variable, i) => {
      this.update({ variable, gradient: gradients[i]!, slots: this.#built!.get(variable)!, rate, shared });
    });
    this.#iterations.assign(iteration.add(1));
  }

  /** Outside every scope: a plan with the gradients as inputs, kept for the next step. */
  #applyPlanned(gradients: readonly Tensor[], variables: readonly Variable[]): void {
    const args = gradients.map((gradient) => {
      const { shape, dtype } = gradient;
      return { data: gradient.hostData(), shape, dtype };
    });
    this.#plans.run(variables.map(({ id }) => id).join(), args, (inputs) => {
      this.#applyInScope(inputs, variables);
      return [];
    });
  }

  #checkVariable(variable: unknown): Variable {
    return variable instanceof Variable ? variable : refuse(this.where, "variable", "a Variable", variable);
  }

  #checkGradient(given: TensorLike, variable: Variable): Tensor {
    const { name, shape } = variable;
    if (this.#built?.has(variable) === false) {
      const expected = "expected one the optimizer was built with; compile with a new one to train others";
      fail(this.where, `Unknown variable "${name}": ${expected}`);
    }
    const gradient = toTensor(given).cast("float32");
    if (sameShape(gradient.shape, shape)) return gradient;
    const expected = `${formatShape(shape)} of variable "${name}"`;
    return fail(this.where, `gradient: expected shape ${expected}, got ${formatShape(gradient.shape)}`, ShapeError);
  }

  #checkRate(value: unknown): number {
    return checkNumber(value, this.where, "learningRate");
  }
}

/** Variables that some optimizer has taken a step with. */
const stepped = new WeakSet<Variable>();

/** True once any optimizer has taken a step with a variable: a model that it belongs to has been trained. */
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

function stateVariable(name: string, shape: readonly number[], dtype: "float32" | "int32", value = 0): Variable {
  return new Variable(fill(shape, value, dtype), { name, trainable: false });
}
