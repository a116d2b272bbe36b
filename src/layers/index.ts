import type { Tensor } from "../ops/tensor.ts";
import { ELU, type ELUOptions } from "./activations/elu.ts";
import { LeakyReLU, type LeakyReLUOptions } from "./activations/leaky-relu.ts";
import { PReLU, type PReLUOptions } from "./activations/prelu.ts";
import { ReLU, type ReLUOptions } from "./activations/relu.ts";
import { Softmax, type SoftmaxOptions } from "./activations/softmax.ts";
import { Activation, type ActivationOptions } from "./core/activation.ts";
import { Dense, type DenseOptions } from "./core/dense.ts";
import { EinsumDense, type EinsumDenseOptions } from "./core/einsum-dense.ts";
import { Embedding, type EmbeddingOptions } from "./core/embedding.ts";
import { Identity } from "./core/identity.ts";
import { InputLayer, type InputOptions } from "./core/input-layer.ts";
import { Lambda, type LambdaOptions } from "./core/lambda.ts";
import { Masking, type MaskingOptions } from "./core/masking.ts";
import type { Layer, LayerData } from "./layer.ts";
import { Add } from "./merging/add.ts";
import { Average } from "./merging/average.ts";
import { Concatenate, type ConcatenateOptions } from "./merging/concatenate.ts";
import { Dot, type DotOptions } from "./merging/dot.ts";
import { Maximum } from "./merging/maximum.ts";
import { Minimum } from "./merging/minimum.ts";
import { Multiply } from "./merging/multiply.ts";
import { Subtract } from "./merging/subtract.ts";
import { BatchNormalization, type BatchNormalizationOptions } from "./normalization/batch-normalization.ts";
import { GroupNormalization, type GroupNormalizationOptions } from "./normalization/group-normalization.ts";
import { LayerNormalization, type LayerNormalizationOptions } from "./normalization/layer-normalization.ts";
import { RMSNormalization, type RMSNormalizationOptions } from "./normalization/rms-normalization.ts";
import { SpectralNormalization, type SpectralNormalizationOptions } from "./normalization/spectral-normalization.ts";
import { UnitNormalization, type UnitNormalizationOptions } from "./normalization/unit-normalization.ts";
import type { LayerOptions } from "./options.ts";
import { CategoryEncoding, type CategoryEncodingOptions } from "./preprocessing/category-encoding.ts";
import { Discretization, type DiscretizationOptions } from "./preprocessing/discretization.ts";
import { IntegerLookup, type IntegerLookupOptions } from "./preprocessing/integer-lookup.ts";
import { Normalization, type NormalizationOptions } from "./preprocessing/normalization.ts";
import { Rescaling, type RescalingOptions } from "./preprocessing/rescaling.ts";
import { StringLookup, type StringLookupOptions } from "./preprocessing/string-lookup.ts";
import {
  ActivityRegularization,
  type ActivityRegularizationOptions,
} from "./regularization/activity-regularization.ts";
import { AlphaDropout, type AlphaDropoutOptions } from "./regularization/alpha-dropout.ts";
import { Dropout, type DropoutOptions } from "./regularization/dropout.ts";
import { GaussianDropout, type GaussianDropoutOptions } from "./regularization/gaussian-dropout.ts";
import { GaussianNoise, type GaussianNoiseOptions } from "./regularization/gaussian-noise.ts";
import type { SpatialDropoutNDOptions, SpatialDropoutOptions } from "./regularization/spatial-dropout.ts";
import { SpatialDropout1D } from "./regularization/spatial-dropout1d.ts";
import { SpatialDropout2D } from "./regularization/spatial-dropout2d.ts";
import { SpatialDropout3D } from "./regularization/spatial-dropout3d.ts";
import { Flatten, type FlattenOptions } from "./reshaping/flatten.ts";
import { Permute, type PermuteOptions } from "./reshaping/permute.ts";
import { RepeatVector, type RepeatVectorOptions } from "./reshaping/repeat-vector.ts";
import { Reshape, type ReshapeOptions } from "./reshaping/reshape.ts";
import type { SymbolicTensor } from "./symbolic-tensor.ts";

