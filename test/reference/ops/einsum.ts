/** Einstein's summation in float64 with plain loops over all labels; no ellipsis. */
import { type Dims, flatIndex, indicesOf, type Numbers } from "./arrays.ts";

export function einsum(equation: string, shapes: readonly Dims[]): (...arrays: Numbers[]) => number[] {
  const [left, right] = equation.split("->") as [string, string];
  const terms = left.split(",");
  const labels = [...new Set(right + terms.join(""))];
  const sizes = labels.map((label) =>
    Math.max(...terms.flatMap((term, t) => (term.includes(label) ? [shapes[t]![term.indexOf(label)]!] : []))),
  );
  const sizeOf = (label: string): number => sizes[labels.indexOf(label)]!;
  const result = [...right].map(sizeOf);
  return (...arrays) => {
    const y = new Array<number>(result.reduce((a, b) => a * b, 1)).fill(0);
    for (const index of indicesOf(sizes)) {
      const at = (term: string, shape: Dims): number =>
        flatIndex(
          [...term].map((label, axis) => (shape[axis] === 1 ? 0 : index[labels.indexOf(label)]!)),
          shape,
        );
      y[at(right, result)]! += terms.reduce((product, term, t) => product * arrays[t]![at(term, shapes[t]!)]!, 1);
    }
    return y;
  };
}
