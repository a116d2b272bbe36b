import { Node, Value } from "../graph/node.ts";
import { type Attrs, type BufferRef, type KernelIO, type OpRecord, outputSpecs } from "../graph/op.ts";
import { currentLabel, Scope } from "../graph/scope.ts";
import { wordsOf } from "../graph/spec.ts";
import { fromWords, toWords } from "../graph/variable.ts";
import { scopeArena, scratch } from "../memory/arena.ts";
import { engine } from "../memory/engine.ts";
import type { Storage } from "../memory/storage.ts";
import type { KernelTable } from "../runtime/kernel-table.ts";
import { parallel, type Work } from "../runtime/parallel.ts";
import type { TensorData } from "../util/dtype.ts";
import { StateError } from "../util/errors.ts";
import { settings } from "../util/settings.ts";
import { assertCanaries, assertFinite, CANARY, plantCanaries } from "./debug.ts";
import { bufferRef, call, checkError, type Kernel, workspaceOf } from "./emit.ts";
import { rootOf } from "./graph.ts";
import { callObserver, costOf, timed } from "./timing.ts";

/** What the node that is run does in all; its calls are judged by that. */
let work: Work = { flops: 0, bytes: 0, workspace: 0 };
let sharing: { of: KernelTable; table: KernelTable } | undefined;

/** The kernels, of which those with much to do run on several threads where there are some. */
function kernelsFor(node: Node, kernels: KernelTable, workspace: number): KernelTable {
  const threads = parallel();
  if (threads === undefined) return kernels;
  work = { ...costOf(node), workspace };
  if (!threads.pays(work)) return kernels;
  if (sharing?.of !== kernels) sharing = { of: kernels, table: sharingTable(kernels) };
  return sharing.table;
}

function sharingTable(kernels: KernelTable): KernelTable {
  const table = Object.entries(kernels).map(([name, raw]: [string, Kernel]) => {
    const kernel = name as keyof KernelTable;
    return [name, (...args: number[]) => (parallel()?.share({ kernel, args }, work) ?? (() => call(raw, args)))()];
  });
  return Object.fromEntries(table) as KernelTable;
}

/**
 * Runs every op at once, from the same records as plans do. All values lie in one arena and are gone when the scope
 * ends; variables are written only then.
 */
export class ImmediateScope extends Scope {
  readonly kind = "immediate";
  readonly #pinned: Storage[] = [];

  override add(record: OpRecord, inputs: readonly Value[], attrs: Attrs): readonly Value[] {
    const outputs = outputSpecs(record, inputs, attrs).map((spec) => new Value(spec));
    const node = new Node(record, inputs, attrs, outputs, currentLabel());
    if (record.alias === true) {
      outputs[0]!.ptr = inputs[0]!.ptr;
      return outputs;
    }
    const spare = settings().debug >= 5 ? CANARY : 0;
    for (const value of outputs) value.ptr = scopeArena.allocate(wordsOf(value) * 4 + spare);
    this.#run(node, spare);
    return outputs;
  }

  #run(node: Node, spare: number): void {
    const { heap, kernels } = engine();
    const words = workspaceOf(node, kernels);
    const workspace = words > 0 ? scratch.ensure(words * 4 + spare) : 0;
    const refs = (values: readonly Value[]): BufferRef[] => values.map((value) => bufferRef(value, value.ptr));
    const io: KernelIO<Attrs> = {
      inputs: refs(node.inputs),
      outputs: refs(node.outputs),
      attrs: node.attrs,
      workspace,
    };
    const bad = node.record.check?.run(kernels, io) ?? -1;
    if (bad >= 0) throw checkError(node, io, bad, heap.i32);
    node.record.host?.(io, heap);
    if (spare === 0) {
      const tell = callObserver();
      const start = tell === undefined ? 0 : performance.now();
      node.record.kernel(kernelsFor(node, kernels, words * 4), io);
      tell?.(timed(node.record.name, node, "", start, performance.now() - start, costOf(node)));
      return;
    }
    const written = node.outputs.map((value) => ({ ptr: value.ptr, words: wordsOf(value) }));
    if (words > 0) written.push({ ptr: workspace, words });
    plantCanaries(written, heap.u32);
    node.record.kernel(kernels, io);
    assertCanaries(node, written, heap.u32);
    assertFinite(node, ({ ptr }) => ptr, heap);
  }

  protected override placeLeaf(value: Value): void {
    const { leaf } = value;
    if (leaf?.kind === "variable") {
      const { storage } = leaf.variable;
      storage.use();
      storage.pins++;
      this.#pinned.push(storage);
      value.ptr = leaf.variable.ptr;
    } else if (leaf?.kind === "constant") {
      const words = toWords(leaf.data);
      value.ptr = scopeArena.allocate(words.length * 4);
      engine().heap.u32.set(words, value.ptr >>> 2);
    }
  }

  /** A copy of a value of this scope. */
  readValue(value: Value): TensorData {
    if (!this.alive) throw new StateError("[Tensor] values: the scope that made this tensor has ended.");
    if (value.dtype === "bits") throw new StateError("[Tensor] values: expected numbers, got a packed mask.");
    return fromWords(this.words(value), value.dtype);
  }

  /** The bits of a value of this scope: a view that is only good until the next op. */
  words(value: Value): Uint32Array {
    const start = value.ptr >>> 2;
    return engine().heap.u32.subarray(start, start + wordsOf(value));
  }

  /** Writes what was assigned to variables. */
  commit(): void {
    const pending = [...this.assigned].map(([cell, value]) => [cell, this.#bits(value)] as const);
    for (const [cell, words] of pending) cell.writeWords(words);
    this.assigned.clear();
  }

  /** The bits to be assigned; of a variable (which may be written meanwhile) a copy. */
  #bits(value: Value): Uint32Array {
    const words = this.words(value);
    return rootOf(value).leaf?.kind === "variable" ? words.slice() : words;
  }

  /** Ends the scope: its values are gone. */
  end(): void {
    this.alive = false;
    for (const storage of this.#pinned) storage.pins--;
    scopeArena.reset();
  }
}
