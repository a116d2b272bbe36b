/**
 * Hornbeam trains and runs Keras-style neural networks on WebAssembly.
 *
 * Importing has no side effect and needs no initialisation: the kernels are instantiated on first use.
 */
// First, so that the packed kernels open the bundle: gzip then codes them in blocks of their own, 2 KB smaller.
import "#wasm";

export * as activations from "./activations/index.ts";
export { compile } from "./autodiff/compile.ts";
export { customGradient } from "./autodiff/custom-gradient.ts";
export { grad, valueAndGrads } from "./autodiff/gradients.ts";
export { jacobian } from "./autodiff/jacobian.ts";
export { GradientTape } from "./autodiff/tape.ts";
export { Callback, type CallbackHooks, type CallbackParams, type Logs } from "./callbacks/callback.ts";
export * as callbacks from "./callbacks/index.ts";
export { configure } from "./configure.ts";
export * as constraints from "./constraints/index.ts";
export * as initializers from "./initializers/index.ts";
export type { ByteWriter, Sink, Written } from "./io/sink.ts";
export type { ByteHolder, ByteReader, Source } from "./io/source.ts";
export type { ApplyOptions, CallOptions, TrainingArgument } from "./layers/call-context.ts";
export type { LayerConfig } from "./layers/config.ts";
export { input } from "./layers/core/input-layer.ts";
export * as layers from "./layers/index.ts";
export type { ValueSpec } from "./layers/infer.ts";
export { Layer, type LayerData } from "./layers/layer.ts";
export type { LayerOptions } from "./layers/options.ts";
export { SymbolicTensor } from "./layers/symbolic-tensor.ts";
export type { TrainingSelector } from "./layers/training-selector.ts";
export * as losses from "./losses/index.ts";
export { type MemoryReport, memory } from "./memory/report.ts";
export * as metrics from "./metrics/index.ts";
export type { AsyncBatches, Batches, BatchLike } from "./models/batches.ts";
export { type CloneOptions, cloneModel } from "./models/clone.ts";
export type { Diagnosis, Finding, FindingKind, LayerDiagnosis } from "./models/diagnose.ts";
export type { ExplainOptions, Explanation, ExplanationRow } from "./models/explain.ts";
export { modelFromConfig } from "./models/from-config.ts";
export {
  Functional,
  type FunctionalOf,
  type FunctionalOptions,
  model,
  type OutputValues,
} from "./models/functional.ts";
export type { DataLike } from "./models/host-data.ts";
export { loadModel } from "./models/load-model.ts";
export { Model, type SymbolicStructure } from "./models/model.ts";
export type {
  CompileOptions,
  EvaluateOptions,
  FitOptions,
  PredictOptions,
  TestOnBatchOptions,
  TrainOnBatchOptions,
} from "./models/options.ts";
export type { PredictSamplesOptions, SampledPrediction } from "./models/predict-samples.ts";
export type { RecalibrateOptions } from "./models/recalibrate.ts";
export type { LoadOptions } from "./models/saving/load.ts";
export type { SaveOptions } from "./models/saving/save.ts";
export { Sequential, type SequentialOptions, sequential } from "./models/sequential.ts";
export type { ModelState, SavedTensor } from "./models/state.ts";
export type { StepArguments, StepLogs } from "./models/trainable-model.ts";
export {
  eye,
  fill,
  linspace,
  oneHot,
  ones,
  range,
  scalar,
  tensor,
  tensor1d,
  tensor2d,
  tensor3d,
  tensor4d,
  zeros,
} from "./ops/creation.ts";
export type { NestedArray } from "./ops/format.ts";
export * as ops from "./ops/index.ts";
export { Tensor, type TensorLike } from "./ops/tensor.ts";
export { Variable, type VariableOptions, variable } from "./ops/variable.ts";
export * as optimizers from "./optimizers/index.ts";
export * as schedules from "./optimizers/schedules/index.ts";
export { setRandomSeed } from "./random/global.ts";
export * as random from "./random/index.ts";
export { SeedGenerator } from "./random/seed-generator.ts";
export * as regularizers from "./regularizers/index.ts";
export type { DType, TensorData, TypedArray } from "./util/dtype.ts";
export {
  DTypeError,
  FormatError,
  HornbeamError,
  MemoryError,
  ShapeError,
  StateError,
  TraceError,
  ValueError,
} from "./util/errors.ts";
export { type CustomObjects, registerClass } from "./util/registry.ts";
export type { KernelBuild, Settings } from "./util/settings.ts";
export type { Dims, Shape } from "./util/shape.ts";
export type { Structure } from "./util/structure.ts";
export { version } from "./version.ts";
