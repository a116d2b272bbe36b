/**
 * `npm run size`: what a user ships, bundled and minified by esbuild, gzip -9, in KB of 1000 bytes. Fails when all that
 * `import * as hb` pulls in passes the limit.
 */
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { ensureBuilt } from "./build.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const LIMIT_KB = 60;

const mlp = `
import { input, layers, model, tensor } from "hornbeam";
const x = input({ shape: [4] });
const h = layers.dense({ units: 8, activation: "relu" }).apply(x);
const net = model({ inputs: x, outputs: layers.dense({ units: 3, activation: "softmax" }).apply(h) });
net.compile({ optimizer: "adam", loss: "categoricalCrossentropy" });
console.log(await net.fit(tensor([[1, 2, 3, 4]]), tensor([[1, 0, 0]]), { epochs: 1 }));
`;

const programs = [
  {
    name: 'all of "hornbeam", both builds inline',
    source: 'import * as hb from "hornbeam"; globalThis.hb = hb;',
    limit: LIMIT_KB,
  },
  { name: 'all of "hornbeam/slim"', source: 'import * as hb from "hornbeam/slim"; globalThis.hb = hb;' },
  { name: 'all of "hornbeam/data"', source: 'import * as hb from "hornbeam/data"; globalThis.hb = hb;' },
  { name: "a program that builds and trains an MLP", source: mlp },
];

async function sizeOf(source) {
  const { outputFiles } = await build({
    stdin: { contents: source, resolveDir: root },
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    platform: "browser",
    external: ["node:*"],
    legalComments: "none",
    write: false,
  });
  const [{ contents }] = outputFiles;
  return { minified: contents.length / 1000, gzip: gzipSync(contents, { level: 9 }).length / 1000 };
}

await ensureBuilt();
console.log("   KB gzip   KB minified");
for (const { name, source, limit } of programs) {
  const { minified, gzip } = await sizeOf(source);
  const over = limit !== undefined && gzip > limit;
  if (over) process.exitCode = 1;
  const verdict = limit === undefined ? "" : over ? `, over the limit of ${limit} KB` : ` (limit ${limit} KB)`;
  console.log(`${gzip.toFixed(1).padStart(10)} ${minified.toFixed(1).padStart(13)}   ${name}${verdict}`);
}
