import { Node, Value } from "../graph/node.ts";
import type { OpRecord } from "../graph/op.ts";
import type { VariableCell } from "../graph/variable.ts";

/** A finished trace: what a plan is made from. The passes rewrite `nodes`. */
export interface Graph {
  readonly inputs: readonly Value[];
  nodes: Node[];
  outputs: Value[];
  effects: (readonly [VariableCell, Value])[];
}

/** The value whose bytes a value shares: reshapes and the like only rename. */
export function rootOf(value: Value): Value {
  let root = value;
  while (root.node?.record.alias === true) root = root.node.inputs[0]!;
  return root;
}

/** Copies a value's words: materialises what would otherwise share its bytes with a variable. */
const copyRecord: OpRecord = {
  name: "copy",
  shape: ([x]) => x!,
  gradient: null,
  kernel: (k, { inputs: [x], outputs: [y] }) => k.u32_copy(y!.ptr, x!.ptr, y!.size),
};

/** A plan's results must not change when variables are written at commit: leaves of variables are copied before. */
function materialize(graph: Graph, value: Value): Value {
  if (rootOf(value).leaf?.kind !== "variable") return value;
  const copy = new Value(value);
  graph.nodes.push(new Node(copyRecord, [value], {}, [copy], "copy"));
  return copy;
}

/** Makes a graph of a trace: outputs and assigned values get bytes of their own. */
export function makeGraph(
  inputs: readonly Value[],
  nodes: readonly Node[],
  outputs: readonly Value[],
  assigned: ReadonlyMap<VariableCell, Value>,
): Graph {
  const graph: Graph = { inputs, nodes: [...nodes], outputs: [], effects: [] };
  graph.outputs = outputs.map((value) => materialize(graph, value));
  graph.effects = [...assigned].map(([cell, value]) => [cell, materialize(graph, value)] as const);
  return graph;
}

/** How many nodes, outputs and effects read each value. */
export function countUses(graph: Graph): Map<Value, number> {
  const uses = new Map<Value, number>();
  const use = (value: Value): void => {
    uses.set(value, (uses.get(value) ?? 0) + 1);
  };
  for (const node of graph.nodes) node.inputs.forEach(use);
  graph.outputs.forEach(use);
  for (const [, value] of graph.effects) use(value);
  return uses;
}

/** Drops every node that neither an output nor an effect needs. */
export function removeDeadNodes(graph: Graph): void {
  const live = new Set<Node>();
  const pending: Value[] = [...graph.outputs, ...graph.effects.map(([, value]) => value)];
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    const node = value.node;
    if (node === undefined || live.has(node)) continue;
    live.add(node);
    pending.push(...node.inputs);
  }
  graph.nodes = graph.nodes.filter((node) => live.has(node));
}
