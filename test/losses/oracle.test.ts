/**
 * Values and gradients of every loss against float64 formulas of our own and their numerical derivatives: all options,
 * reductions, weights and masks, on data of two and three dimensions.
 */
import { valueAndGrads } from "../../src/autodiff/gradients.ts";
import * as losses from "../../src/losses/index.ts";
import { tensor } from "../../src/ops/creation.ts";
import { runScoped } from "../../src/ops/scopes.ts";
import type { Tensor } from "../../src/ops/tensor.ts";
import { variable } from "../../src/ops/variable.ts";
import { assertClose, assertEqual } from "../harness/assert-close.ts";
import { numericalGradient, testNumbers, testRandom } from "../harness/finite-difference.ts";
import { suite } from "../harness/suite.ts";
import { type Factors, type Kind, LOSSES, type LossOracle, lanes, reduce } from "../reference/losses.ts";

type Options = Readonly<Record<string, unknown>>;

const REDUCTIONS = ["sum_over_batch_size", "mean", "sum", "none", "mean_with_sample_weight"] as const;
const SHAPES = [
  [4, 3],
  [3, 4, 2],
] as const;
const classes = losses as unknown as Record<string, new (options: object) => losses.Loss>;
const size = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** A loss with one set of options on data of one kind. */
interface Case {
  readonly name: string;
  readonly oracle: LossOracle;
  readonly kind: Kind;
  readonly options: Options;
  readonly shape: readonly number[];
  /** Shape of the targets. */
  readonly targetShape: readonly number[];
  /** Shape of the values per sample; empty where the loss makes one of everything. */
  readonly valuesShape: readonly number[];
  readonly targets: readonly number[];
  readonly predictions: readonly number[];
  /** Values per sample. */
  readonly values: (t: ArrayLike<number>, p: ArrayLike<number>) => number[];
}

/** Targets of a kind; `along` are the lanes that a distribution or a class number belongs to. */
function targetsOf(kind: Kind, count: number, along: readonly number[][]): number[] {
  const random = testRandom(count + kind.length);
  const pick = (n: number): number => Math.floor(random() * n);
  if (kind === "labels") return along.map((lane) => pick(lane.length));
  if (kind === "real") return [...testNumbers(count, 3, -2, 2, 0.25)];
  if (kind === "positive") return [...testNumbers(count, 4, 0.2, 3)];
  if (kind === "signs") return Array.from({ length: count }, () => 2 * pick(2) - 1);
  if (kind === "zerosAndOnes") return Array.from({ length: count }, () => pick(2));
  const targets = new Array<number>(count).fill(0);
  for (const lane of along) {
    if (kind === "oneHot") targets[lane[pick(lane.length)]!] = 1;
    else {
      const parts = lane.map(() => 0.2 + random());
      lane.forEach((place, i) => {
        targets[place] = parts[i]! / parts.reduce((a, b) => a + b);
      });
    }
  }
  return targets;
}

function makeCase(name: string, kind: Kind, options: Options, shape: readonly number[]): Case {
  const oracle = LOSSES[name]!;
  const axis = options.axis ?? (oracle.whole ? shape.map((_, i) => i) : shape.length - 1);
  const axes = [axis].flat() as number[];
  const along = lanes(shape, axes);
  const outer = shape.filter((_, i) => !axes.includes(i));
  const targets = targetsOf(kind, size(shape), along).map(Math.fround);
  // Probabilities, except where the formula takes any number.
  const anyNumber = options.fromLogits === true || kind === "real" || kind === "signs" || /Hinge/.test(name);
  const [low, high] = kind === "positive" ? [0.2, 3] : anyNumber ? [-2, 2] : [0.1, 0.9];
  const fresh = testNumbers(1000, 7, low, high).map(Math.fround);
  let next = 0;
  const predictions = Array.from({ length: size(shape) }, (_, i) => {
    while (next < fresh.length) {
      const p = fresh[next++]!;
      if (oracle.smooth?.(targets[i]!, p, options) ?? true) return p;
    }
    throw new Error(`${name}: no prediction clear of kinks beside ${targets[i]}`);
  });
  const values = (given: ArrayLike<number>, p: ArrayLike<number>): number[] => {
    const t = oracle.prepare?.(Array.from(given)) ?? given;
    return along.map((lane, i) => {
      const own = kind === "labels" ? [t[i]!] : lane.map((place) => t[place]!);
      return oracle.row(
        own,
        lane.map((place) => p[place]!),
        options,
      );
    });
  };
  const targetShape = kind === "labels" ? outer : shape;
  // Class numbers that are left out are given as such.
  if (options.ignoreClass !== undefined) targets[1] = options.ignoreClass as number;
  return { name, oracle, kind, options, shape, targetShape, valuesShape: outer, targets, predictions, values };
}

