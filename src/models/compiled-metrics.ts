import { Metric } from "../metrics/metric.ts";
import { checkMetric, getMetric, type MetricLike } from "../metrics/registry.ts";
import type { Tensor } from "../ops/tensor.ts";
import { ValueError } from "../util/errors.ts";
import type { Dims } from "../util/shape.ts";
import { isPlainObject } from "../util/structure.ts";
import { type OutputInfo, perOutput } from "./outputs.ts";

/** Metrics of one output. */
export type OutputMetrics = MetricLike | readonly MetricLike[] | null;

/** Metrics as given to `compile`: a list for the one output, or something for each of several, as a list or dict. */
export type MetricsSpec = MetricLike | readonly OutputMetrics[] | { readonly [output: string]: OutputMetrics };

interface Entry {
  readonly metric: Metric;
  readonly output: number;
  readonly weighted: boolean;
  readonly name: string;
}

/** The metrics of a compiled model, resolved once outputs and targets are known. */
export class CompiledMetrics {
  readonly #plain: MetricsSpec | undefined;
  readonly #weighted: MetricsSpec | undefined;
  #entries: Entry[] | undefined;

  constructor(plain: MetricsSpec | undefined, weighted: MetricsSpec | undefined) {
    this.#plain = plain;
    this.#weighted = weighted;
    for (const spec of [...metricsIn(plain), ...metricsIn(weighted)]) checkMetric(spec);
  }

  get built(): boolean {
    return this.#entries !== undefined;
  }

  /** Names in logs, in the order of declaration. */
  get names(): readonly string[] {
    return (this.#entries ?? []).map((entry) => entry.name);
  }

  /** Makes the metrics, once. */
  build(outputs: readonly OutputInfo[], targets: readonly (Dims | undefined)[]): void {
    if (this.#entries !== undefined) return;
    const plain = byOutput(this.#plain, outputs, "metrics");
    const weighted = byOutput(this.#weighted, outputs, "weightedMetrics");
    const entries: Entry[] = [];
    const taken = new Set<string>();
    const add = (spec: unknown, output: number, isWeighted: boolean): void => {
      const target = targets[output];
      const info = outputs[output]!;
      if (target === undefined)
        throw new ValueError(`[y] expected targets for output "${info.name}", which has metrics, got none.`);
      const metric = getMetric(spec, target, info.shape);
      const prefix = outputs.length > 1 ? `${info.name}_` : "";
      const name = uniqueName(`${prefix}${metric.name}`, isWeighted, taken);
      entries.push({ metric, output, weighted: isWeighted, name });
    };
    outputs.forEach((_, i) => {
      for (const spec of plain[i]!) add(spec, i, false);
      for (const spec of weighted[i]!) add(spec, i, true);
    });
    this.#entries = entries;
  }

  /** Takes a batch in; `weights` serve the weighted metrics. */
  update(
    targets: readonly (Tensor | undefined)[],
    predictions: readonly Tensor[],
    weights: readonly (Tensor | undefined)[],
  ): void {
    for (const { metric, output, weighted } of this.#entries!) {
      const target = targets[output];
      if (target !== undefined)
        metric.updateState(target, predictions[output]!, weighted ? weights[output] : undefined);
    }
  }

  results(): Tensor[] {
    return this.#entries!.map(({ metric }) => metric.result());
  }

  reset(): void {
    for (const { metric } of this.#entries ?? []) metric.resetState();
  }
}

/** Keras's way out of collisions: `weighted_` before a weighted metric, then numbers. */
function uniqueName(wanted: string, weighted: boolean, taken: Set<string>): string {
  const base = weighted && taken.has(wanted) ? `weighted_${wanted}` : wanted;
  let name = base;
  for (let i = 1; taken.has(name); i++) name = `${base}_${i}`;
  taken.add(name);
  return name;
}

function isOneMetric(value: unknown): boolean {
  return typeof value === "string" || typeof value === "function" || value instanceof Metric;
}

/** The metrics of each output as lists. */
function byOutput(spec: MetricsSpec | undefined, outputs: readonly OutputInfo[], argument: string): unknown[][] {
  const single = outputs.length === 1 && Array.isArray(spec) && spec.every(isOneMetric);
  const parts = single
    ? [spec]
    : perOutput<OutputMetrics>(spec, outputs, `compile ${argument}`, { isOne: isOneMetric, broadcast: false });
  return parts.map((part) => metricsIn(part as MetricsSpec | undefined));
}

/** Every single metric in what was given. */
function metricsIn(spec: MetricsSpec | OutputMetrics | undefined): unknown[] {
  if (spec === undefined || spec === null) return [];
  if (Array.isArray(spec)) return (spec as readonly OutputMetrics[]).flatMap((part) => metricsIn(part));
  if (isPlainObject(spec)) return Object.values(spec).flatMap((part) => metricsIn(part as OutputMetrics));
  return [spec];
}
