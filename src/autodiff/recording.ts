import { makeGraph, removeDeadNodes } from "../compile/graph.ts";
import type { ImmediateScope } from "../compile/immediate.ts";
import { Plan } from "../compile/plan.ts";
import type { Node, Value } from "../graph/node.ts";
import { enterScope } from "../graph/scope.ts";
import { TraceScope } from "../graph/trace.ts";
import type { VariableCell, VariableSnapshot } from "../graph/variable.ts";
import { fromValue, Tensor } from "../ops/tensor.ts";
import type { DType, TensorData } from "../util/dtype.ts";
import { settingsRevision } from "../util/settings.ts";
import { ancestors, reverse } from "./reverse.ts";

/** Backward plans of one recorded computation, shared by all recordings that look alike. */
interface Template {
  /** Numbers of the values that gradient rules read. */
  readonly reads: readonly number[];
  readonly plans: Map<string, BackwardPlan | null>;
}

interface BackwardPlan {
  readonly plan: Plan;
  /** Numbers of the recorded values that the plan takes as inputs. */
  readonly inputs: readonly number[];
  /** Which sources have a gradient, in order of the plan's outputs. */
  readonly connected: readonly boolean[];
}

/** Copies of values by their numbers. */
type Saved = Map<number, TensorData>;

/** Templates by signature, and the copies of the recording released last: the next one like it writes over them. */
interface Templates {
  readonly known: Map<string, Template>;
  spare?: { readonly template: Template; readonly saved: Saved } | undefined;
}

/** Templates live as long as the first variable they read; those without variables share one small table. */
const byVariable = new WeakMap<VariableCell, Templates>();
const withoutVariables: Templates = { known: new Map() };
const MOST_TEMPLATES = 64;

function templatesOf(variable: VariableCell | undefined): Templates {
  if (variable === undefined) return withoutVariables;
  let templates = byVariable.get(variable);
  if (templates === undefined) {
    templates = { known: new Map() };
    byVariable.set(variable, templates);
  }
  return templates;
}

/** What a tape keeps of a computation: its graph, and the values that backward passes will read. */
export class Recording {
  readonly #scope: ImmediateScope;
  readonly #values: Value[] = [];
  readonly #numbers = new Map<Value, number>();
  readonly #results = new Map<Tensor, number>();
  /** What there are gradients for: watched tensors and variables, and those that were trainable when it was recorded. */
  readonly #sources = new Map<Tensor | VariableCell, number>();
  readonly #saved: Saved;
  readonly #snapshots = new Map<number, VariableSnapshot>();
  readonly #variables = new Map<VariableCell, number>();
  readonly #template: Template;
  readonly #templates: Templates;

