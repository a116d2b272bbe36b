import { Tensor, type TensorLike, toTensor } from "../ops/tensor.ts";
import type { Variable } from "../ops/variable.ts";
import { isTypedArray } from "../util/dtype.ts";
import { fail, refuse, ShapeError, StateError } from "../util/errors.ts";
import { formatShape, sameShape, sizeOf } from "../util/shape.ts";
import { internalsOf, whereOf } from "./internals.ts";
import type { Layer } from "./layer.ts";

/** Refuses the use of a layer that was disposed of. */
export function checkAlive(layer: Layer, what: string): void {
  if (internalsOf(layer).disposed) {
    fail(whereOf(layer), `${what}: expected a layer in use, got one after dispose()`, StateError);
  }
}

/** Copies of all weights. */
export function readWeights(layer: Layer): Tensor[] {
  checkAlive(layer, "getWeights");
  return layer.weights.map((variable) => new Tensor(variable.shape, variable.dtype, variable.readSync()));
}

/** A value for a weight; a flat typed array takes on the weight's shape. */
function weightTensor(value: TensorLike, weight: Variable): Tensor {
  const tensor = toTensor(value, weight.dtype).cast(weight.dtype);
  return isTypedArray(value) && tensor.size === sizeOf(weight.shape) ? tensor.reshape(weight.shape) : tensor;
}

/** Overwrites all weights, or none when one value does not fit. */
export function writeWeights(layer: Layer, values: readonly TensorLike[]): void {
  checkAlive(layer, "setWeights");
  const where = whereOf(layer);
  const weights = layer.weights;
  if (!Array.isArray(values)) refuse(where, "setWeights", "an array of tensors", values);
  if (values.length !== weights.length) {
    const hint = layer.built ? "" : "; the layer is not built yet";
    fail(where, `setWeights: expected ${weights.length} weights, got a weight list of length ${values.length}${hint}`);
  }
  const tensors = values.map((value: TensorLike, i) => {
    const tensor = weightTensor(value, weights[i]!);
    if (sameShape(tensor.shape, weights[i]!.shape)) return tensor;
    return fail(
      where,
      `setWeights: expected the shape ${formatShape(weights[i]!.shape)} for weight ${i} ("${weights[i]!.path}"), got ` +
        `${formatShape(tensor.shape)}: not compatible with provided weight shape`,
      ShapeError,
    );
  });
  weights.forEach((variable, i) => {
    variable.assign(tensors[i]!);
  });
}
