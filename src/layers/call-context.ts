import type { Tensor } from "../ops/tensor.ts";
import { describe, fail, refuse } from "../util/errors.ts";
import { checkOptions } from "../util/names.ts";
import type { Structure } from "../util/structure.ts";
import { whereOf } from "./internals.ts";
import type { Layer } from "./layer.ts";
import { readSelector, type Select, type TrainingSelector } from "./training-selector.ts";

/**
 * The one place that decides which `training` a layer's `call` receives:
 *
 * 1. the explicit argument of this call (null and undefined count as not given); a value fixed while a functional graph
 *    was built is the explicit argument of that node;
 * 2. else what an enclosing call was given;
 * 3. else the layer's own `static defaultTraining`, which its children do not see;
 * 4. else nothing, which acts as inference.
 *
 * In place of a boolean a selector may be given, by which each layer below gets a value of its own.
 *
 * Enclosing calls form a stack of frames, each popped when its call ends, also when it throws. An explicit value
 * therefore reaches the children of the layer it was given to, and never that layer's later siblings.
 */

/** What `call` gets beside its inputs. */
export interface CallOptions<Mask = unknown> {
  /** True = training, false = inference, undefined = nothing was given anywhere, which acts as inference. */
  readonly training: boolean | undefined;
  /** The mask given to `apply`, if any. */
  readonly mask?: Mask;
}

/** What may be written as `training` in `apply`. */
export type TrainingArgument = boolean | TrainingSelector | null | undefined;

/** Where a layer's value comes from; `by`: the part of a selector that decided. */
export type TrainingSource =
  /** Given in this very call. */
  | { readonly kind: "explicit"; readonly by?: string | undefined }
  /** Given when the functional graph was built, for this node of the layer. */
  | { readonly kind: "fixed"; readonly node: number; readonly by?: string | undefined }
  /** Given to the enclosing call of the layer `from`. */
  | { readonly kind: "inherited"; readonly from: string; readonly by?: string | undefined }
  /** The layer class's own default. */
  | { readonly kind: "default" }
  /** Nothing was given anywhere. */
  | { readonly kind: "none" };

/** The value for one call of one layer, and why. */
export interface TrainingResolution {
  readonly value: boolean | undefined;
  readonly source: TrainingSource;
  /** The node of a functional graph that is run; undefined for a call made by hand. */
  readonly node: number | undefined;
  /** What was given in this very call, which calls inside inherit. Never a default, which is local. */
  readonly given: boolean | Select | undefined;
}

/** What calls inside a frame inherit. */
interface Request {
  readonly training: boolean | Select;
  /** Name of the layer the value was given to. */
  readonly givenTo: string;
}

interface Frame {
  readonly layer: Layer;
  readonly resolution: TrainingResolution;
  readonly request: Request | undefined;
}

const frames: Frame[] = [];

/** An argument as a boolean or a checked selector, or undefined when nothing was given. 0 and 1 serve as booleans. */
function givenTraining(argument: unknown, layer: Layer): boolean | Select | undefined {
  if (argument === undefined || argument === null) return undefined;
  if (typeof argument === "boolean") return argument;
  if (argument === 0 || argument === 1) return argument === 1;
  return (
    readSelector(argument, layer) ??
    refuse(whereOf(layer), "training", "true, false or nothing, or a selector", argument)
  );
}

/** What was asked for, for one layer. */
function choose(training: boolean | Select, layer: Layer): { readonly value: boolean; readonly by?: string } {
  return typeof training === "boolean" ? { value: training } : training(layer);
}

/**
 * Decides the value for a call of `layer` made now.
 * @param node the node of a functional graph that is run, whose argument was fixed; undefined for a call made by hand
 */
export function resolveTraining(layer: Layer, argument?: TrainingArgument, node?: number): TrainingResolution {
  const given = givenTraining(argument, layer);
  if (given !== undefined) {
    const { value, by } = choose(given, layer);
    const source: TrainingSource = node === undefined ? { kind: "explicit", by } : { kind: "fixed", node, by };
    return { value, source, node, given };
  }
  const request = frames.at(-1)?.request;
  if (request !== undefined) {
    const { value, by } = choose(request.training, layer);
    return { value, source: { kind: "inherited", from: request.givenTo, by }, node, given };
  }
  const { defaultTraining } = layer.constructor as { defaultTraining?: boolean };
  const kind = defaultTraining === undefined ? "none" : "default";
  return { value: defaultTraining, source: { kind }, node, given };
}

/** Runs the body of a layer's call; calls made inside inherit what this call was given or has inherited itself. */
export function inCall<T>(layer: Layer, resolution: TrainingResolution, body: () => T): T {
  const { given } = resolution;
  const request = given === undefined ? frames.at(-1)?.request : { training: given, givenTo: layer.name };
  frames.push({ layer, resolution, request });
  try {
    return body();
  } finally {
    frames.pop();
  }
}

/** One call of a layer on tensors. */
export interface LayerCall {
  readonly layer: Layer;
  readonly resolution: TrainingResolution;
  readonly inputs: Structure<Tensor>;
  readonly mask: unknown;
}

/** Who is told of every call while `observeCalls` runs. */
export interface CallObserver {
  enter(call: LayerCall): void;
  leave?(outputs: Structure<Tensor>): void;
}

let observer: CallObserver | undefined;

/** The observer of the calls under way, if there is one. */
export function callObserver(): CallObserver | undefined {
  return observer;
}

/** Runs something and tells of every call of a layer in it. */
export function observeCalls<T>(given: CallObserver, body: () => T): T {
  const outer = observer;
  observer = given;
  try {
    return body();
  } finally {
    observer = outer;
  }
}

/** How many calls of layers are under way, one inside the other. */
export function callDepth(): number {
  return frames.length;
}

/** The innermost call under way: whose it is, and the value it got with its reason. */
export function currentCall(): { readonly layer: Layer; readonly resolution: TrainingResolution } | undefined {
  return frames.at(-1);
}

/** Options of `apply`, as a caller may write them. */
export interface ApplyOptions<Mask = unknown> {
  readonly training?: TrainingArgument;
  readonly mask?: Mask;
}

/** Refuses a flag passed by position and options nobody reads. */
export function checkApplyArguments(options: unknown, rest: readonly unknown[], where: string): ApplyOptions {
  const [odd = options] = rest;
  if (rest.length > 0 || (options !== undefined && (typeof options !== "object" || options === null))) {
    fail(
      where,
      "apply: Only input tensors may be passed as positional arguments; expected {training: true} after the inputs, " +
        `got ${describe(odd)}`,
    );
  }
  const given = (options ?? {}) as ApplyOptions;
  checkOptions(given, ["training", "mask"], where);
  return given;
}
