import type { KernelTable } from "../runtime/kernel-table.ts";
import { loadKernels, usableBuild } from "../runtime/load.ts";
import { type KernelBuild, settings, settingsRevision } from "../util/settings.ts";
import { Heap } from "./heap.ts";

/** The process's linear memory and the kernels over it. */
export interface Engine {
  readonly heap: Heap;
  kernels: KernelTable;
  build: KernelBuild;
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

/** The engine, made on first use; a changed `build` setting takes effect here. */
export function engine(): Engine {
  if (current !== undefined && checkedRevision === settingsRevision()) return current;
  const build = usableBuild(settings().build);
  if (current === undefined) {
    const heap = new Heap();
    current = { heap, build, kernels: loadKernels(build, heap.memory) };
  } else if (current.build !== build) {
    current.kernels = loadKernels(build, current.heap.memory);
    current.build = build;
    epoch++;
  }
  checkedRevision = settingsRevision();
  return current;
}

/** True once linear memory exists. */
export function engineStarted(): boolean {
  return current !== undefined;
}
