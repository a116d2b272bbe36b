/** A plain object of a config. */
export type Config = Readonly<Record<string, unknown>>;

/** A tensor of a graph as configs have it. */
export interface Reference {
  readonly class_name: "__keras_tensor__";
  readonly config: {
    readonly keras_history: readonly [layer: string, node: number, tensor: number];
    readonly shape?: readonly (number | null)[];
    readonly dtype?: string;
  };
}

/** Appends a node of an op to the graph; gives its first output. */
export type AddNode = (op: string, args: readonly unknown[], config?: Config, kwargs?: Config) => Reference;

/**
 * Ops by Keras's module and arguments: Keras's classes, each with our name where that is more than another first letter. After
 * the first tensor come `_` for each further one and the arguments of the class, in the order of ours, with what ours takes
 * where none is given. Of several that mean the same the first one is written.
 */
const OPS: readonly (readonly [module: string, signature: string, names: string])[] = [
  [
    "numpy",
    "",
    "Negative:neg Absolute:abs Sign Exp Log Log1p Expm1 Sqrt Square Reciprocal Floor Ceil Round Ravel:flatten",
  ],
  [
    "numpy",
    "",
    "Sin Cos Tan Arcsin:asin Arccos:acos Arctan:atan Sinh Cosh Tanh Arcsinh:asinh Arccosh:acosh Arctanh:atanh",
  ],
  ["numpy", "", "Isnan:isNaN Isinf:isInf Isfinite:isFinite LogicalNot"],
  [
    "numpy",
    "_",
    "Add Subtract:sub Multiply:mul Divide:div TrueDivide:div Power:pow Mod FloorDivide:floorDiv Arctan2:atan2",
  ],
  ["numpy", "_", "Maximum Minimum Equal NotEqual Greater GreaterEqual Less LessEqual LogicalAnd LogicalOr LogicalXor"],
  ["numpy", "_", "Matmul:matMul Dot Outer"],
  ["numpy", "axis keepdims", "Sum Mean Max Min Amax:max Amin:min Prod Any All Var:variance Std"],
  ["numpy", "axis=-1", "Argmax:argMax Argmin:argMin ExpandDims Concatenate:concat Sort Argsort:argSort"],
  ["numpy", "axis=0", "Stack Cumsum Cumprod"],
  ["numpy", "axis", "Squeeze Flip:reverse"],
  ["numpy", "axes", "Transpose"],
  ["numpy", "newshape", "Reshape"],
  ["numpy", "shape", "BroadcastTo"],
  ["numpy", "repeats", "Tile"],
  ["numpy", "repeats axis", "Repeat"],
  ["numpy", "x_min x_max", "Clip"],
  ["numpy", "_ axis", "Take"],
  ["numpy", "_ axis=0", "Take:gather"],
  ["numpy", "_ axis=-1", "TakeAlongAxis"],
  ["math", "", "Rsqrt Erf"],
  ["math", "axis keepdims", "Logsumexp:logSumExp"],
  ["nn", "", "Relu Sigmoid Softplus Softsign Silu Selu HardSigmoid"],
  ["nn", "axis=-1", "Softmax LogSoftmax"],
  ["nn", "approximate=false", "Gelu"],
  ["nn", "alpha=1", "Elu"],
  ["nn", "negative_slope=0.2", "LeakyRelu"],
  ["core", "dtype", "Cast"],
  ["core", "axis=0", "Unstack"],
  ["core", "", "StopGradient"],
];

/** One op of the table. */
export interface OpRow {
  /** Keras's class, after its module where that is not `numpy`. */
  readonly keras: string;
  readonly ours: string;
  /** How many tensors (or lists of them) come first. */
  readonly tensors: number;
  readonly params: readonly { readonly key: string; readonly otherwise: unknown }[];
}

/** The table, by Keras's classes or by our names. */
export function opRows(key: (row: OpRow) => string): Map<string, OpRow> {
  const rows = OPS.flatMap(([module, signature, names]) => {
    const parts = signature.split(" ").filter((part) => part !== "");
    const params = parts.filter((part) => part !== "_").map((part) => part.split("=") as [string, string?]);
    return names.split(" ").map((pair): OpRow => {
      const [name, ours = name!.replace(/^./, (first) => first.toLowerCase())] = pair.split(":");
      return {
        keras: `${module === "numpy" ? "" : `${module}.`}${name}`,
        ours,
        tensors: 1 + parts.length - params.length,
        params: params.map(([key, otherwise]) => ({ key, otherwise: otherwise && JSON.parse(otherwise) })),
      };
    });
  });
  return new Map(rows.reverse().map((row) => [key(row), row]));
}

/** A layer or op in the config of a functional model. */
export interface Entry extends Config {
  readonly name: string;
  readonly config: Config;
  readonly inbound_nodes: readonly { readonly args: readonly unknown[]; readonly kwargs?: Config }[];
}

/** The nodes that stand for an op. The last of them has its name, so that whatever reads it does so still. */
export function nodesFor<E>(
  name: string,
  write: (add: AddNode) => unknown,
  entry: (name: string, ...node: Parameters<AddNode>) => E,
): E[] | undefined {
  const nodes: Parameters<AddNode>[] = [];
  const nameOf = (i: number): string => `${name}.${i}`;
  const done = write((...node) => {
    const place = nodes.push(node) - 1;
    // Keras wants a shape and a type there, whatever they are: it computes them.
    const [, [first], own] = node;
    const { shape = [], dtype = "float32" } = { ...(first as Partial<Reference> | null)?.config, ...own };
    return { class_name: "__keras_tensor__", config: { shape, dtype, keras_history: [nameOf(place), 0, 0] } };
  });
  if (done === undefined) return undefined;
  return nodes.map((node, i) => entry(i === nodes.length - 1 ? name : nameOf(i), ...node));
}

/** The type of a tensor or constant in a config. */
export function dtypeOf(value: unknown): string | undefined {
  return (value as Partial<Reference> | null)?.config?.dtype;
}

/** Whether a float is among arguments; where none is, types of numbers beside them matter. */
export function holdsFloats(args: readonly unknown[]): boolean {
  return args.some((arg) => dtypeOf(arg)?.includes("float"));
}

/** Whether all are truth values. */
export function allBool(args: readonly unknown[]): boolean {
  return args.every((arg) => dtypeOf(arg) === "bool");
}

/** Whether an op takes two operands of any type, numbers too. */
export function takesNumbers(row: OpRow | undefined): boolean {
  return row?.tensors === 2 && row.params.length === 0;
}

/** A number, or an array of numbers, as a constant of a type of its own. */
export function constant(value: unknown, dtype: string): Config {
  return { class_name: "__numpy__", config: { value, dtype } };
}
