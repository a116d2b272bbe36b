import { packVariables } from "../graph/variable.ts";
import { fill } from "../ops/creation.ts";
import { emaOp, stepCellsOp } from "../ops/optimizer-steps.ts";
import { PlanCache } from "../ops/plan-cache.ts";
import { currentScope } from "../ops/scopes.ts";
import { apply, type Tensor, type TensorLike, toTensor } from "../ops/tensor.ts";
import { Variable } from "../ops/variable.ts";
import { fail, refuse, ShapeError, StateError } from "../util/errors.ts";
import { checkNumber } from "../util/names.ts";
import { formatShape, sameShape } from "../util/shape.ts";
import { warn } from "../util/warn.ts";
import { checkClips, clipGradients } from "./clip.ts";
import { Optioned, type OptionTable, POSITIVE, patternsOf } from "./options.ts";
import { getSchedule, isSchedule, type Schedule, type ScheduleLike, scheduleConfig } from "./schedules/get.ts";
import {
  type Built,
  buildStates,
  cellOf,
  markStepped,
  OWN_CELLS,
  type Rule,
  type Slot,
  stateVariable,
  type UpdateStep,
} from "./state.ts";

export type { Rule, UpdateStep } from "./state.ts";

/** What every optimizer takes. */
export interface OptimizerOptions {
  /** Step size: a number that may be changed at any time through `optimizer.learningRate`, a schedule, or a function of the step. */
  learningRate?: number | ScheduleLike;
  name?: string;
  /** Before each step v ← v − v·weightDecay·η. Default null: none (AdamW and Muon: 0.004). */
  weightDecay?: number | null;
  /** Longest gradient of one variable; longer ones are shortened. At most one of the three clips. Default null. */
  clipnorm?: number | null;
  /** Largest absolute value in a gradient. Default null. */
  clipvalue?: number | null;
  /** Longest gradient of all variables together. Default null. */
  globalClipnorm?: number | null;
  /** Keeps moving averages of the variables, which take their place at the end of `fit`. Default false. */
  useEma?: boolean;
  /** Share of the old average that stays, in [0, 1]. Default 0.99. */
  emaMomentum?: number;
  /** Steps after which the variables take the values of their averages, again and again. Default null: never. */
  emaOverwriteFrequency?: number | null;
  /** The loss is multiplied by it before gradients are taken, and they are divided by it again. Default null. */
  lossScaleFactor?: number | null;
  /** Calls whose gradients are averaged for one step, at least 2. Default null: each call is a step. */
  gradientAccumulationSteps?: number | null;
}

const TABLE = {
  weightDecay: [null, 0],
  clipnorm: [null, 0],
  clipvalue: [null, 0],
  globalClipnorm: [null, 0],
  useEma: false,
  emaMomentum: [0.99, 0, 1],
  emaOverwriteFrequency: [null, 1, Infinity, true],
  lossScaleFactor: [null, POSITIVE],
  gradientAccumulationSteps: [null, 2, Infinity, true],
} as const satisfies OptionTable;

/** A gradient (null: none reached the variable) and the variable it belongs to. */
export type GradientPair = readonly [gradient: TensorLike | null, variable: Variable];

/**
 * Changes variables against their gradients. Works inside a plan (the trainer's step, `hb.compile`), inside a scope,
 * and on its own, where it runs through plans of its own so that variables change in place.
 *
 * A call of `applyGradients`, as in Keras: gradients are divided by the loss scale, collected, clipped; then come weight
 * decay, the update, moving averages, constraints. Slots are made by `build` or the first `applyGradients`; from then on
 * the optimizer serves these variables only.
 */