export { input } from "./core/input-layer.ts";
export { Layer } from "./layer.ts";
export type { Strings } from "./preprocessing/string-lookup.ts";
export type {
  ActivationOptions,
  ActivityRegularizationOptions,
  AlphaDropoutOptions,
  BatchNormalizationOptions,
  CategoryEncodingOptions,
  ConcatenateOptions,
  DenseOptions,
  DiscretizationOptions,
  DotOptions,
  DropoutOptions,
  EinsumDenseOptions,
  ELUOptions,
  EmbeddingOptions,
  FlattenOptions,
  GaussianDropoutOptions,
  GaussianNoiseOptions,
  GroupNormalizationOptions,
  InputOptions,
  IntegerLookupOptions,
  LambdaOptions,
  LayerNormalizationOptions,
  LayerOptions,
  LeakyReLUOptions,
  MaskingOptions,
  NormalizationOptions,
  PermuteOptions,
  PReLUOptions,
  ReLUOptions,
  RepeatVectorOptions,
  RescalingOptions,
  ReshapeOptions,
  RMSNormalizationOptions,
  SoftmaxOptions,
  SpatialDropoutNDOptions,
  SpatialDropoutOptions,
  SpectralNormalizationOptions,
  StringLookupOptions,
  UnitNormalizationOptions,
};
export {
  Activation,
  ActivityRegularization,
  Add,
  AlphaDropout,
  Average,
  BatchNormalization,
  CategoryEncoding,
  Concatenate,
  Dense,
  Discretization,
  Dot,
  Dropout,
  EinsumDense,
  ELU,
  Embedding,
  Flatten,
  GaussianDropout,
  GaussianNoise,
  GroupNormalization,
  Identity,
  InputLayer,
  IntegerLookup,
  Lambda,
  LayerNormalization,
  LeakyReLU,
  Masking,
  Maximum,
  Minimum,
  Multiply,
  Normalization,
  Permute,
  PReLU,
  ReLU,
  RepeatVector,
  Rescaling,
  Reshape,
  RMSNormalization,
  Softmax,
  SpatialDropout1D,
  SpatialDropout2D,
  SpatialDropout3D,
  SpectralNormalization,
  StringLookup,
  Subtract,
  UnitNormalization,
};

/**
 * A layer of a list of inputs, by its options; or, in the manner of Keras's functions, its result for such a list:
 * `add().apply([a, b])`, `add([a, b])`.
 */
export interface MergeFactory<L extends Layer, O> {
  (inputs: readonly LayerData[], options?: O): Tensor;
  (inputs: readonly (SymbolicTensor | LayerData)[], options?: O): SymbolicTensor;
  (options?: O): L;
}

function merged<L extends Layer>(Made: new (options?: never) => L, first: unknown, options: unknown): unknown {
  return Array.isArray(first) ? new Made(options as never).apply(first) : new Made(first as never);
}

/** x above 0, alpha · (exp(x) − 1) below. */
export const elu = (options?: ELUOptions): ELU => new ELU(options);
/** x above 0, negativeSlope · x below. */
export const leakyReLU = (options?: LeakyReLUOptions): LeakyReLU => new LeakyReLU(options);
/** x above 0, alpha · x below with a trained alpha. */
export const prelu = (options?: PReLUOptions): PReLU => new PReLU(options);
/** x above 0, alpha · x below with a trained alpha. */
export const pReLU = (options?: PReLUOptions): PReLU => new PReLU(options);
/** x above a threshold, with a slope below and an upper bound if wanted. */
export const reLU = (options?: ReLUOptions): ReLU => new ReLU(options);
/** exp(x) / Σ exp(x), with a mask if there is one. */
export const softmax = (options?: SoftmaxOptions): Softmax => new Softmax(options);
/** y = activation(x). */
export const activation = (options: ActivationOptions): Activation => new Activation(options);
/** y = activation(x · kernel + bias). */
export const dense = (options: DenseOptions): Dense => new Dense(options);
/** y = activation(einsum(equation, x, kernel) + bias). */
export const einsumDense = (options: EinsumDenseOptions): EinsumDense => new EinsumDense(options);
/** A trained row of numbers for each index. */
export const embedding = (options: EmbeddingOptions): Embedding => new Embedding(options);
/** Its input as it is. */
export const identity = (options?: LayerOptions): Identity => new Identity(options);
/** Where data enter a model, as a layer: for Sequential models. */
export const inputLayer = (options: InputOptions): InputLayer => new InputLayer(options);
/** A function as a layer. */
export const lambda = (options: LambdaOptions): Lambda => new Lambda(options);
/** Masks time steps all of whose values are the same given one. */
export const masking = (options?: MaskingOptions): Masking => new Masking(options);
/** The sum of a list of inputs. */
export const add: MergeFactory<Add, LayerOptions> = ((first?: unknown, options?: unknown) =>
  merged(Add, first, options)) as MergeFactory<Add, LayerOptions>;
/** The mean of a list of inputs. */
export const average: MergeFactory<Average, LayerOptions> = ((first?: unknown, options?: unknown) =>
  merged(Average, first, options)) as MergeFactory<Average, LayerOptions>;
/** A list of inputs joined along an axis. */
export const concatenate: MergeFactory<Concatenate, ConcatenateOptions> = ((first?: unknown, options?: unknown) =>
  merged(Concatenate, first, options)) as MergeFactory<Concatenate, ConcatenateOptions>;
