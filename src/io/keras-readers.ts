import { isPlainObject } from "../util/structure.ts";
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
  type Reference,
  takesNumbers,
} from "./keras-ops.ts";

/** Writes an op of Keras as ours; undefined where it is none of ours with these arguments. */
type Reader = (add: AddNode, args: readonly unknown[], config: Config) => unknown;

/** One place of `x[…]`: a slice, or an index. */
interface Place {
  readonly start?: number | null;
  readonly stop?: number | null;
  readonly step?: number | null;
}

/** `x[1:3, ..., None, 0]`: a slice, then the axes of indices go and new ones come. */
const getItem: Reader = (add, [x, key]) => {
  const keys: readonly unknown[] = Array.isArray(key) ? key : [key];
  const isNew = (one: unknown): boolean => one === null;
  const isRest = (one: unknown): boolean => (one as Config | null)?.class_name === "__ellipsis__";
  const named = keys.filter((one) => !isNew(one) && !isRest(one));
  const more = (rankOf(x) ?? -1) - named.length;
  const known = named.every((one) => Number.isInteger(one) || sliceOf(one));
  if (!known || more < 0 || keys.filter(isRest).length > 1) return undefined;
  const whole = new Array<Place>(more).fill({});
  const full = keys.flatMap((one) => (isRest(one) ? whole : [one]));
  const places = full.filter((one) => !isNew(one)).map((one) => sliceOf(one) ?? at(one as number));
  const bounds = (end: keyof Place): unknown[] => places.map((place) => place[end] ?? null);
  let y = add("stridedSlice", [x, bounds("start"), bounds("stop"), places.map(({ step }) => step ?? 1)]);
  const indices = full.filter((one) => !isNew(one)).flatMap((one, axis) => (Number.isInteger(one) ? [axis] : []));
  if (indices.length > 0) y = add("squeeze", [y, indices]);
  full
    .filter((one) => !Number.isInteger(one))
    .forEach((one, axis) => {
      if (isNew(one)) y = add("expandDims", [y, axis]);
    });
  return y;
};

const at = (index: number): Place => ({ start: index, stop: index === -1 ? null : index + 1 });

function sliceOf(key: unknown): Place | undefined {
  if (!isPlainObject(key)) return undefined;
  if (key.class_name === undefined) return key;
  return key.class_name === "__slice__" ? (key.config as Place) : undefined;
}

/** Keras names the places where a list of parts is cut, ours their sizes. */
const split: Reader = (add, [x], { indices_or_sections: cuts, axis }) => {
  if (!Array.isArray(cuts)) return add("split", [x, cuts, axis]);
  const sizes = cuts.map((cut, i) => cut - (cuts[i - 1] ?? 0));
  return sizes.every((size) => size >= 0) ? add("split", [x, [...sizes, -1], axis]) : undefined;
};

/** Axes of a tensor of the config. */
function rankOf(x: unknown): number | undefined {
  const shape: unknown = (x as Partial<Reference> | null)?.config?.shape;
  return Array.isArray(shape) ? shape.length : undefined;
}

/** A transposition of axes into an order that `change` makes of theirs and the places of two that are given. */
function reordered(
  add: AddNode,
  x: unknown,
  given: readonly unknown[],
  change: (axes: number[], a: number, b: number) => void,
): unknown {
  const axes = Array.from({ length: rankOf(x) ?? 0 }, (_, i) => i);
  const [a, b] = given.map((axis) => (Number.isInteger(axis) ? axes.at(axis as number) : undefined));
  if (a === undefined || b === undefined) return undefined;
  change(axes, a, b);
  return add("transpose", [x, axes]);
}

/** Ops that have other arguments than ours, or are several of ours. */
const READERS: Readonly<Record<string, Reader>> = {
  GetItem: getItem,
  Split: split,
  Where: (add, [condition, a, b]) => add("where", [a, condition, b]),
  Einsum: (add, operands, { subscripts }) => add("einsum", [subscripts, ...operands]),
  Pad: (add, [x, value], { pad_width: width, mode }) => add("pad", [x, width, mode, value ?? 0]),
  OneHot: (add, [x], { num_classes: depth, axis, dtype, sparse }) =>
    axis === -1 && dtype === "float32" && !sparse ? add("oneHot", [x, depth]) : undefined,
  Swapaxes: (add, [x], { axis1, axis2 }) =>
    reordered(add, x, [axis1, axis2], (axes, a, b) => {
      [axes[a], axes[b]] = [b, a];
    }),
  Moveaxis: (add, [x], { source, destination }) =>
    reordered(add, x, [source, destination], (axes, a, b) => axes.splice(b, 0, ...axes.splice(a, 1))),
  Average: (add, [x, weights], { axis }) => (weights ? undefined : add("mean", [x, axis])),
  CountNonzero: (add, [x], { axis }) => add("sum", [add("notEqual", [x, 0]), axis]),
  Normalize: (add, [x], { axis, order, epsilon }) =>
    order === 2
      ? add("mul", [
          x,
          add("minimum", [add("rsqrt", [add("sum", [add("square", [x]), axis, true])]), 1 / Number(epsilon ?? 1e-7)]),
        ])
      : undefined,
  Log2: (add, [x]) => add("div", [add("log", [x]), Math.LN2]),
  Log10: (add, [x]) => add("div", [add("log", [x]), Math.LN10]),
  // As `activations` has them.
  Relu6: (add, [x]) => add("where", [6, add("greaterEqual", [x, 6]), add("relu", [x])]),
  HardSilu: (add, [x]) => add("mul", [x, add("hardSigmoid", [x])]),
  HardTanh: (add, [x]) => add("clip", [x, -1, 1]),
  LogSigmoid: (add, [x]) => add("neg", [add("softplus", [add("neg", [x])])]),
  SparseSigmoid: (add, [x]) => add("clip", [add("mul", [add("add", [x, 1]), 0.5]), 0, 1]),
  TanhShrink: (add, [x]) => add("sub", [x, add("tanh", [x])]),
  HardShrink: (add, [x], { threshold }) => add("where", [x, add("greater", [add("abs", [x]), threshold]), 0]),
  SoftShrink: (add, [x], { threshold }) => add("sub", [x, add("clip", [x, -Number(threshold), threshold])]),
  Threshold: (add, [x], { threshold, default_value: value }) =>
    add("where", [x, add("greater", [x, threshold]), value]),
  Celu: (add, [x], { alpha }) =>
    Number(alpha) > 0 ? add("mul", [add("elu", [add("div", [x, alpha])]), alpha]) : undefined,
  Squareplus: (add, [x], { b }) =>
    add("mul", [add("add", [x, add("sqrt", [add("add", [add("square", [x]), b])])]), 0.5]),
};

