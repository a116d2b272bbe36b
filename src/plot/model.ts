import type { ExplainOptions } from "../models/explain.ts";
import type { Graph } from "../models/graph.ts";
import type { Model } from "../models/model.ts";
import { refuse } from "../util/errors.ts";
import { flag, settle } from "../util/settle.ts";
import { type Box, drawGraph } from "./graph-picture.ts";
import { anything } from "./values.ts";

/** Options of `plotModel`. */
export interface PlotModelOptions {
  /** Shows the shape of what each layer gives. Default true. */
  readonly showShapes?: boolean;
  /**
   * Shows what each layer gets as `training`, and what it does with it, when `apply` is given this value. `null` stands for
   * a call without one. Default: not shown.
   */
  readonly training?: ExplainOptions["training"] | null;
}

/** What a layer gets, and what it does with it. */
type Decision = Pick<ReturnType<Model["explainTraining"]>["rows"][number], "value" | "effect">;

/** A layer, or one of its calls. */
interface Call {
  readonly layer: Named;
  /** Which of the layer's nodes, or of its places in the list. */
  readonly node: number;
  readonly shape: string;
  /** Those it gets values from, by number. */
  readonly from: readonly number[];
}

type Named = { readonly name: string };

const WHERE = "plotModel";

/**
 * A model's graph as an SVG document: a box for each call of a layer, with name, class and shape; arrows are tensors. In the
 * file, arrows carry the names as `data-from` and `data-to`. A model without a graph (a subclass) is a list of its layers,
 * and layers in it that have the same name get no decision. Nested models are one box.
 *
 * @throws ValueError for what is no model; what `explainTraining` throws when `training` is asked for.
 * @example writeFileSync("model.svg", plotModel(model, { training: true }));
 */
export function plotModel(model: Model, options?: PlotModelOptions): string {
  const { layers, explainTraining } = (model ?? {}) as Partial<Model>;
  if (!Array.isArray(layers) || typeof explainTraining !== "function") refuse(WHERE, "model", "a model", model);
  const { showShapes } = settle<PlotModelOptions>(WHERE, options, {
    showShapes: [true, flag],
    training: [undefined, anything],
  });
  const { graph } = model as Partial<{ graph: Graph }>;
  const calls = graph === undefined ? listOf(model) : callsOf(graph);
  const decide = options?.training === undefined ? () => [] : decisionsOf(model, graph, options.training);
  const boxes = calls.map((call): Box => {
    const { layer, shape, from } = call;
    const decisions = decide(call);
    const lines = decisions.flatMap(({ value, effect }) => [`training: ${value}`, effect]);
    return {
      name: layer.name,
      lines: [kindOf(layer), ...(showShapes && shape !== "" ? [shape] : [])],
      decisions: lines,
      training: decisions.some(({ value }) => value === true),
      from,
    };
  });
  return drawGraph(boxes, model.name, graph === undefined && !isChain(model));
}

/** How to find what calls of the model's own layers get. Calls inside nested models may go by the same names. */
function decisionsOf(
  model: Model,
  graph: Graph | undefined,
  training: PlotModelOptions["training"],
): (call: Call) => readonly Decision[] {
  const rows = model.explainTraining(training === null ? {} : { training }).rows.filter(({ depth }) => depth === 0);
  const of = (call: Call): typeof rows => rows.filter(({ layer }) => layer === call.layer.name);
  // Names are unique among the layers of a graph, and in a chain, where a layer that occurs again is called again.
  if (graph !== undefined) return (call) => of(call).filter(({ node }) => node === call.node);
  if (isChain(model)) return (call) => of(call).slice(call.node, call.node + 1);
  return (call) => {
    const alike = model.layers.filter(({ name }) => name === call.layer.name).length > 1;
    const found = new Map(of(call).map((row) => [`${row.value} ${row.effect}`, row]));
    return alike ? [] : [...found.values()];
  };
}

/** The class, or of an op its name as in the summary. */
function kindOf(layer: object): string {
  const { op } = layer as { op?: unknown };
  const made = layer.constructor as { className?: unknown; name: string };
  if (made.className === "Operation" && typeof op === "string") return op.replace(/^./, (first) => first.toUpperCase());
  return Object.hasOwn(made, "className") ? String(made.className) : made.name || "Layer";
}

type Dims = readonly (number | null)[];

function formatShapes(shapes: readonly Dims[]): string {
  return shapes.map((shape) => `(${shape.map((dim) => dim ?? "None").join(", ")})`).join(", ");
}

function callsOf({ nodes }: Graph): Call[] {
  const numbers = new Map<unknown, number>(
    nodes.flatMap(({ outputTensors }, i) => outputTensors.map((tensor) => [tensor, i] as const)),
  );
  return nodes.map(({ layer, index, inputTensors, outputTensors }) => ({
    layer,
    node: index,
    shape: formatShapes(outputTensors.map(({ shape }) => shape)),
    from: [...new Set(inputTensors.map((tensor) => numbers.get(tensor)!))],
  }));
}

/** Layers one after the other: a chain with its input; of a subclass only the list is known. */
function listOf(model: Model): Call[] {
  const chain = isChain(model);
  const input = model.inputSpecs === undefined ? undefined : model.inputs?.[0];
  let shape: unknown = input?.shape;
  const places = new Map<object, number>();
  const first = input === undefined ? [] : [{ layer: input.history.layer as Named, node: 0, shape: shapeText(shape) }];
  const rest = model.layers.map((layer) => {
    shape = shape === undefined ? undefined : layer.computeOutputShape(shape as never);
    const node = places.get(layer) ?? 0;
    places.set(layer, node + 1);
    return { layer, node, shape: shapeText(shape) };
  });
  return [...first, ...rest].map((call, i) => ({ ...call, from: chain && i > 0 ? [i - 1] : [] }));
}

function shapeText(shape: unknown): string {
  if (!Array.isArray(shape)) return "";
  return formatShapes(shape.every((part) => Array.isArray(part)) && shape.length > 0 ? shape : [shape]);
}

/** True for a Sequential model, which the class names tell: classes of either build are known by them. */
function isChain(model: Model): boolean {
  for (let made: unknown = model.constructor; typeof made === "function"; made = Object.getPrototypeOf(made)) {
    if ((made as { className?: unknown }).className === "Sequential") return true;
  }
  return false;
}
