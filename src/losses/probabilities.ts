import { producerOf, type Tensor } from "../ops/tensor.ts";
import { normalizeAxis } from "../util/shape.ts";

/** Keras's fuzz factor: probabilities are kept this far from 0 and 1 before a logarithm. */
const EPSILON = 1e-7;

/**
 * The logits behind probabilities that a softmax over `axis` made in this same scope, else undefined. A loss on
 * logits neither clips nor loses digits, and its gradient is the plain p − t.
 */
export function logitsOfSoftmax(probabilities: Tensor, axis: number): Tensor | undefined {
  const producer = producerOf(probabilities);
  if (producer?.name !== "softmax") return undefined;
  const made = normalizeAxis(Number(producer.attrs.axis ?? -1), probabilities.rank);
  return made === normalizeAxis(axis, probabilities.rank) ? producer.inputs[0] : undefined;
}

/** The logits behind probabilities that a sigmoid made in this same scope, else undefined. */
export function logitsOfSigmoid(probabilities: Tensor): Tensor | undefined {
  const producer = producerOf(probabilities);
  return producer?.name === "sigmoid" ? producer.inputs[0] : undefined;
}

/** Probabilities kept off 0 and 1; no gradient flows where they are cut. */
export function clipProbabilities(probabilities: Tensor): Tensor {
  return probabilities.clip(EPSILON, 1 - EPSILON);
}

/** −Σ t·ln p over `axis`, with p first made to add up to 1 and clipped. */
export function crossEntropyOfProbabilities(target: Tensor, probabilities: Tensor, axis: number): Tensor {
  const normalized = probabilities.div(probabilities.sum(axis, true));
  return target.mul(clipProbabilities(normalized).log()).sum(axis).neg();
}

/** The tensor with `axis` moved to the end, where the fused ops work. */
export function axisLast(x: Tensor, axis: number): Tensor {
  const from = normalizeAxis(axis, x.rank);
  if (from === undefined || from === x.rank - 1) return x;
  const order = x.shape.map((_, i) => i).filter((i) => i !== from);
  return x.transpose([...order, from]);
}
