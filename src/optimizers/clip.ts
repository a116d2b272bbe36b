import { type Tensor, toTensor } from "../ops/tensor.ts";
import { refuse } from "../util/errors.ts";

/** How gradients are clipped; at most one is more than 0. */
export interface Clips {
  readonly clipnorm: number | null;
  readonly clipvalue: number | null;
  readonly globalClipnorm: number | null;
}

/** Refuses more than one. */
export function checkClips({ clipnorm, clipvalue, globalClipnorm }: Clips, where: string): void {
  const given = [clipnorm, clipvalue, globalClipnorm].filter((limit) => limit !== null);
  if (given.length > 1) refuse(where, "clipnorm, clipvalue, globalClipnorm", "at most one of them", given);
}

/**
 * clipnorm c: each g·c/max(‖g‖, c); globalClipnorm c: all g·c·min(1/G, 1/c), NaN where the norm G of all is not finite;
 * clipvalue: values between −c and c. A limit of 0 is none, as in Keras.
 */
export function clipGradients(gradients: readonly Tensor[], clips: Clips): readonly Tensor[] {
  const { clipnorm, clipvalue, globalClipnorm } = clips;
  if (clipnorm) return gradients.map((g) => g.mul(clipnorm).div(g.square().sum().sqrt().maximum(clipnorm)));
  if (clipvalue) return gradients.map((g) => g.clip(-clipvalue, clipvalue));
  if (!globalClipnorm) return gradients;
  const norm = gradients
    .map((g) => g.square().sum())
    .reduce((sum, square) => sum.add(square))
    .sqrt();
  const scale = toTensor(1)
    .div(norm)
    .minimum(1 / globalClipnorm)
    .mul(globalClipnorm)
    .add(norm.sub(norm));
  return gradients.map((g) => g.mul(scale));
}
