import { Activation, type ActivationOptions } from "./core/activation.ts";
import { Dense, type DenseOptions } from "./core/dense.ts";
import { InputLayer, type InputOptions } from "./core/input-layer.ts";
import { Add } from "./merging/add.ts";
import { Concatenate, type ConcatenateOptions } from "./merging/concatenate.ts";
import { BatchNormalization, type BatchNormalizationOptions } from "./normalization/batch-normalization.ts";
import type { LayerOptions } from "./options.ts";
import { Dropout, type DropoutOptions } from "./regularization/dropout.ts";
import { Flatten } from "./reshaping/flatten.ts";
import { Reshape, type ReshapeOptions } from "./reshaping/reshape.ts";

export { input } from "./core/input-layer.ts";
export { Layer } from "./layer.ts";
export type {
  ActivationOptions,
  BatchNormalizationOptions,
  ConcatenateOptions,
  DenseOptions,
  DropoutOptions,
  InputOptions,
  LayerOptions,
  ReshapeOptions,
};
export { Activation, Add, BatchNormalization, Concatenate, Dense, Dropout, Flatten, InputLayer, Reshape };

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