/** Sums of products of two inputs along an axis of each. */
export const dot: MergeFactory<Dot, DotOptions> = ((first?: unknown, options?: unknown) =>
  merged(Dot, first, options)) as MergeFactory<Dot, DotOptions>;
/** The largest of a list of inputs. */
export const maximum: MergeFactory<Maximum, LayerOptions> = ((first?: unknown, options?: unknown) =>
  merged(Maximum, first, options)) as MergeFactory<Maximum, LayerOptions>;
/** The smallest of a list of inputs. */
export const minimum: MergeFactory<Minimum, LayerOptions> = ((first?: unknown, options?: unknown) =>
  merged(Minimum, first, options)) as MergeFactory<Minimum, LayerOptions>;
/** The product of a list of inputs. */
export const multiply: MergeFactory<Multiply, LayerOptions> = ((first?: unknown, options?: unknown) =>
  merged(Multiply, first, options)) as MergeFactory<Multiply, LayerOptions>;
/** The first of two inputs minus the second. */
export const subtract: MergeFactory<Subtract, LayerOptions> = ((first?: unknown, options?: unknown) =>
  merged(Subtract, first, options)) as MergeFactory<Subtract, LayerOptions>;
/** Normalises each channel, by the batch in training and by moving statistics in inference. */
export const batchNormalization = (options?: BatchNormalizationOptions): BatchNormalization =>
  new BatchNormalization(options);
/** Integer categories as rows of 0 and 1, or of counts. */
export const categoryEncoding = (options: CategoryEncodingOptions): CategoryEncoding => new CategoryEncoding(options);
/** The index of the bin a number falls in. */
export const discretization = (options: DiscretizationOptions): Discretization => new Discretization(options);
/** Indices 0, 1, … for any integers. */
export const integerLookup = (options?: IntegerLookupOptions): IntegerLookup => new IntegerLookup(options);
/** (x − μ) / σ with statistics given or taken from data. */
export const normalization = (options?: NormalizationOptions): Normalization => new Normalization(options);
/** x · scale + offset. */
export const rescaling = (options: RescalingOptions): Rescaling => new Rescaling(options);
/** Indices for texts. */
export const stringLookup = (options?: StringLookupOptions): StringLookup => new StringLookup(options);
/** Its input as it is; adds a penalty on it to the loss. */
export const activityRegularization = (options?: ActivityRegularizationOptions): ActivityRegularization =>
  new ActivityRegularization(options);
/** Drops a share of the values in training. */
export const dropout = (options: DropoutOptions): Dropout => new Dropout(options);
/** One axis for all of a sample. */
export const flatten = (options?: FlattenOptions): Flatten => new Flatten(options);
/** A sample's axes in another order. */
export const permute = (options: PermuteOptions): Permute => new Permute(options);
/** Samples repeated along a new axis. */
export const repeatVector = (options: RepeatVectorOptions): RepeatVector => new RepeatVector(options);
/** Samples under another shape. */
export const reshape = (options: ReshapeOptions): Reshape => new Reshape(options);
/** Dropout that keeps the mean and variance of SELU networks. */
export const alphaDropout = (options: AlphaDropoutOptions): AlphaDropout => new AlphaDropout(options);
/** Multiplies by normal noise in training. */
export const gaussianDropout = (options: GaussianDropoutOptions): GaussianDropout => new GaussianDropout(options);
/** Adds normal noise in training. */
export const gaussianNoise = (options: GaussianNoiseOptions): GaussianNoise => new GaussianNoise(options);
/** Normalises each sample by itself. */
export const layerNormalization = (options?: LayerNormalizationOptions): LayerNormalization =>
  new LayerNormalization(options);
/** Normalises groups of channels of each sample. */
export const groupNormalization = (options?: GroupNormalizationOptions): GroupNormalization =>
  new GroupNormalization(options);
/** Divides each sample by its root mean square. */
export const rmsNormalization = (options?: RMSNormalizationOptions): RMSNormalization => new RMSNormalization(options);
/** Scales each sample to length 1. */
export const unitNormalization = (options?: UnitNormalizationOptions): UnitNormalization =>
  new UnitNormalization(options);
/** Wraps a layer and keeps its kernel's largest singular value near 1. */
export const spectralNormalization = (options: SpectralNormalizationOptions): SpectralNormalization =>
  new SpectralNormalization(options);
/** Drops whole channels of sequences in training. */
export const spatialDropout1d = (options: SpatialDropoutOptions): SpatialDropout1D => new SpatialDropout1D(options);
/** Drops whole channels of images in training. */
export const spatialDropout2d = (options: SpatialDropoutNDOptions): SpatialDropout2D => new SpatialDropout2D(options);
/** Drops whole channels of volumes in training. */
export const spatialDropout3d = (options: SpatialDropoutNDOptions): SpatialDropout3D => new SpatialDropout3D(options);
