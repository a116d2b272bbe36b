/**
 * Losses in float64, written from their formulas (Keras 3's definitions; sources beside the classes): for each class the
 * value of one sample, with the data and options that it is tried with.
 */
type Row = readonly number[];
type Options = Readonly<Record<string, unknown>>;

/** What targets and predictions are like. */
export type Kind = "real" | "positive" | "shares" | "signs" | "zerosAndOnes" | "oneHot" | "labels";

export interface LossOracle {
  /** One sample's value from what lies along the axis: targets (of class numbers one) and predictions. */
  readonly row: (t: Row, p: Row, options: Options) => number;
  readonly kinds: readonly Kind[];
  /** Options to try, each alone; the axes of 3-dimensional data may be among them. */
  readonly options: readonly Options[];
  /** Whether the axis is null by default: one value of everything. */
  readonly whole?: true;
  /** What becomes of the targets as a whole first. */
  readonly prepare?: (t: Row) => Row;
  /** Whether a pair of elements is clear of the places where the formula has a kink. */
  readonly smooth?: (t: number, p: number, options: Options) => boolean;
}

/** Keras's fuzz factor, and the float32 number that 1 minus it is. */
const EPSILON = 1e-7;
const ALMOST_ONE = Math.fround(1 - EPSILON);

const sum = (row: Row): number => row.reduce((a, b) => a + b, 0);
const mean = (row: Row): number => sum(row) / row.length;
const clip = (x: number): number => Math.min(Math.max(x, EPSILON), ALMOST_ONE);
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const apart = (t: number, p: number): boolean => Math.abs(t - p) > 0.05;

/** The mean of a function of pairs. */
const meanOf =
  (f: (t: number, p: number, options: Options) => number): LossOracle["row"] =>
  (t, p, options) =>
    mean(t.map((each, i) => f(each, p[i]!, options)));

const softmax = (z: Row): number[] => {
  const powers = z.map((x) => Math.exp(x - Math.max(...z)));
  return powers.map((x) => x / sum(powers));
};

const number = (options: Options, name: string, otherwise: number): number =>
  (options[name] as number | undefined) ?? otherwise;

/** Targets moved towards the middle of so many classes. */
const smoothed = (t: Row, options: Options, classes: number): number[] => {
  const by = number(options, "labelSmoothing", 0);
  return t.map((each) => each * (1 - by) + by / classes);
};

/** The probabilities that predictions of a distribution stand for. */
const shares = (p: Row, options: Options): number[] => {
  if (options.fromLogits === true) return softmax(p);
  return p.map((each) => clip(each / sum(p)));
};

const binary = (t: number, p: number): number => -t * Math.log(p) - (1 - t) * Math.log(1 - p);

const margin = (t: number, p: number): number => Math.max(1 - t * p, 0);
/** Targets that are all 0 or 1 stand for −1 and 1. */
const asSigns = (t: Row): Row => (t.every((each) => each === 0 || each === 1) ? t.map((each) => 2 * each - 1) : t);
const farFromMargin = (t: number, p: number): boolean => Math.abs(1 - t * p) > 0.05;

const norm = (x: Row): number => Math.sqrt(sum(x.map((each) => each * each)));

const overlap = (t: Row, p: Row): number => sum(t.map((each, i) => each * p[i]!));

const LOGITS = [{}, { fromLogits: true }];
const SMOOTHED = [...LOGITS, { labelSmoothing: 0.2 }, { fromLogits: true, labelSmoothing: 0.3 }];
const FOCAL = [...SMOOTHED, { gamma: 0 }, { gamma: 1 }, { gamma: 3.5, alpha: 0.6 }];
const AXES = [{ axis: [1, 2] }, { axis: 1 }];

