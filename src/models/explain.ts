import { mapShapes } from "../layers/build.ts";
import {
  callDepth,
  type LayerCall,
  observeCalls,
  type TrainingArgument,
  type TrainingResolution,
  type TrainingSource,
} from "../layers/call-context.ts";
import { inferByBody, ValueSpec } from "../layers/infer.ts";
import { classNameOf, internalsOf, whereOf } from "../layers/internals.ts";
import type { Layer } from "../layers/layer.ts";
import { callLayer } from "../layers/layer-call.ts";
import { attributesOf, sublayersOf } from "../layers/tracking.ts";
import type { Tensor } from "../ops/tensor.ts";
import { refuse, refuseName, StateError } from "../util/errors.ts";
import { checkOptions } from "../util/names.ts";
import type { Structure } from "../util/structure.ts";
import type { Model } from "./model.ts";
import { keepingLosses } from "./watch.ts";

/** Options of `explainTraining`. */
export interface ExplainOptions {
  /** What `apply` would be given. */
  readonly training?: TrainingArgument;
  /** Whose call is explained; `fit` passes true, `evaluate` and `predict` false. Default "apply". */
  readonly entry?: "apply" | "fit" | "evaluate" | "predict";
}

/** One call of a layer. */
export interface ExplanationRow {
  readonly layer: string;
  /** Which of the layer's nodes in the graph; for a call made in code, which of its calls. */
  readonly node: number;
  /** 0 for a layer of the model itself, 1 for one that such a layer calls, and so on. */
  readonly depth: number;
  readonly value: boolean | undefined;
  readonly reason: string;
  readonly effect: string;
}

/** What every layer receives as `training`, why, and what it does with it. */
export class Explanation {
  readonly title: string;
  readonly rows: readonly ExplanationRow[];

  constructor(title: string, rows: readonly ExplanationRow[]) {
    this.title = title;
    this.rows = rows;
  }

  toString(): string {
    const lines = this.rows.map(({ layer, node, value, reason, effect }) => [layer, node, value, reason, effect]);
    return `${this.title}\n${textTable(["layer", "node", "training", "because", "effect"], lines)}`;
  }
}

/** Columns as wide as their widest entry. */
export function textTable(head: readonly string[], rows: readonly (readonly unknown[])[]): string {
  const all = [head, ...rows].map((row) => row.map(String));
  const widths = head.map((_, i) => Math.max(...all.map((row) => row[i]!.length)));
  return all
    .map((row) =>
      row
        .map((text, i) => text.padEnd(widths[i]!))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** Why a layer got its value. */
export function reasonOf({ source }: TrainingResolution): string {
  const by = "by" in source && source.by !== undefined ? ` (${source.by})` : "";
  return REASONS[source.kind](source as never) + by;
}

type Reasons = { readonly [K in TrainingSource["kind"]]: (source: Extract<TrainingSource, { kind: K }>) => string };

const REASONS: Reasons = {
  explicit: () => "explicit here",
  fixed: ({ node }) => `fixed in the graph at node ${node}`,
  inherited: ({ from }) => `inherited from ${from}`,
  default: () => "own default",
  none: () => "nothing given",
};

/** What a layer does with a value. By properties, not by classes: the classes need not be in the program. */
export function effectOf(layer: Layer, value: boolean | undefined): string {
  const { movingMean, rate, stddev, powerIterations } = layer as unknown as Record<string, unknown>;
  if (movingMean !== undefined) {
    if (!value) return "moving statistics";
    return layer.trainable ? "batch statistics, updates the moving ones" : "moving statistics, because frozen";
  }
  if (typeof powerIterations === "number") return value ? "divides the kernel by its norm" : "kernel as it is";
  const strength = rate ?? stddev;
  if (typeof strength === "number" && (strength === 0 || drawsNumbers(layer))) {
    if (!value || strength === 0) return "identity";
    if (rate === undefined) return `adds noise of standard deviation ${strength}`;
    const percent = Math.round(strength * 1e4) / 100;
    return classNameOf(layer).startsWith("Gaussian")
      ? `multiplies by noise, as for ${percent} %`
      : `drops ${percent} %`;
  }
  if (sublayersOf(layer).length > 0) return "runs its layers";
  return layer.call.length > 1 || drawsNumbers(layer)
    ? `its own code, as in ${value ? "training" : "inference"}`
    : "same in both modes";
}

/** True for a layer with a seed generator of its own. */
export function drawsNumbers(layer: Layer): boolean {
  return attributesOf(layer).seeds.length > 0;
}

/** What a call of the model would give to each layer; runs with shapes only. */
export function explainTraining(model: Model, options: ExplainOptions = {}): Explanation {
  const where = `${whereOf(model)} explainTraining`;
  checkOptions(options, ["training", "entry"], where);
  const { entry = "apply" } = options;
  const entries = { apply: options.training, fit: true, evaluate: false, predict: false };
  if (!Object.hasOwn(entries, entry)) {
    refuseName(where, "entry", entry, Object.keys(entries));
  }
  if (entry !== "apply" && options.training !== undefined) {
    refuse(where, "training", `none beside entry "${entry}", which passes ${entries[entry]}`, options.training);
  }
  const training = entries[entry];
  const rows: ExplanationRow[] = [];
  const counts = new Map<Layer, number>();
  // Inside the model's own call.
  const base = callDepth() + 1;
  const enter = ({ layer, resolution }: LayerCall): void => {
    if (layer === model) return;
    const count = counts.get(layer) ?? 0;
    counts.set(layer, count + 1);
    const { value, node = count } = resolution;
    const [reason, effect] = [reasonOf(resolution), effectOf(layer, value)];
    rows.push({ layer: layer.name, node, depth: callDepth() - base, value, reason, effect });
  };
  const body = (tensors: Structure<Tensor>): Structure<Tensor> => {
    // Shapes are inferred by two runs: the last one counts.
    rows.length = 0;
    counts.clear();
    return callLayer(model, tensors, { training }) as Structure<Tensor>;
  };
  keepingLosses(model, () => observeCalls({ enter }, () => inferByBody(inputSpecsOf(model, where), body)));
  const call =
    entry === "apply" ? `apply(x${training === undefined ? "" : `, {training: ${argumentText(training)}}`})` : entry;
  return new Explanation(`${model.name}.${call}`, rows);
}

function argumentText(training: unknown): string {
  return typeof training === "function" ? "a function" : JSON.stringify(training);
}

/** Weights that do not exist cannot be looked at, and making them would draw random numbers. */
export function refuseUnbuilt(where: string): never {
  return refuse(
    where,
    "",
    "a built model (call it on data or build(inputShape) first)",
    "one without weights",
    StateError,
  );
}

/** What the model's inputs look like: as declared, or as it was built for. */
function inputSpecsOf(model: Model, where: string): Structure<ValueSpec> {
  const shapes = internalsOf(model).buildShape;
  if (model.inputSpecs !== undefined) return model.inputSpecs;
  if (model.built && shapes !== undefined) return mapShapes(shapes, (shape) => new ValueSpec(shape, "float32"));
  return refuseUnbuilt(where);
}
