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

/**
 * Gives every block an offset so that no two blocks needed at one time overlap: largest first, each into the smallest
 * gap that is free over its lifetime (greedy by size; Pisarchyk and Lee 2020, arXiv 2001.03288). Deterministic.
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
  const order = [...blocks].sort((a, b) => b.bytes - a.bytes || a.start - b.start);
  const placed: Block[] = []; // by offset
  let bytes = 0;
  for (const block of order) {
    block.offset = bestGap(block, placed);
    bytes = Math.max(bytes, block.offset + block.bytes);
    insertByOffset(placed, block);
  }
  return { bytes, unshared };
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
