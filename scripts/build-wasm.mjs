// Builds the kernels: build/{debug,simd,relaxed}.wasm, the inline form of the two release modules, and the typed list of
// what they export. Usage: node scripts/build-wasm.mjs [target …]   (default: all targets)
import { appendFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";
import lzma from "lzma";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const at = (path) => join(root, path);
const config = JSON.parse(readFileSync(at("asconfig.json"), "utf8"));
/** The modules that travel in the package, in the order in which they are packed. */
const SHIPPED = ["simd", "relaxed"];

/** Every file of assembly/kernels is an entry; a forgotten one would lose its exports silently. */
function checkEntries() {
  const files = readdirSync(at("assembly/kernels")).filter((name) => name.endsWith(".ts"));
  const missing = files.map((name) => `assembly/kernels/${name}`).filter((path) => !config.entries.includes(path));
  if (missing.length > 0) throw new Error(`asconfig.json: entries lacks ${missing.join(", ")}`);
}

async function run(outFile, ...options) {
  const { error, stderr } = await asc.main([...options, "--baseDir", root]);
  const messages = stderr.toString();
  if (messages) process.stderr.write(messages);
  if (error) throw error;
  console.log(`${outFile}  ${readFileSync(at(outFile)).length} bytes`);
}

const compile = (target) => run(config.targets[target].outFile, "--config", "asconfig.json", "--target", target);

/** An empty section with a name, from which `init` knows a file that it is given: code alone does not tell the builds apart. */
function nameRelaxed() {
  const name = Buffer.from("relaxed");
  const section = [0, name.length + 1, name.length, ...name];
  appendFileSync(at(config.targets.relaxed.outFile), Uint8Array.from(section));
}

/** What unpacks the others. */
const UNPACKER = "build/unpack.wasm";
const UNPACKER_OPTIONS = "--config none -Oz --noAssert --runtime stub --initialMemory 1 --bindings";

const compileUnpacker = () =>
  run(UNPACKER, "assembly/unpack/lzma.ts", "--outFile", UNPACKER, ...UNPACKER_OPTIONS.split(" "), "");

/** What comes before the stream in a .lzma file: properties, which src/runtime/lzma.ts takes as given, and the length. */
const LZMA_HEADER = 13;
const LZMA_PROPERTIES = 0x5d;

/** Six bits a character: the printable ones from # on but for the backslash, so that no text in JavaScript escapes one. */
function asText(bytes) {
  const digits = Array.from({ length: Math.ceil((bytes.length * 8) / 6) }, (_, i) => {
    const [at, shift] = [Math.floor((i * 6) / 8), (i * 6) % 8];
    return (((bytes[at] << 8) | (bytes[at + 1] ?? 0)) >> (10 - shift)) & 63;
  });
  return String.fromCharCode(...digits.map((digit) => digit + (digit < 57 ? 35 : 36)));
}

/** Both modules share most of their bytes in long runs, so one stream for both is far smaller than two. */
function writeInline() {
  const modules = SHIPPED.map((target) => readFileSync(at(config.targets[target].outFile)));
  const file = Buffer.from(Uint8Array.from(lzma.compress(Buffer.concat(modules), 9)));
  if (file[0] !== LZMA_PROPERTIES) throw new Error(`LZMA properties: expected ${LZMA_PROPERTIES}, got ${file[0]}`);
  const packed = file.subarray(LZMA_HEADER);
  const lengths = Object.fromEntries(SHIPPED.map((target, i) => [target, modules[i].length]));
  // gzip finds the repeats of a text with two characters a byte: base64 takes 0.2 KB more, and another 0.3 KB in front.
  const unpacker = readFileSync(at(UNPACKER)).toString("hex");
  const value = { packed: asText(packed), unpacker, lengths };
  const note = "// Made by npm run build:wasm.\n";
  writeFileSync(at("build/wasm-inline.js"), `${note}export const wasmInline = ${JSON.stringify(value)};\n`);
  const type = `{ packed: string; unpacker: string; lengths: { ${SHIPPED.map((target) => `${target}: number`).join("; ")} } }`;
  writeFileSync(at("build/wasm-inline.d.ts"), `${note}export declare const wasmInline: ${type};\n`);
  console.log(`build/wasm-inline.js  ${packed.length} bytes packed, ${value.packed.length} as text`);
}

/** `export function name(a: usize, b: i32): f32 {` in any layout → the TypeScript signature of the export. */
function signatures(source) {
  const found = [];
  for (const [, name, parameters, result] of source.matchAll(/^export function (\w+)\(([^)]*)\): (\w+)/gm)) {
    const list = parameters.split(",").map((text) => text.split(":")[0].trim());
    const typed = list.filter(Boolean).map((parameter) => `${parameter}: number`);
    found.push({ name, text: `  ${name}(${typed.join(", ")}): ${result === "void" ? "void" : "number"};` });
  }
  return found;
}

/**
 * `@split n/64 key=0 bits=1/32 first+1 if n0=1`, in a comment before a kernel or (as `@split-each`) for all kernels of a
 * file that have the parameter: the kernel's outputs may be cut along parameter `n`, in multiples of 64. Pointers before it
 * move by one element a step, or by what stands after `=` (numbers, parameters, their product); `first+1`: a number that
 * grows likewise; `ws=own`: each thread needs its own; `if`: only where these parameters have these values; `none`: never.
 */
