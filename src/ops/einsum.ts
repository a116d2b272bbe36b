import { describe, fail, ShapeError } from "../util/errors.ts";
import { formatShape, sizeOf } from "../util/shape.ts";
import { runScoped, type Tensor, type TensorLike, toTensor } from "./tensor.ts";

/** An operand and the label of each of its axes. */
interface Term {
  readonly labels: string;
  readonly x: Tensor;
}

/** Labels of axes under an ellipsis, the last first: they are no letters. */
const ELLIPSIS = "9876543210";

const without = (labels: string, others: string): string =>
  [...labels].filter((label) => !others.includes(label)).join("");
const common = (labels: string, others: string): string =>
  [...labels].filter((label) => others.includes(label)).join("");

function wrong(equation: unknown, text: string): never {
  fail("einsum", `equation ${describe(equation)}: expected ${text}`);
}

/** The terms and the result's labels, ellipses replaced by digits. */
function parse(equation: string, inputs: readonly Tensor[]): { terms: Term[]; result: string } {
  const plain = typeof equation === "string" ? equation.replace(/\s/g, "") : "?";
  const [left, right, more] = plain.split("->");
  const texts = left!.split(",");
  if (more !== undefined || ![...texts, right ?? ""].every((text) => /^[a-z]*(\.\.\.[a-z]*)?$/i.test(text))) {
    wrong(equation, 'letters and "..." for axes, "," between operands and at most one "->"');
  }
  if (texts.length !== inputs.length) wrong(equation, `${texts.length} operands, got ${inputs.length}`);
  let hidden = 0;
  const terms = texts.map((text, i): Term => {
    const { rank, shape } = inputs[i]!;
    const extra = rank - text.replace("...", "").length;
    if (extra < 0 || (extra > 0 && !text.includes("..."))) {
      fail("einsum", `operand ${i}: expected axes ${describe(text)}, got shape ${formatShape(shape)}`, ShapeError);
    }
    hidden = Math.max(hidden, extra);
    return { labels: text.replace("...", ELLIPSIS.slice(10 - extra)), x: inputs[i]! };
  });
  return { terms, result: resultLabels(equation, right?.replace("...", ELLIPSIS.slice(10 - hidden)), terms) };
}

/** The result's labels: as given, else those that occur once, in the order of the alphabet. */
function resultLabels(equation: string, given: string | undefined, terms: readonly Term[]): string {
  const all = terms.map(({ labels }) => labels).join("");
  const once = [...all].filter((label) => all.indexOf(label) === all.lastIndexOf(label));
  const ellipsis = common(ELLIPSIS, all);
  const result = given ?? ellipsis + without(once.sort().join(""), ellipsis);
  for (const labels of [...terms.map((term) => term.labels), result]) {
    if (new Set(labels).size !== labels.length) wrong(equation, "each label at most once in a term");
  }
  if (without(result + ellipsis, all) !== "" || without(ellipsis, result) !== "") {
    wrong(equation, "a result of labels that the operands have, with the ellipsis if they have one");
  }
  return result;
}

/** The size of every label; operands lose axes of size 1 that another has longer. */
function align(terms: readonly Term[]): { aligned: Term[]; sizes: Map<string, number> } {
  const sizes = new Map<string, number>();
  for (const { labels, x } of terms) {
    [...labels].forEach((label, i) => {
      const [size, known] = [x.shape[i]!, sizes.get(label) ?? 1];
      if (size !== known && size !== 1 && known !== 1) {
        const shapes = terms.map((term) => formatShape(term.x.shape)).join(" and ");
        fail(
          "einsum",
          `shapes: expected one size for ${describe(label)}, got ${known} and ${size} in ${shapes}`,
          ShapeError,
        );
      }
      sizes.set(label, size === 1 ? known : size);
    });
  }
  const aligned = terms.map(({ labels, x }): Term => {
    const kept = [...labels].filter((label, i) => x.shape[i] === sizes.get(label)).join("");
    return { labels: kept, x: x.reshape([...kept].map((label) => sizes.get(label)!)) };
  });
  return { aligned, sizes };
}

/** The term summed over some of its axes. */
function sumOver({ labels, x }: Term, gone: string): Term {
  return gone === ""
    ? { labels, x }
    : { labels: without(labels, gone), x: x.sum([...gone].map((label) => labels.indexOf(label))) };
}

/** The term's axes in another order. */
function ordered({ labels, x }: Term, order: string): Tensor {
  return x.transpose([...order].map((label) => labels.indexOf(label)));
}

/** Multiplies two terms and sums over the axes that nothing later reads. */
function combine(a: Term, b: Term, later: string, sizes: ReadonlyMap<string, number>): Term {
  const gone = (term: Term, other: Term): Term => sumOver(term, without(term.labels, other.labels + later));
  const [p, q] = [gone(a, b), gone(b, a)];
  const shared = common(p.labels, q.labels);
  const batch = common(shared, later);
  const inner = without(shared, batch);
  const [rows, columns] = [without(p.labels, shared), without(q.labels, shared)];
  const dims = (labels: string): number[] => [...labels].map((label) => sizes.get(label)!);
  const labels = batch + rows + columns;
  if (inner === "" || rows + columns === "") {
    const ones = (others: string): number[] => new Array<number>(others.length).fill(1);
    const x = ordered(p, batch + inner + rows).reshape([...dims(batch + inner + rows), ...ones(columns)]);
    const y = ordered(q, batch + inner + columns).reshape([...dims(batch + inner), ...ones(rows), ...dims(columns)]);
    return sumOver({ labels: batch + inner + rows + columns, x: x.mul(y) }, inner);
  }
  // A transposed operand is read as it stands where that spares a copy.
  const lead = batch === "" ? [] : [sizeOf(dims(batch))];
  const matrix = (term: Term, first: string, last: string): [Tensor, boolean] => {
    const transposed = term.labels === batch + last + first;
    const [m, n] = transposed ? [last, first] : [first, last];
    return [ordered(term, batch + m + n).reshape([...lead, sizeOf(dims(m)), sizeOf(dims(n))]), transposed];
  };
  const [x, transposeA] = matrix(p, rows, inner);
  const [y, transposeB] = matrix(q, inner, columns);
  return { labels, x: x.matMul(y, transposeA, transposeB).reshape(dims(labels)) };
}

/**
 * Einstein's summation: `einsum("bij,bjk->bik", a, b)`. One letter for each axis of each operand, "..." for axes that
 * broadcast; axes missing in the result are summed over. A label occurs at most once in a term.
 */
export function einsum(equation: string, ...inputs: readonly TensorLike[]): Tensor {
  return runScoped(() => {
    const tensors = inputs.map((x) => toTensor(x).cast("float32"));
    const { terms, result } = parse(equation, tensors);
    const { aligned, sizes } = align(terms);
    let [first, ...rest] = aligned as [Term, ...Term[]];
    while (rest.length > 0) {
      const [next, ...others] = rest as [Term, ...Term[]];
      first = combine(first, next, result + others.map(({ labels }) => labels).join(""), sizes);
      rest = others;
    }
    return ordered(sumOver(first, without(first.labels, result)), result);
  });
}
