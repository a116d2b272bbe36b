/** Functional models of this package with ops in their graphs, which Keras has read: test/fixtures/generate_op_configs.py. */
import * as hb from "../../src/index.ts";

type Outputs = Record<string, hb.SymbolicTensor>;

interface Inputs {
  readonly a: hb.SymbolicTensor;
  readonly b: hb.SymbolicTensor;
  readonly n: hb.SymbolicTensor;
}

const UNARY =
  "neg abs sign exp log1p expm1 square floor ceil round sin cos tan asin acos atan sinh cosh tanh asinh atanh isNaN isInf " +
  "isFinite logicalNot erf relu sigmoid softplus softsign silu selu hardSigmoid gelu elu leakyRelu softmax logSoftmax " +
  "flatten stopGradient";
const BINARY =
  "add sub mul div pow maximum minimum mod floorDiv atan2 equal notEqual greater greaterEqual less lessEqual logicalAnd " +
  "logicalOr logicalXor squaredDifference";

type Methods = Record<string, (...args: unknown[]) => hb.SymbolicTensor>;

function each(x: hb.SymbolicTensor, methods: string, ...args: readonly unknown[]): Outputs {
  return Object.fromEntries(methods.split(" ").map((name) => [name, (x as never as Methods)[name]!(...args)]));
}

const GRAPHS: Readonly<Record<string, (inputs: Inputs) => Outputs>> = {
  unary: ({ a }) => ({
    ...each(a.mul(0.9), UNARY),
    ...each(a.abs().add(0.1), "log sqrt rsqrt reciprocal"),
    acosh: a.abs().add(1.5).acosh(),
    slopes: a.elu(0.5).add(a.leakyRelu(0.1)).add(a.gelu(true)),
    axes: a.softmax(1).add(a.logSoftmax(0)),
  }),
  binary: ({ a, b, n }) => ({
    ...each(a.abs().add(0.5), BINARY, b.abs().add(0.5)),
    left: hb.ops.sub(3, hb.ops.div(1, a.add(3))),
    array: a.add([1, 2, 3]).mul(hb.tensor([[2], [3]])),
    integers: n.mul(2).add(1).floorDiv(3),
    half: n.mul(0.5),
    leftOfIntegers: hb.ops.sub(7, n),
    truth: n
      .greater(2)
      .add(n.less(5))
      .mul(n.greater(1).mul(n.less(6))),
    truthAndNumber: n
      .greater(2)
      .mul(2)
      .add(hb.ops.sub(1, n.less(2))),
    where: hb.ops.where(a.greater(0), a, b),
    whereNumbers: hb.ops.where(a.greater(0), 2, hb.ops.where(b.greater(0), 3, 1)),
    whereIntegers: hb.ops.where(n.greater(3), n, -1),
    matMul: a.matMul(b, false, true).matMul(a),
    matMulLeft: a.matMul(b, true),
    dot: hb.ops.dot(a, [1, -2, 0.5]),
    outer: hb.ops.outer(n, [1, 2]),
    einsum: hb.ops.einsum("bij,bkj->bik", a, b),
  }),
  reductions: ({ a, b, n }) => ({
    ...each(a, "sum mean max min prod any all variance std logSumExp", 1),
    ...Object.fromEntries(["argMax", "argMin"].map((name) => [name, (a as never as Methods)[name]!()])),
    several: a.sum([1, 2], true).add(b.mean(undefined, true)),
    whole: a.max().add(a),
    counts: n.greater(2).sum(1),
    running: hb.ops.cumsum(a).add(hb.ops.cumprod(b, 1)),
  }),
  shapes: ({ a, b, n }) => {
    const parts = hb.ops.split(hb.ops.concat([a, b]), [1, 2, -1], 2);
    const [low, high] = hb.ops.split(a, 2, 1);
    const [first, second] = hb.ops.unstack(b, 1);
    return {
      reshape: a.reshape([-1, 3, 2]),
      transpose: a.transpose([0, 2, 1]),
      reversed: n.transpose(),
      concat: hb.ops.concat([a, b], 1),
      stack: hb.ops.stack([a, b]),
      squeeze: n.expandDims(1).squeeze(1).add(n.expandDims(0).squeeze()),
      squeezeSeveral: a.mean([1, 2], true).squeeze([1, 2]),
      parts: parts[0]!.add(parts[1]!).add(parts[2]!.mean(2, true)),
      split: low!.sub(high!),
      unstack: first!.mul(second!),
      tile: hb.ops.tile(n, [1, 2]),
      repeat: hb.ops.repeat(a, 2, 1),
      pad: hb.ops.pad(a, [
        [0, 0],
        [0, 1],
        [2, 0],
      ]),
      padValue: hb.ops.pad(
        n,
        [
          [0, 0],
          [1, 0],
        ],
        "constant",
        5,
      ),
      padMirror: hb.ops.pad(
        a,
        [
          [0, 0],
          [1, 0],
          [1, 1],
        ],
        "reflect",
      ),
      broadcast: a.mean(0).broadcastTo([4, 2, 3]),
      reverse: hb.ops.reverse(a, [1, 2]).add(hb.ops.reverse(b, 2)),
      take: hb.ops.take(a, [2, 0], -1).add(hb.ops.gather(b, [1, 1], 2)),
      along: hb.ops.takeAlongAxis(a, hb.ops.argSort(a)).sub(hb.ops.sort(b, 1)),
      oneHot: n.oneHot(5),
      cast: a.mul(4).cast("int32").add(n.expandDims(1)),
      clip: a.clip(-0.5, 0.25),
      slice: a.slice([0, 1], [-1, 1]).add(b.slice([0, -1, 1], [-1, 1, 2]).sum(2, true)),
      stridedSlice: hb.ops.stridedSlice(a, [null, null, 2], [null, null, null], [1, 1, -2]),
    };
  },
  layered: ({ a, b, n }) => {
    const i = hb.input({ shape: [2, 3], name: "i" });
    const d = hb.layers.dense({ units: 2, name: "d" });
    const inner = hb.model({ inputs: i, outputs: d.apply(i.sub(i.mean(-1, true))), name: "inner" });
    const h = hb.layers.dense({ units: 3, activation: "relu", name: "h" }).apply(a.mul(0.5).tanh()).add(a);
    const y = inner.apply(h).sub(inner.apply(b));
    return { y: hb.layers.dense({ units: 1, name: "top" }).apply(y).add(n.sum(1).expandDims(-1).expandDims(-1)) };
  },
};

/** The models, each made when it is asked for. */
export const opGraphs: readonly (() => hb.Functional)[] = Object.entries(GRAPHS).map(([name, make]) => () => {
  const inputs = {
    a: hb.input({ shape: [2, 3], name: "a" }),
    b: hb.input({ shape: [2, 3], name: "b" }),
    n: hb.input({ shape: [3], dtype: "int32", name: "n" }),
  };
  return hb.model({ inputs: [inputs.a, inputs.b, inputs.n], outputs: make(inputs), name }) as hb.Functional;
});

/** The config that a file of a model holds, for Keras to read. */
export async function savedConfig(model: hb.Functional): Promise<unknown> {
  const { readSafetensors } = await import("../../src/io/index.ts");
  const { metadata } = await readSafetensors(await model.save(undefined, { includeOptimizer: false }));
  return JSON.parse(metadata.config!);
}
