/** Random models: the config of what a config makes is that config, and equal weights give equal values. */
import fc from "fast-check";
import * as hb from "../../src/index.ts";
import { assertBitEqual, assertEqual } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

const { layers } = hb;

/** One step of a random model: which layer or op, and three numbers that choose its options. */
type Step = readonly [kind: number, a: number, b: number, c: number];

const ACTIVATIONS = ["relu", "tanh", "softmax", "gelu", "linear"] as const;
const INITIALIZERS = ["heNormal", "zeros", "glorot_uniform", "Orthogonal"] as const;
const REGULARIZERS = ["l1", "l2", hb.regularizers.l1l2({ l1: 0.1, l2: 0.2 }), undefined] as const;
const CONSTRAINTS = ["maxNorm", "non_neg", hb.constraints.minMaxNorm({ rate: 0.5 }), undefined] as const;
const pick = <T>(list: readonly T[], i: number): T => list[i % list.length]!;

const STEPS: readonly ((x: hb.SymbolicTensor, a: number, b: number, c: number) => hb.SymbolicTensor)[] = [
  (x, a, b, c) =>
    layers
      .dense({
        units: a + 1,
        activation: pick(ACTIVATIONS, b),
        useBias: c % 2 === 0,
        kernelInitializer: pick(INITIALIZERS, c),
        kernelRegularizer: pick(REGULARIZERS, a),
        biasConstraint: pick(CONSTRAINTS, b),
        activityRegularizer: pick(REGULARIZERS, c),
      })
      .apply(x),
  (x, a, b) =>
    layers
      .batchNormalization({ momentum: a / 10, center: b % 2 === 0, gammaRegularizer: pick(REGULARIZERS, a) })
      .apply(x),
  (x, a, b) => layers.dropout({ rate: a / 10, seed: b }).apply(x, b % 2 === 0 ? { training: b % 4 === 0 } : {}),
  (x, a) =>
    pick(
      [
        layers.reLU({ maxValue: a }),
        layers.leakyReLU(),
        layers.elu({ alpha: a }),
        layers.prelu(),
        layers.softmax(),
        layers.identity(),
      ],
      a,
    ).apply(x),
  (x, a) => layers.einsumDense({ equation: "ab,bc->ac", outputShape: a + 1, biasAxes: "c" }).apply(x),
  (x, a) => layers.rescaling({ scale: a, offset: -1 }).apply(x),
  (x, a) =>
    layers
      .repeatVector({ n: a + 1 })
      .apply(x)
      .sum(1),
  (x, a) =>
    pick(
      [
        x.mul(a),
        x.add(hb.tensor([a])),
        hb.ops.concat([x, x], -1),
        x.relu().sub(x.mean(-1, true)),
        hb.ops.where(x.greater(0), x, a),
      ],
      a,
    ),
  (x, a) =>
    pick(
      [layers.add, layers.multiply, layers.average, layers.maximum, layers.concatenate] as const,
      a,
    )([x, layers.activation({ activation: "tanh" }).apply(x)]),
  (x, a) => hb.sequential([layers.inputLayer({ shape: [x.shape[1]!] }), layers.dense({ units: a + 1 })]).apply(x),
];

function build(steps: readonly Step[]): hb.Functional {
  const x = hb.input({ shape: [3], name: "round_trip" });
  let y: hb.SymbolicTensor = x;
  for (const [kind, a, b, c] of steps) y = pick(STEPS, kind)(y, a, b, c);
  return hb.model({ inputs: x, outputs: { y, first: y.mean(-1) } });
}

suite("config round trip", (test) => {
  test("100 random models", () => {
    const numbers = fc.tuple(fc.nat(STEPS.length - 1), fc.nat(7), fc.nat(7), fc.nat(7));
    const data = hb.random.normal([4, 3], { seed: 1 });
    fc.assert(
      fc.property(fc.array(numbers, { minLength: 1, maxLength: 6 }), (steps) => {
        const model = build(steps);
        const config = JSON.parse(JSON.stringify(model.getConfig()));
        for (const copy of [hb.modelFromConfig(config), hb.cloneModel(model)]) {
          assertEqual(JSON.parse(JSON.stringify({ ...copy.getConfig(), name: 0 })), { ...config, name: 0 });
          copy.setWeights(model.getWeights());
          const [mine, theirs] = [model, copy].map((each) =>
            each.apply<Record<string, hb.Tensor>>(data, { training: false }),
          );
          const random = steps.some(([kind, a, b]) => kind % STEPS.length === 2 && a > 0 && b % 4 === 0);
          if (!random) for (const key of ["y", "first"]) assertBitEqual(theirs![key]!, mine![key]!, key);
        }
      }),
      { numRuns: 100, seed: 7 },
    );
  });
});