function* allCases(): Generator<Case> {
  for (const [name, { kinds, options }] of Object.entries(LOSSES)) {
    for (const kind of kinds)
      for (const each of options)
        for (const shape of SHAPES) {
          // Of two dimensions, sums over axis 1 are the default, and there is no axis 2.
          if (shape.length === 2 && each.axis !== undefined) continue;
          yield makeCase(name, kind, each, shape);
        }
  }
}

/** Weights or masks of a shape that fits the values: as given to the loss, and for each value. */
interface Given extends Factors {
  readonly name: string;
  readonly tensor: Tensor;
}

/** Numbers (n, 1, …) or (n, m) repeated for values of a shape. */
function given(name: string, numbers: readonly number[], shape: readonly number[], values: readonly number[]): Given {
  const perRow = size(values) / (values[0] ?? 1);
  const repeated = numbers.length === size(values) ? numbers : numbers.flatMap((x) => new Array(perRow).fill(x));
  return { name, tensor: tensor(numbers, shape), given: numbers, each: values.length === 0 ? numbers : repeated };
}

/** Everything with everything once for each kind of data; other options with a few. */
const isFirst = ({ oracle, options }: Case): boolean => options === oracle.options[0];

function weightsFor({ shape, valuesShape }: Case): (Given | undefined)[] {
  const rows = shape[0]!;
  const perSample = [...testNumbers(rows, 11, 0.1, 2).map(Math.fround)];
  const list = [undefined, given("weights", perSample, [rows], valuesShape)];
  if (valuesShape.length === 0 || valuesShape[0] === rows) {
    list.push(given("column of weights, some 0", [0, ...perSample.slice(1)], [rows, 1], valuesShape));
  }
  if (valuesShape.length < 2) return list;
  const all = [...testNumbers(size(valuesShape), 12, 0.1, 2).map(Math.fround)];
  return [...list, given("weights of each value", all, valuesShape, valuesShape)];
}

/** A mask given with the predictions, and what the loss leaves out itself, in one. */
function masksFor({ valuesShape, options, targets }: Case): { given: Given | undefined; all: Factors | undefined }[] {
  const own = targets.map((target) => (target === options.ignoreClass ? 0 : 1));
  const ignoring = options.ignoreClass === undefined ? undefined : { each: own, given: own };
  const numbers = Array.from({ length: size(valuesShape) }, (_, i) => (i % 3 === 2 ? 0 : 1));
  if (valuesShape.length === 0) return [{ given: undefined, all: undefined }];
  const mask = given("mask", numbers, valuesShape, valuesShape);
  const both = numbers.map((x, i) => x * (ignoring?.each[i] ?? 1));
  return [
    { given: undefined, all: ignoring },
    { given: mask, all: { each: both, given: both } },
  ];
}

/** The reduced loss of a case, and the gradients of a random sum of it. */
function check(
  each: Case,
  reduction: (typeof REDUCTIONS)[number],
  weights: Given | undefined,
  masked: Given | undefined,
  all: Factors | undefined,
): void {
  const { name, options, kind, shape, targetShape, targets, predictions, values } = each;
  const loss = new classes[name]!({ ...options, reduction });
  const expected = reduce(values(targets, predictions), weights, all, reduction);
  const cotangent = testNumbers(expected.length, 21).map(Math.fround);
  const [t, p] = [variable(tensor(targets, targetShape)), variable(tensor(predictions, shape))];
  const what = `${name} ${JSON.stringify(options)} ${shape.join("×")} ${kind}, ${reduction}, ${weights?.name}, ${masked?.name}`;
  // Targets that may only be one of a few numbers have no derivative.
  const soft = ["real", "positive", "shares"].includes(kind);
  let result: Tensor | undefined;
  const { grads } = valueAndGrads(
    () => {
      const y = p.value();
      if (masked !== undefined) y.mask = masked.tensor;
      result = loss.apply(soft ? t.value() : tensor(targets, targetShape), y, weights?.tensor);
      return result.flatten().mul(cotangent).sum();
    },
    soft ? [p, t] : [p],
  );
  const plain = (): Tensor => {
    const y = tensor(predictions, shape);
    if (masked !== undefined) y.mask = masked.tensor;
    return loss.apply(tensor(targets, targetShape), y, weights?.tensor);
  };
  assertClose(runScoped(plain).flatten().dataSync(), expected, { rtol: 1e-5, atol: 2e-6, what });
  const total = ([p64, t64]: Float64Array[]): number =>
    reduce(values(t64!, p64!), weights, all, reduction).reduce((sum, value, i) => sum + value * cotangent[i]!, 0);
  grads.forEach((gradient, which) => {
    const numeric = numericalGradient(total, [predictions, targets], which);
    const scale = Math.max(...numeric.map(Math.abs));
    assertClose(gradient!.flatten().dataSync(), numeric, {
      rtol: 1e-5,
      atol: 1e-6 + 3e-6 * scale,
      what: `${what}, gradient of ${["predictions", "targets"][which]}`,
    });
  });
}

