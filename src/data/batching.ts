import { type Batched, type Stack, stackLike } from "./stack.ts";
import { END, NONE, type Stage } from "./walk.ts";

/** Elements to reserve memory for in a first batch while nobody knows whether there are as many as it may hold. */
const FIRST_BATCH = 64;

/** Stacks so many elements each; what is left at the end is dropped or makes a smaller batch. `size`: of the source, if known. */
export function batching<T>(most: number, drop: boolean, size: number | undefined): Stage<T, Batched<T>> {
  let stack: Stack | undefined;
  let count = 0;
  let capacity = Math.min(most, size ?? FIRST_BATCH);
  const give = (): Batched<T> => {
    const batch = stack!.done() as Batched<T>;
    stack = undefined;
    capacity = count;
    count = 0;
    return batch;
  };
  return {
    elements: "copied",
    push(element) {
      stack ??= stackLike(element, capacity);
      stack.add(element);
      return ++count === most ? give() : NONE;
    },
    rest: () => (count > 0 && !drop ? give() : END),
  };
}
