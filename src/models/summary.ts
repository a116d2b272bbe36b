import { kerasShape } from "../layers/input-spec.ts";
import { classNameOf, internalsOf } from "../layers/internals.ts";
import type { Layer } from "../layers/layer.ts";
import { Operation } from "../layers/operation.ts";
import { isShape } from "../layers/options.ts";
import type { GraphNode } from "../layers/symbolic-tensor.ts";
import type { Variable } from "../ops/variable.ts";
import { refuse } from "../util/errors.ts";
import { checkOptions } from "../util/names.ts";
import { sizeOf } from "../util/shape.ts";
import type { Graph } from "./graph.ts";

/** What `summary` can be told. */
export interface SummaryOptions {
  /** Width in characters. Default 88, or 108 when there is a column of connections; less on a narrower terminal, at least 40. */
  readonly lineLength?: number;
  /** Where columns end, as shares of the width. */
  readonly positions?: readonly number[];
  /** Gets the text instead of the console. */
  readonly printFn?: (text: string) => void;
  /** Shows the layers of nested models. Default false. */
  readonly expandNested?: boolean;
  /** Adds a column: Y, N, or - for layers without weights. Default false. */
  readonly showTrainable?: boolean;
  /** Names (or beginnings of names) of the first and last layer to show. */
  readonly layerRange?: readonly [first: string, last: string];
}

/** What the summary reads of a model. */
interface SummaryModel extends Layer {
  readonly layers: Layer[];
  readonly graph?: Graph;
  readonly optimizer?: { readonly built: boolean; readonly variables: readonly Variable[] } | undefined;
}

const OPTIONS = ["lineLength", "positions", "printFn", "expandNested", "showTrainable", "layerRange"];

/** Prints a table of a model's layers in Keras's form and returns its text. */
export function summarize(model: SummaryModel, options: SummaryOptions): string {
  checkOptions(options, OPTIONS, `${classNameOf(model)} "${model.name}" summary`);
  const graph = model.graph !== undefined && !isChain(model.graph) ? model.graph : undefined;
  const columns = columnsOf(graph !== undefined, options);
  const rows = layersToShow(model, options).flatMap((layer) => rowsOf(layer, graph, options, 0));
  const text = [`Model: "${model.name}"`, ...table(columns, rows), ...totals(model)].join("\n");
  (options.printFn ?? console.log)(text);
  return text;
}

/** True when every layer feeds just the next one. */
function isChain({ nodes, operations, depths }: Graph): boolean {
  const alone = new Set(depths.values()).size === nodes.length;
  return alone && nodes.length === operations.length && nodes.every((node) => node.inputTensors.length <= 1);
}

interface Column {
  readonly title: string;
  readonly width: number;
  readonly align: "left" | "right" | "center";
}

/** Has room for every column there is. */
const NARROWEST = 40;

function columnsOf(connected: boolean, { showTrainable, lineLength, positions }: SummaryOptions): Column[] {
  const columns: Omit<Column, "width">[] = [
    { title: "Layer (type)", align: "left" },
    { title: "Output Shape", align: "left" },
    { title: "Param #", align: "right" },
  ];
  let ends = connected ? [0.3, 0.56, 0.74, 1] : [0.45, 0.8, 1];
  let width = connected ? 108 : 88;
  if (connected) columns.push({ title: "Connected to", align: "left" });
  if (showTrainable) {
    columns.push({ title: "Trainable", align: "center" });
    ends = [...ends.map((end) => end * 0.9), 1];
    width += 12;
  }
  const terminal = (globalThis as { process?: { stdout?: { columns?: number } } }).process?.stdout?.columns;
  // A terminal that does not know its width says 0.
  const line = lineLength ?? Math.min(width, Math.max((terminal || 120) - 4, NARROWEST));
  const given = positions ?? ends;
  if (given.length !== columns.length) refuse("summary", "positions", `${columns.length} values`, given);
  // A cell is its text, a blank on either side and the bar behind; the first bar of a line takes one more.
  let start = 1;
  return columns.map((column, i) => {
    const cell = Math.floor(given[i]! * line) - start;
    if (cell < 4) refuse("summary", "lineLength", `room for ${columns.length} columns`, line);
    start += cell;
    return { ...column, width: cell - 3 };
  });
}

function layersToShow(model: SummaryModel, { layerRange }: SummaryOptions): Layer[] {
  const layers = [...(model.graph?.operations ?? model.layers)];
  if (layerRange === undefined) return layers;
  const names = Array.isArray(layerRange) ? layerRange : [];
  const indices = names.map((name) => layers.findIndex((layer) => layer.name.startsWith(name)));
  if (names.length !== 2 || indices.includes(-1)) {
    refuse("summary", "layerRange", "the names of two layers", layerRange);
  }
  return layers.slice(Math.min(...indices), Math.max(...indices) + 1);
}

