/**
 * `npm run size [-- --json FILE]`: what a user ships, bundled by rollup, minified by terser, gzip -9, in KB of 1000 bytes. Fails when a
 * program passes its limit. The limit of everything is 75 KB now, and 100 KB when all entries are there.
 */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { nodeResolve } from "@rollup/plugin-node-resolve";
import terser from "@rollup/plugin-terser";
import { rollup } from "rollup";
import { ensureBuilt } from "./build.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));

const w2 = `
import { layers, sequential, tensor } from "hornbeam";
const hidden = () => [
  layers.dense({ units: 512, activation: "relu" }),
  layers.batchNormalization(),
  layers.dropout({ rate: 0.2 }),
];
const net = sequential({ layers: [...hidden(), ...hidden(), layers.dense({ units: 10, activation: "softmax" })] });
net.compile({ optimizer: "adam", loss: "categoricalCrossentropy" });
export const train = (x, y) => net.fit(tensor(x, [128, 784]), tensor(y, [128, 10]), { epochs: 1, batchSize: 128 });
`;
const all = (entry) => `import * as hb from "${entry}"; globalThis.hb = hb;`;

const programs = [
  { name: 'all of "hornbeam", both builds inline', source: all("hornbeam"), limit: 75 },
  { name: "a program that builds and trains W2", source: w2, limit: 60 },
  {
    name: '{tensor} of "hornbeam/slim"',
    source: 'import { tensor } from "hornbeam/slim"; globalThis.tensor = tensor;',
    limit: 25,
  },
  {
    name: "{version} alone: nothing else may be kept",
    source: 'import { version } from "hornbeam"; globalThis.version = version;',
    limit: 0.5,
  },
  { name: 'all of "hornbeam/slim"', source: all("hornbeam/slim"), limit: 65 },
  { name: 'all of "hornbeam/io"', source: all("hornbeam/io"), limit: 5 },
  { name: 'all of "hornbeam/data"', source: all("hornbeam/data"), limit: 20 },
  { name: 'all of "hornbeam/tensorboard"', source: all("hornbeam/tensorboard"), limit: 5 },
  { name: 'all of "hornbeam/plot"', source: all("hornbeam/plot"), limit: 10 },
  { name: "W2 with threads", source: `${w2}export { enableThreads } from "hornbeam/threads";`, limit: 65 },
];

/** Lets a program import the package by its public names. */
const program = (source) => ({
  name: "program",
  resolveId: (id) => (id === "program" ? `${root}program.mjs` : null),
  load: (id) => (id === `${root}program.mjs` ? source : null),
});

async function sizeOf(source) {
  const bundle = await rollup({
    input: "program",
    external: /^node:/,
    plugins: [program(source), nodeResolve({ browser: true })],
  });
  const { output } = await bundle.generate({
    format: "es",
    plugins: [terser({ module: true, ecma: 2020, compress: { passes: 3 }, format: { comments: false } })],
  });
  await bundle.close();
  const now = withStaticImports(output[0], output);
  return [now, output.filter((chunk) => !now.includes(chunk))].map((chunks) => {
    const bytes = Buffer.from(chunks.map(({ code }) => code).join(""));
    return { minified: bytes.length / 1000, gzip: gzipSync(bytes, { level: 9 }).length / 1000 };
  });
}

/** A chunk and what it needs at once: the rest is loaded when it is called for. */
function withStaticImports(entry, all) {
  const found = new Set([entry]);
  for (const { imports } of found) for (const name of imports) found.add(all.find(({ fileName }) => fileName === name));
  return all.filter((chunk) => found.has(chunk));
}

const { values: options } = parseArgs({ options: { json: { type: "string" } } });
await ensureBuilt();
const report = [];
console.log("   KB gzip   KB minified");
for (const { name, source, limit } of programs) {
  const [{ minified, gzip }, later] = await sizeOf(source);
  const over = gzip > limit;
  report.push({ name, minified, gzip, limit });
  if (over) process.exitCode = 1;
  const verdict = over ? `, over the limit of ${limit} KB` : ` (limit ${limit} KB)`;
  console.log(`${gzip.toFixed(1).padStart(10)} ${minified.toFixed(1).padStart(13)}   ${name}${verdict}`);
  if (later.minified > 0) {
    console.log(`${later.gzip.toFixed(1).padStart(10)} ${later.minified.toFixed(1).padStart(13)}     more on demand`);
  }
}
if (options.json) writeFileSync(options.json, `${JSON.stringify(report, null, 2)}\n`);
