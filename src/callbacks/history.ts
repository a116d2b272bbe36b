import { Callback, type Logs } from "./callback.ts";

/** Records the logs of each epoch. `fit` returns one. */
export class History extends Callback {
  static override readonly className: string = "History";
  /** The epochs run, by number. */
  epoch: number[] = [];
  /** One list for each name in the logs, with a number for each epoch. */
  history: Record<string, number[]> = {};

  override onTrainBegin(): void {
    this.epoch = [];
  }

  override onEpochEnd(epoch: number, logs: Logs): void {
    this.epoch.push(epoch);
    for (const [name, value] of Object.entries(logs)) {
      const values = this.history[name] ?? [];
      values.push(value);
      this.history[name] = values;
    }
  }
}
