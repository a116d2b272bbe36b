import { TruncatedNormal } from "../../initializers/random.ts";
import type { Tensor } from "../../ops/tensor.ts";
import { Variable } from "../../ops/variable.ts";
import { refuse } from "../../util/errors.ts";
import { checkInteger } from "../../util/names.ts";
import type { Shape } from "../../util/shape.ts";
import type { CallOptions } from "../call-context.ts";
import { type LayerConfig, objectConfig } from "../config.ts";
import { isLayer, whereOf } from "../internals.ts";
import { Layer } from "../layer.ts";
import type { LayerOptions } from "../options.ts";
import { unitVector } from "./unit-normalization.ts";

/** Options of {@link SpectralNormalization}. */
export interface SpectralNormalizationOptions extends LayerOptions {
  /** A layer with a weight `kernel` or `embeddings`. */
  readonly layer: Layer;
  /** Steps of the power method at each call in training. Default 1. */
  readonly powerIterations?: number;
}

/**
 * Wraps a layer and keeps the largest singular value of its kernel near 1: in training each call first overwrites the
 * kernel with kernel / σ, where σ comes from the power method; in inference the kernel is used as it is.
 * Miyato et al. 2018, "Spectral Normalization for Generative Adversarial Networks".
 */
export class SpectralNormalization extends Layer {
  static override readonly className: string = "SpectralNormalization";
  readonly layer: Layer;
  readonly powerIterations: number;
  /** The wrapped layer's: as in Keras one of the weights of this layer, too. */
  kernel: Variable | undefined = undefined;
  vectorU: Variable | undefined = undefined;

  constructor(options: SpectralNormalizationOptions) {
    super(options, ["layer", "powerIterations"]);
    const { layer } = options ?? {};
    this.layer = isLayer(layer) ? layer : refuse(whereOf(this), "layer", "a layer", layer);
    this.powerIterations = checkInteger(options.powerIterations ?? 1, whereOf(this), "powerIterations", 1);
  }

  override build(inputShape: Shape): void {
    if (!this.layer.built) this.layer.build(inputShape);
    const { kernel, embeddings } = this.layer as { kernel?: unknown; embeddings?: unknown };
    const found = kernel ?? embeddings;
    this.kernel = found instanceof Variable ? found : refuse(whereOf(this), "layer", "one with a kernel", this.layer);
    const initializer = new TruncatedNormal({ stddev: 0.02 });
    const shape = [1, this.kernel.shape.at(-1)!];
    this.vectorU = this.addWeight({ name: "vector_u", shape, initializer, trainable: false });
  }

  override call(inputs: Tensor, { training }: CallOptions): Tensor {
    if (training) this.#normalize();
    return this.layer.apply(inputs);
  }

  #normalize(): void {
    const kernel = this.kernel!;
    const weights = kernel.value().reshape([-1, kernel.shape.at(-1)!]);
    const before = this.vectorU!.value();
    let [u, v] = [before, before];
    for (let i = 0; i < this.powerIterations; i++) {
      v = unitVector(u.matMul(weights, false, true), [0, 1], 1e-7);
      u = unitVector(v.matMul(weights), [0, 1], 1e-7);
    }
    [u, v] = [u.stopGradient(), v.stopGradient()];
    // A kernel of zeros has no norm: it stays, and so does u.
    const zero = kernel.value().equal(0).all();
    const sigma = v.matMul(weights).matMul(u, false, true).reshape([]);
    this.vectorU!.assign(before.where(zero, u));
    kernel.assign(kernel.value().div(sigma.mul(0).add(1).where(zero, sigma)));
  }

  override getConfig(): LayerConfig {
    return { ...super.getConfig(), layer: objectConfig("layers", this.layer) };
  }
}
