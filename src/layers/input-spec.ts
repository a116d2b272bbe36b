import type { Tensor } from "../ops/tensor.ts";
import type { DType } from "../util/dtype.ts";
import { fail, ShapeError } from "../util/errors.ts";
import { formatShape, type Shape } from "../util/shape.ts";
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
  return formatShape(shape).replaceAll("null", "None");
}

/** Checks each input against its spec; the texts contain Keras's own. */
export function checkInputs(
  specs: readonly InputSpec[],
  inputs: readonly (Tensor | SymbolicTensor)[],
  where: string,
): void {
  if (specs.length !== inputs.length) refuseCount(`${specs.length} input(s)`, inputs, where);
  specs.forEach((spec, i) => {
    const problem = mismatch(spec, inputs[i]!.shape, inputs[i]!.dtype);
    if (problem === undefined) return;
    fail(where, `input ${i}${originOf(inputs[i])} is incompatible with the layer: ${problem}`, ShapeError);
  });
}

/** Refuses a list of inputs for its length. */
export function refuseCount(expected: string, inputs: readonly unknown[], where: string): never {
  return fail(where, `inputs: expects ${expected}, but it received ${inputs.length} input tensors`);
}

/** How `originOf` says it. */
export const ORIGIN: string = "(the output of layer";

/** ` (the output of layer "x")` for a tensor of a graph: errors name both layers. */
export function originOf(tensor: unknown): string {
  return tensor instanceof SymbolicTensor ? ` ${ORIGIN} "${tensor.history.layer.name}")` : "";
}

function mismatch({ ndim, minNdim, maxNdim, dtype, axes }: InputSpec, shape: Shape, found: string): string | undefined {
  const rank = shape.length;
  const ranks = (what: string, wanted: number): string =>
    `expected ${what}=${wanted}, found ndim=${rank}. Full shape received: ${kerasShape(shape)}`;
  if (ndim !== undefined && rank !== ndim) return ranks("ndim", ndim);
  if (maxNdim !== undefined && rank > maxNdim) return ranks("max_ndim", maxNdim);
  if (minNdim !== undefined && rank < minNdim) return ranks("min_ndim", minNdim);
  if (dtype !== undefined && found !== dtype) return `expected dtype=${dtype}, found dtype=${found}`;
  const odd = Object.entries(axes ?? {}).find(([axis, size]) => (shape.at(Number(axis)) ?? size) !== size);
  if (odd === undefined) return undefined;
  return `expected axis ${odd[0]} of input shape to have value ${odd[1]}, but received input with shape ${kerasShape(shape)}`;
}
