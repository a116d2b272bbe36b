import { Activation, type ActivationOptions } from "./core/activation.ts";
import { Dense, type DenseOptions } from "./core/dense.ts";
import { InputLayer, type InputOptions } from "./core/input-layer.ts";
import { Add } from "./merging/add.ts";
import { Concatenate, type ConcatenateOptions } from "./merging/concatenate.ts";
import { BatchNormalization, type BatchNormalizationOptions } from "./normalization/batch-normalization.ts";
import { GroupNormalization, type GroupNormalizationOptions } from "./normalization/group-normalization.ts";
import { LayerNormalization, type LayerNormalizationOptions } from "./normalization/layer-normalization.ts";
import { RMSNormalization, type RMSNormalizationOptions } from "./normalization/rms-normalization.ts";
import { SpectralNormalization, type SpectralNormalizationOptions } from "./normalization/spectral-normalization.ts";
import { UnitNormalization, type UnitNormalizationOptions } from "./normalization/unit-normalization.ts";
import type { LayerOptions } from "./options.ts";
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
import { Flatten } from "./reshaping/flatten.ts";
import { Reshape, type ReshapeOptions } from "./reshaping/reshape.ts";

export { input } from "./core/input-layer.ts";
export { Layer } from "./layer.ts";
export type {
  ActivationOptions,
  ActivityRegularizationOptions,
  AlphaDropoutOptions,
  BatchNormalizationOptions,
  ConcatenateOptions,
  DenseOptions,
  DropoutOptions,
  GaussianDropoutOptions,
  GaussianNoiseOptions,
  GroupNormalizationOptions,
  InputOptions,
  LayerNormalizationOptions,
  LayerOptions,
  ReshapeOptions,
  RMSNormalizationOptions,
  SpatialDropoutNDOptions,
  SpatialDropoutOptions,
  SpectralNormalizationOptions,
  UnitNormalizationOptions,
};
export {
  Activation,
  ActivityRegularization,
  Add,
  AlphaDropout,
  BatchNormalization,
  Concatenate,
  Dense,
  Dropout,
  Flatten,
  GaussianDropout,
  GaussianNoise,
  GroupNormalization,
  InputLayer,
  LayerNormalization,
  Reshape,
  RMSNormalization,
  SpatialDropout1D,
  SpatialDropout2D,
  SpatialDropout3D,
  SpectralNormalization,
  UnitNormalization,
};

/** y = activation(x). */
export function activation(options: ActivationOptions): Activation {
  return new Activation(options);
}

/** The sum of a list of inputs. */
export function add(options?: LayerOptions): Add {
  return new Add(options);
}

/** Normalises each channel, by the batch in training and by moving statistics in inference. */
export function batchNormalization(options?: BatchNormalizationOptions): BatchNormalization {
  return new BatchNormalization(options);
}

/** A list of inputs joined along an axis. */
export function concatenate(options?: ConcatenateOptions): Concatenate {
  return new Concatenate(options);
}

/** y = activation(x · kernel + bias). */
export function dense(options: DenseOptions): Dense {
  return new Dense(options);
}

/** Drops a share of the values in training. */
export function dropout(options: DropoutOptions): Dropout {
  return new Dropout(options);
}

/** One axis for all of a sample. */
export function flatten(options?: LayerOptions): Flatten {
  return new Flatten(options);
}

/** Where data enter a model, as a layer: for Sequential models. */
export function inputLayer(options: InputOptions): InputLayer {
  return new InputLayer(options);
}

/** Samples under another shape. */
export function reshape(options: ReshapeOptions): Reshape {
  return new Reshape(options);
}

/** Dropout that keeps the mean and variance of SELU networks. */
export function alphaDropout(options: AlphaDropoutOptions): AlphaDropout {
  return new AlphaDropout(options);
}

/** Multiplies by normal noise in training. */
export function gaussianDropout(options: GaussianDropoutOptions): GaussianDropout {
  return new GaussianDropout(options);
}

/** Adds normal noise in training. */
export function gaussianNoise(options: GaussianNoiseOptions): GaussianNoise {
  return new GaussianNoise(options);
}

/** Adds a penalty on its input to the loss, in every mode. */
export function activityRegularization(options?: ActivityRegularizationOptions): ActivityRegularization {
  return new ActivityRegularization(options);
}

/** Normalises each sample by itself. */
export function layerNormalization(options?: LayerNormalizationOptions): LayerNormalization {
  return new LayerNormalization(options);
}

/** Normalises groups of channels of each sample. */
export function groupNormalization(options?: GroupNormalizationOptions): GroupNormalization {
  return new GroupNormalization(options);
}

/** Divides each sample by its root mean square. */
export function rmsNormalization(options?: RMSNormalizationOptions): RMSNormalization {
  return new RMSNormalization(options);
}

/** Scales each sample to length 1. */
export function unitNormalization(options?: UnitNormalizationOptions): UnitNormalization {
  return new UnitNormalization(options);
}

/** Wraps a layer and keeps its kernel's largest singular value near 1. */
export function spectralNormalization(options: SpectralNormalizationOptions): SpectralNormalization {
  return new SpectralNormalization(options);
}

/** Drops whole channels of sequences in training. */
export function spatialDropout1d(options: SpatialDropoutOptions): SpatialDropout1D {
  return new SpatialDropout1D(options);
}

/** Drops whole channels of images in training. */
export function spatialDropout2d(options: SpatialDropoutNDOptions): SpatialDropout2D {
  return new SpatialDropout2D(options);
}

/** Drops whole channels of volumes in training. */
export function spatialDropout3d(options: SpatialDropoutNDOptions): SpatialDropout3D {
  return new SpatialDropout3D(options);
}
