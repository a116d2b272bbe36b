/**
 * What the training flag costs: W1's step by tape with `{training: true}`, a selector, or a function, against the same step
 * with the flag baked into the graph.
 *
 *   node --import tsx bench/models/flag-cost.ts [rounds]
 *
 * Every round runs each way once, so that the machine's moods meet all alike, and in an order in which each comes
 * equally often after each other, so that caches do too; the result is the median of the ratios within rounds, which on a loaded machine repeats itself to 0.5 %.
 */
import { fileURLToPath } from "node:url";
import * as hb from "../../src/index.ts";
import { batchOf, w1 } from "./workloads.ts";

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

const BAKED = "baked in the graph";
/** The same once more: what it differs by is noise. */
export const AGAIN = "baked, once more";

/** Median time of each way, as a part of the time of the step with a baked flag in the same round. */
export function flagCosts(rounds: number): Readonly<Record<string, number>> {
  const ways: Readonly<Record<string, () => void>> = {
    [BAKED]: step(true, undefined),
    [AGAIN]: step(true, undefined),
    "training: true": step(false, true),
    "selector by class": step(false, { BatchNormalization: true }),
    "selector by function": step(false, (layer) => layer.name.startsWith("batch")),
  };
  const names = Object.keys(ways);
  const ratios = new Map(names.map((name) => [name, [] as number[]]));
  // The first quarter warms up.
  for (let round = 0; round < rounds * 1.25; round++) {
    // Five ways, a prime number of them: each stride visits all.
    const stride = 1 + (Math.floor(round / names.length) % (names.length - 1));
    const times = new Map<string, number>();
    for (let i = 0; i < names.length; i++) {
      const name = names[(round + i * stride) % names.length]!;
      const start = performance.now();
      ways[name]!();
      times.set(name, performance.now() - start);
    }
    if (round >= rounds / 4) for (const [name, time] of times) ratios.get(name)!.push(time / times.get(BAKED)!);
  }
  return Object.fromEntries([...ratios].map(([name, list]) => [name, list.sort((a, b) => a - b)[list.length >> 1]!]));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const costs = flagCosts(Number(process.argv[2] ?? 3000));
  for (const [name, ratio] of Object.entries(costs)) console.log(`${name.padEnd(22)} ${ratio.toFixed(4)}`);
}
