import type { TrainingArgument } from "../layers/call-context.ts";
import { whereOf } from "../layers/internals.ts";
import type { Layer } from "../layers/layer.ts";
import { callLayer } from "../layers/layer-call.ts";
import { attributesOf } from "../layers/tracking.ts";
import type { Tensor } from "../ops/tensor.ts";
import { wasStepped } from "../optimizers/state.ts";
import { refuse, StateError } from "../util/errors.ts";
import { flattenStructure, mapStructure, type Structure } from "../util/structure.ts";
import { type BatchStatistics, batchOf, hasStatistics } from "./batch-statistics.ts";
import { effectOf, reasonOf, refuseUnbuilt, textTable } from "./explain.ts";
import type { DataLike, HostLeaf, StepData } from "./host-data.ts";
import type { Model } from "./model.ts";
import { arrangeParts, byOutput, commonSamples } from "./prepare.ts";
import { asTensor, type Trainer } from "./trainer.ts";
import { keepingLosses, type WatchedCall, watch } from "./watch.ts";

/** What may be wrong. */
export type FindingKind =
  | "statisticsNeverUpdated"
  | "statisticsFarFromBatch"
  | "trainingInPredict"
  | "batchTooSmall"
  | "dropoutInPredict"
  | "frozenInTraining"
  | "ignoresFlag"
  | "seedNotAdvanced"
  | "lossGap";

/** One thing that is suspicious, and what to do about it. */
export interface Finding {
  readonly layer: string;
  readonly kind: FindingKind;
  readonly message: string;
  readonly advice: string;
}

/** One call of a layer in both modes. */
export interface LayerDiagnosis {
  readonly layer: string;
  /** What the layer received when the model was called with true and with false. */
  readonly training: boolean | undefined;
  readonly inference: boolean | undefined;
  /** What it did with them. */
  readonly effects: readonly [training: string, inference: string];
  /** Size of the difference of its two outputs beside that of the output in inference. */
  readonly difference: number;
}

/** What `diagnose` found. */
export class Diagnosis {
  readonly findings: readonly Finding[];
  readonly perLayer: readonly LayerDiagnosis[];
  /** The loss in each mode, if targets were given. */
  readonly loss: { readonly training: number; readonly inference: number } | undefined;

  constructor(parts: Pick<Diagnosis, "findings" | "perLayer" | "loss">) {
    this.findings = parts.findings;
    this.perLayer = parts.perLayer;
    this.loss = parts.loss;
  }

  toString(): string {
    const rows = this.perLayer.map(({ layer, training, inference, effects, difference }) => [
      layer,
      `${training}: ${effects[0]}`,
      `${inference}: ${effects[1]}`,
      difference.toPrecision(2),
    ]);
    const loss =
      this.loss === undefined ? "" : `\nloss ${this.loss.training} in training, ${this.loss.inference} in inference`;
    const found = this.findings.map(({ layer, kind, message, advice }) => `\n${kind}: "${layer}" ${message} ${advice}`);
    const table = textTable(["layer", "called with true", "called with false", "difference"], rows);
    return `${table}${loss}${found.join("") || "\nNothing suspicious."}`;
  }
}

/** What is kept of a call once its scope has ended. */
interface Seen extends Pick<WatchedCall, "layer" | "resolution" | "draws"> {
  readonly parent: Layer | undefined;
  /** The call itself, to find what was called in it. */
  readonly call: WatchedCall;
  readonly output: Float32Array | undefined;
  readonly movesSeed: boolean;
  readonly assigns: boolean;
  readonly batch: BatchStatistics | undefined;
}

interface Run {
  readonly seen: readonly Seen[];
  readonly loss: number | undefined;
}

