import type { Logs } from "../callbacks/callback.ts";

/** Logs of an epoch under way: losses as means over batches weighted by their size, metrics as last reported. */
export class RunningLogs {
  readonly #names: readonly string[];
  readonly #losses: number;
  readonly #sums: Float64Array;
  #samples = 0;
  #last: readonly number[] = [];

  /** `losses` is how many of the names, from the first, are losses. */
  constructor(names: readonly string[], losses: number) {
    this.#names = names;
    this.#losses = losses;
    this.#sums = new Float64Array(losses);
  }

  add(values: readonly number[], samples: number): void {
    for (let i = 0; i < this.#losses; i++) this.#sums[i]! += values[i]! * samples;
    this.#samples += samples;
    this.#last = values;
  }

  /** Values in the order of the names. */
  values(): number[] {
    return this.#names.map((_, i) => (i < this.#losses ? this.#sums[i]! / Math.max(1, this.#samples) : this.#last[i]!));
  }

  /** Values by name. */
  logs(prefix: string = ""): Logs {
    const values = this.values();
    return Object.fromEntries(this.#names.map((name, i) => [prefix + name, values[i]!]));
  }

  /** Values by name, sorted by name as `fit` logs them. */
  sortedLogs(prefix: string = ""): Logs {
    const logs = this.logs(prefix);
    return Object.fromEntries(
      Object.keys(logs)
        .sort()
        .map((name) => [name, logs[name]!]),
    );
  }
}
