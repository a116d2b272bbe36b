/**
 * What the training flag costs: W1's step by tape with `{training: true}`, a selector, or a function, against the same step
 * with the flag baked into the graph. The ways take turns, so that the machine's moods meet all alike.
 *
 *   node --import tsx bench/models/flag-cost.ts [rounds]
 */
import * as hb from "../../src/index.ts";
import { batchOf, w1 } from "./workloads.ts";

const LIMIT = 1.02;
const rounds = Number(process.argv[2] ?? 1500);

function w1Graph(baked: boolean): hb.Functional {
  hb.setRandomSeed(42);
  const training = baked ? true : null;
  const x = hb.input({ shape: [10] });
  let h = hb.layers.dense({ units: 64, activation: "relu" }).apply(x, { training });
  h = hb.layers.batchNormalization().apply(h, { training });
  return hb.model({ inputs: x, outputs: hb.layers.dense({ units: 10, activation: "softmax" }).apply(h, { training }) });
}

function step(baked: boolean, training: hb.ApplyOptions["training"]): () => void {
  const model = w1Graph(baked);
  const { x, y } = batchOf(w1);
  const loss = hb.losses.categoricalCrossentropy();
  const optimizer = hb.optimizers.adam();
  const tape = new hb.GradientTape();
  const variables = model.trainableVariables;
  return () => {
    const value = tape.record(() => loss.apply(y, model.apply(x, training === undefined ? {} : { training })));
    const grads = tape.gradient(value, variables);
    optimizer.applyGradients(variables.map((variable, i) => [grads[i]!, variable]));
  };
}

const ways: Readonly<Record<string, () => void>> = {
  "baked in the graph": step(true, undefined),
  "training: true": step(false, true),
  "selector by class": step(false, { BatchNormalization: true }),
  "selector by function": step(false, (layer) => layer.name.startsWith("batch")),
};
const times = Object.fromEntries(Object.keys(ways).map((name) => [name, [] as number[]]));
const names = Object.keys(ways);
for (let round = 0; round < rounds; round++) {
  for (let i = 0; i < names.length; i++) {
    const name = names[(i + round) % names.length]!;
    const start = performance.now();
    ways[name]!();
    times[name]!.push(performance.now() - start);
  }
}
const median = (list: number[]): number => list.sort((a, b) => a - b)[list.length >> 1]!;
const usual = median(times["baked in the graph"]!.slice(rounds >> 2));
for (const name of names) {
  const time = median(times[name]!.slice(rounds >> 2));
  const ratio = time / usual;
  const verdict = ratio <= LIMIT ? "" : `  more than ${LIMIT}`;
  console.log(`${name.padEnd(22)} ${(time * 1000).toFixed(1).padStart(8)} µs  ${ratio.toFixed(3)}${verdict}`);
}
