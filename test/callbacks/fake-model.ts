import type { CallbackHooks, Logs } from "../../src/callbacks/index.ts";
import type { Model } from "../../src/models/model.ts";
import { sgd } from "../../src/optimizers/index.ts";
import { changeSettings, settings } from "../../src/util/settings.ts";

/** What the callbacks need of a model, as in test/fixtures/generate_callbacks.py: its weights are the number of the epoch. */
export class FakeModel {
  readonly name: string = "fake";
  stopTraining = false;
  optimizer: ReturnType<typeof sgd> | undefined = sgd({ learningRate: 0.1 });
  metrics: { name: string; direction?: "up" | "down" }[] = [];
  epoch = 0;
  restored: number | null = null;
  saved: string[] = [];
  sinks: unknown[] = [];

  getWeights(): number[] {
    return [this.epoch];
  }

  setWeights([epoch]: number[]): void {
    this.restored = epoch!;
  }

  async save(sink: unknown): Promise<void> {
    this.saved.push(`model ${sink}`);
    this.sinks.push(sink);
  }

  async saveWeights(sink: unknown): Promise<void> {
    this.saved.push(`weights ${sink}`);
    this.sinks.push(sink);
  }
}

/** Runs a callback over epochs; what `read` gives after each. */
export async function drive<T>(
  callback: CallbackHooks,
  epochs: readonly Logs[],
  {
    model = new FakeModel(),
    batches = 0,
    read,
  }: { model?: FakeModel; batches?: number; read: (model: FakeModel) => T },
): Promise<T[]> {
  callback.setModel?.(model as unknown as Model);
  callback.setParams?.({ epochs: epochs.length, steps: batches, verbose: 0 });
  await callback.onTrainBegin?.({});
  const rows: T[] = [];
  for (const [epoch, given] of epochs.entries()) {
    const logs = { ...given };
    model.epoch = epoch;
    await callback.onEpochBegin?.(epoch, {});
    for (let batch = 0; batch < batches; batch++) await callback.onTrainBatchEnd?.(batch, logs);
    await callback.onEpochEnd?.(epoch, logs);
    rows.push(read(model));
    if (model.stopTraining) break;
  }
  await callback.onTrainEnd?.({});
  return rows;
}

/** What a function prints and warns, line by line. */
export async function said(work: () => Promise<unknown>): Promise<{ printed: string[]; warned: string[] }> {
  const { log, warn } = console;
  const { debug } = settings();
  const [printed, warned]: [string[], string[]] = [[], []];
  console.log = (text: string) => printed.push(...text.split("\n"));
  console.warn = (text: string) => warned.push(text);
  // Debug levels speak on the same console.
  changeSettings({ debug: 0 });
  try {
    await work();
  } finally {
    Object.assign(console, { log, warn });
    changeSettings({ debug });
  }
  return { printed, warned };
}