suite("losses: values and gradients against float64 formulas", (test) => {
  const tested = new Map<string, Case[]>();
  for (const each of allCases()) tested.set(each.name, [...(tested.get(each.name) ?? []), each]);
  for (const [name, cases] of tested) {
    test(name, () => {
      for (const each of cases)
        for (const weights of weightsFor(each).slice(0, isFirst(each) ? undefined : 2))
          for (const { given, all } of masksFor(each))
            for (const reduction of REDUCTIONS.slice(0, isFirst(each) ? undefined : 1))
              check(each, reduction, weights, given, all);
    });
  }

  test("predictions beyond what is kept before a logarithm: the value of the bound, and no gradient", () => {
    const p = variable([[-0.5, 1.5, 0.3]]);
    for (const [name, t] of [
      ["BinaryCrossentropy", [[1, 0, 1]]],
      ["KLDivergence", [[0.5, 0.2, 0.3]]],
    ] as const) {
      const { value, grads } = valueAndGrads(() => new classes[name]!({}).apply(t, p.value()), [p]);
      const f = (x: ArrayLike<number>): number => LOSSES[name]!.row([...t[0]!], Array.from(x), {});
      assertClose(value, f([-0.5, 1.5, 0.3]), { what: name });
      const numeric = numericalGradient(([x]) => f(x!), [[-0.5, 1.5, 0.3]]);
      assertEqual([...numeric.slice(0, 2)], [0, 0]);
      assertClose(grads[0]!.flatten().dataSync(), numeric, { what: name });
    }
  });

  test("what a sigmoid or a softmax made counts as logits, however far from 0 these are", () => {
    const logits = [3, -0.7, 40, -120, 0.4, 2];
    const z = variable(logits, { name: "z" });
    const oneHot = [
      [0, 1, 0],
      [0, 0, 1],
    ];
    const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
    const binary = (x: ArrayLike<number>): number =>
      Array.from(x, (each, i) => softplus(each) - oneHot.flat()[i]! * each).reduce((a, b) => a + b) / 6;
    const categorical = (x: ArrayLike<number>): number => {
      const row = (from: number): number[] => Array.from(x).slice(from, from + 3);
      const logSum = (r: number[]): number =>
        Math.max(...r) + Math.log(r.reduce((sum, each) => sum + Math.exp(each - Math.max(...r)), 0));
      return (logSum(row(0)) - x[1]! + logSum(row(3)) - x[5]!) / 2;
    };
    const cases: [string, unknown, (x: Tensor) => Tensor, (x: ArrayLike<number>) => number][] = [
      ["BinaryCrossentropy", oneHot, (x) => x.sigmoid(), binary],
      ["CategoricalCrossentropy", oneHot, (x) => x.softmax(), categorical],
      ["SparseCategoricalCrossentropy", [1, 2], (x) => x.softmax(), categorical],
    ];
    for (const [name, t, activate, f] of cases) {
      const apply = (): Tensor => new classes[name]!({}).apply(t as number[], activate(z.value().reshape([2, 3])));
      const { value, grads } = valueAndGrads(apply, [z]);
      assertClose(value, f(logits), { what: name });
      assertClose(
        grads[0]!,
        numericalGradient(([x]) => f(x!), [logits]),
        { what: name },
      );
    }
  });

  test("every loss that is exported is among them, with every option it has", () => {
    const exported = Object.values(losses).flatMap((each) => {
      const { className, parts } = each as Partial<losses.LossClass>;
      return parts === undefined ? [] : [{ name: className!, options: Object.keys(parts[0]).sort() }];
    });
    assertEqual(
      Object.entries(LOSSES)
        .map(([name, { options }]) => ({
          name,
          options: [...new Set(options.flatMap((one) => Object.keys(one)))].sort(),
        }))
        .sort((a, b) => (a.name < b.name ? -1 : 1)),
      exported.sort((a, b) => (a.name < b.name ? -1 : 1)),
    );
  });
});
