/** 8.3: BatchNormalization; 8.4: dropout, noise, random numbers. */
import * as hb from "../../src/index.ts";
import { type Answer, type Case, plain } from "./case.ts";

const ON = { training: true } as const;
const X3 = hb.tensor([
  [1, 2],
  [3, 6],
  [5, 4],
]);
const ones = (...shape: number[]): hb.Tensor => hb.ones(shape);
const counts = (layer: hb.Layer): Answer => [layer.trainableWeights.length, layer.nonTrainableWeights.length];
const moving = (bn: hb.layers.BatchNormalization): Answer[] =>
  [bn.movingMean, bn.movingVariance].map((variable) => plain(variable!.value()));
const stateOf = (layer: { seedGenerator: hb.SeedGenerator | undefined }): Answer =>
  plain(layer.seedGenerator!.state.readSync());

function errorOf(body: () => unknown): string {
  try {
    body();
    return "no error";
  } catch (error) {
    return (error as Error).name;
  }
}

/** Distinct values, sorted. */
function distinct(x: hb.Tensor): number[] {
  return [...new Set(x.dataSync())].sort((a, b) => a - b);
}

function spread(x: hb.Tensor): number {
  return Math.sqrt(x.sub(x.mean()).square().mean().item());
}

function sameRuns(x: hb.Tensor): boolean {
  const rows = x.reshape([x.shape[0]!, -1, x.shape.at(-1)!]);
  const places = rows.shape[1]!;
  const values = rows.dataSync();
  const channels = rows.shape[2]!;
  return values.every((value, i) => {
    const sample = Math.floor(i / (places * channels));
    return value === values[sample * places * channels + (i % channels)];
  });
}

const normalization: readonly Case[] = [
  {
    id: "BN-01",
    rule: "Training: output by the batch's mean and biased variance; moving statistics",
    ours: () => {
      const bn = hb.layers.batchNormalization();
      return [plain(bn.apply(X3, ON)), ...moving(bn)];
    },
  },
  {
    id: "BN-02",
    rule: "Then inference by the moving statistics: first column",
    ours: () => {
      const bn = hb.layers.batchNormalization();
      bn.apply(X3, ON);
      return (bn.apply(X3).arraySync() as number[][]).map(([first]) => first!);
    },
  },
  {
    id: "BN-03",
    rule: "A second training call moves the statistics on",
    ours: () => {
      const bn = hb.layers.batchNormalization();
      bn.apply(X3, ON);
      bn.apply(X3, ON);
      return moving(bn);
    },
  },
  {
    id: "BN-04",
    rule: "One sample: the output is beta, the moving variance decays",
    ours: () => {
      const bn = hb.layers.batchNormalization({ momentum: 0.9 });
      return [plain(bn.apply([[3, -2]], ON)), ...moving(bn)];
    },
  },
  {
    id: "BN-05",
    rule: "Channels in axis 1",
    ours: () => {
      const bn = hb.layers.batchNormalization({ axis: 1, momentum: 0.75, epsilon: 0.01 });
      const y = bn.apply(hb.range(0, 16).reshape([2, 2, 2, 2]), ON);
      return [...moving(bn), plain(y.dataSync().slice(0, 4))];
    },
  },
  {
    id: "BN-06",
    rule: "A mask that keeps nothing: zeros",
    ours: () => {
      const bn = hb.layers.batchNormalization({ center: false, scale: false });
      return plain(bn.apply(hb.zeros([4, 5]), { training: true, mask: hb.zeros([4]).cast("bool") }));
    },
  },
  {
    id: "BN-07",
    rule: "A mask that broadcasts, momentum 0: largest output, moving statistics",
    ours: () => {
      const bn = hb.layers.batchNormalization({ momentum: 0 });
      const y = bn.apply(ones(1, 2, 3, 4), { training: true, mask: ones(1, 2, 1).cast("bool") });
      return [y.abs().max().item(), ...moving(bn)];
    },
  },
  {
    id: "BN-08",
    rule: "Gradients for gamma, beta and the input, in training and in inference",
    ours: () => {
      const upstream = [
        [1, -1],
        [2, 0.5],
        [-1, 3],
      ];
      return [true, false].map((training) => {
        const bn = hb.layers.batchNormalization();
        bn.build([null, 2]);
        const tape = new hb.GradientTape();
        tape.watch(X3);
        const loss = tape.record(() => bn.apply(X3, { training }).mul(upstream).sum());
        return tape.gradient(loss, [...bn.trainableVariables, X3]).map((gradient) => plain(gradient!));
      });
    },
  },
  {
    id: "BN-09",
    rule: "Numbers of weights by default, without scale and shift, with renorm; losses of two regularisers",
    ours: () => {
      const made = [{}, { center: false, scale: false }, { renorm: true }].map((options) => {
        const bn = hb.layers.batchNormalization(options);
        bn.build([null, 3]);
        return counts(bn);
      });
      const bn = hb.layers.batchNormalization({ betaRegularizer: "l2", gammaRegularizer: "l2" });
      bn.apply(ones(2, 3));
      return [made, bn.losses.length];
    },
  },
  {
    id: "BN-10",
    rule: "evaluate, predict and a bare call leave the moving statistics alone",
    ours: () => {
      const bn = hb.layers.batchNormalization();
      const model = hb.sequential({ layers: [hb.input({ shape: [2] }), bn] });
      model.compile({ optimizer: "sgd", loss: "mse" });
      model.evaluate(X3, X3);
      model.predict(X3);
      model.apply(X3);
      return moving(bn);
    },
  },
  {
    id: "BN-11",
    rule: "Large means: two passes, not E[x²] − E[x]² (tolerance 2e-3)",
    ours: () => plain(hb.layers.batchNormalization().apply([[10000], [10001], [10002]], ON)),
  },
  {
    id: "BN-12",
    rule: "renorm with a moving variance of 4: both deviations are 2, inference is that of the plain layer",
    ours: () => {
      const movingVarianceInitializer = hb.initializers.constant({ value: 4 });
      const renorm = hb.layers.batchNormalization({ renorm: true, movingVarianceInitializer });
      const usual = hb.layers.batchNormalization({ movingVarianceInitializer });
      const off = renorm.apply(X3).sub(usual.apply(X3)).abs().max().item();
      const deviations = [renorm.movingStddev, renorm.renormStddev].map((variable) => plain(variable!.value()));
      return [...deviations, off < 1e-6];
    },
  },
];

