/** One way to cut a kernel's outputs into parts that do not touch each other; made by `npm run build:wasm`. */
export interface Split {
  /** Argument that holds the size which is cut. */
  readonly dim: number;
  /** Parts begin at multiples of this, so that every element is computed by the same instructions as in one piece. */
  readonly unit: number;
  /** Arguments that move: what is added to them for one step along the size, times the arguments named behind. */
  readonly moves: readonly (readonly [arg: number, step: number, ...factors: number[]])[];
  /** Arguments that must have these values. */
  readonly when?: readonly (readonly [arg: number, value: number])[];
  /** Argument that is a workspace, which no two parts may share at a time. */
  readonly own?: number;
}

/** Parts of a call. */
export interface Parts {
  readonly calls: readonly number[][];
  /** Argument to be replaced by the thread's own workspace, or -1. */
  readonly own: number;
}

/** Cuts a call into about `parts` parts by the first way that yields so many, else by the one that yields most. */
export function splitCall(splits: readonly Split[], args: readonly number[], parts: number): Parts | undefined {
  let best: Split | undefined;
  let most = 1;
  for (const split of splits) {
    if (split.when?.some(([arg, value]) => args[arg] !== value)) continue;
    const units = Math.min(Math.ceil(args[split.dim]! / split.unit), parts);
    if (units > most) [best, most] = [split, units];
  }
  return best === undefined ? undefined : cut(best, args, most);
}

function cut({ dim, unit, moves, own = -1 }: Split, args: readonly number[], parts: number): Parts {
  const size = args[dim]!;
  const units = Math.ceil(size / unit);
  const calls: number[][] = [];
  for (let part = 0; part < parts; part++) {
    const start = Math.floor((units * part) / parts) * unit;
    const end = Math.min(Math.floor((units * (part + 1)) / parts) * unit, size);
    const call = [...args];
    for (const [arg, step, ...factors] of moves) {
      call[arg]! += start * factors.reduce((product, factor) => product * args[factor]!, step);
    }
    call[dim] = end - start;
    calls.push(call);
  }
  return { calls, own };
}
