import { describe, StateError, ValueError } from "./errors.ts";

/** The two builds of the kernels: plain 128-bit SIMD, or with relaxed SIMD's fused multiply-add. */
export type KernelBuild = "simd" | "relaxed";

/** Everything that can be switched while a program runs. */
export interface Settings {
  /** Which build of the kernels runs. Default "simd", the one whose bits are equal on every engine. */
  build: KernelBuild;
  /** True forbids builds whose last bits may differ between machines. Default false. */
  deterministic: boolean;
  /** Level 0–5 of what is printed and checked; see CONTRIBUTING.md. Default 0. */
  debug: number;
  /** Bytes of variables and optimizer slots kept in linear memory before the least recently used are moved out. Default 256 MiB. */
  memoryLimit: number;
  /** False gives every value of a plan its own bytes. Default true. */
  plan: boolean;
  /** False switches fusion off. Default true. */
  fuse: boolean;
  /** Threads that share a plan's work. Default 1. */
  threads: number;
}

const DEFAULTS: Settings = {
  build: "simd",
  deterministic: false,
  debug: 0,
  memoryLimit: 256 * 1024 * 1024,
  plan: true,
  fuse: true,
  threads: 1,
};

let current: Settings | undefined;
let revision = 0;

/** `HORNBEAM_*` environment variables, read where reading needs no new permission. */
function environment(name: string): string | undefined {
  const host = globalThis as {
    process?: { env?: Record<string, string | undefined> };
    Deno?: { permissions?: { querySync?(query: { name: string; variable: string }): { state: string } } };
  };
  try {
    const query = host.Deno?.permissions?.querySync;
    if (host.Deno && query?.call(host.Deno.permissions, { name: "env", variable: name }).state !== "granted") {
      return undefined;
    }
    return host.process?.env?.[name];
  } catch {
    return undefined;
  }
}

function fromEnvironment(): Settings {
  const settings = { ...DEFAULTS };
  const build = environment("HORNBEAM_BUILD");
  if (build === "simd" || build === "relaxed") settings.build = build;
  const debug = Number(environment("HORNBEAM_DEBUG") ?? 0);
  if (Number.isInteger(debug) && debug >= 0) settings.debug = Math.min(debug, 5);
  settings.plan = environment("HORNBEAM_PLAN") !== "0";
  settings.fuse = environment("HORNBEAM_FUSE") !== "0";
  return settings;
}

/** The settings in force; the environment is read on the first call. */
export function settings(): Readonly<Settings> {
  current ??= fromEnvironment();
  return current;
}

/** Grows with every `configure`, so that whoever derived something from the settings can tell that it is stale. */
export function settingsRevision(): number {
  return revision;
}

type Check = (value: unknown) => string | undefined;

const flag: Check = (value) => (typeof value === "boolean" ? undefined : "true or false");

const CHECKS: Record<keyof Settings, Check> = {
  build: (value) => (value === "simd" || value === "relaxed" ? undefined : '"simd" or "relaxed"'),
  deterministic: flag,
  debug: (value) =>
    Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 5 ? undefined : "an integer from 0 to 5",
  memoryLimit: (value) =>
    typeof value === "number" && value >= 1024 * 1024 && value <= 2 ** 32 ? undefined : "bytes from 2^20 to 2^32",
  plan: flag,
  fuse: flag,
  threads: (value) => (Number.isInteger(value) && (value as number) >= 1 ? undefined : "an integer from 1 on"),
};

/** Changes settings; nothing changes when one of the values is unusable. */
export function changeSettings(changes: Partial<Settings>): void {
  const next = { ...settings() };
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) continue;
    const check = CHECKS[name as keyof Settings];
    if (check === undefined) {
      throw new ValueError(`[configure] ${name}: expected one of ${Object.keys(CHECKS).join(", ")}.`);
    }
    const expected = check(value);
    if (expected !== undefined)
      throw new ValueError(`[configure] ${name}: expected ${expected}, got ${describe(value)}.`);
    if (name === "threads" && (value as number) > 1) {
      throw new StateError("[configure] threads: expected 1 before `await enableThreads()`, which starts the workers.");
    }
    Object.assign(next, { [name]: value });
  }
  if (next.deterministic && next.build === "relaxed") {
    throw new ValueError('[configure] build: expected "simd" together with deterministic: true, got "relaxed".');
  }
  current = next;
  revision++;
}
