import type { CallbackHooks } from "../callbacks/callback.ts";
import { CallbackList } from "../callbacks/callback-list.ts";
import { Tensor } from "../ops/tensor.ts";
import { arrayOf, type TensorData } from "../util/dtype.ts";
import { ShapeError } from "../util/errors.ts";
import { formatShape, sameShape, sizeOf } from "../util/shape.ts";
import { Batches } from "./batches.ts";
import { refusePromise } from "./evaluate.ts";
import type { PreparedData } from "./prepared-data.ts";
import type { Trainer } from "./trainer.ts";

/** Collects one output over the batches. */
class OutputRows {
  #data: TensorData | undefined;
  #first: Tensor | undefined;
  #rows = 0;

  /** Takes in the output of a batch. `remaining` is the number of samples not yet seen, this batch included. */
  add(output: Tensor, batchSize: number, remaining: number): void {
    const first = this.#first ?? output;
    if (output.rank === 0 || !sameShape(output.shape.slice(1), first.shape.slice(1))) {
      throw new ShapeError(
        `[predict] outputs: expected rows of one shape to join, got ${formatShape(first.shape)} and ${formatShape(output.shape)}.`,
      );
    }
    this.#first = first;
    const row = sizeOf(output.shape.slice(1));
    // Usually a row for each sample; a model may also give several, or one for the whole batch.
    const wanted = this.#rows + Math.ceil((output.shape[0]! * remaining) / batchSize);
    if (this.#data === undefined || this.#data.length < wanted * row) this.#grow(wanted * row, output);
    this.#data!.set(output.peekSync(), this.#rows * row);
    this.#rows += output.shape[0]!;
  }

  #grow(size: number, { dtype }: Tensor): void {
    const grown = arrayOf(dtype, size);
    if (this.#data !== undefined) grown.set(this.#data);
    this.#data = grown;
  }

  finish(): Tensor {
    const { shape, dtype } = this.#first!;
    const rest = shape.slice(1);
    const size = this.#rows * sizeOf(rest);
    const data = this.#data!.length === size ? this.#data! : (this.#data!.slice(0, size) as TensorData);
    return new Tensor([this.#rows, ...rest], dtype, data);
  }
}

/** Predicts batch by batch and joins the flattened outputs along the first axis. */
export function predict(
  trainer: Trainer,
  data: PreparedData,
  run: { batchSize: number; callbacks: readonly CallbackHooks[] },
): Tensor[] {
  const batches = new Batches(data.arrays, data.samples, run.batchSize);
  const params = { epochs: 1, steps: batches.count, verbose: 0 } as const;
  const callbacks = new CallbackList(run.callbacks, trainer.model, params);
  const rows: OutputRows[] = [];
  refusePromise(callbacks.call("onPredictBegin", {}), "predict");
  for (let batch = 0; batch < batches.count; batch++) {
    refusePromise(callbacks.call("onPredictBatchBegin", batch, {}), "predict");
    const remaining = data.samples - batch * run.batchSize;
    trainer.runPredict(data, batches.inOrder(batch)).forEach((output, i) => {
      rows[i] ??= new OutputRows();
      rows[i].add(output, batches.sizeOf(batch), remaining);
    });
    refusePromise(callbacks.call("onPredictBatchEnd", batch, {}), "predict");
  }
  refusePromise(callbacks.call("onPredictEnd", {}), "predict");
  return rows.map((each) => each.finish());
}
