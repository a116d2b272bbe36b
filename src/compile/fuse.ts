import { Node, type Value } from "../graph/node.ts";
import { countUses, type Graph } from "./graph.ts";

/**
 * Lets records take in their only consumer, as often as they can: matmul + bias + activation become one GEMM.
 * It runs after autodiff, so it serves training as well: an activation whose gradient reads its result leaves the
 * pre-activation with a single reader.
 */
export function fuse(graph: Graph): void {
  const uses = countUses(graph);
  const readers = new Map<Value, Node>();
  for (const node of graph.nodes) for (const input of node.inputs) readers.set(input, node);
  const position = new Map<Node, number>();
  const nodes: (Node | undefined)[] = [...graph.nodes];
  graph.nodes.forEach((node, i) => {
    position.set(node, i);
  });
  for (const start of graph.nodes) {
    let node = nodes[position.get(start)!] === start ? start : undefined;
    while (node !== undefined) node = fuseOnce(node, uses, readers, position, nodes);
  }
  graph.nodes = nodes.filter((node) => node !== undefined);
}

/** Fuses a node with its consumer; the node that replaces both, or undefined when they stay apart. */
function fuseOnce(
  node: Node,
  uses: ReadonlyMap<Value, number>,
  readers: Map<Value, Node>,
  position: Map<Node, number>,
  nodes: (Node | undefined)[],
): Node | undefined {
  const output = node.outputs[0]!;
  if (node.record.fuse === undefined || node.outputs.length !== 1 || uses.get(output) !== 1) return undefined;
  const consumer = readers.get(output);
  if (consumer === undefined) return undefined;
  const fusion = node.record.fuse(node, consumer);
  if (fusion === null) return undefined;
  const fused = new Node(fusion.record, fusion.inputs, fusion.attrs, consumer.outputs, node.label);
  const place = position.get(consumer)!;
  nodes[position.get(node)!] = undefined;
  nodes[place] = fused;
  position.set(fused, place);
  for (const input of fused.inputs) readers.set(input, fused);
  return fused;
}
