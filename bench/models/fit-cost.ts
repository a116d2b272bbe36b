/**
 * What `fit` adds to a step: W1 trained by `fit` (shuffled, silent, no batch callbacks), by `trainOnBatch`, and by the
 * step's plan alone on a batch that is already cut. The ways take turns, and it is the process's own time
 * that counts, so that the machine's moods meet all alike.
 *
 *   node --import tsx bench/models/fit-cost.ts [rounds]
 */
import { Feed } from "../../src/models/feed.ts";
import { Trainer } from "../../src/models/trainer.ts";
import { batchOf, w1 } from "./workloads.ts";

const STEPS = 200;
const rounds = Number(process.argv[2] ?? 30);
const { batch, features, classes } = w1;
const { x, y } = batchOf({ ...w1, batch: batch * STEPS });
const one = batchOf(w1);

function alone(): () => void {
  const trainer = new Trainer(w1.model());
  trainer.compile({ optimizer: "adam", loss: "categoricalCrossentropy" });
  const feed = new Feed(trainer.prepare(one.x, one.y, undefined, "fit", "train"));
  const step = feed.next()!;
  return () => {
    for (let i = 0; i < STEPS; i++) trainer.step("train", step);
  };
}

function fitted(shuffle: boolean): () => Promise<unknown> {
  const model = w1.model();
  return () => model.fit(x, y, { batchSize: batch, verbose: 0, shuffle });
}

function onBatch(): () => void {
  const model = w1.model();
  return () => {
    for (let i = 0; i < STEPS; i++) model.trainOnBatch(one.x, one.y);
  };
}

const ways: Readonly<Record<string, () => unknown>> = {
  "plan alone": alone(),
  "fit, shuffled": fitted(true),
  "fit, in order": fitted(false),
  trainOnBatch: onBatch(),
};
const names = Object.keys(ways);
const times = Object.fromEntries(names.map((name) => [name, [] as number[]]));
for (let round = 0; round < rounds; round++) {
  for (let i = 0; i < names.length; i++) {
    const name = names[(i + round) % names.length]!;
    const start = process.cpuUsage();
    await ways[name]!();
    times[name]!.push(process.cpuUsage(start).user / 1000);
  }
}
const microseconds = (name: string): number => {
  const list = times[name]!.slice(rounds >> 2).sort((a, b) => a - b);
  return (list[list.length >> 2]! / STEPS) * 1000;
};
console.log(`W1, batch ${batch}, ${features} features, ${classes} classes; lower quartiles of ${rounds} rounds`);
for (const name of names) {
  const added = microseconds(name) - microseconds("plan alone");
  console.log(`${name.padEnd(14)} ${microseconds(name).toFixed(1).padStart(7)} µs a step, ${added.toFixed(1)} more`);
}