function splitOf(text, parameters, where, loose) {
  const indexOf = (name) => parameters.findIndex((parameter) => parameter.name === name);
  const [head, ...words] = text.trim().split(/\s+/);
  const [dim, unit = "1"] = head.split("/");
  const split = { dim: indexOf(dim), unit: Number(unit), moves: [] };
  const given = new Map();
  const conditions = [];
  let conditional = false;
  for (const word of words) {
    const [, name, , value] = /^(\w+)([=+])(\S+)$/.exec(word) ?? [];
    if (word === "if") conditional = true;
    else if (name !== undefined && indexOf(name) < 0 && loose) continue;
    else if (name === undefined || indexOf(name) < 0) throw new Error(`${where}: @split ${text}: what is ${word}?`);
    else if (conditional) conditions.push([indexOf(name), Number(value)]);
    else given.set(name, value);
  }
  if (split.dim < 0) throw new Error(`${where}: @split ${text}: no parameter ${dim}`);
  if (conditions.length > 0) split.when = conditions;
  parameters.forEach(({ name, type }, index) => {
    const value = given.get(name) ?? (type === "usize" && index < split.dim ? "1" : "0");
    if (value === "own") split.own = index;
    if (value === "0" || value === "own") return;
    const [product, divisor = "1"] = value.split("/");
    const factors = product.split("*").filter((factor) => !/^\d+$/.test(factor));
    const numbers = product.split("*").filter((factor) => /^\d+$/.test(factor));
    const scale = numbers.reduce((a, b) => a * b, type === "usize" ? 4 : 1) / divisor;
    split.moves.push([index, scale, ...factors.map(indexOf)]);
  });
  return split;
}

/** The splits of every kernel that has some, by its name. */
function splitsIn(path, source) {
  const each = [...source.matchAll(/^\/\/ @split-each (.*)$/gm)].map(([, text]) => text);
  const found = {};
  for (const match of source.matchAll(/((?:^(?:\/\*\*| \*|\/\/).*\n)*)^export function (\w+)\(([^)]*)\): void/gm)) {
    const [, comment, name, list] = match;
    const parameters = list.split(",").flatMap((text) => {
      const [parameter, type] = text.split(":").map((part) => part.trim());
      return parameter ? [{ name: parameter, type }] : [];
    });
    const own = [...comment.matchAll(/@split (.*?)(?: \*\/)?$/gm)].map(([, text]) => text);
    const fits = (text) => parameters.some((parameter) => parameter.name === text.split(/[/ ]/)[0]);
    const texts = own.length > 0 ? own.filter((text) => text !== "none") : each.filter(fits);
    if (texts.length === 0 || own.includes("none")) continue;
    found[name] = texts.map((text) => splitOf(text, parameters, `${path} ${name}`, own.length === 0));
  }
  return found;
}

/** How kernels may be cut into parts that run at the same time; only hornbeam/threads carries it. */
function writeSplits() {
  const all = Object.assign({}, ...config.entries.map((path) => splitsIn(path, readFileSync(at(path), "utf8"))));
  const lines = Object.keys(all)
    .sort()
    .map((name) => `  ${name}: ${JSON.stringify(all[name])},`);
  writeIfNew(
    "src/threads/kernel-splits.ts",
    `// Generated by npm run build:wasm from the @split comments of assembly/kernels/*.ts: do not edit.
import type { Split } from "./split.ts";

/** For each kernel that may be split, the ways to do it, in order of preference. */
export const kernelSplits: Readonly<Record<string, readonly Split[]>> = {
${lines.join("\n")}
};
`,
  );
}

function writeTable() {
  const all = config.entries.flatMap((path) => signatures(readFileSync(at(path), "utf8")));
  all.sort((a, b) => (a.name < b.name ? -1 : 1));
  const text = `// Generated by npm run build:wasm from the exports of assembly/kernels/*.ts: do not edit.

/** The kernels as JavaScript sees them: pointers are byte offsets, sizes and strides count elements. */
export interface KernelTable {
${all.map(({ text }) => text).join("\n")}
}

/** How many kernels a module of this version has. */
export const kernelCount: number = ${all.length};

/** The name of every kernel, in alphabetical order; for tests: the runtime reads the names from the module. */
export const kernelNames: readonly (keyof KernelTable)[] = [
${all.map(({ name }) => `  "${name}",`).join("\n")}
];
`;
  writeIfNew("src/runtime/kernel-table.ts", text);
}

/** Writes a file unless it is so already: a build that changes nothing makes nothing stale. */
function writeIfNew(file, text) {
  const path = at(file);
  let current = "";
  try {
    current = readFileSync(path, "utf8");
  } catch {
    mkdirSync(dirname(path), { recursive: true });
  }
  if (current !== text) writeFileSync(path, text);
}

const chosen = process.argv.slice(2);
checkEntries();
mkdirSync(at("build"), { recursive: true });
const targets = chosen.length > 0 ? chosen : Object.keys(config.targets);
for (const target of targets) await compile(target);
if (targets.includes("relaxed")) nameRelaxed();
if (chosen.length === 0) {
  await compileUnpacker();
  writeInline();
}
writeTable();
writeSplits();
