/** What a *.bench.ts file exports: an array `benches` of these. */
export interface Bench {
  /** `group/what shape`, matched by --filter. */
  readonly name: string;
  /** One run. Everything is prepared outside; `benchmark`'s own setup would lose its closures. */
  readonly fn: () => void;
  /** Floating-point operations of one run, for GFLOP/s. */
  readonly flops?: number;
  /** Bytes one run must read and write, for GB/s. */
  readonly bytes?: number;
}
