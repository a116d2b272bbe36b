import type { KernelTable } from "./kernel-table.ts";

/** A kernel call that may be shared between threads. */
export interface ParallelCall {
  readonly kernel: keyof KernelTable;
  readonly args: readonly number[];
}

/** How much work a call is. */
export interface Work {
  readonly flops: number;
  readonly bytes: number;
  /** Bytes of workspace the call has. */
  readonly workspace: number;
}

/** Threads beside the main one, as far as those who run kernels know them. */
export interface Parallel {
  /** Whether so much work may be worth sharing. */
  pays(work: Work): boolean;
  /** What runs the call on several threads; undefined where one is as good. */
  share(call: ParallelCall, work: Work): (() => void) | undefined;
}

/** What `hornbeam/threads` does for the engine; the default entry carries none of it. */
export interface Threading {
  /** The bytes of a module as they must be for a memory that threads share. */
  patch(bytes: Uint8Array): Uint8Array;
  /** Called when the engine has started or settings have changed: brings threads in line with them. */
  apply(): void;
  /** Ends the threads. */
  stop(): void;
}

let threading: Threading | undefined;
let current: Parallel | undefined;

/** What was brought by `enableThreads`. */
export function threadingInUse(): Threading | undefined {
  return threading;
}

/** Brings threads instead of those brought before. */
export function useThreading(brought: Threading): void {
  threading?.stop();
  threading = brought;
}

/** The threads in use; undefined without. */
export function parallel(): Parallel | undefined {
  return current;
}

/** Puts threads to use, or none. */
export function setParallel(threads: Parallel | undefined): void {
  current = threads;
}