export abstract class Optimizer extends Optioned {
  static override readonly className: string = "Optimizer";
  declare readonly weightDecay: number | null;
  declare readonly clipnorm: number | null;
  declare readonly clipvalue: number | null;
  declare readonly globalClipnorm: number | null;
  declare readonly useEma: boolean;
  declare readonly emaMomentum: number;
  declare readonly emaOverwriteFrequency: number | null;
  declare readonly lossScaleFactor: number | null;
  declare readonly gradientAccumulationSteps: number | null;
  readonly #learningRate: Variable;
  readonly #iterations: Variable;
  #learningRateNumber = 0;
  #schedule: Schedule | undefined;
  #built: Built | undefined;
  #excluded: (variable: Variable) => boolean = () => false;
  /** While a step is applied under accumulation: whether it is one that changes anything. */
  #gate: Tensor | undefined;
  /** Variables whose averages the step under way has taken care of. */
  readonly #averaged: Set<Variable> = new Set();
  readonly #plans: PlanCache = new PlanCache();

  /** `own` are the options of a class beyond those of every optimizer; `others` those it checks itself. */
  protected constructor(
    options: OptimizerOptions | undefined,
    learningRate: number,
    own: OptionTable = {},
    others: readonly string[] = [],
  ) {
    super("Optimizer", options, { ...TABLE, ...own }, ["learningRate", ...others]);
    checkClips(this, this.where);
    this.#iterations = stateVariable("iteration", [], 0, "int32");
    const rate = options?.learningRate ?? learningRate;
    if (isSchedule(rate)) this.learningRate = rate;
    else this.#learningRateNumber = checkNumber(rate, this.where, "learningRate");
    this.#learningRate = stateVariable("learning_rate", [], this.#learningRateNumber);
  }

  /** How a variable is stepped: an element-wise op, if `update` is not overridden, and what slots it keeps. */
  protected abstract rule(variable: Variable): Rule;

  /**
   * Numbers that updates read beside the learning rate, from the rate, the number of the step (1 for the first) and the
   * value of what `makeShared` made. In JavaScript, each operation rounded to float32 as Keras does.
   */
  protected coefficients(_rate: number, _step: number, _shared: number): readonly number[] {
    return [];
  }

  /** A scalar kept for all variables together. */
  protected makeShared(): Variable | undefined {
    return undefined;
  }

  /** Assigns the variable and its slots their values after the step. Default: by the op of the rule. */
  protected update({ variable, gradient, slots, cells, decay }: UpdateStep): void {
    const average = this.averageOf(variable);
    const states = [variable, ...slots, ...(average === undefined ? [] : [average])];
    const attrs = { decay, average: average !== undefined };
    const next = apply(this.rule(variable)[0]!, [...states, gradient, cells], attrs);
    states.forEach((state, i) => {
      state.assign(next[i]!);
    });
    this.#averaged.add(variable);
  }

  /** Weight decay of a variable that is not excluded from it. */
  protected decayOf(_variable: Variable): number | null {
    return this.weightDecay;
  }

