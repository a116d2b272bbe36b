import type { Node, Value } from "../graph/node.ts";
import type { KernelIO } from "../graph/op.ts";
import { wordsOf } from "../graph/spec.ts";
import { fromWords, toWords, type VariableCell } from "../graph/variable.ts";
import { planArena, staging } from "../memory/arena.ts";
import { engine, layoutEpoch } from "../memory/engine.ts";
import { aligned, type Heap } from "../memory/heap.ts";
import { Storage } from "../memory/storage.ts";
import type { KernelTable } from "../runtime/kernel-table.ts";
import { type ParallelCall, parallel, type Work } from "../runtime/parallel.ts";
import type { TensorData } from "../util/dtype.ts";
import { fail, StateError } from "../util/errors.ts";
import { settings } from "../util/settings.ts";
import { type Assignment, assignMemory } from "./assign-memory.ts";
import {
  assertCanaries,
  assertFinite,
  CANARY,
  plantCanaries,
  printGraph,
  printListing,
  printSummary,
  printTimes,
  type Written,
} from "./debug.ts";
import { bufferRef, type Command, call, checkError, type Kernel, Recorder, workspaceOf } from "./emit.ts";
import { fuse } from "./fuse.ts";
import { type Graph, removeDeadNodes, rootOf } from "./graph.ts";
import { type Schedule, schedule } from "./schedule.ts";
import { CallSums, callObserver, costOf, timed } from "./timing.ts";

/** Bytes of JavaScript memory a node of a kept plan is reckoned to take. */
const BYTES_PER_NODE = 1024;

/** Name of the plan that waits for JavaScript of the user's in the midst of a run. */
let halted: string | undefined;

/** Writes the inputs of a run to where a plan wants them: input `index` from word `at` on. */
export interface InputWriter {
  write(index: number, heap: Heap, at: number): void;
}

/**
 * A compiled computation: kernel calls with fixed arguments. Running it allocates nothing; what a run leaves behind are
 * its results in the arena (until the next run of any plan) and the variables it wrote.
 */
export class Plan {
  readonly name: string;
  /** About how much memory keeping the plan takes. */
  readonly bytes: number;
  /** The debug level the plan was laid out for. */
  readonly #debug: number;
  readonly #graph: Graph;
  readonly #schedule: Schedule;
  readonly #assignment: Assignment;
  readonly #inputOffsets: number[] = [];
  readonly #stagingBytes: number;
  readonly #constants: Storage | undefined;
  readonly #constantOffsets = new Map<Value, number>();
  readonly #variables: readonly VariableCell[];
  #storages: readonly Storage[] = [];
  #bound = "";
  /** The storage this plan is counted on in the report of memory, and its generation then. */
  #counted: { storage: Storage; generation: number } | undefined;
  #epoch = -1;
  #commands: readonly Command[] = [];
  #functions: readonly Kernel[] = [];
  /** For each call what shares it between threads, where that pays; undefined without threads. */
  #shared: readonly ((() => void) | undefined)[] | undefined;
  #commitStart = 0;

