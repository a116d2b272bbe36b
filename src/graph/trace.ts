import { type Leaf, leafValue, Node, Value } from "./node.ts";
import { type Attrs, type OpRecord, outputSpecs } from "./op.ts";
import { currentLabel, Scope, type ScopeKind } from "./scope.ts";
import type { Spec } from "./spec.ts";

/** Collects what is applied in it as a list of nodes, in order. */
export class TraceScope extends Scope {
  readonly kind: ScopeKind;
  readonly nodes: Node[] = [];
  readonly inputs: Value[] = [];

  constructor(kind: "trace" | "shapes" = "trace") {
    super();
    this.kind = kind;
  }

  /** A new input of the plan. */
  input(spec: Spec): Value {
    const leaf: Leaf = this.kind === "shapes" ? { kind: "opaque" } : { kind: "input", index: this.inputs.length };
    const value = leafValue(spec, leaf);
    this.inputs.push(value);
    return value;
  }

  override add(record: OpRecord, inputs: readonly Value[], attrs: Attrs): readonly Value[] {
    const outputs = outputSpecs(record, inputs, attrs).map((spec) => new Value(spec));
    this.nodes.push(new Node(record, inputs, attrs, outputs, currentLabel()));
    return outputs;
  }

  protected override placeLeaf(): void {}
}