/** Truth values of Keras stay such where ours become integers. */
const OF_BOOLS: Readonly<Record<string, string>> = {
  Add: "logicalOr",
  Maximum: "logicalOr",
  Multiply: "logicalAnd",
  Minimum: "logicalAnd",
};

/** Types that there are not, and those which Keras itself takes for them on most backends. */
const NARROW: ReadonlyMap<unknown, string> = new Map([
  ["float64", "float32"],
  ["int64", "int32"],
]);

/** Nodes of ours for one of Keras's; undefined where there are none like it. */
export function readOp(
  { name, class_name: kind, config, inbound_nodes: calls }: Entry,
  rows: ReadonlyMap<string, OpRow>,
  dtypes: ReadonlyMap<string, string>,
): Entry[] | undefined {
  const [call] = calls;
  if (call === undefined || calls.length > 1) return undefined;
  const row = rows.get(String(kind));
  const given = [...call.args, ...Object.values(call.kwargs ?? {})].map(narrowed);
  const numbers = takesNumbers(row) || kind === "Where";
  const args = numbers ? typedNumbers(given, dtypes.get(`${name},0,0`)) : given;
  const read = Object.hasOwn(READERS, String(kind)) ? READERS[String(kind)] : row && byRow(row, OF_BOOLS[String(kind)]);
  return nodesFor(
    name,
    (add) => read?.(add, args, config),
    (own, op, nodeArgs) => ({
      module: "keras.layers",
      class_name: "Operation",
      config: { name: own, op },
      name: own,
      inbound_nodes: [{ args: nodeArgs, kwargs: {} }],
    }),
  );
}

function byRow({ ours, tensors, params }: OpRow, ofBools: string | undefined): Reader {
  return (add, args, config) => {
    // A first value of 0 is one, where 0 decimals are none.
    const says = (key: string): boolean => Boolean(config[key]) || (key === "initial" && config[key] === 0);
    const odd = Object.keys(config).find(
      (key) => says(key) && key !== "name" && !params.some((one) => one.key === key),
    );
    const values = params.map(({ key, otherwise }) => {
      const value = config[key];
      if (typeof value === "string") return NARROW.get(value) ?? value;
      // No axis means another thing where ours takes a certain one.
      return value === null && otherwise !== undefined ? Number.NaN : value;
    });
    if (args.length !== tensors || values.some(Number.isNaN) || odd !== undefined) return undefined;
    while (values.length > 0 && (values.at(-1) ?? null) === null) values.pop();
    const op = ofBools !== undefined && allBool(args) ? ofBools : ours;
    return add(op, [...args.map((arg) => (Array.isArray(arg) ? alike(add, arg) : arg)), ...values]);
  };
}

function narrowed(value: unknown): unknown {
  const dtype = NARROW.get(dtypeOf(value));
  if (Array.isArray(value)) return value.map(narrowed);
  return dtype === undefined ? value : { ...(value as Reference), config: { ...(value as Reference).config, dtype } };
}

/**
 * Numbers beside integers with their types: that of the result where it tells, because 2 and 2.0 are one in JSON as
 * JavaScript reads it.
 */
function typedNumbers(args: readonly unknown[], result: string | undefined): readonly unknown[] {
  if (holdsFloats(args)) return args;
  const typed = (value: number): Config => {
    const known = result === "int32" || result === "float32" ? result : undefined;
    return constant(value, known ?? (Number.isInteger(value) ? "int32" : "float32"));
  };
  return args.map((arg) => (typeof arg === "number" ? typed(arg) : arg));
}

/** Tensors to be joined, of one type as Keras makes them. */
function alike(add: AddNode, list: readonly unknown[]): readonly unknown[] {
  const types = new Set(list.map(dtypeOf));
  const dtype = holdsFloats(list) ? "float32" : "int32";
  return types.size < 2 ? list : list.map((x) => (dtypeOf(x) === dtype ? x : add("cast", [x, dtype])));
}
