import { Sequence } from "./sequence.ts";
import { END, NONE, type Stage } from "./walk.ts";

/** Draws each element at random from a buffer of the next ones. */
export function shuffling<T>(random: Sequence, capacity: number): Stage<T, T> {
  const buffer: T[] = [];
  const place = (): number => random.below(buffer.length);
  return {
    elements: "passed",
    push(element) {
      if (buffer.length < capacity) {
        buffer.push(element);
        return NONE;
      }
      const at = place();
      const drawn = buffer[at]!;
      buffer[at] = element;
      return drawn;
    },
    rest() {
      if (buffer.length === 0) return END;
      const at = place();
      const drawn = buffer[at]!;
      const last = buffer.pop()!;
      if (at < buffer.length) buffer[at] = last;
      return drawn;
    },
  };
}

/** Decides element by element who goes left: exactly `count` of `size` (selection sampling, Knuth 3.4.2 S), or a share. */
export function dealer(seed: number, share: number, count: number | undefined, size: number): () => boolean {
  const random = new Sequence(seed, 0);
  let taken = 0;
  let left = size;
  return () => {
    const goesLeft = count === undefined ? random.uniform(0, 1) < share : random.uniform(0, left--) < count - taken;
    if (goesLeft) taken += 1;
    return goesLeft;
  };
}
