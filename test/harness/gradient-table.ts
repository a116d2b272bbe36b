/** Prints docs/gradients.md: see scripts/gradients.mjs. */
import { usableBuild } from "../../src/runtime/load.ts";
import type { KernelBuild } from "../../src/util/settings.ts";
import { allCases, type Errors, measure, rowName } from "./op-errors.ts";
import type { OpCase } from "./op-test.ts";

const BUILDS: readonly KernelBuild[] = ["simd", "relaxed"];

if (usableBuild({ build: "relaxed" }) !== "relaxed") {
  throw new Error("this engine has no relaxed SIMD: on Node 20 it needs --experimental-wasm-relaxed-simd");
}

/** What the numerical derivative of the oracle is good to: anything smaller says nothing of the op. */
const NOISE = 1e-10;

const text = (error: number | null): string => (error === null ? "–" : error < NOISE ? "0" : error.toExponential(1));

const worst = (list: readonly (number | null)[]): number | null =>
  list.reduce((most, error) => (error === null ? most : Math.max(most ?? 0, error)), null);

function row(name: string, cases: readonly OpCase[]): string {
  const errors = BUILDS.map((build) => cases.map((one): Errors => measure(one, build)));
  const forward = errors.map((list) => text(worst(list.map((each) => each.forward))));
  const backward = errors.map((list) => text(worst(list.map((each) => each.backward))));
  return `| \`${name}\` | ${cases.length} | ${[...forward, ...backward].join(" | ")} |`;
}

const lines = [
  "# Ops and their gradients",
  "",
  "Made by `npm run gradients` from the cases of the op tests (`test/ops/cases`): for each op the largest error against a",
  "float64 oracle, of the results and of the gradients, in both builds. Errors are relative to the largest value of the",
  "result or gradient, those of gradients against the oracle differentiated numerically; 0 stands for less than 1e-10.",
  "Neighbouring float32 numbers lie 6e-8 to 1.2e-7 apart. `–`: the op has no gradient.",
  "",
];
for (const { file, cases } of await allCases()) {
  const names = [...new Set(cases.map(rowName))];
  lines.push(`## ${file}`, "", "| op | cases | `simd` | `relaxed` | gradient, `simd` | gradient, `relaxed` |");
  lines.push("|---|---:|---:|---:|---:|---:|");
  for (const name of names)
    lines.push(
      row(
        name,
        cases.filter((one) => rowName(one) === name),
      ),
    );
  lines.push("");
}
console.log(lines.join("\n").trimEnd());
