import { fail, refuse, StateError } from "./errors.ts";
import { checkBoolean, checkChoice, checkInteger, checkNumber, checkOptions } from "./names.ts";

/** The two builds of the kernels: plain 128-bit SIMD, or with relaxed SIMD's fused multiply-add. */
export type KernelBuild = "simd" | "relaxed";

/** Everything that can be switched while a program runs. */
export interface Settings {
  /**
   * Which build of the kernels runs. Default "auto": "relaxed" where the engine has it, which is faster, else "simd", whose
   * bits are equal on every engine.
   */
  build: KernelBuild | "auto";
  /** True makes "auto" mean "simd" and forbids "relaxed", whose last bits may differ between machines. Default false. */
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
  build: "auto",
  deterministic: false,
  debug: 0,
  memoryLimit: 256 * 1024 * 1024,
  plan: true,
  fuse: true,
  threads: 1,
};

const BUILDS: readonly Settings["build"][] = ["auto", "simd", "relaxed"];

let current: Settings | undefined;
let revision = 0;

/** `HORNBEAM_*` environment variables, read where reading needs no new permission. */
function environment(name: string): string | undefined {
  const host = globalThis as {
    process?: { env?: Record<string, string | undefined> };
    Deno?: { permissions?: { querySync?(query: { name: string; variable: string }): { state: string } } };
  };
  try {
    const variable = `HORNBEAM_${name}`;
    const state = host.Deno?.permissions?.querySync?.({ name: "env", variable }).state;
    return host.Deno && state !== "granted" ? undefined : host.process?.env?.[variable];
  } catch {
    return undefined;
  }
}

function fromEnvironment(): Settings {
  const where = "environment";
  return {
    ...DEFAULTS,
    build: checkChoice(environment("BUILD") || "auto", where, "HORNBEAM_BUILD", BUILDS),
    debug: checkInteger(Number(environment("DEBUG") ?? 0), where, "HORNBEAM_DEBUG", 0, 5),
    plan: environment("PLAN") !== "0",
    fuse: environment("FUSE") !== "0",
  };
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

/** Threads there may be, the main one included. */
export const MOST_THREADS = 64;

let threadsAllowed = false;

/** From now on `threads` may be more than 1. */
export function allowThreads(): void {
  threadsAllowed = true;
}

type Check = (value: unknown, where: string, name: string) => unknown;

const CHECKS: Record<keyof Settings, Check> = {
  build: (value, where, name) => checkChoice(value, where, name, BUILDS),
  deterministic: checkBoolean,
  debug: (value, where, name) => checkInteger(value, where, name, 0, 5),
  memoryLimit: (value, where, name) => checkNumber(value, where, name, { min: 2 ** 20, max: 2 ** 32 }),
  plan: checkBoolean,
  fuse: checkBoolean,
  threads: (value, where, name) => checkInteger(value, where, name, 1, MOST_THREADS),
};

/** Changes settings; nothing changes when one of the values is unusable. */
export function changeSettings(changes: Partial<Settings>): void {
  const where = "configure";
  checkOptions(changes, Object.keys(CHECKS), where);
  const given = Object.entries(changes).filter(([, value]) => value !== undefined);
  for (const [name, value] of given) CHECKS[name as keyof Settings](value, where, name);
  const next = { ...settings(), ...Object.fromEntries(given) };
  if (next.threads > 1 && !threadsAllowed)
    fail(where, "threads: expected 1 before `await enableThreads()`", StateError);
  if (next.deterministic && next.build === "relaxed") {
    refuse(where, "build", '"auto" or "simd" together with deterministic: true', next.build);
  }
  current = next;
  revision++;
}
