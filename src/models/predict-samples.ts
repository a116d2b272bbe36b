import type { TrainingArgument } from "../layers/call-context.ts";
import { callLayer } from "../layers/layer-call.ts";
import { PlanCache } from "../ops/plan-cache.ts";
import { currentScope, runScoped } from "../ops/scopes.ts";
import { Tensor } from "../ops/tensor.ts";
import type { Variable } from "../ops/variable.ts";
import { checkBoolean, checkInteger, checkOptions } from "../util/names.ts";
import { flattenStructure, packStructure, type Structure } from "../util/structure.ts";
import { drawsNumbers } from "./explain.ts";
import { Feed } from "./feed.ts";
import type { DataLike } from "./host-data.ts";
import type { Model } from "./model.ts";
import { hold, release } from "./state.ts";
import type { Trainer } from "./trainer.ts";

/** Options of `predictSamples`. */
export interface PredictSamplesOptions {
  /** How often each input is run. Default 20. */
  readonly samples?: number;
  /** Which layers are in training; default: those that own a seed generator (dropout, noise). */
  readonly training?: TrainingArgument;
  /** Default 32. */
  readonly batchSize?: number;
  /** Whether the single outputs are returned too. Default false. */
  readonly returnSamples?: boolean;
}

/** Results of `predictSamples`, each in the form of the model's outputs. */
export interface SampledPrediction<R extends Structure<Tensor> = Tensor> {
  readonly mean: R;
  /** Standard deviation over the samples (divided by their number). */
  readonly stddev: R;
  /** With a first axis for the samples. */
  readonly samples?: R;
}

/** Mean and spread of one output, by Welford's running sums. */
class Spread {
  readonly mean: Float64Array;
  readonly squares: Float64Array;
  readonly values: Float32Array | undefined;
  readonly #rest: readonly number[];
  readonly #row: number;

  constructor(first: Tensor, count: number, samples: number, keep: boolean) {
    this.#rest = first.shape.slice(1);
    this.#row = this.#rest.reduce((size, dim) => size * dim, 1);
    const size = count * this.#row;
    this.mean = new Float64Array(size);
    this.squares = new Float64Array(size);
    this.values = keep ? new Float32Array(size * samples) : undefined;
  }

  /** Takes in sample number `sample` of the rows from `start` on. */
  add(output: Tensor, start: number, sample: number): void {
    const values = output.hostData();
    const at = start * this.#row;
    for (let i = 0; i < values.length; i++) {
      const off = values[i]! - this.mean[at + i]!;
      this.mean[at + i]! += off / (sample + 1);
      this.squares[at + i]! += off * (values[i]! - this.mean[at + i]!);
    }
    this.values?.set(values, sample * this.mean.length + at);
  }

  tensor(values: ArrayLike<number>, ...lead: number[]): Tensor {
    const rows = this.mean.length / Math.max(this.#row, 1);
    return new Tensor([...lead, rows, ...this.#rest], "float32", Float32Array.from(values));
  }
}

/** Remembers values, copying none before it is written; what it gives back puts them where they were. */
function remember(variables: readonly Variable[]): () => void {
  if (currentScope() !== undefined) {
    // Nothing is written before the scope ends.
    const values = variables.map((variable) => variable.value());
    return () => variables.forEach((variable, i) => void variable.assign(values[i]!));
  }
  const held = variables.map(hold);
  return () => {
    held.forEach(release);
    for (const { variable, snapshot } of held) if (snapshot.words !== null) variable.writeWords(snapshot.words);
  };
}

/** Runs each input several times with some layers in training; weights and statistics stay as they are, seeds move on. */
export function predictSamples<R extends Structure<Tensor>>(
  model: Model,
  trainer: Trainer,
  x: DataLike,
  options: PredictSamplesOptions = {},
): SampledPrediction<R> {
  const call = "predictSamples";
  checkOptions(options, ["samples", "training", "batchSize", "returnSamples"], call);
  const samples = checkInteger(options.samples ?? 20, call, "samples", 1);
  const batchSize = checkInteger(options.batchSize ?? 32, call, "batchSize", 1);
  const keep = checkBoolean(options.returnSamples ?? false, call, "returnSamples");
  const { training = drawsNumbers } = options;
  const prepared = trainer.prepare(x, undefined, undefined, call, "predict");
  const feed = new Feed(prepared, batchSize);
  const plans = new PlanCache();
  let start = 0;
  const spreads: Spread[] = [];
  // Kernels too: SpectralNormalization overwrites one in training.
  const restore = remember(model.weights);
  try {
    for (let batch = feed.next(); batch !== undefined; batch = feed.next()) {
      const arrays = batch.arrays();
      for (let sample = 0; sample < samples; sample++) {
        const run = (): Tensor[] =>
          plans.run(call, arrays, (args) => {
            const inputs = packStructure(prepared.data[0], args);
            return flattenStructure(callLayer(model, inputs, { training }) as Structure<Tensor>);
          });
        const outputs = trainer.compiled?.runEagerly === true ? runScoped(run) : run();
        outputs.forEach((output, i) => {
          spreads[i] ??= new Spread(output, prepared.samples, samples, keep);
          spreads[i].add(output, start, sample);
        });
      }
      start += arrays[0]!.samples;
    }
  } finally {
    plans.clear();
    restore();
  }
  const { form } = prepared.outputs!;
  const result = (make: (spread: Spread) => Tensor): R => packStructure(form, spreads.map(make)) as R;
  return {
    mean: result((spread) => spread.tensor(spread.mean)),
    stddev: result((spread) => spread.tensor(spread.squares.map((sum) => Math.sqrt(sum / samples)))),
    ...(keep ? { samples: result((spread) => spread.tensor(spread.values!, samples)) } : {}),
  };
}
