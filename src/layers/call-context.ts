import { describe, fail, refuse } from "../util/errors.ts";
import { checkOptions } from "../util/names.ts";

/**
 * The one place that decides which `training` a layer's `call` receives:
 *
 * 1. the explicit argument of this call (null and undefined count as not given); a value fixed while a functional graph
 *    was built is the explicit argument of that node;
 * 2. else what an enclosing call was given;
 * 3. else the layer's own `static defaultTraining`, which its children do not see;
 * 4. else nothing, which acts as inference.
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
export type TrainingArgument = boolean | null | undefined;

/** Where a layer's value comes from. */
export type TrainingSource =
  /** Given in this very call. */
  | { readonly kind: "explicit" }
  /** Given when the functional graph was built, for this node of the layer. */
  | { readonly kind: "fixed"; readonly node: number }
  /** Given to the enclosing call of the layer `from`. */
  | { readonly kind: "inherited"; readonly from: string }
  /** The layer class's own default. */
  | { readonly kind: "default" }
  /** Nothing was given anywhere. */
  | { readonly kind: "none" };

/** The value for one call of one layer, and why. */
export interface TrainingResolution {
  readonly value: boolean | undefined;
  readonly source: TrainingSource;
}

/** What the context has to know of a layer. */
export interface ContextLayer {
  readonly name: string;
}

/** What calls inside a frame inherit. Kept apart from the layer's own resolved value, which may be a local default. */
interface Request {
  readonly training: boolean;
  /** Name of the layer the value was given to. */
  readonly givenTo: string;
}

interface Frame {
  readonly layer: ContextLayer;
  readonly resolution: TrainingResolution;
  readonly request: Request | undefined;
}

const frames: Frame[] = [];

/** An argument as a plain boolean, or undefined when nothing was given. 0 and 1 serve as false and true. */
function givenTraining(argument: unknown, where: string): boolean | undefined {
  if (argument === undefined || argument === null) return undefined;
  if (typeof argument === "boolean") return argument;
  if (argument === 0 || argument === 1) return argument === 1;
  return refuse(where, "training", "true, false or nothing", argument);
}

/**
 * Decides the value for a call of `layer` made now.
 * @param fixedAtNode the node of a functional graph that carries the argument; undefined for a call made by hand
 */
export function resolveTraining(
  argument: TrainingArgument,
  defaultTraining: boolean | undefined,
  where: string,
  fixedAtNode?: number,
): TrainingResolution {
  const given = givenTraining(argument, where);
  if (given !== undefined) {
    const source: TrainingSource =
      fixedAtNode === undefined ? { kind: "explicit" } : { kind: "fixed", node: fixedAtNode };
    return { value: given, source };
  }
  const request = frames.at(-1)?.request;
  if (request !== undefined) {
    return { value: request.training, source: { kind: "inherited", from: request.givenTo } };
  }
  if (defaultTraining !== undefined) return { value: defaultTraining, source: { kind: "default" } };
  return { value: undefined, source: { kind: "none" } };
}

/** Runs the body of a layer's call; calls made inside inherit what this call was given or has inherited itself. */
export function inCall<T>(layer: ContextLayer, resolution: TrainingResolution, body: () => T): T {
  frames.push({ layer, resolution, request: requestFor(layer, resolution) });
  try {
    return body();
  } finally {
    frames.pop();
  }
}

function requestFor(layer: ContextLayer, { value, source }: TrainingResolution): Request | undefined {
  const given = source.kind === "explicit" || source.kind === "fixed";
  if (given && value !== undefined) return { training: value, givenTo: layer.name };
  return frames.at(-1)?.request;
}

/** True while some layer's call runs. */
export function insideCall(): boolean {
  return frames.length > 0;
}

/** The innermost call under way: whose it is, and the value it got with its reason. */
export function currentCall(): { readonly layer: ContextLayer; readonly resolution: TrainingResolution } | undefined {
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
