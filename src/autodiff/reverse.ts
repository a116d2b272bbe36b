import type { Node, Value } from "../graph/node.ts";
import { atLabel } from "../graph/scope.ts";
import { ones } from "../ops/creation.ts";
import type { Gradient, Op } from "../ops/define.ts";
import { apply, type Tensor } from "../ops/tensor.ts";

/** The nodes a value was made by, in the order they were made. */
export function ancestors(targets: readonly Value[]): Node[] {
  const seen = new Set<Node>();
  const pending = targets.flatMap((value) => (value.node === undefined ? [] : [value.node]));
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    for (const { node: maker } of node.inputs) if (maker !== undefined && !seen.has(maker)) pending.push(maker);
  }
  return [...seen].sort((a, b) => a.id - b.id);
}

/** Values through which a change of a source reaches something: only they get gradients. */
function reachedFrom(sources: readonly Value[], nodes: readonly Node[]): Set<Value> {
  const reached = new Set(sources);
  for (const node of nodes) {
    if (node.record.gradient === null || !node.inputs.some((input) => reached.has(input))) continue;
    for (const output of node.outputs) if (output.dtype === "float32") reached.add(output);
  }
  return reached;
}

/** How the walk sees the values it walks over: they may belong to another scope than the one it adds nodes to. */
export type ValueMap = (value: Value) => Tensor;

/**
 * Reverse-mode differentiation (Linnainmaa 1970) of the sum of `targets`: walks the nodes backwards and applies their
 * records' gradient rules in the current scope. Gradients that meet add up; a source that nothing reaches gives null.
 */
export function reverse(targets: readonly Value[], sources: readonly Value[], tensorOf: ValueMap): (Tensor | null)[] {
  const nodes = ancestors(targets);
  const reached = reachedFrom(sources, nodes);
  const grads = new Map<Value, Tensor>();
  const accumulate = (value: Value, grad: Tensor): void => {
    const sum = grads.get(value);
    grads.set(value, sum === undefined ? grad : sum.add(grad));
  };
  for (const target of targets) if (reached.has(target)) accumulate(target, ones(target.shape));
  for (const node of nodes.reverse()) {
    const incoming = node.outputs.map((output) => grads.get(output) ?? null);
    if (incoming.every((grad) => grad === null)) continue;
    const needs = node.inputs.map((input) => reached.has(input));
    if (!needs.includes(true)) continue;
    const label = node.label === "" ? "gradient" : `${node.label}/gradient`;
    const outgoing = atLabel(label, () => applyRule(node, incoming, needs, tensorOf));
    node.inputs.forEach((input, i) => {
      const grad = outgoing[i] ?? null;
      if (needs[i] && grad !== null) accumulate(input, grad);
    });
  }
  return sources.map((source) => grads.get(source) ?? null);
}

function applyRule(
  node: Node,
  grads: readonly (Tensor | null)[],
  needs: readonly boolean[],
  tensorOf: ValueMap,
): readonly (Tensor | null)[] {
  const rule = (node.record as unknown as Op).gradient;
  if (rule === null) return [];
  const args: Gradient = {
    inputs: node.inputs.map(tensorOf),
    outputs: node.outputs.map(tensorOf),
    grads,
    attrs: node.attrs,
    needs,
    apply,
  };
  return rule(args);
}
