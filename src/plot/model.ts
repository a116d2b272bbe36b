import type { ExplainOptions } from "../models/explain.ts";
import type { Graph } from "../models/graph.ts";
import type { Model } from "../models/model.ts";
import { refuse } from "../util/errors.ts";
import { checkOptions } from "../util/names.ts";
import { flag, settle } from "../util/settle.ts";
import { element, picture, textAt } from "./svg.ts";

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

/** A layer, or one of its calls, in the picture. */
interface Box {
  readonly name: string;
  readonly kind: string;
  readonly shape: string;
  /** Which of the layer's nodes. */
  readonly node: number;
  /** Boxes it gets values from, by number. */
  readonly from: readonly number[];
}

const WHERE = "plotModel";
const CHARACTER = 7;

/**
 * A model's graph as an SVG document: a box for each call of a layer, with name, class and shape; arrows are tensors. In the
 * file, arrows carry the names as `data-from` and `data-to`. A model without a graph (a subclass) is a list of its layers.
 *
 * @throws ValueError for what is no model; what `explainTraining` throws when `training` is asked for.
 * @example writeFileSync("model.svg", plotModel(model, { training: true }));
 */
export function plotModel(model: Model, options?: PlotModelOptions): string {
  const layers = (model as Partial<Model> | null | undefined)?.layers;
  if (!Array.isArray(layers) || typeof model.explainTraining !== "function") refuse(WHERE, "model", "a model", model);
  checkOptions(options, ["showShapes", "training"], WHERE);
  const { showShapes } = settle<Pick<PlotModelOptions, "showShapes">>(
    WHERE,
    { showShapes: options?.showShapes } as PlotModelOptions,
    { showShapes: [true, flag] },
  );
  const { graph } = model as Partial<{ graph: Graph }>;
  const boxes = graph === undefined ? stackOf(model) : boxesOf(graph);
  const decisions = decisionsOf(model, options?.training);
  const texts = boxes.map((box) => [
    box.name,
    box.kind,
    ...(showShapes && box.shape !== "" ? [box.shape] : []),
    ...(decisions.get(`${box.node} ${box.name}`) ?? []),
  ]);
  return draw(boxes, texts, model.name);
}

/** By node and layer, what a layer of the model itself does. */
function decisionsOf(model: Model, training: PlotModelOptions["training"]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  if (training === undefined) return found;
  for (const { layer, node, value, effect } of model.explainTraining(training === null ? {} : { training }).rows) {
    const key = `${node} ${layer}`;
    // Layers inside nested models may go by the same name; the outer one is entered first only when it is the caller.
    if (!found.has(key)) found.set(key, [`training: ${value}`, effect]);
  }
  return found;
}

function kindOf(layer: object): string {
  const { op } = layer as { op?: unknown };
  const made = layer.constructor as { className?: unknown; name: string };
  if (made.className === "Operation" && typeof op === "string") return op;
  return Object.hasOwn(made, "className") ? String(made.className) : made.name || "Layer";
}

type Dims = readonly (number | null)[];

function formatShapes(shapes: readonly Dims[]): string {
  return shapes.map((shape) => `(${shape.map((dim) => dim ?? "None").join(", ")})`).join(", ");
}

function boxesOf({ nodes }: Graph): Box[] {
  const numbers = new Map(
    nodes.flatMap((node, i) => node.outputTensors.map((tensor) => [tensor as unknown, i] as const)),
  );
  return nodes.map(({ layer, index, inputTensors, outputTensors }) => ({
    name: layer.name,
    kind: kindOf(layer),
    shape: formatShapes(outputTensors.map(({ shape }) => shape)),
    node: index,
    from: [...new Set(inputTensors.map((tensor) => numbers.get(tensor)!))],
  }));
}