  constructor(name: string, graph: Graph) {
    const { debug, fuse: fusing, plan: sharing } = settings();
    this.name = name;
    this.#debug = debug;
    removeDeadNodes(graph);
    if (debug >= 4) printGraph(`${name}, traced`, graph);
    if (fusing) {
      fuse(graph);
      if (debug >= 4) printGraph(`${name}, fused`, graph);
    }
    this.#graph = graph;
    // What is updated beside its variable can be looked at before it is written.
    this.#schedule = schedule(graph, debug < 5);
    this.#assignment = assignMemory(graph, this.#schedule, engine().kernels, sharing, debug < 5 ? 0 : CANARY);
    let offset = 0;
    for (const input of graph.inputs) {
      this.#inputOffsets.push(offset);
      offset += aligned(wordsOf(input) * 4);
    }
    this.#stagingBytes = offset;
    const leaves = this.#leaves();
    this.#variables = [...new Set([...leaves.variables, ...graph.effects.map(([cell]) => cell)])];
    this.#constants = this.#layOutConstants(leaves.constants);
    this.bytes = graph.nodes.length * BYTES_PER_NODE + (this.#constants?.bytes ?? 0);
  }

  #leaves(): { variables: VariableCell[]; constants: Value[] } {
    const variables: VariableCell[] = [];
    const constants = new Set<Value>();
    const values = [...this.#graph.nodes.flatMap((node) => node.inputs), ...this.#graph.outputs];
    for (const value of [...values, ...this.#graph.effects.map(([, effect]) => effect)]) {
      const root = rootOf(value);
      if (root.leaf?.kind === "variable") variables.push(root.leaf.variable);
      if (root.leaf?.kind === "constant") constants.add(root);
    }
    return { variables, constants: [...constants] };
  }

  #layOutConstants(constants: readonly Value[]): Storage | undefined {
    if (constants.length === 0) return undefined;
    let length = 0;
    for (const value of constants) {
      this.#constantOffsets.set(value, length * 4);
      length += aligned(wordsOf(value) * 4) / 4;
    }
    const words = new Uint32Array(length);
    for (const value of constants) {
      if (value.leaf?.kind === "constant") words.set(toWords(value.leaf.data), this.#constantOffsets.get(value)! / 4);
    }
    return new Storage("staging", length, words);
  }

  /** Brings everything the plan reads or writes into linear memory and makes the calls' arguments true. */
  #prepare(): void {
    if (this.#epoch === layoutEpoch()) {
      for (const storage of this.#storages) storage.use();
      if (this.#epoch === layoutEpoch()) return;
    }
    const storages = new Set(this.#variables.map((cell) => cell.storage));
    if (this.#constants !== undefined) storages.add(this.#constants);
    this.#storages = [...storages];
    for (const storage of this.#storages) storage.pins++;
    try {
      planArena.ensure(this.#assignment.layout.bytes);
      staging.ensure(this.#stagingBytes);
      for (const storage of this.#storages) storage.use();
    } finally {
      for (const storage of this.#storages) storage.pins--;
    }
    const addresses = this.#variables.map((cell) => cell.ptr);
    const bound = [engine().generation, planArena.ptr, staging.ptr, this.#constants?.ptr, ...addresses].join();
    if (bound !== this.#bound) {
      this.#bind();
      this.#bound = bound;
    }
    this.#count();
    this.#epoch = layoutEpoch();
  }

  /** Counts the plan for `memory()`, for as long as what it reads is resident. */
  #count(): void {
    const storage = this.#storages[0];
    if (storage === undefined) return;
    if (this.#counted?.storage === storage && this.#counted.generation === storage.generation) return;
    this.#uncount();
    storage.countPlan(1);
    this.#counted = { storage, generation: storage.generation };
  }

  #uncount(): void {
    if (this.#counted?.generation === this.#counted?.storage.generation) this.#counted?.storage.countPlan(-1);
    this.#counted = undefined;
  }

  /** Address of a value as the plan is bound now. */
  #address(value: Value): number {
    const root = rootOf(value);
    const { leaf } = root;
    if (leaf?.kind === "variable") return leaf.variable.ptr;
    if (leaf?.kind === "input") return staging.ptr + this.#inputOffsets[leaf.index]!;
    if (leaf?.kind === "constant") return this.#constants!.ptr + this.#constantOffsets.get(root)!;
    const cell = this.#schedule.direct.get(root);
    return cell === undefined ? planArena.ptr + this.#assignment.blocks.get(root)!.offset : cell.ptr;
  }

  #io(node: Node): KernelIO<Node["attrs"]> {
    const block = this.#assignment.workspaces.get(node);
    return {
      inputs: node.inputs.map((value) => bufferRef(value, this.#address(value))),
      outputs: node.outputs.map((value) => bufferRef(value, this.#address(value))),
      attrs: node.attrs,
      workspace: block === undefined ? 0 : planArena.ptr + block.offset,
    };
  }

  /** Writes the kernel calls for the places at which everything lies now. */
  #bind(): void {
    const { kernels } = engine();
    const recorder = new Recorder(kernels);
    const { nodes, commitStart, copies } = this.#schedule;
    for (const node of nodes.slice(commitStart))
      if (node.record.check !== undefined) recorder.check(node, this.#io(node));
    nodes.forEach((node, position) => {
      if (position === commitStart) this.#commitStart = recorder.commands.length;
      if (node.record.alias === true) return;
      const io = this.#io(node);
      if (node.record.check !== undefined && position < commitStart) recorder.check(node, io);
      recorder.node = node;
      if (node.record.host !== undefined)
        recorder.host(() => this.#keepStill(() => node.record.host!(io, engine().heap)));
      node.record.kernel(recorder.table, io);
    });
    if (commitStart === nodes.length) this.#commitStart = recorder.commands.length;
    recorder.node = undefined;
    for (const [cell, value] of copies) recorder.table.u32_copy(cell.ptr, this.#address(value), cell.size);
    this.#commands = recorder.commands;
    this.#functions = recorder.commands.map(
      ({ kernel, host }) => host ?? (kernels[kernel as keyof KernelTable] as Kernel),
    );
    const threads = parallel();
    const works = threads === undefined ? [] : this.#works();
    this.#shared =
      threads &&
      recorder.commands.map((command, i) =>
        command.kernel === "host" ? undefined : threads.share(command as ParallelCall, works[i]!),
      );
    if (this.#debug >= 1) printSummary(this.name, this.#commands, this.#assignment.layout);
    if (this.#debug >= 3) printListing(this.name, this.#commands);
  }

  /**
   * Runs the plan on inputs in the order they were traced. Throws a ValueError when a check finds unfit values; then no
   * variable has changed.
   */
  run(inputs: readonly TensorData[] | InputWriter): void {
    if (halted !== undefined) {
      const where = "expected a call outside of what runs in a step, such as a function that gives the learning rate";
      fail(this.name, `${where}; got one within ${halted}`, StateError);
    }
    this.#prepare();
    const { heap } = engine();
    for (let i = 0; i < this.#inputOffsets.length; i++) {
      const at = (staging.ptr + this.#inputOffsets[i]!) >>> 2;
      if ("write" in inputs) inputs.write(i, heap, at);
      else heap.u32.set(toWords(inputs[i]!), at);
    }
    if (this.#debug >= 2 || callObserver() !== undefined) {
      this.#runSlowly();
      return;
    }
    this.#execute(0, this.#commitStart);
    for (const [cell] of this.#graph.effects) cell.beforeWrite();
    this.#commit();
  }

  /** Runs JavaScript amid a run: what the plan works with stays where it is, and no other plan takes its arena. */
  #keepStill(body: () => void): void {
    const storages = this.#storages;
    halted = this.name;
    for (const storage of storages) storage.pins++;
    try {
      body();
    } finally {
      for (const storage of storages) storage.pins--;
      halted = undefined;
    }
  }

  /** What each call does of its node's work. */
  #works(): readonly Work[] {
    const calls = new Map<Node | undefined, number>();
    for (const { node, check } of this.#commands) if (check === undefined) calls.set(node, (calls.get(node) ?? 0) + 1);
    return this.#commands.map(({ node, check }) => {
      if (node === undefined || check !== undefined) return { flops: 0, bytes: 0, workspace: 0 };
      const { flops, bytes } = costOf(node);
      const workspace = this.#assignment.workspaces.get(node)?.bytes ?? 0;
      return { flops: flops / calls.get(node)!, bytes: bytes / calls.get(node)!, workspace };
    });
  }

  #execute(from: number, to: number): void {
    const commands = this.#commands;
    const functions = this.#functions;
    const shared = this.#shared;
    for (let i = from; i < to; i++) {
      const share = shared?.[i];
      if (share !== undefined) {
        share();
        continue;
      }
      const command = commands[i]!;
      const result = call(functions[i]!, command.args);
      if (command.check !== undefined && result >= 0) {
        throw checkError(command.node!, command.check, result, engine().heap.i32);
      }
    }
  }

  /** Writes the variables. Only a lost thread can stop it half-way. */
  #commit(): void {
    let done = false;
    try {
      this.#execute(this.#commitStart, this.#commands.length);
      done = true;
    } finally {
      if (!done) this.#tear();
    }
  }

  /** Marks the variables as half written. */
  #tear(): void {
    for (const [cell] of this.#graph.effects) cell.torn = true;
  }

  /** As `run`, with times (level 2, or for an observer) or with poisoned memory and a look at every result (level 5). */
  #runSlowly(): void {
    const { heap } = engine();
    const thorough = this.#debug >= 5;
    const sums = new CallSums();
    const tell = callObserver();
    const works = this.#works();
    if (thorough) heap.f32.fill(Number.NaN, planArena.ptr >>> 2, (planArena.ptr + planArena.bytes) >>> 2);
    let i = 0;
    try {
      for (; i < this.#commands.length; i++) {
        if (i === this.#commitStart) for (const [cell] of this.#graph.effects) cell.beforeWrite();
        const { node, kernel } = this.#commands[i]!;
        const written = thorough && node !== undefined ? this.#written(node) : [];
        if (this.#commands[i - 1]?.node !== node) plantCanaries(written, heap.u32);
        const start = performance.now();
        this.#execute(i, i + 1);
        const ms = performance.now() - start;
        const done = timed(kernel, node, this.name, start, ms, works[i]!);
        sums.add(done);
        tell?.(done);
        if (!thorough || node === undefined || this.#commands[i + 1]?.node === node) continue;
        assertCanaries(node, written, heap.u32);
        assertFinite(node, (value) => this.#address(value), heap);
      }
    } finally {
      if (i >= this.#commitStart && i < this.#commands.length) this.#tear();
    }
    if (this.#debug >= 2) printTimes(this.name, sums);
  }

  /** Where a node writes into the arena. */
  #written(node: Node): Written[] {
    const written = node.outputs.map((value) => ({ ptr: this.#address(value), words: wordsOf(value) }));
    const block = this.#assignment.workspaces.get(node);
    if (block !== undefined)
      written.push({ ptr: planArena.ptr + block.offset, words: workspaceOf(node, engine().kernels) });
    return written;
  }

  /** A copy of result `i`, good only directly after `run`. */
  result(i: number): TensorData {
    const value = this.#graph.outputs[i]!;
    const start = this.#address(value) >>> 2;
    return fromWords(engine().heap.u32.subarray(start, start + wordsOf(value)), value.dtype as "float32");
  }

  /** Result `i`, one number, good only directly after `run`. */
  number(i: number): number {
    const value = this.#graph.outputs[i]!;
    const { heap } = engine();
    return (value.dtype === "float32" ? heap.f32 : value.dtype === "int32" ? heap.i32 : heap.u32)[
      this.#address(value) >>> 2
    ]!;
  }

  /** Specs of the results. */
  get outputs(): readonly Value[] {
    return this.#graph.outputs;
  }

  /** The kernel calls as they are bound now; for the profiler and for tests. */
  get commands(): readonly Command[] {
    return this.#commands;
  }

  /** The arena's layout; for reports and for tests. */
  get assignment(): Assignment {
    return this.#assignment;
  }

  /** Gives the constants' memory back. */
  dispose(): void {
    this.#uncount();
    this.#constants?.dispose();
  }
}
