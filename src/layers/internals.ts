import type { Tensor } from "../ops/tensor.ts";
import type { Variable } from "../ops/variable.ts";
import type { Regularizer } from "../regularizers/index.ts";
import { fail, StateError } from "../util/errors.ts";
import type { Shape } from "../util/shape.ts";
import type { Structure } from "../util/structure.ts";
import type { InputSpec } from "./input-spec.ts";
import type { Layer } from "./layer.ts";
import type { GraphNode } from "./symbolic-tensor.ts";

/**
 * What the runtime keeps of each layer, in one private field: a layer's visible properties belong to its author, and
 * are searched for sublayers and variables (see tracking.ts).
 */
export class LayerInternals {
  /** Variables made by `addWeight`, in order. */
  readonly weights: Variable[] = [];
  /** Names of the class's own options, which its config has. */
  options: readonly string[] = [];
  /** Calls on symbolic tensors, in order. */
  readonly nodes: GraphNode[] = [];
  /** What `addLoss` collected since the last outermost call, with the scope it belongs to. */
  losses: AddedLoss[] = [];
  /** Layers of a model's graph, which come before those set as properties. */
  graphLayers: (() => readonly Layer[]) | undefined = undefined;
  /** How a model reads user data into the structure of its declared inputs. */
  readInputs: ((inputs: unknown) => Structure<Tensor>) | undefined = undefined;
  /** How a model brings masks given for its inputs into that structure. */
  readMasks: ((masks: unknown) => unknown) | undefined = undefined;
  /** Adds a penalty on what the layer gives to the losses. */
  activityRegularizer: Regularizer | undefined = undefined;
  inputSpecs: readonly InputSpec[] | undefined = undefined;
  trainable = true;
  /** "open" until `build`: weights may be added; then "building", then "built". */
  phase: "open" | "building" | "built" = "open";
  buildShape: Structure<Shape> | undefined = undefined;
  /** What a container does when `build` is called once more. */
  rebuild: ((inputShape: Structure<Shape>) => void) | undefined = undefined;
  disposed = false;
  /** Raised by whatever makes kept plans of this layer stale. */
  epoch = 0;
}

/** A loss tensor, and the scope whose end makes it unreadable (undefined once its value has been copied out). */
export interface AddedLoss {
  value: Tensor;
  scope: { readonly alive: boolean } | undefined;
}

/** Marks layers across copies of the package. */
const LAYER_BRAND: symbol = Symbol.for("hornbeam.Layer");

let read: (value: object) => LayerInternals | undefined;

/** Base of `Layer`: holds the internals where no property can be seen, and where finding them costs next to nothing. */
export class InternalsHolder {
  readonly #internals: LayerInternals = new LayerInternals();

  static {
    Object.defineProperty(InternalsHolder.prototype, LAYER_BRAND, { value: true });
    read = (value) => (#internals in value ? value.#internals : undefined);
  }
}

/** The class's own `static className`, or the constructor's name for a class without one. */
export function classNameOf(layer: object): string {
  const made = layer.constructor as { className?: unknown; name: string };
  const named = Object.hasOwn(made, "className") && typeof made.className === "string";
  return named ? (made.className as string) : made.name || "Layer";
}

/** `Dense "dense_1"`: how errors name a layer. */
export function whereOf(layer: Layer): string {
  return `${classNameOf(layer)} "${layer.name}"`;
}

/** True for layers (and models) of this copy of the package. */
export function isLayer(value: unknown): value is Layer {
  return typeof value === "object" && value !== null && read(value) !== undefined;
}

/** Refuses layers and symbolic tensors made by another copy of the package, whose tensors live in another memory. */
export function refuseForeign(value: unknown, where: string, argument: string): void {
  if (typeof value !== "object" || value === null) return;
  if (LAYER_BRAND in value && read(value) === undefined) {
    const problem = "expected an object of this copy of hornbeam, got one of a second copy of the package";
    fail(where, `${argument}: ${problem}`, StateError);
  }
  refuseForeign((value as { history?: { layer?: unknown } }).history?.layer, where, argument);
}

/** The internals of a layer. */
export function internalsOf(layer: Layer): LayerInternals {
  return read(layer)!;
}

/** Variables of builds that failed. Properties may still hold them until the next build. */
export const droppedVariables: WeakSet<Variable> = new WeakSet();

let revision = 0;

/** Grows with every change anywhere that may make a plan stale: a cheap test before epochs are added up. */
export function layersRevision(): number {
  return revision;
}

/** Makes kept plans of every model that contains the layer stale. */
export function markChanged(layer: Layer): void {
  internalsOf(layer).epoch++;
  revision++;
}
