import type { Plan } from "../compile/plan.ts";
import { PlanCache } from "../ops/plan-cache.ts";
import { currentScope, runScoped } from "../ops/scopes.ts";
import { Tensor } from "../ops/tensor.ts";
import type { DType } from "../util/dtype.ts";
import { settingsRevision } from "../util/settings.ts";
import { flattenStructure, mapStructure, packStructure, type Structure } from "../util/structure.ts";
import type { Batch } from "./feed.ts";
import type { HostLeaf, StepData } from "./host-data.ts";

/** What a step does. */
export type Mode = "train" | "test" | "predict";

/** What a step computes from its data: numbers by name, or outputs. */
export type StepBody = (data: StepData<Tensor>) => Structure<Tensor>;

/** What a step gave. Read it before the next plan runs. */
export interface StepResult {
  /** Names of the results in order: keys, or places in nested structures. */
  readonly names: readonly string[];
  /**
   * The results, each a single number; the list is written anew by each step. A metric that gives a vector has an array
   * there, as in Keras; the type leaves that out, so that the numbers which all others are need no check.
   */
  numbers(): readonly number[];
  /** The results in the structure the step returned. */
  structure(): Structure<Tensor>;
}

/** The plan of a step with what its results are. */
class PlannedStep implements StepResult {
  readonly plan: Plan;
  readonly names: readonly string[];
  readonly #form: Structure<unknown>;
  readonly #numbers: number[];

  constructor(plan: Plan, form: Structure<unknown>) {
    this.plan = plan;
    this.#form = form;
    this.names = namesOf(form);
    this.#numbers = this.names.map(() => 0);
  }

  numbers(): readonly number[] {
    const { plan } = this;
    for (let i = 0; i < this.#numbers.length; i++) {
      this.#numbers[i] = plan.outputs[i]!.shape.length === 0 ? plan.number(i) : asNumber(this.#result(i));
    }
    return this.#numbers;
  }

  structure(): Structure<Tensor> {
    return packStructure(
      this.#form,
      this.plan.outputs.map((_, i) => this.#result(i)),
    );
  }

  #result(i: number): Tensor {
    const { shape, dtype } = this.plan.outputs[i]!;
    return new Tensor(shape, dtype as DType, this.plan.result(i));
  }
}

/** A number, or as one the nested arrays of a vector. */
function asNumber(result: Tensor): number {
  return result.rank === 0 ? result.item() : (result.arraySync() as number);
}

function namesOf(form: Structure<unknown>): string[] {
  const names: string[] = [];
  mapStructure(form, (_, path) => names.push(path));
  return names;
}

/** The steps of a model as plans, one for each mode and form of data. */
export class Steps {
  readonly #plans: PlanCache = new PlanCache();
  readonly #planned: WeakMap<Plan, PlannedStep> = new WeakMap();
  #last: (Pick<Batch, "key" | "samples"> & { mode: Mode; revision: number; step: PlannedStep }) | undefined;

  clear(): void {
    this.#plans.clear();
    this.#last = undefined;
  }

  /** Runs a step by its plan; op by op with `eagerly`, and within a scope as a part of that. */
  run(mode: Mode, batch: Batch, body: StepBody, eagerly: boolean): StepResult {
    if (eagerly || currentScope() !== undefined) return runAtOnce(batch, body);
    const step = this.#stepFor(mode, batch, body);
    step.plan.run(batch);
    return step;
  }

  #stepFor(mode: Mode, batch: Batch, body: StepBody): PlannedStep {
    const { key, samples } = batch;
    const revision = settingsRevision();
    const last = this.#last;
    if (last?.mode === mode && last.samples === samples && last.key === key && last.revision === revision) {
      return last.step;
    }
    let form: Structure<unknown> = null;
    const name = `${mode}Step`;
    const trace = (args: Tensor[]): Tensor[] => {
      const result = body(packData(batch, args));
      form = mapStructure(result, () => null, name, "result");
      return flattenStructure(result);
    };
    const plan = this.#plans.plan(`${mode}|${key}`, batch.arrays(), trace, name);
    let step = this.#planned.get(plan);
    if (step === undefined) {
      step = new PlannedStep(plan, form);
      this.#planned.set(plan, step);
    }
    this.#last = { mode, key, samples, revision, step };
    return step;
  }
}

function packData({ data }: Batch, args: readonly Tensor[]): StepData<Tensor> {
  return packStructure(data as Structure<HostLeaf>, args) as unknown as StepData<Tensor>;
}

function runAtOnce(batch: Batch, body: StepBody): StepResult {
  const args = batch.arrays().map(({ shape, dtype, data }) => new Tensor(shape, dtype, data));
  const result = runScoped(() => body(packData(batch, args)));
  return {
    names: namesOf(result),
    numbers: () => flattenStructure(result).map(asNumber),
    structure: () => result,
  };
}