function rowsOf(layer: Layer, graph: Graph | undefined, options: SummaryOptions, level: number): string[][] {
  const prefix = level === 0 ? "" : `${"   ".repeat(level)}└ `;
  const row = [`${prefix}${layer.name} (${kindOf(layer)})`, outputShape(layer), params(layer)];
  if (graph !== undefined) row.push(connections(layer, graph));
  if (options.showTrainable) row.push(layer.built && layer.weights.length > 0 ? (layer.trainable ? "Y" : "N") : "-");
  const inner = options.expandNested ? ((layer as Partial<SummaryModel>).layers ?? []) : [];
  return [row, ...inner.flatMap((each) => rowsOf(each, graph, options, level + 1))];
}

/** The class, or for an op its name as Keras shows it. */
function kindOf(layer: Layer): string {
  return layer instanceof Operation ? layer.op.replace(/^./, (first) => first.toUpperCase()) : classNameOf(layer);
}

function params(layer: Layer): string {
  return layer.built ? grouped(layer.countParams()) : "0 (unbuilt)";
}

function outputShape(layer: Layer): string {
  const { nodes, buildShape } = internalsOf(layer);
  const texts = nodes.at(-1)?.outputTensors.map(({ shape }) => kerasShape(shape));
  if (texts !== undefined) return texts.length === 1 ? texts[0]! : `[${texts.join(", ")}]`;
  try {
    const shape = layer.computeOutputShape(buildShape!);
    return isShape(shape) ? kerasShape(shape) : "?";
  } catch {
    return "?";
  }
}

function connections(layer: Layer, graph: Graph): string {
  const nodes = graph.nodes.filter((node: GraphNode) => node.layer === layer);
  const from = nodes.flatMap((node) =>
    node.inputTensors.map(({ history }) => `${history.layer.name}[${history.nodeIndex}][${history.tensorIndex}]`),
  );
  return from.length === 0 ? "-" : from.join(", ");
}

/** A text in lines no longer than a cell, broken at blanks where there are any. */
function wrap(text: string, width: number): string[] {
  return text.match(new RegExp(`.{1,${width}}( |$)|.{${width}}`, "g"))?.map((line) => line.trimEnd()) ?? [""];
}

function pad(text: string, { width, align }: Column): string {
  if (align === "right") return text.padStart(width);
  if (align === "left") return text.padEnd(width);
  return text.padStart(Math.floor((width + text.length) / 2)).padEnd(width);
}

function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const rule = ([left, dash, mid, right]: string): string =>
    left + columns.map(({ width }) => dash!.repeat(width + 2)).join(mid) + right;
  const cells = (row: readonly string[], bar: string): string[] => {
    const wrapped = columns.map((column, i) => wrap(row[i]!, column.width));
    const height = Math.max(...wrapped.map((lines) => lines.length));
    return Array.from({ length: height }, (_, line) => {
      const parts = columns.map((column, i) => pad(wrapped[i]![line] ?? "", column));
      return `${bar} ${parts.join(` ${bar} `)} ${bar}`;
    });
  };
  const titles = columns.map(({ title }) => title);
  const body = rows.flatMap((row, i) => (i === 0 ? cells(row, "│") : [rule("├─┼┤"), ...cells(row, "│")]));
  return [rule("┏━┳┓"), ...cells(titles, "┃"), rule("┡━╇┩"), ...body, rule("└─┴┘")];
}

function grouped(n: number): string {
  return String(n).replace(/\B(?=(\d{3})+$)/g, ",");
}

const UNITS = ["B", "KB", "MB", "GB", "TB"];

/** ` Total params: 31 (124.00 B)`; every value takes four bytes. */
function totalLine(title: string, variables: readonly Variable[]): string {
  const count = variables.reduce((sum, variable) => sum + sizeOf(variable.shape), 0);
  let size = 4 * count;
  let unit = 0;
  for (; size >= 1024 && unit < UNITS.length - 1; unit++) size /= 1024;
  return ` ${title} params: ${grouped(count)} (${size.toFixed(2)} ${UNITS[unit]})`;
}

function totals(model: SummaryModel): string[] {
  const optimizer = model.optimizer?.built ? model.optimizer.variables : [];
  return [
    totalLine("Total", [...model.weights, ...optimizer]),
    totalLine("Trainable", model.trainableWeights),
    totalLine("Non-trainable", model.nonTrainableWeights),
    ...(optimizer.length === 0 ? [] : [totalLine("Optimizer", optimizer)]),
  ];
}
