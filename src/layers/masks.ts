import { Tensor, type TensorLike, toTensor } from "../ops/tensor.ts";
import { fail, refuse } from "../util/errors.ts";
import { flattenStructure, isPlainObject, mapStructure, type Structure } from "../util/structure.ts";
import { warn } from "../util/warn.ts";
import { internalsOf, whereOf } from "./internals.ts";
import type { Layer } from "./layer.ts";

const ENDS =
  "inputs: the layer was passed an input with a mask attached to it, but does not support masking and therefore " +
  "destroys the mask; set supportsMasking if the mask holds for its output.";

/** The masks that hang on inputs, in the form of the inputs (null for those without one); undefined when there are none. */
export function masksOf(inputs: Structure<Tensor>): Structure<Tensor | null> | undefined {
  if (!flattenStructure(inputs).some(({ mask }) => mask !== undefined)) return undefined;
  return mapStructure<Tensor, Tensor | null>(inputs, ({ mask }) => mask ?? null);
}

/**
 * Masks given to `apply`, as tensors in the form of the inputs: a list by places, an object by names, null for an input
 * without one. One tensor beside several inputs is left to the layer.
 */
export function readMasks(layer: Layer, inputs: Structure<Tensor>, masks: unknown): unknown {
  const { readMasks: arrange } = internalsOf(layer);
  return fit(inputs, arrange === undefined ? masks : arrange(masks), whereOf(layer));
}

function fit(inputs: Structure<Tensor>, masks: unknown, where: string): unknown {
  if (masks === undefined || masks === null) return mapStructure(inputs, () => null);
  if (masks instanceof Tensor) return masks;
  if (Array.isArray(inputs)) {
    if (!Array.isArray(masks)) refuse(where, "mask", "a list of masks", masks);
    const [wanted, got] = [inputs.length, masks.length];
    if (got === wanted) return inputs.map((input: Structure<Tensor>, i) => fit(input, masks[i], where));
    fail(where, `mask: The lists \`inputs\` and \`mask\` should have the same length: expected ${wanted}, got ${got}`);
  }
  if (!isPlainObject(inputs)) {
    const odd = typeof masks === "string" || isPlainObject(masks);
    return odd ? refuse(where, "mask", "a tensor or an array", masks) : toTensor(masks as TensorLike);
  }
  const given = checkMaskNames(masks, Object.keys(inputs), where);
  return Object.fromEntries(Object.entries(inputs).map(([key, input]) => [key, fit(input, given[key], where)]));
}

/** Masks by names, of which none is unknown. */
export function checkMaskNames(masks: unknown, names: readonly string[], where: string): Record<string, unknown> {
  const given = isPlainObject(masks) ? Object.keys(masks) : undefined;
  if (given?.every((name) => names.includes(name))) return masks as Record<string, unknown>;
  return refuse(where, "mask", `masks by the names ${names.join(", ")}`, given ?? masks);
}

/** Hangs masks on a layer's outputs, unless the layer has done so; where it does not support masks they end. `masks`: given to `apply`, else those of the inputs. */
export function setMasks(layer: Layer, inputs: Structure<Tensor>, masks: unknown, outputs: Structure<Tensor>): void {
  const leaves = flattenStructure(outputs);
  if (!layer.supportsMasking) {
    // The layers of a model's graph speak for themselves.
    if (masks !== undefined && internalsOf(layer).graphLayers === undefined) warn(`[${whereOf(layer)}] ${ENDS}`);
    return;
  }
  if (leaves.every(({ mask }) => mask !== undefined)) return;
  const made = flattenStructure(layer.computeMask(inputs, masks) as Structure<unknown>);
  leaves.forEach((leaf, i) => {
    if (made[i] instanceof Tensor) leaf.mask ??= made[i];
  });
}
