import type { Heap } from "../memory/heap.ts";
import type { KernelTable } from "../runtime/kernel-table.ts";
import type { Node } from "./node.ts";
import type { Spec } from "./spec.ts";

/** Plain data an op is configured with; it can be compared, printed and sent to a worker. */
export type AttrValue = number | string | boolean | null | undefined | readonly AttrValue[];
export type Attrs = { readonly [name: string]: AttrValue };

/** A value as a kernel call sees it. */
export interface BufferRef extends Spec {
  /** Address in bytes. */
  readonly ptr: number;
  /** Elements. */
  readonly size: number;
}

/** What an op's `kernel` gets to write its calls with. */
export interface KernelIO<A> {
  readonly inputs: readonly BufferRef[];
  readonly outputs: readonly BufferRef[];
  readonly attrs: A;
  /** Address of the workspace asked for, else 0. */
  readonly workspace: number;
}

/** What an op's gradient rule gets. T is the public tensor class, which this floor does not know. */
export interface GradientArgs<A, T> {
  readonly inputs: readonly T[];
  readonly outputs: readonly T[];
  /** Gradient of each output; null where none flows. */
  readonly grads: readonly (T | null)[];
  readonly attrs: A;
  /** Which inputs a gradient is wanted for: the rule need not make the others. */
  readonly needs: readonly boolean[];
  /** Applies another record. */
  apply<B extends Attrs>(record: OpRecord<B, T>, inputs: readonly T[], attrs: B): T[];
}

/** Work of a node, for the profiler and the cost model. */
export interface Cost {
  readonly flops: number;
  readonly bytes: number;
}

/**
 * One op, whole: everything the tracer, autodiff, the planner and both executors know of it.
 * (Methods, not function properties, so that a record with its own attribute type passes where any record is wanted.)
 */
export interface OpRecord<A extends Attrs = Attrs, T = unknown> {
  readonly name: string;
  /** Specs of the outputs; throws a ShapeError that names the op and the shapes. */
  shape(inputs: readonly Spec[], attrs: A): Spec | readonly Spec[];
  /** Gradients for the inputs; null where none flows. The record says null itself when the op has no gradient at all. */
  readonly gradient: GradientRule<A, T> | null;
  /** Writes the kernel calls; `k` records them for a plan, or runs them at once. */
  kernel(k: KernelTable, io: KernelIO<A>): void;
  /** Work of JavaScript on a few numbers, such as a learning rate of the user's own, done before the kernel. */
  host?(io: KernelIO<A>, heap: Heap): void;
  /** 4-byte words of workspace the kernel wants. */
  workspace?(k: KernelTable, inputs: readonly Spec[], outputs: readonly Spec[], attrs: A): number;
  /** Output i may take the bytes of input j when that is not read any more. */
  readonly inPlace?: readonly (readonly [output: number, input: number])[];
  /** The output is input 0 under another shape: no kernel runs. */
  readonly alias?: true;
  /** Made for one application: what was compiled for a computation with it serves no other one. */
  readonly once?: true;
  /**
   * Checks values before anything is committed: a kernel call that gives -1 when all is well, and the text of the
   * ValueError otherwise.
   */
  readonly check?: ValueCheck<A>;
  /** Offers to take in the only consumer of output 0: what replaces both, or null. */
  fuse?(node: Node, consumer: Node): Fusion | null;
  /** Flops and bytes moved; default: bytes of all inputs and outputs. */
  cost?(inputs: readonly Spec[], outputs: readonly Spec[], attrs: A): Cost;
}

/** The gradient rule's type, a method so that its parameters are compared leniently. */
export type GradientRule<A extends Attrs, T> = {
  bivariant(args: GradientArgs<A, T>): readonly (T | null)[];
}["bivariant"];

/** How an op checks its input values. */
export interface ValueCheck<A> {
  run(k: KernelTable, io: KernelIO<A>): number;
  message(index: number, value: number, io: KernelIO<A>): string;
  /** The input that is checked. */
  readonly input: number;
}

/** The result of a fusion: the record and attributes of the node that replaces both, and its inputs. */
export interface Fusion {
  readonly record: OpRecord;
  readonly attrs: Attrs;
  readonly inputs: Node["inputs"];
}

/** Outputs as a list, whatever the record's `shape` gave. */
export function outputSpecs(record: OpRecord, inputs: readonly Spec[], attrs: Attrs): readonly Spec[] {
  const specs = record.shape(inputs, attrs);
  return Array.isArray(specs) ? specs : [specs as Spec];
}
