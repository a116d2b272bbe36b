/**
 * Runs kernels as they are: each build over a memory of its own, buffers between canaries that tell of a store too far,
 * and sizes around every vector and block edge.
 */
import { existsSync, readFileSync } from "node:fs";
import type { KernelTable } from "../../src/runtime/kernel-table.ts";
import { AssertionFailure } from "./assert-close.ts";
import { testNumbers } from "./finite-difference.ts";

export interface Build {
  readonly name: string;
  readonly kernels: KernelTable;
  readonly memory: WebAssembly.Memory;
}

type Numbers = ArrayLike<number>;
/** Elements of the canary behind (and before) each buffer. */
const CANARY = 64;
const CANARY_BITS = 0x5ca1ab1e;
/** The first page belongs to the constants of the kernels. */
const START = 65536;

/** Element counts around every vector, block and word edge, 0 included. */
export const SIZES: readonly number[] = [0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 100, 257];

function load(name: string): Build | undefined {
  const file = new URL(`../../build/${name}.wasm`, import.meta.url);
  if (!existsSync(file)) throw new Error(`build/${name}.wasm is missing: npm run build:wasm`);
  const bytes = readFileSync(file);
  if (!WebAssembly.validate(bytes)) return undefined;
  const memory = new WebAssembly.Memory({ initial: 64, maximum: 65536 });
  const abort = (): never => {
    throw new AssertionFailure(`an assertion failed inside the ${name} build`);
  };
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory, abort } });
  return { name, kernels: exports as unknown as KernelTable, memory };
}

/** debug, simd, and relaxed where the engine has it. */
export const builds: readonly Build[] = ["debug", "simd", "relaxed"].flatMap((name) => load(name) ?? []);

/** A run of elements in a build's memory. Views are made anew at each use, since the memory may have grown. */
export class Buffer {
  readonly ptr: number;
  readonly length: number;
  private readonly memory: WebAssembly.Memory;

  constructor(memory: WebAssembly.Memory, ptr: number, length: number) {
    this.memory = memory;
    this.ptr = ptr;
    this.length = length;
  }

  get f32(): Float32Array {
    return new Float32Array(this.memory.buffer, this.ptr, this.length);
  }
  get i32(): Int32Array {
    return new Int32Array(this.memory.buffer, this.ptr, this.length);
  }
  get u32(): Uint32Array {
    return new Uint32Array(this.memory.buffer, this.ptr, this.length);
  }
  /** A copy of the float values. */
  values(): Float32Array {
    return this.f32.slice();
  }
}

/** Buffers for one call: 16-byte aligned, each of exactly its length, a canary behind each. */
export class Area {
  readonly build: Build;
  private top = START;
  private readonly canaries: number[] = [];

  constructor(build: Build) {
    this.build = build;
    this.canary();
  }

  private canary(): void {
    this.reserve(this.top + 4 * CANARY);
    new Uint32Array(this.build.memory.buffer, this.top, CANARY).fill(CANARY_BITS);
    this.canaries.push(this.top);
    this.top += 4 * CANARY;
  }

  private reserve(end: number): void {
    const { memory } = this.build;
    const missing = end - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / 65536));
  }

  /** `n` elements of rubbish (NaN as floats), so that nothing passes by reading zeros. */
  empty(n: number): Buffer {
    const ptr = (this.top + 15) & ~15;
    this.top = ptr + 4 * n;
    this.reserve(this.top);
    const buffer = new Buffer(this.build.memory, ptr, n);
    buffer.u32.fill(0x7fc00bad);
    this.canary();
    return buffer;
  }

  f32(values: Numbers): Buffer {
    const buffer = this.empty(values.length);
    buffer.f32.set(values);
    return buffer;
  }

  i32(values: Numbers): Buffer {
    const buffer = this.empty(values.length);
    buffer.i32.set(values);
    return buffer;
  }

  u32(values: Numbers): Buffer {
    const buffer = this.empty(values.length);
    buffer.u32.set(values);
    return buffer;
  }

  /** Fails if anything was stored outside the buffers. */
  check(): void {
    for (const at of this.canaries) {
      const words = new Uint32Array(this.build.memory.buffer, at, CANARY);
      const hit = words.findIndex((word) => word !== CANARY_BITS);
      if (hit >= 0) throw new AssertionFailure(`${this.build.name}: a store went ${4 * hit} bytes past a buffer's end`);
    }
  }
}

/** Runs the body on every build with a fresh area, then checks the canaries; errors name the build. */
export function onEveryBuild(body: (kernels: KernelTable, area: Area, build: Build) => void): void {
  for (const build of builds) {
    const area = new Area(build);
    try {
      body(build.kernels, area, build);
      area.check();
    } catch (error) {
      if (error instanceof Error) error.message = `[${build.name}] ${error.message}`;
      throw error;
    }
  }
}

/** `n` numbers that are float32 values, uniform in [low, high). */
export function floats(n: number, seed: number, low = -2, high = 2, gap = 0): Float32Array {
  return Float32Array.from(testNumbers(n, seed, low, high, gap));
}

/** `n` integers in [low, high). */
export function integers(n: number, seed: number, low: number, high: number): Int32Array {
  return Int32Array.from(testNumbers(n, seed, low, high), Math.floor);
}

const FLOAT = new Float32Array(1);
const BITS = new Int32Array(FLOAT.buffer);

/** |actual − expected| in units of the last place of the float32 next to `expected`; Infinity where one is not finite. */
export function ulps(actual: number, expected: number): number {
  if (Object.is(actual, expected) || actual === expected || (Number.isNaN(actual) && Number.isNaN(expected))) return 0;
  FLOAT[0] = expected;
  if (FLOAT[0] === actual) return Math.abs(actual - expected) === Infinity ? 0 : distance(actual, expected);
  return Number.isFinite(actual) && Number.isFinite(expected) ? distance(actual, expected) : Infinity;
}

function distance(actual: number, expected: number): number {
  FLOAT[0] = Math.abs(expected);
  BITS[0]! &= 0x7f800000;
  const ulp = Math.max(FLOAT[0]! * 2 ** -23, 2 ** -149);
  return Math.abs(actual - expected) / ulp;
}
