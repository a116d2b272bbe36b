import type { ValueSpec } from "../layers/infer.ts";
import { fail, refuse, ShapeError } from "../util/errors.ts";
import { formatShape } from "../util/shape.ts";
import { flattenStructure, isPlainObject, mapStructure, type Structure } from "../util/structure.ts";
import { classWeights } from "./class-weight.ts";
import { arrangeData, type HostLeaf, type StepData } from "./host-data.ts";
import { type OutputInfo, perOutput } from "./outputs.ts";

/** What a model puts out for inputs of some form. */
export interface OutputForm {
  readonly form: Structure<ValueSpec>;
  readonly infos: readonly OutputInfo[];
}

/** The data of one call, checked. */
export interface PreparedData {
  readonly data: StepData<HostLeaf>;
  /** Undefined for a model whose own step makes what it likes of its data. */
  readonly outputs: OutputForm | undefined;
  readonly samples: number;
}

/** Targets or weights as arrays. What the model puts out decides how nested arrays are read. */
export function arrangeParts(
  given: unknown,
  outputs: OutputForm | undefined,
  call: string,
  argument: string,
): Structure<HostLeaf> {
  if (given === undefined || given === null) return {};
  // A bare list of numbers is one array, however many outputs there are.
  const isFlat = Array.isArray(given) && given.every((value) => typeof value === "number");
  return arrangeData(given, isFlat ? undefined : outputs?.form, call, argument);
}

/** Targets or weights for each output, given as one, as a list in order or as a dict by names. */
export function byOutput<T extends object>(
  given: Structure<T>,
  infos: readonly OutputInfo[],
  call: string,
  argument: string,
): (T | undefined)[] {
  const data = infos.length === 1 && Array.isArray(given) && given.length === 1 ? given[0] : given;
  const parts = perOutput<T>(data, infos, `${call} ${argument}`, argument === "sampleWeight");
  parts.forEach((part, i) => {
    if (Array.isArray(part) || isPlainObject(part))
      fail(call, `${argument}: expected one array for output "${infos[i]!.name}", got several`);
  });
  return parts;
}

/** Checks sample weights; one array of a number for each sample serves all outputs. */
export function checkWeights(weights: Structure<HostLeaf>, infos: readonly OutputInfo[], call: string): void {
  const byEach = byOutput(weights, infos, call, "sampleWeight");
  const [first, second] = byEach;
  if (first === second && first !== undefined && first.rowSize !== 1) {
    const wanted = `one weight for each sample, or weights for each of the ${infos.length} outputs`;
    fail(call, `sampleWeight: expected ${wanted}, got shape ${formatShape(first.shape)}`, ShapeError);
  }
  for (const { data } of flattenStructure(weights)) {
    const at = data.findIndex((weight: number) => !Number.isFinite(weight));
    if (at >= 0) fail(call, `sampleWeight: expected finite numbers, got ${data[at]} at ${at}`);
  }
}

/** The data with class weights as sample weights. */
export function withClassWeight(prepared: PreparedData, classWeight: unknown, call: string): PreparedData {
  if (classWeight === undefined || classWeight === null) return prepared;
  const [inputs, targets, weights] = prepared.data;
  const outputs = prepared.outputs?.infos.length ?? 1;
  if (outputs > 1) fail(call, `classWeight: expected a model with a single output, got ${outputs}`);
  if (flattenStructure(weights).length > 0) {
    fail(call, "You cannot `classWeight` and `sampleWeight` at the same time");
  }
  const [target] = flattenStructure(targets);
  const found = target ?? refuse(call, "classWeight", "targets `y`", undefined);
  return { ...prepared, data: [inputs, targets, classWeights(classWeight, found, call)] };
}

/** Samples [start, end). */
export function sliceData(prepared: PreparedData, start: number, end: number): PreparedData {
  const data = mapStructure(prepared.data as Structure<HostLeaf>, (leaf) => leaf.slice(start, end));
  return { ...prepared, data: data as unknown as StepData<HostLeaf>, samples: end - start };
}

/**
 * The number all arrays have as their number of samples.
 * @throws ValueError naming each when they differ.
 */
export function commonSamples(data: StepData<HostLeaf>, call: string): number {
  const counts = data.map((part) => flattenStructure<HostLeaf>(part).map(({ samples }) => samples));
  const [first, ...others] = counts.flat();
  if (others.some((count) => count !== first)) {
    const sizes = counts.flatMap((list, i) =>
      list.length === 0 ? [] : [`${["x", "y", "sampleWeight"][i]} sizes: ${list.join(", ")}`],
    );
    const expected = "expected the same number of samples everywhere";
    fail(call, `Data cardinality is ambiguous: ${expected}, got ${sizes.join("; ")}`);
  }
  return first ?? fail(call, "x: expected at least one sample, got none");
}
