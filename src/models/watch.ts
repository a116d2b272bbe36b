import { ImmediateScope } from "../compile/immediate.ts";
import type { Value } from "../graph/node.ts";
import type { Attrs, OpRecord } from "../graph/op.ts";
import { currentScope, enterScope } from "../graph/scope.ts";
import type { VariableCell } from "../graph/variable.ts";
import { type LayerCall, observeCalls } from "../layers/call-context.ts";
import { internalsOf, whereOf } from "../layers/internals.ts";
import type { Layer } from "../layers/layer.ts";
import { withDescendants } from "../layers/tracking.ts";
import type { Tensor } from "../ops/tensor.ts";
import { getRandomState, setRandomState } from "../random/global.ts";
import { refuse, StateError } from "../util/errors.ts";
import type { Structure } from "../util/structure.ts";

/** One call of a layer, and what happened in it (not in calls inside it). */
export interface WatchedCall extends LayerCall {
  /** The call it was made in. */
  readonly parent: WatchedCall | undefined;
  outputs: Structure<Tensor> | undefined;
  /** Number of random draws. */
  draws: number;
  /** Variables that were assigned. */
  readonly assigned: VariableCell[];
}

class WatchScope extends ImmediateScope {
  readonly calls: WatchedCall[] = [];
  current: WatchedCall | undefined;

  override add(record: OpRecord, inputs: readonly Value[], attrs: Attrs): readonly Value[] {
    if (this.current !== undefined && /^(random|dropout)/.test(record.name)) this.current.draws++;
    return super.add(record, inputs, attrs);
  }

  override assign(variable: VariableCell, value: Value): void {
    this.current?.assigned.push(variable);
    super.assign(variable, value);
  }
}

/**
 * Runs something with a model op by op and leaves no trace: assignments come to nothing, losses and random numbers are as
 * before. `read` may look at the values. `entered` sees each call before it is made, and may throw to end the run.
 */
export function watch<T>(
  model: Layer,
  run: () => Structure<Tensor>,
  read: (calls: readonly WatchedCall[], outputs: Structure<Tensor>) => T,
  entered?: (call: WatchedCall) => void,
): T {
  if (currentScope() !== undefined) {
    refuse(whereOf(model), "", "a call outside of layers, tapes and compiled functions", "one inside", StateError);
  }
  const random = getRandomState();
  const scope = new WatchScope();
  const observer = {
    enter: (call: LayerCall): void => {
      const watched = { ...call, parent: scope.current, outputs: undefined, draws: 0, assigned: [] };
      scope.calls.push(watched);
      entered?.(watched);
      scope.current = watched;
    },
    leave: (outputs: Structure<Tensor>): void => {
      const { current } = scope;
      if (current !== undefined) current.outputs = outputs;
      scope.current = current?.parent;
    },
  };
  try {
    return keepingLosses(model, () =>
      enterScope(scope, () => {
        const outputs = observeCalls(observer, run);
        return read(scope.calls, outputs);
      }),
    );
  } finally {
    scope.end();
    setRandomState(random);
  }
}

/** Runs something that calls a model; the losses of its last call are there again afterwards. */
export function keepingLosses<T>(model: Layer, body: () => T): T {
  const losses = withDescendants(model).map((layer) => [internalsOf(layer), internalsOf(layer).losses] as const);
  try {
    return body();
  } finally {
    for (const [internals, kept] of losses) internals.losses = kept;
  }
}
