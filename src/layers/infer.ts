import { inferSpecs } from "../ops/scopes.ts";
import type { Tensor } from "../ops/tensor.ts";
import type { DType } from "../util/dtype.ts";
import { HornbeamError } from "../util/errors.ts";
import type { Dims, Shape } from "../util/shape.ts";
import { flattenStructure, mapStructure, packStructure, type Structure } from "../util/structure.ts";
import { mapShapes } from "./build.ts";
import { resolveTraining, type TrainingResolution } from "./call-context.ts";
import { readInputs } from "./inputs.ts";
import { internalsOf, whereOf } from "./internals.ts";
import type { Layer } from "./layer.ts";
import { runCall } from "./run-call.ts";

/** Shape and dtype of a value that does not exist. A class, so that structures of them have them as leaves. */
export class ValueSpec {
  readonly shape: Shape;
  readonly dtype: DType;

  constructor(shape: Shape, dtype: DType) {
    this.shape = shape;
    this.dtype = dtype;
  }
}

/**
 * Sizes that stand in for unknown ones, by axis, in two runs. Whatever differs between the runs depends on an unknown
 * size. Primes, so that no product or difference of them looks like a size of the model.
 */
const PROBES: readonly (readonly number[])[] = [
  [83, 97, 103, 109, 127],
  [89, 101, 107, 113, 131],
];

/** Numbers in errors, but for those at the end of names. */
const SIZES = /\b\d+\b/g;

/** Whether a batch size that is being inferred with is unknown: else a size that looks like a stand-in is a real one. */
let unknownBatch = false;

/** True for a stand-in of an unknown batch size. */
export function isProbe(dim: number | null | undefined): boolean {
  return unknownBatch && PROBES.some((sizes) => sizes[0] === dim);
}

function probe(shape: Shape, run: number): Dims {
  return shape.map((dim, axis) => dim ?? PROBES[run]![axis % PROBES[run]!.length]!);
}

/**
 * What a layer makes of inputs known by shape: from its own `computeOutputShape` if the class has one, else by running
 * `call` without values. No state is touched. Tensors among the inputs are constants.
 */
export function inferOutputs(
  layer: Layer,
  inputs: Structure<ValueSpec | Tensor>,
  resolution: TrainingResolution,
  mask?: unknown,
): Structure<ValueSpec> {
  if (overridesShape(layer)) {
    const shapes = layer.computeOutputShape(mapStructure(inputs, (input) => input.shape) as Structure<Shape>);
    const dtype = outputDType(layer, inputs);
    return mapShapes(shapes, (shape) => new ValueSpec(shape, dtype), whereOf(layer));
  }
  return inferByBody([inputs, mask as Structure<Tensor>], (leaves) => {
    const [tensors, masks] = leaves as readonly [Structure<Tensor>, unknown];
    return runCall(layer, readInputs(layer, tensors), resolution, masks);
  });
}

/** Layers that only move values around keep their input's dtype; all others compute in float32. */
function outputDType(layer: Layer, inputs: Structure<ValueSpec | Tensor>): DType {
  const keeps = (layer.constructor as { keepsDType?: boolean }).keepsDType === true;
  return keeps ? flattenStructure(inputs)[0]!.dtype : "float32";
}

/** True when a class between the layer and the topmost base has a `computeOutputShape` of its own. */
function overridesShape(layer: Layer): boolean {
  let base: { computeOutputShape?: unknown } = layer;
  for (let next = base; next?.computeOutputShape !== undefined; next = Object.getPrototypeOf(next)) base = next;
  return layer.computeOutputShape !== base.computeOutputShape;
}

/** Shapes of what a function makes of tensors, found by running it without values; null where they depend on a null. */
export function inferByBody(
  inputs: Structure<ValueSpec | Tensor>,
  body: (inputs: Structure<Tensor>) => Structure<Tensor>,
): Structure<ValueSpec> {
  const leaves = flattenStructure(inputs);
  const unknown = leaves.filter((leaf) => leaf instanceof ValueSpec);
  const run = (index: number): Structure<Tensor> => {
    const specs = unknown.map((spec) => ({ shape: probe(spec.shape, index), dtype: spec.dtype }));
    const outer = unknownBatch;
    // Inside another inference a stand-in of that one may have come in as a size.
    unknownBatch ||= unknown.some(({ shape }) => shape[0] === null);
    try {
      return inferSpecs((tensors: readonly Tensor[]) => {
        let next = 0;
        const filled = leaves.map((leaf) => (leaf instanceof ValueSpec ? tensors[next++]! : leaf));
        return body(packStructure<Tensor>(inputs, filled));
      }, specs);
    } finally {
      unknownBatch = outer;
    }
  };
  const fixed = unknown.every((spec) => !spec.shape.includes(null));
  let first: Structure<Tensor>;
  try {
    first = run(0);
  } catch (error) {
    if (!fixed && error instanceof HornbeamError) hideStandIns(error, () => run(1));
    throw error;
  }
  const others = flattenStructure(fixed ? first : run(1));
  const specs = flattenStructure(first).map((tensor, i) => {
    const shape = tensor.shape.map((dim, axis) => (dim === others[i]!.shape[axis] ? dim : null));
    return new ValueSpec(shape, tensor.dtype);
  });
  return packStructure(first, specs);
}

/** Nobody knows the stand-ins: "None" is in the text for every size that another run tells otherwise. */
function hideStandIns(error: HornbeamError, again: () => unknown): void {
  try {
    again();
  } catch (other) {
    const sizes = String((other as Error | undefined)?.message).match(SIZES) ?? [];
    if (sizes.length !== error.message.match(SIZES)?.length) return;
    let next = 0;
    error.message = error.message.replace(SIZES, (size) => (size === sizes[next++] ? size : "None"));
  }
}

/** `computeOutputShape` as the base class has it: inputs of the given shapes in float32. */
export function computeShape(layer: Layer, inputShape: Structure<Shape>): Structure<Shape> {
  const inputs = mapShapes(inputShape, (shape) => new ValueSpec(shape, "float32"), whereOf(layer));
  if (internalsOf(layer).phase === "open") layer.build(inputShape);
  const resolution = resolveTraining(layer);
  const outputs = inferByBody(inputs, (tensors) => runCall(layer, tensors, resolution, undefined));
  return mapStructure(outputs, (spec) => spec.shape) as Structure<Shape>;
}
