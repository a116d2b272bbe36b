import type { ValueSpec } from "../layers/infer.ts";
import { describe, ShapeError, ValueError } from "../util/errors.ts";
import { formatShape } from "../util/shape.ts";
import { flattenStructure, type Structure } from "../util/structure.ts";
import { classWeights } from "./class-weight.ts";
import { arrangeData, commonSamples, HostLeaf } from "./host-data.ts";
import { type OutputInfo, perOutput } from "./outputs.ts";
import type { PreparedData } from "./prepared-data.ts";

const isLeaf = (value: unknown): boolean => value instanceof HostLeaf;

/** Targets for each output, from data given as one array, a list in order or a dict by names. */
export function arrangeTargets(
  y: unknown,
  outputs: readonly OutputInfo[],
  declared: Structure<ValueSpec>,
  call: string,
): (HostLeaf | undefined)[] {
  if (y === undefined || y === null) return outputs.map(() => undefined);
  const data = unwrap(arrangeData(y, declared, { call, argument: "y" }), outputs);
  return perOutput<HostLeaf>(data, outputs, `${call} y`, { isOne: isLeaf, broadcast: false });
}

/** Sample weights for each output; one array of a number for each sample serves all. */
export function arrangeWeights(
  sampleWeight: unknown,
  outputs: readonly OutputInfo[],
  declared: Structure<ValueSpec>,
  call: string,
): (HostLeaf | undefined)[] {
  if (sampleWeight === undefined || sampleWeight === null) return outputs.map(() => undefined);
  // A bare list of numbers is one array, however many outputs there are.
  const isFlat = Array.isArray(sampleWeight) && sampleWeight.every((weight) => typeof weight === "number");
  const arranged = arrangeData(sampleWeight, isFlat ? undefined : declared, { call, argument: "sampleWeight" });
  const data = unwrap(arranged, outputs);
  if (isLeaf(data) && outputs.length > 1 && (data as HostLeaf).rowSize !== 1) {
    throw new ShapeError(
      `[${call}] sampleWeight: expected one weight for each sample, or weights for each of the ${outputs.length} ` +
        `outputs, got shape ${formatShape((data as HostLeaf).shape)}.`,
    );
  }
  const weights = perOutput<HostLeaf>(data, outputs, `${call} sampleWeight`, { isOne: isLeaf, broadcast: true });
  for (const leaf of weights) if (leaf !== undefined) checkWeights(leaf, call);
  return weights;
}

/** A list of one for a model with one output is that one. */
function unwrap(data: Structure<HostLeaf>, outputs: readonly OutputInfo[]): Structure<HostLeaf> {
  return outputs.length === 1 && Array.isArray(data) && data.length === 1 ? (data[0] as Structure<HostLeaf>) : data;
}

function checkWeights(leaf: HostLeaf, call: string): void {
  for (let i = 0; i < leaf.data.length; i++) {
    if (!Number.isFinite(leaf.data[i])) {
      throw new ValueError(`[${call}] sampleWeight: expected finite numbers, got ${leaf.data[i]} at ${i}.`);
    }
  }
}

/** The data with class weights as sample weights. */
export function withClassWeight(data: PreparedData, classWeight: unknown, call: string): PreparedData {
  if (classWeight === undefined || classWeight === null) return data;
  if (data.outputs.length > 1) {
    throw new ValueError(`[${call}] classWeight: expected a model with a single output, got ${data.outputs.length}.`);
  }
  if (data.weights[0] !== undefined) {
    throw new ValueError(`[${call}] You cannot \`classWeight\` and \`sampleWeight\` at the same time.`);
  }
  const target = data.targets[0];
  if (target === undefined) {
    throw new ValueError(`[${call}] classWeight: expected targets \`y\`, got ${describe(undefined)}.`);
  }
  return data.with({ weights: [classWeights(classWeight, target, call)] });
}

/** Checks that all arrays have the same number of samples, and gives it. */
export function checkSamples(
  x: Structure<HostLeaf>,
  targets: readonly (HostLeaf | undefined)[],
  weights: readonly (HostLeaf | undefined)[],
  call: string,
): number {
  const present = (leaves: readonly (HostLeaf | undefined)[]): HostLeaf[] | undefined => {
    const list = leaves.filter((leaf) => leaf !== undefined);
    return list.length === 0 ? undefined : list;
  };
  return commonSamples({ x: flattenStructure(x), y: present(targets), sampleWeight: present(weights) }, call);
}
