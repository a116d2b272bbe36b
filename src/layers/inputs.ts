import { Tensor, type TensorLike, toTensor } from "../ops/tensor.ts";
import { Variable } from "../ops/variable.ts";
import { fail, refuse } from "../util/errors.ts";
import type { Shape } from "../util/shape.ts";
import { checkDepth, isPlainObject, type Structure } from "../util/structure.ts";
import { internalsOf, isLayer, refuseForeign, whereOf } from "./internals.ts";
import type { Layer } from "./layer.ts";
import { isShape } from "./options.ts";
import { SymbolicTensor } from "./symbolic-tensor.ts";

/** True when a tensor of some kind is among nested inputs; nested arrays of numbers are not searched through. */
function contains(inputs: unknown, wanted: (value: unknown) => boolean, where: string, depth = 0): boolean {
  checkDepth(depth, where, "inputs");
  if (wanted(inputs)) return true;
  if (Array.isArray(inputs)) {
    for (const part of inputs) {
      if (typeof part === "number" || typeof part === "boolean") return false;
      if (contains(part, wanted, where, depth + 1)) return true;
    }
    return false;
  }
  return isPlainObject(inputs) && Object.values(inputs).some((part) => contains(part, wanted, where, depth + 1));
}

/** True when a symbolic tensor is among the inputs: the call then adds to a graph. */
export function containsSymbolic(inputs: unknown, where: string): boolean {
  return contains(inputs, (value) => value instanceof SymbolicTensor, where);
}

function isTensorObject(value: unknown): boolean {
  return value instanceof Tensor || value instanceof Variable || value instanceof SymbolicTensor;
}

/**
 * Inputs as a structure of tensors. An array is a list of inputs if a tensor is in it, and otherwise the values of one
 * input; the layers of a model's graph decide by what the model declares (`readsLists`).
 */
export function readInputs(layer: Layer, inputs: unknown): Structure<Tensor> {
  const custom = internalsOf(layer).readInputs;
  return custom === undefined ? tensorsOf(inputs, whereOf(layer)) : custom(inputs);
}

/** The general rule of `readInputs`. */
export function tensorsOf(inputs: unknown, where: string): Structure<Tensor> {
  if (inputs instanceof Tensor) return inputs;
  if (inputs instanceof Variable) return inputs.value();
  if (inputs instanceof SymbolicTensor) return inputs as never;
  refuseForeign(inputs, where, "inputs");
  if (isLayer(inputs)) fail(where, `inputs: expected the result of its apply(), got the layer "${inputs.name}"`);
  if (isPlainObject(inputs)) {
    const entries = Object.entries(inputs).map(([key, value]) => [key, tensorsOf(value, where)] as const);
    return entries.length > 0
      ? Object.fromEntries(entries)
      : fail(where, "inputs: expected tensors, got an empty object");
  }
  if (Array.isArray(inputs) && contains(inputs, isTensorObject, where))
    return inputs.map((part) => tensorsOf(part, where));
  // Tensors and variables of another copy of the package are refused there.
  const object = Object(inputs);
  const tensorLike =
    Array.isArray(inputs) || ArrayBuffer.isView(inputs) || "dataSync" in object || "readSync" in object;
  if (tensorLike || typeof inputs === "number" || typeof inputs === "boolean") return toTensor(inputs as TensorLike);
  return refuse(where, "inputs", "tensors or arrays of numbers", inputs);
}

/** Input of a layer that takes one tensor, not a list or an object of them. */
export function oneTensor(x: Tensor): Tensor {
  return x instanceof Tensor
    ? x
    : fail("inputs", `expected one tensor, got ${Array.isArray(x) ? "a list" : "an object"} of them`);
}

/** The shape of such an input, for `build`. */
export function oneShape(shape: Shape, where: string): Shape {
  return isShape(shape) ? shape : fail(where, "build: expected the shape of one tensor, got several");
}

/** Integers and booleans as float32, the one type layers compute in. */
export function asFloat(x: Tensor): Tensor {
  return oneTensor(x).dtype === "float32" ? x : x.cast("float32");
}
