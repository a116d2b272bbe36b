/** A block of bytes with the time in which it is needed, in positions of the schedule (both ends included). */
export interface Block {
  readonly bytes: number;
  readonly start: number;
  end: number;
  offset: number;
}

/** The size of the arena, with and without sharing bytes. */
export interface ArenaLayout {
  readonly bytes: number;
  readonly unshared: number;
}

type Order = (a: Block, b: Block) => number;

const lifetime = ({ start, end }: Block): number => end - start + 1;

/** Orders in which blocks are placed. None is the best for every plan; by size is for most (Pisarchyk and Lee 2020, arXiv 2001.03288). */
const ORDERS: readonly Order[] = [
  (a, b) => b.bytes - a.bytes || a.start - b.start,
  (a, b) => b.end - a.end || b.bytes - a.bytes,
  (a, b) => lifetime(b) - lifetime(a) || b.bytes - a.bytes,
  (a, b) => b.bytes * lifetime(b) - a.bytes * lifetime(a) || a.start - b.start,
];

/** Layouts that are tried for a plan of few blocks; of many fewer, so that planning stays quick: a try takes their square. */
const TRIES = 16;
const MOST_STEPS = 150_000;

/** The most bytes needed at one time: no layout can be smaller. */
function leastBytes(blocks: readonly Block[]): number {
  const changes = new Map<number, number>();
  const change = (at: number, bytes: number): void => void changes.set(at, (changes.get(at) ?? 0) + bytes);
  for (const { bytes, start, end } of blocks) {
    change(start, bytes);
    change(end + 1, -bytes);
  }
  let [now, most] = [0, 0];
  for (const [, bytes] of [...changes].sort(([a], [b]) => a - b)) {
    now += bytes;
    most = Math.max(most, now);
  }
  return most;
}

/**
 * Gives every block an offset so that no two blocks needed at one time overlap. Blocks are placed one after another, each
 * into the smallest gap that is free over its lifetime, in several orders; the smallest layout stays. Deterministic.
 */
export function planMemory(blocks: readonly Block[], share: boolean): ArenaLayout {
  const unshared = blocks.reduce((sum, block) => sum + block.bytes, 0);
  if (!share) {
    let offset = 0;
    for (const block of blocks) {
      block.offset = offset;
      offset += block.bytes;
    }
    return { bytes: offset, unshared };
  }
  const least = leastBytes(blocks);
  const tries = Math.min(TRIES, Math.ceil(MOST_STEPS / blocks.length ** 2));
  let bytes = Number.POSITIVE_INFINITY;
  let best: Block[] = [];
  let offsets: number[] = [];
  let order: Block[] = [];
  for (let i = 0; i < tries && bytes > least; i++) {
    if (i < ORDERS.length) order = [...blocks].sort(ORDERS[i]!);
    else {
      // What lies at the top of the best layout comes first now; then what lies at the top of that, and so on.
      if (i === ORDERS.length) {
        order = [...best];
        place(order);
      }
      const size = top(order);
      const last = order.findIndex((block) => block.offset + block.bytes === size);
      order.unshift(...order.splice(last, 1));
    }
    const size = place(order);
    if (size >= bytes) continue;
    bytes = size;
    best = [...order];
    offsets = blocks.map(({ offset }) => offset);
  }
  blocks.forEach((block, i) => {
    block.offset = offsets[i]!;
  });
  return { bytes: top(blocks), unshared };
}

/** Where the last byte of blocks ends. */
const top = (blocks: readonly Block[]): number =>
  blocks.reduce((most, { offset, bytes }) => Math.max(most, offset + bytes), 0);

/** Places blocks in this order; the bytes they take. */
function place(order: readonly Block[]): number {
  const placed: Block[] = []; // by offset
  for (const block of order) {
    block.offset = bestGap(block, placed);
    insertByOffset(placed, block);
  }
  return top(order);
}

/** The offset of the smallest gap between blocks alive together with `block`, or the end of the last of them. */
function bestGap(block: Block, placed: readonly Block[]): number {
  let best = -1;
  let bestSize = Number.POSITIVE_INFINITY;
  let end = 0;
  for (const other of placed) {
    if (other.end < block.start || other.start > block.end) continue;
    const gap = other.offset - end;
    if (gap >= block.bytes && gap < bestSize) {
      best = end;
      bestSize = gap;
    }
    end = Math.max(end, other.offset + other.bytes);
  }
  return best >= 0 ? best : end;
}

function insertByOffset(placed: Block[], block: Block): void {
  let low = 0;
  let high = placed.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (placed[middle]!.offset <= block.offset) low = middle + 1;
    else high = middle;
  }
  placed.splice(low, 0, block);
}
