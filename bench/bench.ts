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
  /** What is run in turns with it, so that load from elsewhere meets both alike; the ratio of their GB/s is shown. */
  readonly beside?: { readonly name: string; readonly fn: () => void; readonly bytes: number };
}