/** Runs a batch in both modes and names what is suspicious. Nothing changes: no weight, statistic, seed or loss. */
export function diagnose(model: Model, trainer: Trainer, x: DataLike, y?: DataLike): Diagnosis {
  const call = "diagnose";
  if (!model.built) refuseUnbuilt(`${whereOf(model)} ${call}`);
  const { data, outputs: form } = keepingLosses(model, () => trainer.prepare(x, undefined, undefined, call, "predict"));
  const targets = arrangeParts(y, form, call, "y");
  commonSamples([data[0], targets, {}], call);
  const compiled = y === undefined ? undefined : (trainer.compiled ?? refuseUncompiled(model)).toTry();
  if (compiled !== undefined) {
    const byName = byOutput(targets, form!.infos, call, "y");
    compiled.build(form!.infos, byName);
    compiled.checkTargets(byName, form!.infos, call);
  }
  const run = (training: TrainingArgument): Run => {
    const step = mapStructure([data[0], targets, {}] as Structure<HostLeaf>, asTensor) as unknown as StepData<Tensor>;
    return watch(
      model,
      () => callLayer(model, step[0], { training }) as Structure<Tensor>,
      (calls, outputs) => ({
        seen: calls.filter(({ layer }) => layer !== model).map(look),
        loss: compiled?.losses(model, step[1], outputs, {})[0]?.item(),
      }),
    );
  };
  const [training, inference] = [run(true), run(false)];
  const { trainableVariables } = model;
  const stepped = trainableVariables.length > 0 && trainableVariables.every(wasStepped);
  const findings = new Findings(stepped);
  for (const seen of inference.seen) findings.inInference(seen);
  for (const seen of training.seen) findings.inTraining(seen, training.seen, trainer.largestTrainedBatch);
  const perLayer = compare(training.seen, inference.seen);
  if (training.loss !== undefined) findings.gap(model.name, training.loss, inference.loss!, perLayer, run);
  const loss = training.loss === undefined ? undefined : { training: training.loss, inference: inference.loss! };
  return new Diagnosis({
    findings: [...findings.list],
    perLayer: perLayer.map(({ layer, ...row }) => ({ ...row, layer: layer.name })),
    loss,
  });
}

function refuseUncompiled(model: Model): never {
  return refuse(whereOf(model), "diagnose y", "a call of compile() before targets are given", "none", StateError);
}

function look(call: WatchedCall): Seen {
  const { layer, resolution, draws, assigned, parent } = call;
  const leaf = call.outputs === undefined ? undefined : flattenStructure(call.outputs)[0];
  return {
    ...{ layer, resolution, draws, call, parent: parent?.layer },
    output: leaf?.dtype === "float32" ? (leaf.dataSync() as Float32Array) : undefined,
    movesSeed: assigned.some(({ dtype }) => dtype === "uint32"),
    assigns: assigned.some(({ dtype }) => dtype !== "uint32"),
    batch: hasStatistics(layer) ? batchOf(layer, call) : undefined,
  };
}

interface Compared extends Omit<LayerDiagnosis, "layer"> {
  readonly layer: Layer;
}

/** Pairs the calls of both runs: the k-th of a layer with its k-th. */
function compare(training: readonly Seen[], inference: readonly Seen[]): Compared[] {
  const rest = [...inference];
  return training.flatMap((one) => {
    const index = rest.findIndex(({ layer }) => layer === one.layer);
    if (index < 0) return [];
    const [other] = rest.splice(index, 1) as [Seen];
    const [a, b] = [one.resolution.value, other.resolution.value];
    return [
      {
        layer: one.layer,
        training: a,
        inference: b,
        effects: [effectOf(one.layer, a), effectOf(other.layer, b)] as const,
        difference: distance(one.output, other.output),
      },
    ];
  });
}

function distance(a: Float32Array | undefined, b: Float32Array | undefined): number {
  if (a === undefined || b === undefined || a.length !== b.length) return 0;
  let [off, size] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    off += (a[i]! - b[i]!) ** 2;
    size += b[i]! ** 2;
  }
  return Math.sqrt(off / (size || 1));
}