export const LOSSES: Readonly<Record<string, LossOracle>> = {
  MeanSquaredError: { row: meanOf((t, p) => (t - p) ** 2), kinds: ["real"], options: [{}] },
  MeanAbsoluteError: { row: meanOf((t, p) => Math.abs(t - p)), kinds: ["real"], options: [{}], smooth: apart },
  MeanAbsolutePercentageError: {
    row: meanOf((t, p) => (100 * Math.abs(t - p)) / Math.max(Math.abs(t), EPSILON)),
    kinds: ["real"],
    options: [{}],
    smooth: (t, p) => apart(t, p) && Math.abs(t) > 0.2,
  },
  MeanSquaredLogarithmicError: {
    row: meanOf((t, p) => (Math.log(Math.max(p, EPSILON) + 1) - Math.log(Math.max(t, EPSILON) + 1)) ** 2),
    kinds: ["positive", "real"],
    options: [{}],
    smooth: (t, p) => Math.abs(t) > 0.05 && Math.abs(p) > 0.05,
  },
  Huber: {
    row: meanOf((t, p, options) => {
      const [delta, error] = [number(options, "delta", 1), Math.abs(p - t)];
      return error <= delta ? error ** 2 / 2 : delta * error - delta ** 2 / 2;
    }),
    kinds: ["real"],
    options: [{}, { delta: 0.3 }, { delta: 2 }],
    smooth: (t, p, options) => Math.abs(Math.abs(p - t) - number(options, "delta", 1)) > 0.05,
  },
  LogCosh: { row: meanOf((t, p) => Math.log(Math.cosh(p - t))), kinds: ["real"], options: [{}] },
  CosineSimilarity: {
    row: (t, p) => -overlap(t, p) / (norm(t) * norm(p)),
    kinds: ["real"],
    options: [{}, { axis: 1 }],
  },
  Poisson: { row: meanOf((t, p) => p - t * Math.log(p + EPSILON)), kinds: ["positive"], options: [{}] },
  KLDivergence: {
    row: (t, p) => {
      const kept = (x: number): number => Math.min(Math.max(x, EPSILON), 1);
      return sum(t.map((each, i) => kept(each) * Math.log(kept(each) / kept(p[i]!))));
    },
    kinds: ["shares"],
    options: [{}],
  },
  Hinge: {
    row: meanOf(margin),
    kinds: ["signs", "zerosAndOnes"],
    options: [{}],
    prepare: asSigns,
    smooth: (t, p) => farFromMargin(t, p) && farFromMargin(2 * t - 1, p),
  },
  SquaredHinge: {
    row: meanOf((t, p) => margin(t, p) ** 2),
    kinds: ["signs", "zerosAndOnes"],
    options: [{}],
    prepare: asSigns,
    smooth: (t, p) => farFromMargin(t, p) && farFromMargin(2 * t - 1, p),
  },
  CategoricalHinge: {
    row: (t, p) => Math.max(Math.max(...t.map((each, i) => (1 - each) * p[i]!)) - overlap(t, p) + 1, 0),
    kinds: ["oneHot"],
    options: [{}],
  },
  BinaryCrossentropy: {
    row: (t, p, options) =>
      mean(
        smoothed(t, options, 2).map((each, i) =>
          binary(each, options.fromLogits === true ? sigmoid(p[i]!) : clip(p[i]!)),
        ),
      ),
    kinds: ["zerosAndOnes", "shares"],
    options: [...SMOOTHED, { axis: 1 }],
  },
  BinaryFocalCrossentropy: {
    row: (t, p, options) => {
      const [alpha, gamma] = [number(options, "alpha", 0.25), number(options, "gamma", 2)];
      return mean(
        smoothed(t, options, 2).map((each, i) => {
          const q = options.fromLogits === true ? sigmoid(p[i]!) : p[i]!;
          const missed = 1 - (each * q + (1 - each) * (1 - q));
          const balance = options.applyClassBalancing === true ? each * alpha + (1 - each) * (1 - alpha) : 1;
          return balance * missed ** gamma * binary(each, clip(q));
        }),
      );
    },
    kinds: ["zerosAndOnes", "shares"],
    options: [...FOCAL, { applyClassBalancing: true }, { applyClassBalancing: true, alpha: 0.7 }, { axis: 1 }],
  },
  CategoricalCrossentropy: {
    row: (t, p, options) => {
      const q = shares(p, options);
      return -sum(smoothed(t, options, t.length).map((each, i) => each * Math.log(q[i]!)));
    },
    kinds: ["oneHot", "shares"],
    options: [...SMOOTHED, { axis: 1 }, { axis: 1, fromLogits: true }],
  },
  CategoricalFocalCrossentropy: {
    row: (t, p, options) => {
      const [alpha, gamma, q] = [number(options, "alpha", 0.25), number(options, "gamma", 2), shares(p, options)];
      return -sum(
        smoothed(t, options, t.length).map((each, i) => alpha * (1 - q[i]!) ** gamma * each * Math.log(q[i]!)),
      );
    },
    kinds: ["oneHot", "shares"],
    options: [...FOCAL, { axis: 1 }],
  },
  SparseCategoricalCrossentropy: {
    row: ([label], p, options) => (label === options.ignoreClass ? 0 : -Math.log(shares(p, options)[label!]!)),
    kinds: ["labels"],
    options: [
      ...LOGITS,
      { ignoreClass: 1 },
      { ignoreClass: -1 },
      { ignoreClass: 0, fromLogits: true },
      { axis: 1 },
      { axis: 1, ignoreClass: 2, fromLogits: true },
    ],
  },
  Dice: {
    row: (t, p) => 1 - (2 * overlap(t, p)) / (sum(t) + sum(p) + EPSILON),
    kinds: ["zerosAndOnes", "shares"],
    options: [{}, ...AXES],
    whole: true,
  },
  Tversky: {
    row: (t, p, options) => {
      const missed = number(options, "alpha", 0.5) * sum(t.map((each, i) => each * (1 - p[i]!)));
      const wrong = number(options, "beta", 0.5) * sum(t.map((each, i) => (1 - each) * p[i]!));
      return 1 - overlap(t, p) / (overlap(t, p) + missed + wrong + EPSILON);
    },
    kinds: ["zerosAndOnes", "shares"],
    options: [{}, { alpha: 0.3, beta: 0.7 }, { alpha: 0 }, ...AXES],
    whole: true,
  },
};

