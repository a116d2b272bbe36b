import type { Tensor } from "../ops/tensor.ts";
import { packStructure, type Structure, structureKey } from "../util/structure.ts";
import type { HostLeaf } from "./host-data.ts";
import type { OutputInfo } from "./outputs.ts";

/** What a step gets, unpacked: inputs in the caller's structure, and a target and weights for each output that has some. */
export interface StepData {
  readonly inputs: Structure<Tensor>;
  readonly targets: readonly (Tensor | undefined)[];
  readonly weights: readonly (Tensor | undefined)[];
}

/** Data of one call, checked, flat, and with what is needed to unpack a batch of it. */
export class PreparedData {
  readonly inputs: Structure<HostLeaf>;
  readonly inputLeaves: readonly HostLeaf[];
  readonly outputs: readonly OutputInfo[];
  readonly targets: readonly (HostLeaf | undefined)[];
  readonly weights: readonly (HostLeaf | undefined)[];
  readonly samples: number;
  /** Inputs, then targets, then weights: the arguments of a step. */
  readonly arrays: readonly HostLeaf[];
  /** Equal for data that one plan can serve, shapes apart. */
  readonly key: string;

  constructor(parts: Pick<PreparedData, "inputs" | "inputLeaves" | "outputs" | "targets" | "weights" | "samples">) {
    this.inputs = parts.inputs;
    this.inputLeaves = parts.inputLeaves;
    this.outputs = parts.outputs;
    this.targets = parts.targets;
    this.weights = parts.weights;
    this.samples = parts.samples;
    const given = [...parts.targets, ...parts.weights];
    this.arrays = [...parts.inputLeaves, ...given.filter((leaf) => leaf !== undefined)];
    this.key = `${structureKey(parts.inputs)}|${given.map((leaf) => (leaf === undefined ? "-" : "+")).join("")}`;
  }

  /** The tensors of a batch, in the order of `arrays`, in their places. */
  unpack(tensors: readonly Tensor[]): StepData {
    let next = this.inputLeaves.length;
    const take = (leaf: HostLeaf | undefined): Tensor | undefined => (leaf === undefined ? undefined : tensors[next++]);
    const inputs = packStructure(this.inputs, tensors.slice(0, next));
    const targets = this.targets.map(take);
    const weights = this.weights.map(take);
    return { inputs, targets, weights };
  }

  /** Samples [start, end). */
  slice(start: number, end: number): PreparedData {
    const cut = (leaf: HostLeaf | undefined): HostLeaf | undefined => leaf?.slice(start, end);
    const inputLeaves = this.inputLeaves.map((leaf) => leaf.slice(start, end));
    return this.with({
      inputLeaves,
      inputs: packStructure(this.inputs, inputLeaves),
      targets: this.targets.map(cut),
      weights: this.weights.map(cut),
      samples: end - start,
    });
  }

  /** The same with some parts replaced. */
  with(parts: Partial<PreparedData>): PreparedData {
    return new PreparedData({ ...this, ...parts });
  }
}
