import type { ValueSpec } from "../layers/infer.ts";
import { fail, refuse, ShapeError } from "../util/errors.ts";
import { formatShape } from "../util/shape.ts";
import { flattenStructure, mapStructure, type Structure } from "../util/structure.ts";
import { classWeights } from "./class-weight.ts";
import { arrangeData, HostLeaf, type StepData } from "./host-data.ts";
import { type OutputInfo, perOutput } from "./outputs.ts";

/** What a model puts out for inputs of some form. */
export interface OutputForm {
  readonly form: Structure<ValueSpec>;
  readonly infos: readonly OutputInfo[];
}

/** The data of one call, checked. */
export interface PreparedData {
  readonly data: StepData<HostLeaf>;
  readonly outputs: OutputForm;
  readonly samples: number;
}

type ByOutput = StepData<HostLeaf>[1];

/** Targets or weights for each output, from data given as one array, a list in order or a dict by names. */
function arrangeByOutput(
  given: unknown,
  { form, infos }: OutputForm,
  call: string,
  argument: string,
  broadcast: boolean,
): ByOutput {
  if (given === undefined || given === null) return {};
  // A bare list of numbers is one array, however many outputs there are.
  const isFlat = Array.isArray(given) && given.every((value) => typeof value === "number");
  let data = arrangeData(given, isFlat ? undefined : form, call, argument);
  if (infos.length === 1 && Array.isArray(data) && data.length === 1) data = data[0] as Structure<HostLeaf>;
  const byOutput: Record<number, HostLeaf> = {};
  perOutput<HostLeaf>(data, infos, `${call} ${argument}`, broadcast).forEach((leaf, i) => {
    if (leaf === undefined) return;
    if (!(leaf instanceof HostLeaf))
      fail(call, `${argument}: expected one array for output "${infos[i]!.name}", got several`);
    byOutput[i] = leaf;
  });
  return byOutput;
}

/** Targets for each output. */
export function arrangeTargets(y: unknown, outputs: OutputForm, call: string): ByOutput {
  return arrangeByOutput(y, outputs, call, "y", false);
}

/** Sample weights for each output; one array of a number for each sample serves all. */
export function arrangeWeights(sampleWeight: unknown, outputs: OutputForm, call: string): ByOutput {
  const weights = arrangeByOutput(sampleWeight, outputs, call, "sampleWeight", true);
  const [first, second] = Object.values(weights);
  if (first === second && first !== undefined && first.rowSize !== 1) {
    const wanted = `one weight for each sample, or weights for each of the ${outputs.infos.length} outputs`;
    fail(call, `sampleWeight: expected ${wanted}, got shape ${formatShape(first.shape)}`, ShapeError);
  }
  for (const { data } of Object.values(weights)) {
    const at = data.findIndex((weight: number) => !Number.isFinite(weight));
    if (at >= 0) fail(call, `sampleWeight: expected finite numbers, got ${data[at]} at ${at}`);
  }
  return weights;
}

/** The data with class weights as sample weights. */
export function withClassWeight(prepared: PreparedData, classWeight: unknown, call: string): PreparedData {
  if (classWeight === undefined || classWeight === null) return prepared;
  const [inputs, targets, weights] = prepared.data;
  const { length } = prepared.outputs.infos;
  if (length > 1) fail(call, `classWeight: expected a model with a single output, got ${length}`);
  if (weights[0] !== undefined) fail(call, "You cannot `classWeight` and `sampleWeight` at the same time");
  const target = targets[0] ?? refuse(call, "classWeight", "targets `y`", undefined);
  return { ...prepared, data: [inputs, targets, { 0: classWeights(classWeight, target, call) }] };
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