/** A loss in one mode this many times the other is suspicious; dropout makes the one in training larger by itself. */
const WORSE_IN_INFERENCE = 2;
const WORSE_IN_TRAINING = 5;
const SMALLEST_GAP = 0.1;
/** Moving statistics further off than this from the batch's are suspicious: standard deviations, ratio of variances. */
const FAR_SHIFT = 1;
const FAR_RATIO = 4;
/** With so few values a channel, normalising by the batch's statistics says nothing. */
const SMALL_BATCH = 2;

/** The rules. Each layer gets each kind of finding once. */
class Findings {
  readonly #found = new Map<string, Finding>();
  /** Whether an optimizer has taken a step with all that the model trains. */
  readonly #stepped: boolean;

  constructor(stepped: boolean) {
    this.#stepped = stepped;
  }

  get list(): Iterable<Finding> {
    return this.#found.values();
  }

  #add(layer: Layer | string, kind: FindingKind, message: string, advice: string): void {
    const name = typeof layer === "string" ? layer : layer.name;
    const key = `${kind} ${name}`;
    if (!this.#found.has(key)) this.#found.set(key, { layer: name, kind, message, advice });
  }

  /** What a call with false shows. */
  inInference(seen: Seen): void {
    const { layer, resolution, batch } = seen;
    const because = `(training is ${resolution.value}: ${reasonOf(resolution)})`;
    if (resolution.value === true) {
      if (seen.assigns) {
        this.#add(
          layer,
          "trainingInPredict",
          `is in training when the model predicts ${because}: it changes its statistics with every prediction.`,
          "Do not fix `training: true` for it; for Monte-Carlo dropout use `predictSamples` or fix dropout layers only.",
        );
      } else if (seen.draws > 0) {
        this.#add(
          layer,
          "dropoutInPredict",
          `still draws random numbers when the model predicts ${because}.`,
          "Remove the fixed `training: true`; for Monte-Carlo dropout use `predictSamples`, which leaves `predict` alone.",
        );
      }
    } else if (seen.draws > 0 || seen.assigns || seen.movesSeed) {
      this.#add(
        layer,
        "ignoresFlag",
        `${seen.assigns ? "assigns variables" : "draws random numbers"} in inference ${because}: its \`call\` ignores the flag.`,
        "Read `training` in `call(inputs, {training})` and return the plain result unless it is true.",
      );
    }
    if (batch === undefined || !hasStatistics(layer) || !layer.trainable || resolution.value === true) return;
    if (layer.hasInitialStatistics()) {
      if (!this.#wasTrained(layer)) return;
      this.#add(
        layer,
        "statisticsNeverUpdated",
        "still has the moving statistics it was made with, although the model has been trained.",
        "Pass `{training: true}` to the model in the training loop, or call `recalibrate(data)`.",
      );
    } else if (batch.count > SMALL_BATCH && (batch.shift > FAR_SHIFT || batch.ratio > FAR_RATIO)) {
      this.#add(
        layer,
        "statisticsFarFromBatch",
        `has moving statistics far from this batch's: the means are ${batch.shift.toPrecision(2)} standard deviations ` +
          `apart, the variances a factor ${batch.ratio.toPrecision(2)}.`,
        "Train longer or with a smaller `momentum`, call `recalibrate(data)`, and check that the data are scaled as in training.",
      );
    }
  }

  /** What a call with true shows. */
  inTraining(seen: Seen, all: readonly Seen[], trained: number): void {
    const { layer, resolution, batch } = seen;
    if (resolution.value !== true) return;
    if (batch !== undefined && layer.trainable) {
      // Channels with axes beside them have more values than the batch has samples.
      const perSample = batch.count / Math.max((flattenStructure(seen.call.inputs)[0] as Tensor).shape[0] ?? 1, 1);
      const count = trained === 0 ? batch.count : Math.min(batch.count, trained * perSample);
      if (count <= SMALL_BATCH) {
        this.#add(
          layer,
          "batchTooSmall",
          `normalises by statistics of ${count} value${count === 1 ? "" : "s"} a channel in training` +
            `${count === 1 ? ": its output is `beta`, whatever comes in" : ""}.`,
          "Use larger batches, freeze the layer, or use LayerNormalization or GroupNormalization.",
        );
      }
    }
    if (seen.draws > 0 && !seen.movesSeed) {
      this.#add(
        layer,
        "seedNotAdvanced",
        "draws with a seed that does not move on: the same random numbers in every step.",
        "Draw with a `SeedGenerator` set as a property of the layer instead of a fixed number.",
      );
    } else if (seen.draws > 0 && this.#stepped && neverDrawn(layer)) {
      this.#add(
        layer,
        "seedNotAdvanced",
        "has never drawn a random number, although the model has been trained: it was never in training.",
        "Pass `{training: true}` to the model in the training loop.",
      );
    }
    if (!layer.trainable && isTopmostFrozen(seen) && layer.variables.length > 0) this.#frozen(seen, all);
  }

  /** A loop that trains only part of the model shows at the layer's own weights. */
  #wasTrained(layer: Layer): boolean {
    return this.#stepped || layer.trainableVariables.some(wasStepped);
  }

  #frozen(seen: Seen, all: readonly Seen[]): void {
    const inside = all.filter(({ call }) => isWithin(call, seen.call) && call.resolution.value === true);
    const draws = inside.some((each) => each.draws > 0 && each.layer.weights.length === 0);
    const normalises = inside.some((each) => each.batch !== undefined);
    const given = ["explicit", "fixed"].includes(seen.resolution.source.kind);
    if (!(given ? draws || normalises : draws && seen.layer.weights.length > 0)) return;
    const what = draws
      ? "its dropout or noise is on"
      : "its BatchNormalization will train again as soon as it is unfrozen";
    this.#add(
      seen.layer,
      "frozenInTraining",
      `is frozen (trainable is false) but called with training true (${reasonOf(seen.resolution)}): ${what}.`,
      "Call it with `{training: false}`; freezing alone does not switch the mode.",
    );
  }

  /** Compares the losses, and finds the layer whose training mode alone moves the loss furthest. */
  gap(
    model: string,
    training: number,
    inference: number,
    layers: readonly Compared[],
    run: (training: TrainingArgument) => Run,
  ): void {
    const limit = inference > training ? WORSE_IN_INFERENCE : WORSE_IN_TRAINING;
    const [small, large] = training < inference ? [training, inference] : [inference, training];
    if (large - small < SMALLEST_GAP || large < limit * small) return;
    let most = 0;
    let culprit: Layer | undefined;
    const differing = layers.filter((each) => each.training !== each.inference && each.effects[0] !== each.effects[1]);
    for (const layer of new Set(differing.map((each) => each.layer))) {
      const moved = Math.abs(run((each: Layer) => each === layer).loss! - inference);
      if (moved > most) [most, culprit] = [moved, layer];
    }
    // Before any training, statistics that do not fit are as they should be.
    if (culprit && hasStatistics(culprit) && culprit.hasInitialStatistics() && !this.#wasTrained(culprit)) return;
    const worse = inference > training;
    this.#add(
      culprit ?? model,
      "lossGap",
      `makes most of the gap between the loss in training (${training.toPrecision(4)}) and in inference ` +
        `(${inference.toPrecision(4)}).`,
      worse
        ? "If it normalises by batches, its moving statistics do not fit: train longer, lower `momentum`, or call `recalibrate(data)`."
        : "If it drops or adds noise, lower its rate; the loss that `fit` prints is that in training.",
    );
  }
}

/** True when every seed generator of the layer is where it started. */
function neverDrawn(layer: Layer): boolean {
  const { seeds } = attributesOf(layer);
  return seeds.length > 0 && seeds.every((seed) => seed.state.readSync()[1] === 0);
}

/** Frozen, and called by a layer or model that is not. */
function isTopmostFrozen({ parent }: Seen): boolean {
  return parent === undefined || parent.trainable;
}

function isWithin(call: WatchedCall, outer: WatchedCall): boolean {
  for (let at: WatchedCall | undefined = call; at !== undefined; at = at.parent) if (at === outer) return true;
  return false;
}
