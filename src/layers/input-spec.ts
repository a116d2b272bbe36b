import type { Tensor } from "../ops/tensor.ts";
import type { DType } from "../util/dtype.ts";
import { ShapeError, ValueError } from "../util/errors.ts";
import type { Shape } from "../util/shape.ts";
import { SymbolicTensor } from "./symbolic-tensor.ts";

/** What a layer asks of one input. */
export interface InputSpec {
  readonly ndim?: number;
  readonly minNdim?: number;
  readonly maxNdim?: number;
  readonly dtype?: DType;
  /** Sizes wanted at single axes; negative axes count from the end. */
  readonly axes?: Readonly<Record<number, number>>;
}

/** `(None, 64)`: shapes the way Keras's messages and summaries print them. */
export function kerasShape(shape: Shape): string {
  const parts = shape.map((dim) => (dim === null ? "None" : String(dim)));
  return parts.length === 1 ? `(${parts[0]},)` : `(${parts.join(", ")})`;
}

/** Checks each input against its spec; the texts contain Keras's own. */
export function checkInputs(
  specs: readonly InputSpec[],
  inputs: readonly (Tensor | SymbolicTensor)[],
  where: string,
): void {
  if (specs.length !== inputs.length) {
    throw new ValueError(
      `[${where}] inputs: expects ${specs.length} input(s), but it received ${inputs.length} input tensors.`,
    );
  }
  specs.forEach((spec, i) => {
    const problem = mismatch(spec, inputs[i]!.shape, inputs[i]!.dtype);
    if (problem !== undefined) {
      throw new ShapeError(`[${where}] input ${i}${originOf(inputs[i])} is incompatible with the layer: ${problem}.`);
    }
  });
}

/** How `originOf` says it. */
export const ORIGIN: string = "(the output of layer";

/** ` (the output of layer "x")` for a tensor of a graph: errors name both layers. */
export function originOf(tensor: unknown): string {
  return tensor instanceof SymbolicTensor ? ` ${ORIGIN} "${tensor.history.layer.name}")` : "";
}

function mismatch(spec: InputSpec, shape: Shape, dtype: string): string | undefined {
  const rank = shape.length;
  const full = `Full shape received: ${kerasShape(shape)}`;
  if (spec.ndim !== undefined && rank !== spec.ndim) return `expected ndim=${spec.ndim}, found ndim=${rank}. ${full}`;
  if (spec.maxNdim !== undefined && rank > spec.maxNdim) {
    return `expected max_ndim=${spec.maxNdim}, found ndim=${rank}. ${full}`;
  }
  if (spec.minNdim !== undefined && rank < spec.minNdim) {
    return `expected min_ndim=${spec.minNdim}, found ndim=${rank}. ${full}`;
  }
  if (spec.dtype !== undefined && dtype !== spec.dtype) return `expected dtype=${spec.dtype}, found dtype=${dtype}`;
  for (const [axis, size] of Object.entries(spec.axes ?? {})) {
    const dim = shape.at(Number(axis));
    if (dim !== null && dim !== size) {
      return (
        `expected axis ${axis} of input shape to have value ${size}, ` +
        `but received input with shape ${kerasShape(shape)}`
      );
    }
  }
  return undefined;
}