/** For each position outside of `axes` the places, in row-major order, of the elements along them. */
export function lanes(shape: readonly number[], axes: readonly number[]): number[][] {
  const found = new Map<string, number[]>();
  const size = shape.reduce((a, b) => a * b, 1);
  for (let place = 0; place < size; place++) {
    let rest = place;
    const index = shape.map(() => 0);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis] = rest % shape[axis]!;
      rest = Math.floor(rest / shape[axis]!);
    }
    const key = index.filter((_, axis) => !axes.includes(axis)).join();
    found.set(key, [...(found.get(key) ?? []), place]);
  }
  return [...found.values()];
}

/** Weights or a mask: what each value is multiplied by, and the numbers as they were given. */
export interface Factors {
  readonly each: Row;
  readonly given: Row;
}

/**
 * Values per sample as one number (a list for "none"). The plain means divide by the number of values whatever the weights
 * add up to; a mask makes them means over what it leaves. "mean_with_sample_weight" divides by the weights as given.
 */
export function reduce(
  values: Row,
  weights: Factors | undefined,
  mask: Factors | undefined,
  reduction: string,
): number[] {
  const plain = reduction === "sum_over_batch_size" || reduction === "mean";
  const valid = mask === undefined ? 1 : sum(mask.given);
  const share = (i: number): number => {
    if (mask === undefined) return 1;
    return plain ? (mask.each[i]! * mask.given.length) / Math.max(valid, 1) : mask.each[i]!;
  };
  // A value of the whole batch is repeated for each of its weights.
  const count = Math.max(values.length, weights?.each.length ?? 1, mask?.each.length ?? 1);
  const factors = Array.from({ length: count }, (_, i) => (weights?.each[i] ?? 1) * share(i));
  const weighted = factors.map((factor, i) => factor * values[values.length === 1 ? 0 : i]!);
  if (reduction === "none") return weighted;
  if (reduction === "sum") return [sum(weighted)];
  if (reduction !== "mean_with_sample_weight" || (weights === undefined && mask === undefined)) return [mean(weighted)];
  const total = mask === undefined ? sum(weights!.given) : sum(factors);
  return [total === 0 ? 0 : sum(weighted) / total];
}
