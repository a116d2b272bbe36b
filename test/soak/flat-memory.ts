/**
 * Runs one kind of work many times in a process of its own and prints, as JSON, how memory grew over the last 80 % of
 * it: `{rss, total}` in bytes.
 */
import * as hb from "../../src/index.ts";
import { growth } from "./growth.ts";

const kinds: Record<string, { count: number; make: () => () => void }> = {
  train: { count: 10_000, make: () => trainStep },
  predict: { count: 10_000, make: () => () => void w1.predict(x) },
  tape: { count: 2_000, make: makeTapeStep },
};

hb.setRandomSeed(1);
const x = hb.random.normal([128, 10], { seed: 1 });
const y = hb.oneHot(
  Array.from({ length: 128 }, (_, i) => i % 10),
  10,
);
const w1 = hb.sequential({
  layers: [
    hb.input({ shape: [10] }),
    hb.layers.dense({ units: 64, activation: "relu" }),
    hb.layers.batchNormalization(),
    hb.layers.dense({ units: 10, activation: "softmax" }),
  ],
});
w1.compile({ optimizer: "adam", loss: "categoricalCrossentropy", metrics: ["accuracy"] });

function trainStep(): void {
  w1.trainOnBatch(x, y);
}

function makeTapeStep(): () => void {
  const loss = hb.losses.categoricalCrossentropy();
  const optimizer = hb.optimizers.adam();
  const tape = new hb.GradientTape();
  return () => {
    const value = tape.record(() => loss.apply(y, w1.apply(x, { training: true }) as hb.Tensor));
    const variables = w1.trainableVariables;
    const grads = tape.gradient(value, variables);
    optimizer.applyGradients(grads.map((grad, i) => [grad, variables[i]!]));
  };
}

const kind = kinds[process.argv[2] ?? "train"];
if (kind === undefined) throw new Error(`expected one of ${Object.keys(kinds).join(", ")}`);
const step = kind.make();
const repeat = (count: number): void => {
  for (let i = 0; i < count; i++) step();
};
// The engine compiles hot code on the way: a warm-up of its own keeps that out of the count.
repeat(kind.count * 0.5);
repeat(kind.count * 0.2);
console.log(JSON.stringify(await growth(() => repeat(kind.count * 0.8))));