/** Layers one after the other: a Sequential model's order, with its input; of a subclass only the list is known. */
function stackOf(model: Model): Box[] {
  const input = model.inputs?.[0];
  const chained = kindsOf(model).includes("Sequential");
  let shape: unknown = input?.shape;
  const calls = new Map<object, number>();
  const first =
    input === undefined ? [] : [{ name: input.name, kind: "InputLayer", shape: formatShapes([input.shape]) }];
  const boxes = model.layers.map((layer) => {
    shape = shape === undefined ? undefined : layer.computeOutputShape(shape as never);
    const node = calls.get(layer) ?? 0;
    calls.set(layer, node + 1);
    const known = Array.isArray(shape) ? formatShapes([shape as Dims]) : "";
    return { name: layer.name, kind: kindOf(layer), shape: known, node };
  });
  const all = [...first.map((box) => ({ ...box, node: 0 })), ...boxes];
  return all.map((box, i) => ({ ...box, from: chained && i > 0 ? [i - 1] : [] }));
}

/** The class names of an object, from its own upwards: classes of either build are known by them. */
function kindsOf(object: object): unknown[] {
  const kinds: unknown[] = [];
  for (let made = object.constructor; typeof made === "function"; made = Object.getPrototypeOf(made)) {
    kinds.push((made as { className?: unknown }).className);
  }
  return kinds;
}

function draw(boxes: readonly Box[], texts: readonly (readonly string[])[], title: string): string {
  const ranks: number[] = [];
  // Without arrows (a list), every box still has a line of its own.
  const linked = boxes.some(({ from }) => from.length > 0);
  boxes.forEach(({ from }, i) => {
    ranks.push(linked ? from.reduce((most, other) => Math.max(most, ranks[other]! + 1), 0) : i);
  });
  const longest = Math.max(0, ...texts.flat().map(({ length }) => length));
  const lines = Math.max(1, ...texts.map(({ length }) => length));
  const [width, height] = [CHARACTER * longest + 20, 16 * lines + 12];
  const perRank = new Map<number, number>();
  const places = ranks.map((rank) => {
    const column = perRank.get(rank) ?? 0;
    perRank.set(rank, column + 1);
    return { rank, column };
  });
  const columns = Math.max(1, ...perRank.values());
  const total = Math.max(columns * (width + 24) + 24, CHARACTER * title.length + 48);
  const corner = ({ rank, column }: { rank: number; column: number }): { x: number; y: number } => ({
    x: total / 2 + (column - perRank.get(rank)! / 2) * (width + 24) + 12,
    y: 40 + rank * (height + 32),
  });
  const corners = places.map(corner);
  const edges = boxes.flatMap(({ name, from }, i) =>
    from.map((other) => arrow(corners[other]!, corners[i]!, { width, height }, [boxes[other]!.name, name])),
  );
  const drawn = corners.flatMap(({ x, y }, i) => [
    element("rect", { x, y, width, height, rx: 4, fill: "#eef4fa", stroke: "#1f77b4" }),
    ...texts[i]!.map((text, line) => textAt(x + width / 2, y + 18 + 16 * line, text, { "text-anchor": "middle" })),
  ]);
  const heading = textAt(total / 2, 22, title, { "text-anchor": "middle", "font-size": 14 });
  const head = element("path", { d: "M0 0L8 4L0 8z", fill: "#333" });
  const marker = element(
    "marker",
    { id: "arrow", markerWidth: 8, markerHeight: 8, refX: 8, refY: 4, orient: "auto" },
    head,
  );
  return picture(total, 40 + perRank.size * (height + 32), [element("defs", {}, marker), heading, ...edges, ...drawn]);
}

interface Point {
  readonly x: number;
  readonly y: number;
}

function arrow(
  from: Point,
  to: Point,
  { width, height }: { readonly width: number; readonly height: number },
  [source, target]: readonly [string, string],
): string {
  const ends = { x1: from.x + width / 2, y1: from.y + height, x2: to.x + width / 2, y2: to.y };
  const names = { "data-from": source, "data-to": target };
  return element("line", { ...ends, stroke: "#333", "marker-end": "url(#arrow)", ...names });
}