  /** Assigns a value, for updates written with ops: nothing changes while gradients are still being collected. */
  protected settle(state: Variable, value: Tensor): void {
    state.assign(this.#gate === undefined ? value : value.where(this.#gate, state.value()));
  }

  /** The variable after weight decay. */
  protected decayed({ variable, cells, decay }: UpdateStep): Tensor {
    const value = variable.value();
    return decay === 0 ? value : value.sub(value.mul(decay).mul(cellOf(cells, 1)));
  }

  /**
   * The step size of the next step. Assigning a number to an optimizer with a schedule is an error, assigning a schedule
   * to one with a number takes the variable `learning_rate` away.
   */
  get learningRate(): number {
    if (this.#schedule !== undefined) return this.#rateAt(this.#iterations.readSync()[0]!, 0);
    const cell = this.#learningRate.readSync()[0]!;
    // The cell has float32 precision; show the number it was made from as long as it is the same.
    return Math.fround(this.#learningRateNumber) === cell ? this.#learningRateNumber : cell;
  }

  set learningRate(value: number | ScheduleLike) {
    const argument = `${this.where} learningRate`;
    if (isSchedule(value)) {
      this.#schedule = getSchedule(value, argument);
      return;
    }
    const rate = checkNumber(value, this.where, "learningRate");
    if (this.#schedule !== undefined) fail(argument, "not settable, because a schedule gives it");
    this.#learningRateNumber = rate;
    this.#learningRate.assign(rate);
  }

  #rateAt(iteration: number, cell: number): number {
    return this.#schedule === undefined
      ? cell
      : checkNumber(this.#schedule.apply(iteration), `${this.where} learningRate`, `step ${iteration}`);
  }

  /** Number of steps taken. */
  get iterations(): number {
    return Math.floor(this.#iterations.readSync()[0]! / (this.gradientAccumulationSteps ?? 1));
  }

  /** Whether the slots exist. */
  get built(): boolean {
    return this.#built !== undefined;
  }

  /**
   * Step counter, learning rate (unless a schedule gives it), then slots: `kernel_momentum`, `kernel_velocity`, … What is
   * read from them and assigned to those of a like optimizer lets that one go on.
   */
  get variables(): readonly Variable[] {
    return [
      this.#iterations,
      ...(this.#schedule === undefined ? [this.#learningRate] : []),
      ...(this.#built?.slots ?? []),
    ];
  }

  override getConfig(): Record<string, unknown> {
    const rate = this.#schedule === undefined ? {} : { learning_rate: scheduleConfig(this.#schedule) };
    return { ...super.getConfig(), ...rate };
  }

  /** The loss whose gradients `applyGradients` expects: multiplied by `lossScaleFactor`, if there is one. */
  scaleLoss<T extends Tensor | number>(loss: T): T {
    const factor = this.lossScaleFactor ?? 1;
    return (typeof loss === "number" ? loss * factor : factor === 1 ? loss : loss.mul(factor)) as T;
  }

  /**
   * Excludes variables from weight decay: those of a list, and those in whose names one of the regular expressions is
   * found. Only before `build`.
   */
  excludeFromWeightDecay(options: { varList?: readonly Variable[]; varNames?: readonly string[] }): void {
    const { varList = [], varNames = [] } = options ?? {};
    if (this.built) fail(this.where, "excludeFromWeightDecay: expected a call before build", StateError);
    if (!Array.isArray(varList)) refuse(this.where, "varList", "a list of variables", varList);
    const [variables, patterns] = [new Set(varList), patternsOf(varNames, this.where, "varNames")];
    this.#excluded = (variable) => variables.has(variable) || patterns.some((pattern) => pattern.test(variable.name));
  }

  /** The moving average of a variable, with `useEma` and once built. */
  averageOf(variable: Variable): Variable | undefined {
    return this.#built?.states.get(variable)?.average;
  }

  /** With `useEma`, variables take the values of their averages; `fit` ends with it. */
  finalizeVariableValues(variables: readonly Variable[]): void {
    for (const variable of variables) {
      const average = this.averageOf(variable);
      if (average !== undefined) variable.assign(average.value());
    }
  }

  /** The variables that slots were made for, in order; none before `build`. */
  get served(): readonly Variable[] {
    return [...(this.#built?.states.keys() ?? [])];
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
    if (!Array.isArray(variables)) refuse(this.where, "build", "an array of variables", variables);
    for (const variable of variables) this.#checkVariable(variable);
    const own = [this.useEma ? ["average"] : [], this.gradientAccumulationSteps ? ["gradient_accumulator"] : []];
    const lists = (variable: Variable): (readonly Slot[])[] => {
      const [, ...slots] = this.rule(variable);
      return [...own, ...slots];
    };
    this.#built = buildStates(variables, lists, this.makeShared());
    // Side by side in memory, counted as an optimizer's: one unit that leaves linear memory and comes back.
    packVariables([this.#iterations, this.#learningRate, ...this.#built.slots], "optimizers");
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
    all.forEach(markStepped);
    if (currentScope() !== undefined) this.#applyInScope(gradients, variables);
    else this.#applyPlanned(gradients, variables);
  }

  #applyInScope(gradients: readonly Tensor[], variables: readonly Variable[]): void {
    const { lossScaleFactor: scale, gradientAccumulationSteps: steps } = this;
    const { shared } = this.#built!;
    const states = variables.map((variable) => this.#built!.states.get(variable)!);
    const iteration = this.#iterations.value();
    const rate = this.#learningRate;
    const [cells, gate] = apply(this.#cellsOp(), [rate, this.#iterations, shared ?? rate], {}) as [Tensor, Tensor];
    this.#gate = steps === null ? undefined : gate;
    const given = scale === null ? gradients : gradients.map((gradient) => gradient.div(scale));
    const sums = steps === null ? given : given.map((gradient, i) => gradient.add(states[i]!.accumulator!.value()));
    const means = steps === null ? given : sums.map((sum) => sum.div(steps));
    const clipped = clipGradients(means, this);
    this.#averaged.clear();
    variables.forEach((variable, i) => {
      const decay = this.#excluded(variable) ? 0 : (this.decayOf(variable) ?? 0);
      this.update({ variable, gradient: clipped[i]!, slots: states[i]!.slots, cells, decay });
      if (steps !== null) states[i]!.accumulator!.assign(fill([], 0).where(gate, sums[i]!));
    });
    // The rule's last number is the new value.
    if (shared !== undefined) this.settle(shared, cellOf(cells, cells.size - 1));
    for (const [variable, { average }] of this.#built!.states) {
      if (average === undefined || this.#averaged.has(variable)) continue;
      const [value, next] = apply(emaOp, [variable.value(), average, cells], {});
      if (this.emaOverwriteFrequency !== null) variable.assign(value!);
      average.assign(next!);
    }
    for (const variable of variables) {
      if (variable.constraint !== undefined) variable.assign(variable.constraint.apply(variable.value()));
    }
    this.#iterations.assign(iteration.add(1));
  }

  /** Computes what a step reads beside variables and gradients. */
  #cellsOp(): ReturnType<typeof stepCellsOp> {
    const { emaMomentum, emaOverwriteFrequency: frequency, gradientAccumulationSteps } = this;
    const f = Math.fround;
    const calls = gradientAccumulationSteps ?? 1;
    return stepCellsOp(OWN_CELLS + this.coefficients(1, 1, 1).length, (cell, iteration, shared) => {
      const step = Math.floor(iteration / calls);
      const keep = step === 0 ? 0 : f(emaMomentum);
      const overwrite = frequency !== null && (step + 1) % frequency === 0;
      const rate = f(this.#rateAt(iteration, cell));
      const own = [Number((iteration + 1) % calls === 0), rate, keep, f(1 - keep), Number(overwrite)];
      return [...own, ...this.coefficients(rate, step + 1, shared)];
    });
  }

  /** Outside every scope: a plan with the gradients as inputs, kept for the next step. */
  #applyPlanned(gradients: readonly Tensor[], variables: readonly Variable[]): void {
    const args = gradients.map((gradient) => {
      const { shape, dtype } = gradient;
      return { data: gradient.hostData(), shape, dtype };
    });
    const apply = (inputs: readonly Tensor[]): Tensor[] => {
      this.#applyInScope(inputs, variables);
      return [];
    };
    this.#plans.run(variables.map(({ id }) => id).join(), args, apply, `${this.where} applyGradients`);
  }

  #checkVariable(variable: unknown): Variable {
    return variable instanceof Variable ? variable : refuse(this.where, "variable", "a Variable", variable);
  }

  #checkGradient(given: TensorLike, variable: Variable): Tensor {
    const { name, shape } = variable;
    if (this.#built?.states.has(variable) === false) {
      const expected = "expected one the optimizer was built with; compile with a new one to train others";
      fail(this.where, `Unknown variable "${name}": ${expected}`);
    }
    const gradient = toTensor(given).cast("float32");
    if (sameShape(gradient.shape, shape)) return gradient;
    const expected = `${formatShape(shape)} of variable "${name}"`;
    return fail(this.where, `gradient: expected shape ${expected}, got ${formatShape(gradient.shape)}`, ShapeError);
  }
}
