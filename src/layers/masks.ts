import { Tensor } from "../ops/tensor.ts";
import { flattenStructure, mapStructure, type Structure } from "../util/structure.ts";
import { warn } from "../util/warn.ts";
import { whereOf } from "./internals.ts";
import type { Layer } from "./layer.ts";

const ENDS =
  "inputs: the layer was passed an input with a mask attached to it, but does not support masking and therefore " +
  "destroys the mask; set supportsMasking if the mask holds for its output.";

/** The masks that hang on inputs, in the form of the inputs (null for those without one); undefined when there are none. */
export function masksOf(inputs: Structure<Tensor>): Structure<Tensor | null> | undefined {
  if (!flattenStructure(inputs).some(({ mask }) => mask !== undefined)) return undefined;
  return mapStructure<Tensor, Tensor | null>(inputs, ({ mask }) => mask ?? null);
}

/** Hangs masks on a layer's outputs, unless the layer has done so; where it does not support masks they end. `masks`: given to `apply`, else those of the inputs. */
export function setMasks(layer: Layer, inputs: Structure<Tensor>, masks: unknown, outputs: Structure<Tensor>): void {
  const leaves = flattenStructure(outputs);
  if (!layer.supportsMasking) {
    if (masks !== undefined) warn(`[${whereOf(layer)}] ${ENDS}`);
    return;
  }
  if (leaves.every(({ mask }) => mask !== undefined)) return;
  const made = flattenStructure(layer.computeMask(inputs, masks) as Structure<unknown>);
  leaves.forEach((leaf, i) => {
    if (made[i] instanceof Tensor) leaf.mask ??= made[i];
  });
}
