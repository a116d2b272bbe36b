import type { Node, Value } from "../graph/node.ts";
import type { VariableCell } from "../graph/variable.ts";
import { countUses, type Graph, rootOf } from "./graph.ts";

/** The order of a plan: the body writes only the arena; the commit writes variables. */
export interface Schedule {
  /** Body, then the nodes that write variables themselves. */
  readonly nodes: readonly Node[];
  /** Index of the first node of the commit. */
  readonly commitStart: number;
  /** Values that are written straight into a variable's bytes. */
  readonly direct: ReadonlyMap<Value, VariableCell>;
  /** Values copied into variables at the very end. */
  readonly copies: readonly (readonly [VariableCell, Value])[];
}

/** True when output `value` of its node may be written over the variable it is assigned to. */
function overwrites(value: Value, cell: VariableCell): boolean {
  const node = value.node;
  if (node?.record.inPlace === undefined) return false;
  return node.record.inPlace.some(([output, input]) => {
    const leaf = node.inputs[input]?.leaf;
    return output === value.index && leaf?.kind === "variable" && leaf.variable === cell;
  });
}

/** Nodes that do nothing but update variables in place: optimizer steps, moving averages, counters. */
function updateNodes(graph: Graph): Map<Node, [VariableCell, Value][]> {
  const uses = countUses(graph);
  const found = new Map<Node, [VariableCell, Value][]>();
  for (const [cell, value] of graph.effects) {
    if (value.node === undefined || !overwrites(value, cell)) continue;
    const list = found.get(value.node) ?? [];
    list.push([cell, value]);
    found.set(value.node, list);
  }
  for (const [node, list] of found) {
    const updated = new Set(list.map(([, value]) => value));
    const used = node.outputs.filter((value) => (uses.get(value) ?? 0) > 0);
    const onlyEffects = used.every((value) => updated.has(value) && uses.get(value) === 1);
    if (!onlyEffects) found.delete(node);
  }
  return found;
}

/** Index of the last node that reads a variable's old value. */
function lastReads(nodes: readonly Node[]): Map<VariableCell, number> {
  const found = new Map<VariableCell, number>();
  nodes.forEach((node, i) => {
    for (const input of node.inputs) {
      const { leaf } = rootOf(input);
      if (leaf?.kind === "variable") found.set(leaf.variable, i);
    }
  });
  return found;
}

/**
 * Orders a graph so that everything before the commit leaves all variables as they were. Without `inPlace` the commit
 * only copies.
 */
export function schedule(graph: Graph, inPlace = true): Schedule {
  const updates = inPlace ? updateNodes(graph) : new Map<Node, [VariableCell, Value][]>();
  const body = graph.nodes.filter((node) => !updates.has(node));
  const commit = graph.nodes.filter((node) => updates.has(node));
  const direct = new Map<Value, VariableCell>();
  const lastRead = lastReads(commit);
  commit.forEach((node, i) => {
    for (const [cell, value] of updates.get(node)!) {
      // A later node of the commit that still wants the old value forbids overwriting it now.
      if ((lastRead.get(cell) ?? 0) <= i) direct.set(value, cell);
    }
  });
  const copies = graph.effects.filter(([, value]) => !direct.has(value));
  return { nodes: [...body, ...commit], commitStart: body.length, direct, copies };
}
