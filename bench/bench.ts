/** What a *.bench.ts file exports: `benches`, and `comparisons` where rates of one run are what counts. */

/** A function to be timed, and what one run of it does. */
export interface Bench {
  /** `group/what shape`, matched by --filter. */
  readonly name: string;
  /** Makes everything ready and gives one run. Only what the filter names is made ready. */
  readonly prepare: () => (() => unknown) | Promise<() => unknown>;
  /** Floating-point operations of one run, for GFLOP/s. */
  readonly flops?: number;
  /** Bytes one run must read and write, for GB/s. */
  readonly bytes?: number;
  /** Elements, or samples, that one run makes, for millions a second. */
  readonly elements?: number;
}

/** Benches that take turns in one run: load from elsewhere meets all alike, and their rates are compared with the first's. */
export interface Comparison {
  readonly name: string;
  readonly sides: readonly Bench[];
}

/** How long and how often is measured. */
export interface Effort {
  /** Seconds of one side in one round. */
  readonly seconds: number;
  readonly rounds: number;
  /** How often a run is made anew when the calibration loop tells of an uneven machine. */
  readonly tries: number;
}

/** A number with the quartiles of the rounds. */
export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** What was measured of one bench. */
export interface Result {
  readonly name: string;
  readonly milliseconds: Spread;
  readonly gflops?: number;
  readonly gigabytesPerSecond?: number;
  /** Millions of elements a second. */
  readonly megaelementsPerSecond?: number;
  /** Of a comparison's later sides: its rate by the first side's of the same round. */
  readonly ratio?: Spread & { readonly to: string };
  /** Milliseconds of the calibration loop, and its spread over the rounds as a part of the median. */
  readonly calibration: number;
  readonly noise: number;
  /** The calibration loop never was even, however often this was tried. */
  readonly noisy: boolean;
}
