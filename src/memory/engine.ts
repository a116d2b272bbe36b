import type { KernelTable } from "../runtime/kernel-table.ts";
import { compileKernels, loadKernels, usableBuild } from "../runtime/load.ts";
import { threadingInUse } from "../runtime/parallel.ts";
import { type KernelBuild, settings, settingsRevision } from "../util/settings.ts";
import { Heap } from "./heap.ts";

/** The process's linear memory and the kernels over it. */
export interface Engine {
  readonly heap: Heap;
  kernels: KernelTable;
  module: WebAssembly.Module;
  build: KernelBuild;
  /** Grows when the kernels are others: calls bound to the old ones run over a memory that is no longer used. */
  generation: number;
}

let current: Engine | undefined;
let checkedRevision = -1;
let epoch = 0;

/** A number that grows whenever something moved in linear memory or the kernels changed: bound plans compare it. */
export function layoutEpoch(): number {
  return epoch;
}

/** Says that something moved. */
export function layoutChanged(): void {
  epoch++;
}

function load(build: KernelBuild, heap: Heap): Engine {
  const module = compileKernels(build, heap.shared ? threadingInUse()?.patch : undefined);
  epoch++;
  return { heap, build, module, kernels: loadKernels(module, heap.memory), generation: (current?.generation ?? 0) + 1 };
}

/** The engine, made on first use; changed settings take effect here. */
export function engine(): Engine {
  if (current !== undefined && checkedRevision === settingsRevision()) return current;
  const build = usableBuild(settings());
  if (current === undefined) current = load(build, new Heap());
  else if (current.build !== build) Object.assign(current, load(build, current.heap));
  checkedRevision = settingsRevision();
  threadingInUse()?.apply();
  return current;
}

/** Moves everything into a memory of another kind; addresses stay. */
export function moveTo(memory: WebAssembly.Memory): void {
  const { heap, build } = engine();
  heap.moveTo(memory);
  Object.assign(current!, load(build, heap));
}

/** True once linear memory exists. */
export function engineStarted(): boolean {
  return current !== undefined;
}
