import { withLabel } from "../ops/scopes.ts";
import { Tensor } from "../ops/tensor.ts";
import { describe, fail, HornbeamError } from "../util/errors.ts";
import { flattenStructure, type Structure } from "../util/structure.ts";
import { type CallOptions, callObserver, inCall, type TrainingResolution } from "./call-context.ts";
import { whereOf } from "./internals.ts";
import type { Layer } from "./layer.ts";
import { penalize } from "./layer-losses.ts";
import { masksOf, readMasks, setMasks } from "./masks.ts";

/** Runs `layer.call` on tensors, inside its frame of the call context, and checks that tensors came out. */
export function runCall(
  layer: Layer,
  inputs: Structure<Tensor>,
  resolution: TrainingResolution,
  mask: unknown,
): Structure<Tensor> {
  return withLabel(layer.name, () => {
    try {
      const given = mask === undefined || mask === null ? masksOf(inputs) : readMasks(layer, inputs, mask);
      const options: CallOptions = { training: resolution.value, ...(given !== undefined && { mask: given }) };
      const observer = callObserver();
      observer?.enter({ layer, resolution, inputs, mask: given });
      const outputs = checkOutputs(
        layer,
        inCall(layer, resolution, () => layer.call(inputs, options)),
      );
      setMasks(layer, inputs, given, outputs);
      penalize(layer, outputs);
      observer?.leave?.(outputs);
      return outputs;
    } catch (error) {
      throw named(error, layer);
    }
  });
}

function checkOutputs(layer: Layer, outputs: unknown): Structure<Tensor> {
  const leaves = flattenStructure(outputs as Structure<unknown>, whereOf(layer), "call");
  const place = leaves.findIndex((leaf) => !(leaf instanceof Tensor));
  if (place < 0 && leaves.length > 0) return outputs as Structure<Tensor>;
  const odd = leaves[place];
  const hint = odd instanceof Promise ? "; call may not be async" : "";
  return fail(whereOf(layer), `call: expected it to return tensors, got ${describe(odd)}${hint}`);
}

/** An error of ours that does not name a layer yet gets the name of the layer in whose call it came up. */
function named(error: unknown, layer: Layer): unknown {
  if (error instanceof HornbeamError && !/^\[[^\]]*"/.test(error.message)) {
    error.message = `[${whereOf(layer)}] ${error.message}`;
  }
  return error;
}