/** SpatialDropout1D, SpatialDropout2D, SpatialDropout3D. */
const SPATIAL = [
  { factory: hb.layers.spatialDropout1d, shape: [10, 3, 10] },
  { factory: hb.layers.spatialDropout2d, shape: [10, 3, 3, 10] },
  { factory: hb.layers.spatialDropout3d, shape: [10, 3, 3, 3, 10] },
];

const noise: readonly Case[] = [
  {
    id: "DR-01",
    rule: "Inverted dropout: largest value 2, the mean stays 1 ± 0.02",
    ours: () => {
      const y = hb.layers.dropout({ rate: 0.5, seed: 1337 }).apply(ones(20, 500), ON);
      return [y.max().item(), Math.abs(y.mean().item() - 1) < 0.02];
    },
  },
  {
    id: "DR-02",
    rule: "noiseShape repeats the mask where it is 1; null stands for the input's size",
    ours: () =>
      [
        [null, 1, null],
        [20, 1, 10],
      ].map((noiseShape) => sameRuns(hb.layers.dropout({ rate: 0.5, noiseShape, seed: 1 }).apply(ones(20, 5, 10), ON))),
  },
  {
    id: "DR-03",
    rule: "Rates outside [0, 1] and noise shapes that are none are refused",
    ours: () =>
      [
        { rate: -0.5 },
        { rate: 1.5 },
        ...["Invalid", [20, 1.5, 10], [20, -1, 10], [20, 0, 10]].map((noiseShape) => ({ rate: 0.5, noiseShape })),
      ].map((options) => errorOf(() => hb.layers.dropout(options as never))),
  },
  {
    id: "DR-04",
    rule: "Inference is the exact identity for every rate, and draws nothing",
    ours: () =>
      [0, 0.4, 1].flatMap((rate) => {
        const layer = hb.layers.dropout({ rate, seed: 5 });
        const same = String(layer.apply(X3, { training: false }).dataSync()) === String(X3.dataSync());
        return rate > 0 ? [same, stateOf(layer)] : [same];
      }),
  },
  {
    id: "DR-05",
    rule: "Rate 1 in training: zeros, and nothing is drawn",
    ours: () => {
      const layer = hb.layers.dropout({ rate: 1, seed: 1 });
      return [layer.apply(X3, ON).abs().max().item(), stateOf(layer)];
    },
  },
  {
    id: "DR-06",
    rule: "Spatial dropout in 1, 2 and 3 dimensions drops whole channels; the values that occur",
    ours: () =>
      SPATIAL.flatMap(({ factory, shape }) => {
        const y = factory({ rate: 0.5, seed: 2 }).apply(ones(...shape), ON);
        return [sameRuns(y), distinct(y)];
      }),
  },
  {
    id: "DR-07",
    rule: "Standard deviations of GaussianNoise(.3) and GaussianDropout(.3) within .02",
    ours: () => [
      Math.abs(spread(hb.layers.gaussianNoise({ stddev: 0.3, seed: 1 }).apply(ones(20, 500), ON)) - 0.3) < 0.02,
      Math.abs(spread(hb.layers.gaussianDropout({ rate: 0.3, seed: 1 }).apply(ones(20, 500), ON)) - Math.sqrt(3 / 7)) <
        0.02,
    ],
  },
  {
    id: "DR-08",
    rule: "AlphaDropout(.3) of ones: the two values that occur",
    ours: () => distinct(hb.layers.alphaDropout({ rate: 0.3, seed: 1 }).apply(ones(20, 50), ON)),
  },
  {
    id: "DR-09",
    rule: "One draw advances the seed's state by one; it is among the variables, not the weights",
    ours: () => {
      const layer = hb.layers.dropout({ rate: 0.5, seed: 1337 });
      const before = stateOf(layer);
      layer.apply(ones(2, 2), ON);
      return [[before, stateOf(layer)], layer.variables.length, layer.weights.length];
    },
  },
  {
    id: "DR-10",
    rule: "The same seed twice: the same unseeded draws and default seeds; an integer seed repeats itself",
    ours: () => {
      const runs = [0, 1].map(() => {
        hb.setRandomSeed(5);
        const layer = hb.layers.dropout({ rate: 0.5 });
        return [plain(hb.random.uniform([3])), layer.seedGenerator!.seed];
      });
      const fixed = [0, 1].map(() => plain(hb.random.uniform([3], { seed: 7 })));
      return [String(runs[0]) === String(runs[1]), runs[0]!, String(fixed[0]) === String(fixed[1]), fixed[0]!];
    },
  },
  {
    id: "DR-11",
    rule: "ActivityRegularization adds l1·Σ|x| + l2·Σx², divided by the batch size",
    ours: () => {
      const layer = hb.layers.activityRegularization({ l1: 0.2, l2: 0.3 });
      layer.apply([[2]]);
      return layer.losses[0]!.item();
    },
  },
];

export const layerCases: readonly Case[] = [...normalization, ...noise];
