import {
  type AddNode,
  allBool,
  type Config,
  constant,
  dtypeOf,
  type Entry,
  holdsFloats,
  nodesFor,
  type OpRow,
  takesNumbers,
} from "./keras-ops.ts";

/** Writes an op of ours as Keras's; undefined where Keras has none with these arguments. */
type Writer = (add: AddNode, args: readonly unknown[]) => unknown;

const listOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined ? [] : [value];

/** Slices for `x[…]`, by axis. */
const slices = (
  starts: readonly unknown[],
  stop: (axis: number) => unknown,
  steps: readonly unknown[] = [],
): Config[] =>
  starts.map((start, axis) => ({
    class_name: "__slice__",
    config: { start, stop: stop(axis) ?? null, step: steps[axis] ?? null },
  }));

/** Keras names the places where a list of parts is cut, ours their sizes. */
const split: Writer = (add, [x, parts, axis = 0]) => {
  if (!Array.isArray(parts)) return add("Split", [x], { indices_or_sections: parts, axis });
  const sizes = parts.slice(0, -1);
  let end = 0;
  const cuts = sizes.map((size) => (end += size));
  return sizes.includes(-1) ? undefined : add("Split", [x], { indices_or_sections: cuts, axis });
};

/** Ops that have other arguments than Keras's, or are several of Keras's. */
const WRITERS: Readonly<Record<string, Writer>> = {
  split,
  where: (add, [a, condition, b]) => add("Where", [condition, a, b]),
  einsum: (add, [subscripts, ...operands]) => add("Einsum", operands, { subscripts }),
  pad: (add, [x, width, mode = "constant", value = 0]) => {
    const filled = typeof mode === "number" ? mode : mode === "constant" ? value : null;
    const config = { pad_width: width, mode: filled === null ? mode : "constant" };
    return add("Pad", [x], config, { constant_values: filled });
  },
  oneHot: (add, [x, depth]) => add("nn.OneHot", [x], { num_classes: depth, axis: -1, dtype: "float32" }),
  squaredDifference: (add, [x, y]) => add("Square", [add("Subtract", [x, y])]),
  matMul: (add, [x, y, ...transposed]) => {
    const swap = { axis1: -2, axis2: -1 };
    return add(
      "Matmul",
      [x, y].map((side, i) => (transposed[i] ? add("Swapaxes", [side], swap) : side)),
    );
  },
  slice: (add, [x, begin, size]) => {
    const [starts, sizes] = [listOf(begin) as number[], listOf(size) as number[]];
    // The last two elements are those from −2 on to the end, which is not place 0.
    const stop = (axis: number): number | null => {
      const [start, count = -1] = [starts[axis]!, sizes[axis]];
      return count === -1 || (start < 0 && count === -start) ? null : start + count;
    };
    return add("GetItem", [x, slices(starts, stop)]);
  },
  stridedSlice: (add, [x, begin, end, steps]) => {
    const [stops, strides] = [listOf(end), listOf(steps)];
    const count = Math.max(listOf(begin).length, stops.length, strides.length);
    const starts = Array.from({ length: count }, (_, axis) => listOf(begin)[axis] ?? null);
    return add("GetItem", [x, slices(starts, (axis) => stops[axis], strides)]);
  },
};

/** Ours that make integers of truth values. */
const COUNTING = ["add", "sub", "mul", "maximum", "minimum"];

/** Nodes of Keras for one of ours; undefined where there are none like it. */
export function writeOp(
  { name, config, inbound_nodes: [call] }: Entry,
  rows: ReadonlyMap<string, OpRow>,
): Config[] | undefined {
  const op = String(config.op);
  const row = rows.get(op);
  const args = takesNumbers(row) || op === "where" ? typedNumbers(call!.args) : call!.args;
  const write = Object.hasOwn(WRITERS, op) ? WRITERS[op] : row && byRow(row);
  return nodesFor(name, (add) => write?.(add, args), kerasEntry);
}

function kerasEntry(
  name: string,
  op: string,
  args: readonly unknown[],
  config: Config = {},
  kwargs: Config = {},
): Config {
  const [kind, module = "numpy"] = op.split(".").reverse();
  return {
    module: `keras.src.ops.${module}`,
    class_name: kind,
    config: { name, ...config },
    registered_name: kind,
    name,
    inbound_nodes: [{ args, kwargs }],
  };
}

function byRow({ keras, ours, tensors, params }: OpRow): Writer {
  return (add, args) => {
    const [operands, given] = [args.slice(0, tensors), args.slice(tensors)];
    if (operands.length < tensors || given.slice(params.length).some(Boolean)) return undefined;
    const values = params.map(({ key, otherwise }, i) => [key, given[i] ?? otherwise]);
    if (COUNTING.includes(ours) && allBool(operands)) {
      operands[0] = add("core.Cast", [operands[0]], { dtype: "int32" });
    }
    return add(keras, operands, Object.fromEntries(values.filter(([, value]) => value !== undefined)));
  };
}

/** Arrays as the constants they are, and numbers beside integers with their type where Keras would take floats for integers. */
function typedNumbers(given: readonly unknown[]): readonly unknown[] {
  const args = given.map((arg) => (Array.isArray(arg) ? constant(arg, typeOfArray(arg)) : arg));
  if (holdsFloats(args)) return args;
  const counted = args.some((arg) => dtypeOf(arg)?.includes("int"));
  const float = (arg: unknown, i: number): boolean => typeof arg === "number" && (i === 0 || !counted);
  return args.map((arg, i) => (float(arg, i) ? constant(arg, "float32") : arg));
}

const typeOfArray = (array: readonly unknown[]): string =>
  typeof array.flat(Number.POSITIVE_INFINITY)[0] === "boolean" ? "bool" : "float32";
