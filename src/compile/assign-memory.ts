import type { Node, Value } from "../graph/node.ts";
import { wordsOf } from "../graph/spec.ts";
import { aligned } from "../memory/heap.ts";
import type { KernelTable } from "../runtime/kernel-table.ts";
import { workspaceOf } from "./emit.ts";
import { type Graph, rootOf } from "./graph.ts";
import { type ArenaLayout, type Block, planMemory } from "./plan-memory.ts";
import type { Schedule } from "./schedule.ts";

/** Where the values of a plan lie in the arena. */
export interface Assignment {
  /** Block of each value that a node makes, by its root. */
  readonly blocks: ReadonlyMap<Value, Block>;
  readonly workspaces: ReadonlyMap<Node, Block>;
  readonly layout: ArenaLayout;
}

/** Position after which each root value is not read any more; results stay to the end. */
function lastReads(graph: Graph, schedule: Schedule): Map<Value, number> {
  const last = new Map<Value, number>();
  schedule.nodes.forEach((node, position) => {
    for (const input of node.inputs) last.set(rootOf(input), position);
  });
  const end = schedule.nodes.length;
  for (const value of graph.outputs) last.set(rootOf(value), end);
  for (const [, value] of schedule.copies) last.set(rootOf(value), end);
  return last;
}

/** The block of an input that an output may take over, because this node is the last to read it. */
function inheritedBlock(
  node: Node,
  output: Value,
  position: number,
  blocks: ReadonlyMap<Value, Block>,
  last: ReadonlyMap<Value, number>,
): Block | undefined {
  for (const [index, inputIndex] of node.record.inPlace ?? []) {
    const input = node.inputs[inputIndex];
    if (index !== output.index || input === undefined) continue;
    const root = rootOf(input);
    const block = blocks.get(root);
    const once = node.inputs.filter((other) => rootOf(other) === root).length === 1;
    const taken = node.outputs.some((other) => other !== output && blocks.get(other) === block);
    if (block === undefined || !once || taken || last.get(root) !== position) continue;
    // Element counts, not the rounded bytes of blocks: an input that broadcasts is read again after the first store.
    if (wordsOf(input) === wordsOf(output)) return block;
  }
  return undefined;
}

/** Gives every value and workspace of a scheduled graph its place in the arena, with `spare` bytes behind each. */
export function assignMemory(
  graph: Graph,
  schedule: Schedule,
  kernels: KernelTable,
  share: boolean,
  spare = 0,
): Assignment {
  const last = lastReads(graph, schedule);
  const blocks = new Map<Value, Block>();
  const workspaces = new Map<Node, Block>();
  const all: Block[] = [];
  const open = (words: number, start: number, end: number): Block => {
    const block: Block = { bytes: aligned(Math.max(words * 4, 4) + spare), start, end, offset: 0 };
    all.push(block);
    return block;
  };
  schedule.nodes.forEach((node, position) => {
    if (node.record.alias === true) return;
    for (const output of node.outputs) {
      if (schedule.direct.has(output)) continue;
      const end = last.get(output) ?? position;
      const inherited = share ? inheritedBlock(node, output, position, blocks, last) : undefined;
      if (inherited !== undefined) inherited.end = Math.max(inherited.end, end);
      blocks.set(output, inherited ?? open(wordsOf(output), position, end));
    }
    const words = workspaceOf(node, kernels);
    if (words > 0) workspaces.set(node, open(words, position, position));
  });
  return { blocks, workspaces, layout: planMemory(all, share) };
}