  constructor(scope: ImmediateScope, results: readonly Tensor[], watched: Iterable<Tensor | VariableCell>) {
    this.#scope = scope;
    const targets = results.map((tensor) => tensor.valueIn(scope));
    const nodes = ancestors(targets);
    const signature = this.#number(nodes, targets);
    for (const [i, tensor] of results.entries()) this.#results.set(tensor, this.#numbers.get(targets[i]!)!);
    for (const source of watched) {
      const isTensor = source instanceof Tensor;
      const number = isTensor ? this.#numbers.get(source.valueIn(scope)) : this.#variables.get(source);
      if (number !== undefined) this.#sources.set(source, number);
    }
    for (const [variable, number] of this.#variables) if (variable.trainable) this.#sources.set(variable, number);
    const sources = [...this.#sources.values()];
    this.#templates = templatesOf(this.#variables.keys().next().value);
    const { known, spare } = this.#templates;
    const key = `${signature}|${[...this.#results.values()].join()}|${sources.join()}|${settingsRevision()}`;
    const once = nodes.some(({ record }) => record.once);
    let template = once ? undefined : known.get(key);
    if (template === undefined) {
      template = { reads: this.#findReads(targets, sources), plans: new Map() };
      if (known.size >= MOST_TEMPLATES) known.delete(known.keys().next().value!);
      if (!once) known.set(key, template);
    }
    this.#template = template;
    this.#saved = spare?.template === template ? spare.saved : new Map();
    this.#templates.spare = undefined;
    this.#save(scope);
  }

  /** Numbers all values in order of their making; a text that tells computations apart. */
  #number(nodes: readonly Node[], targets: readonly Value[]): string {
    const parts: string[] = [];
    const numberOf = (value: Value): number => {
      let number = this.#numbers.get(value);
      if (number === undefined) {
        number = this.#values.length;
        this.#values.push(value);
        this.#numbers.set(value, number);
        const { leaf } = value;
        if (leaf?.kind === "variable") this.#variables.set(leaf.variable, number);
        const name = leaf?.kind === "variable" ? `v${leaf.variable.id}` : (leaf?.kind ?? "");
        parts.push(`${number}:${name}${value.dtype}${value.shape.join()}`);
      }
      return number;
    };
    for (const node of nodes) {
      const inputs = node.inputs.map(numberOf).join();
      parts.push(`${node.record.name}(${inputs})${JSON.stringify(node.attrs)}`);
      node.outputs.forEach(numberOf);
    }
    targets.forEach(numberOf);
    return parts.join(";");
  }

  /** Numbers of the values any backward pass can read: those the one for all results and sources reads. */
  #findReads(targets: readonly Value[], sources: readonly number[]): number[] {
    const { used } = this.#traceBackward(targets, sources, new Set());
    return [...used.keys()];
  }

  /** Traces the backward pass into a scope of its own; recorded values become inputs there. */
  #traceBackward(targets: readonly Value[], sources: readonly number[], overwritten: ReadonlySet<number>) {
    const scope = new TraceScope();
    const mapped = new Map<Value, Tensor>();
    const inputs = new Map<Value, number>();
    const tensorOf = (value: Value): Tensor => {
      let tensor = mapped.get(value);
      if (tensor === undefined) {
        // What only the function of a custom gradient reads has no number yet.
        const number = this.#numbers.get(value) ?? this.#values.push(value) - 1;
        this.#numbers.set(value, number);
        const { leaf } = value;
        const direct = leaf?.kind === "variable" && !overwritten.has(number);
        const here = direct ? scope.read(leaf.variable) : scope.input(value);
        inputs.set(here, number);
        tensor = fromValue(here, scope);
        mapped.set(value, tensor);
      }
      return tensor;
    };
    scope.adopt = (value, from) => (from === this.#scope ? tensorOf(value).valueIn(scope) : undefined);
    const grads = enterScope(scope, () =>
      reverse(
        targets,
        sources.map((number) => this.#values[number]!),
        tensorOf,
      ),
    );
    const outputs = grads.flatMap((grad) => (grad === null ? [] : [grad.valueIn(scope)]));
    const graph = makeGraph([], scope.nodes, outputs, new Map());
    removeDeadNodes(graph);
    const used = new Map<number, Value>();
    for (const value of [...graph.nodes.flatMap((node) => node.inputs), ...outputs]) {
      const number = inputs.get(value);
      if (number !== undefined) used.set(number, value);
    }
    return { graph, used, connected: grads.map((grad) => grad !== null) };
  }

  /** Copies out what backward passes read; of variables only the promise of a copy, should they be overwritten. */
  #save(scope: ImmediateScope): void {
    for (const number of this.#template.reads) {
      const value = this.#values[number]!;
      const { leaf } = value;
      if (leaf?.kind === "variable") this.#snapshots.set(number, leaf.variable.snapshot());
      else if (leaf?.kind === "constant") this.#saved.set(number, leaf.data);
      else {
        const words = scope.words(value);
        const room = this.#saved.get(number) as Uint32Array | undefined;
        if (room === undefined) this.#saved.set(number, words.slice());
        else room.set(words);
      }
    }
  }

  /** Number of a result, or undefined when the tensor was not returned from `record`. */
  result(tensor: Tensor): number | undefined {
    return this.#results.get(tensor);
  }

  /** Number of a source, or undefined when nothing recorded has read it (or it was not watched). */
  source(source: Tensor | VariableCell): number | undefined {
    return this.#sources.get(source);
  }

  /** Gradients of a result for sources, by their numbers. */
  gradient(target: number, sources: readonly number[]): (Tensor | null)[] {
    const overwritten = [...this.#snapshots].flatMap(([number, { words }]) => (words === null ? [] : [number]));
    const key = `${target}|${sources.join()}|${overwritten.join()}`;
    let backward = this.#template.plans.get(key);
    if (backward === undefined) {
      backward = this.#compile(target, sources, new Set(overwritten));
      this.#template.plans.set(key, backward);
    }
    if (backward === null) return sources.map(() => null);
    const { plan, inputs, connected } = backward;
    plan.run(inputs.map((number) => this.#saved.get(number) ?? this.#snapshots.get(number)!.words!));
    let next = 0;
    return connected.map((has) => {
      if (!has) return null;
      const value = plan.outputs[next]!;
      return new Tensor(value.shape, value.dtype as DType, plan.result(next++));
    });
  }

  #compile(target: number, sources: readonly number[], overwritten: ReadonlySet<number>): BackwardPlan | null {
    const { graph, used, connected } = this.#traceBackward([this.#values[target]!], sources, overwritten);
    if (!connected.includes(true)) return null;
    const inputs = [...used].filter(([, value]) => value.leaf?.kind === "input");
    inputs.forEach(([, value], index) => {
      value.leaf = { kind: "input", index };
    });
    const plan = new Plan("tape.gradient", { ...graph, inputs: inputs.map(([, value]) => value) });
    return { plan, inputs: inputs.map(([number]) => number), connected };
  }

  /** Lets go of the variables' snapshots, and leaves the copies to the next recording: no gradient can follow. */
  release(): void {
    for (const snapshot of this.#snapshots.values()) snapshot.readers--;
    this.#templates.spare = { template: this.#template, saved: this.#saved };
  }
}
