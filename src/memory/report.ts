import { accounts } from "./accounts.ts";
import { engine, engineStarted } from "./engine.ts";

/** What `memory()` tells; bytes, but for `plans`. */
export interface MemoryReport {
  /** Variables of layers and models in linear memory. */
  variables: number;
  /** Optimizer slots in linear memory. */
  optimizers: number;
  /** Room for the values of a running plan or scope. */
  arena: number;
  /** Room for the inputs of a running plan, and constants of plans. */
  staging: number;
  /** All that is handed out of linear memory now. */
  total: number;
  /** The largest `total` so far. */
  peak: number;
  /** Size of linear memory itself, which never shrinks. */
  linear: number;
  /** Plans bound to memory (a number). */
  plans: number;
  /** Bytes moved out to JavaScript arrays so far; those nobody refers to any more are ordinary garbage. */
  saved: number;
}

/** How linear memory is used at this moment. Does not start the engine. */
export function memory(): MemoryReport {
  const heap = engineStarted() ? engine().heap : undefined;
  const { variables, optimizers, arena, staging, plans, saved } = accounts;
  const total = heap?.used ?? 0;
  const linear = heap?.memory.buffer.byteLength ?? 0;
  return { variables, optimizers, arena, staging, total, peak: heap?.peak ?? 0, linear, plans, saved };
}
