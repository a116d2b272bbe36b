import * as hb from "../index.ts";
import type { Classifier } from "./classifier.ts";
import type { Split } from "./load.ts";

const BATCH = 128;

/** A line of the table: a label and a cell for each mode. */
type Row = readonly [label: string, inference: string, training: string];

/** Runs the same samples in both modes and says what differs, and why. */
export function showFlag(classifier: Classifier, split: Split): string {
  const { model } = classifier;
  const batch = firstSamples(split);
  const kept = model.getWeights();
  const rows: Row[] = [
    ["", "training: false", "training: true"],
    ...outputRows(model, batch, split),
    ["accuracy on the held-back samples", ...accuracies(model, split, kept)],
    ...dropoutRows(classifier, batch, kept),
    ...statisticsRows(classifier, batch, kept),
  ];
  model.setWeights(kept);
  return `The same ${batch.shape[0]} held-back samples in both modes\n\n${formatTable(rows)}\n\n${EXPLANATION}`;
}

const EXPLANATION = `  Batch statistics are those of these samples alone, so an output depends on its neighbours in the batch; moving
  statistics are what training has gathered. A call with training: true also moves them (they are put back here) and
  takes the next dropout mask. fit passes true; evaluate, predict and a plain apply(x) run in inference.`;

/** What the model says of the first sample, and whether it says so twice. */
function outputRows(model: hb.Functional, batch: hb.Tensor, { classes, heldBack }: Split): Row[] {
  const label = heldBack.y[0]!;
  const once = (training: boolean): number[] => {
    return [...model.apply(batch, { training }).dataSync()];
  };
  const [inference, again, training, trainingAgain] = [once(false), once(false), once(true), once(true)];
  const probability = (output: number[]): string => output[label]!.toFixed(4);
  const equal = (a: number[], b: number[]): string => (a.every((p, i) => p === b[i]) ? "equal" : "different");
  return [
    [`probability of "${classes[label]}" for the first, which is one`, probability(inference), probability(training)],
    ["the same call again", equal(inference, again), equal(training, trainingAgain)],
  ];
}

/** Accuracy over all held-back samples, batch by batch; the weights are put back so that no call sees another's statistics. */
function accuracies(model: hb.Functional, { heldBack, width }: Split, kept: hb.Tensor[]): [string, string] {
  const x = heldBack.x.dataSync();
  const inMode = (training: boolean): string => {
    let right = 0;
    for (let start = 0; start < heldBack.count; start += BATCH) {
      const end = Math.min(start + BATCH, heldBack.count);
      model.setWeights(kept);
      const batch = hb.tensor(x.slice(start * width, end * width), [end - start, width]);
      const found = model.apply(batch, { training }).argMax(-1).dataSync();
      for (let i = 0; i < found.length; i++) if (found[i] === heldBack.y[start + i]) right++;
    }
    return percent(right / heldBack.count);
  };
  return [inMode(false), inMode(true)];
}

/** Units the first dropout set to zero that were not zero before. */
function dropoutRows({ model, firstNormalized, firstDropped }: Classifier, batch: hb.Tensor, kept: hb.Tensor[]): Row[] {
  const probe = hb.model({ inputs: model.inputs[0]!, outputs: [firstNormalized, firstDropped] });
  const layer = firstDropped.history.layer as hb.layers.Dropout;
  const share = (training: boolean): string => {
    model.setWeights(kept);
    const [before, after] = probe.apply<hb.Tensor[]>(batch, { training }).map((output) => output.dataSync());
    let [alive, dropped] = [0, 0];
    before!.forEach((value, i) => {
      if (value === 0) return;
      alive++;
      if (after![i] === 0) dropped++;
    });
    return percent(dropped / alive);
  };
  return [[`units dropped by "${layer.name}" (rate ${layer.rate})`, share(false), share(true)]];
}

/** The statistics the first batch normalization uses in either mode, and what a call does to the moving ones. */
function statisticsRows(
  { model, firstDense, firstNormalized }: Classifier,
  batch: hb.Tensor,
  kept: hb.Tensor[],
): Row[] {
  model.setWeights(kept);
  const layer = firstNormalized.history.layer as hb.Layer;
  const moving = (): hb.Tensor[] => layer.getWeights().slice(-2);
  const values = hb.model({ inputs: model.inputs[0]!, outputs: firstDense }).apply(batch);
  const mean = values.mean(0);
  const variance = values.sub(mean).square().mean(0);
  // The unit that these samples excite most: many units are silent.
  const unit = mean.argMax().item();
  const at = (tensor: hb.Tensor): string => tensor.dataSync()[unit]!.toFixed(4);
  const [movingMean, movingVariance] = moving();
  const movedBy = (training: boolean): string => {
    model.setWeights(kept);
    model.apply(batch, { training });
    return (moving()[0]!.dataSync()[unit]! - movingMean!.dataSync()[unit]!).toFixed(4);
  };
  return [
    [`mean "${layer.name}" takes off unit ${unit}`, `${at(movingMean!)} (moving)`, `${at(mean)} (batch)`],
    ["variance it divides by", `${at(movingVariance!)} (moving)`, `${at(variance)} (batch)`],
    ["change of the moving mean by the call", movedBy(false), movedBy(true)],
  ];
}

function firstSamples({ heldBack, width }: Split): hb.Tensor {
  const count = Math.min(BATCH, heldBack.count);
  return hb.tensor(heldBack.x.dataSync().slice(0, count * width), [count, width]);
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}

function formatTable(rows: readonly Row[]): string {
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) => row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]! + 3))).join(""))
    .map((line) => `  ${line.trimEnd()}`)
    .join("\n");
}
