/** 8.1: which `training` a layer receives; 8.2: trainable and variables. */
import * as hb from "../../src/index.ts";
import type { Answer, Case } from "./case.ts";

type Seen = boolean | null;

class Recorder extends hb.Layer {
  static override readonly className: string = "Recorder";
  readonly seen: Seen[] = [];
  override call(inputs: hb.Tensor, { training }: hb.CallOptions): hb.Tensor {
    this.seen.push(training ?? null);
    return inputs;
  }
  get last(): Seen {
    return this.seen.at(-1)!;
  }
}

class DefaultTrue extends Recorder {
  static override readonly className: string = "DefaultTrue";
  static override readonly defaultTraining: boolean = true;
}

class Outer extends hb.Layer {
  static override readonly className: string = "Outer";
  readonly inner: hb.Layer;
  readonly flag: boolean | null;
  constructor(inner: hb.Layer, flag: boolean | null = null) {
    super();
    this.inner = inner;
    this.flag = flag;
  }
  override call(inputs: hb.Tensor): hb.Tensor {
    return this.inner.apply(inputs, { training: this.flag });
  }
}

class ZeroInTraining extends hb.Layer {
  static override readonly className: string = "ZeroInTraining";
  override call(inputs: hb.Tensor, { training }: hb.CallOptions): hb.Tensor {
    return training ? inputs.mul(0) : inputs;
  }
}

const ones = (...shape: number[]): hb.Tensor => hb.ones(shape);
const least = (x: hb.Tensor): number => Math.min(...x.dataSync());
const drop = (): hb.Layer => hb.layers.dropout({ rate: 0.9, seed: 3 });
const three = (model: hb.Layer): Answer =>
  [undefined, false, true].map((training) => model.apply(ones(1, 1), { training }).item());
const counts = (layer: hb.Layer): Answer => [layer.trainableWeights.length, layer.nonTrainableWeights.length];
const names = (variables: readonly hb.Variable[]): Answer => variables.map(({ name }) => name);

function graph(layer: hb.Layer, training: boolean | null): hb.Model {
  const x = hb.input({ shape: [1] });
  return hb.model({ inputs: x, outputs: layer.apply(x, { training }) });
}

function errorOf(body: () => unknown): string {
  try {
    body();
    return "no error";
  } catch (error) {
    return (error as Error).name;
  }
}

const BAKED =
  "D1: Keras 3.15.1 lets the model's own value win over one fixed in the graph; the written contract, tf.keras 2 and " +
  "later Keras let the fixed one win, and so do we.";

const resolution: readonly Case[] = [
  {
    id: "TR-01",
    rule: "An outer call's value reaches the layers inside, at any depth",
    ours: () => {
      const [outer, deep] = [new Outer(drop()), new Outer(new Outer(drop()))];
      const on = { training: true };
      return [outer.apply(ones(4, 4)), outer.apply(ones(4, 4), on), deep.apply(ones(4, 4), on)].map(least);
    },
  },
  {
    id: "TR-02",
    rule: "A value given to the inner layer wins over the outer one",
    ours: () => least(new Outer(drop(), true).apply(ones(4, 4), { training: false })),
  },
  {
    id: "TR-03",
    rule: "Nothing lingers after a call that throws",
    ours: () => {
      class Thrower extends hb.Layer {
        override call(): hb.Tensor {
          throw new Error("on purpose");
        }
      }
      errorOf(() => new Outer(new Thrower()).apply(ones(2), { training: true }));
      const recorder = new Recorder();
      recorder.apply(ones(2));
      return [recorder.last, least(drop().apply(ones(4, 4)))];
    },
  },
  {
    id: "TR-04",
    rule: "A layer's own default is not seen by the next layer",
    ours: () => {
      const second = new Recorder();
      const x = hb.input({ shape: [2] });
      const model = hb.model({ inputs: x, outputs: second.apply(new DefaultTrue().apply(x)) });
      model.apply(ones(1, 2));
      const bare = second.last;
      model.apply(ones(1, 2), { training: true });
      return [bare, second.last];
    },
    deviation: {
      expected: [null, true],
      reason:
        "In Keras 3.15.1 a default in a signature leaks into the call context; Keras's own later test says that it " +
        "does not, as here.",
    },
  },
  {
    id: "TR-05",
    rule: "A functional model hands its value on: none, false, true",
    ours: () => three(graph(new ZeroInTraining(), null)),
  },
  {
    id: "TR-06",
    rule: "A value fixed while the graph was built wins over the model's own: none, false, true",
    ours: () => three(graph(new ZeroInTraining(), true)),
    deviation: { expected: [0, 0, 0], reason: BAKED },
  },
  {
    id: "TR-07",
    rule: "A deferred Sequential hands its value on: none, false, true",
    ours: () => three(hb.sequential({ layers: [new ZeroInTraining()] })),
  },
  {
    id: "TR-08",
    rule: "fit trains, evaluate and predict infer: loss, loss, largest output",
    ours: async () => {
      class Identity extends hb.Layer {
        override call(inputs: hb.Tensor, { training }: hb.CallOptions): hb.Tensor {
          return training ? inputs : inputs.mul(0);
        }
      }
      const model = hb.sequential({ layers: [new Identity()] });
      model.compile({ optimizer: "sgd", loss: "mse" });
      const [x, y] = [ones(128, 1), hb.zeros([128, 1])];
      const { history } = await model.fit(x, y, { verbose: 0 });
      return [history.loss![0]!, model.evaluate(x, y) as number, model.predict(x).max().item()];
    },
  },
  {
    id: "TR-09",
    rule: "A layer that ignores the flag may be given one",
    ours: () => errorOf(() => hb.layers.dense({ units: 2 }).apply(ones(1, 3), { training: true })),
  },
  {
    id: "TR-10",
    rule: "A flag by position is refused: only input tensors may be passed so",
    ours: () => {
      const layer = new Recorder() as unknown as { apply(...args: unknown[]): unknown };
      try {
        layer.apply(ones(1), true);
      } catch (error) {
        return error instanceof hb.ValueError && error.message.includes("Only input tensors may be passed as");
      }
      return false;
    },
  },
  {
    id: "TR-11",
    rule: "The value passes through a layer that does not use it",
    ours: () => {
      const recorder = new Recorder();
      new Outer(recorder).apply(ones(1), { training: true });
      return recorder.last;
    },
  },
  {
    id: "TR-12",
    rule: "A layer whose default is true trains when called alone and infers in predict",
    ours: () => {
      const layer = new DefaultTrue();
      layer.apply(ones(1, 2));
      const alone = layer.last;
      hb.sequential({ layers: [layer] }).predict(ones(3, 2));
      return [alone, layer.last];
    },
  },
  {
    id: "TR-13",
    rule: "A fixed value is not seen by the layers behind: a, b (fixed to true), c of a model called with false",
    ours: () => {
      const [a, b, c] = [new Recorder(), new Recorder(), new Recorder()];
      const x = hb.input({ shape: [1] });
      const model = hb.model({ inputs: x, outputs: c.apply(b.apply(a.apply(x), { training: true })) });
      model.apply(ones(1, 1), { training: false });
      return [a.last, b.last, c.last];
    },
    deviation: { expected: [false, true, false], reason: `${BAKED} And (D2) it is seen by that layer alone.` },
  },
  {
    id: "TR-14",
    rule: "Dropout fixed to training draws anew in every batch of predict and in every call",
    ours: () => {
      const x = hb.input({ shape: [20] });
      const model = hb.model({ inputs: x, outputs: hb.layers.dropout({ rate: 0.5 }).apply(x, { training: true }) });
      const y = model.predict(ones(4, 20), { batchSize: 2 }).dataSync();
      const [first, second] = [model.predictOnBatch(ones(4, 20)), model.predictOnBatch(ones(4, 20))];
      return [String(y.slice(0, 40)) !== String(y.slice(40)), String(first.dataSync()) !== String(second.dataSync())];
    },
    deviation: { expected: [true, true], reason: BAKED },
  },
];

const trainable: readonly Case[] = [
  {
    id: "VA-01",
    rule: "A frozen Dense in a model: trainable and other weights, before and after model.trainable = true",
    ours: () => {
      const model = graph(hb.layers.dense({ units: 2, trainable: false }), null);
      const before = counts(model);
      model.trainable = true;
      return [before, counts(model)];
    },
  },
  {
    id: "VA-02",
    rule: "Order of weights, of trainable weights, of the other variables",
    ours: () => {
      const model = hb.sequential({
        layers: [
          hb.input({ shape: [2] }),
          hb.layers.batchNormalization(),
          hb.layers.dropout({ rate: 0.1 }),
          hb.layers.dense({ units: 1 }),
        ],
      });
      return [names(model.weights), names(model.trainableWeights), names(model.nonTrainableVariables)];
    },
  },
  {
    id: "VA-03",
    rule: "A child set to trainable below a frozen parent: the parent's list stays empty, the child's does not",
    ours: () => {
      const child = hb.layers.dense({ units: 1 });
      const parent = hb.sequential({ layers: [hb.input({ shape: [2] }), child] });
      parent.trainable = false;
      child.trainable = true;
      return [parent.trainableVariables.length, names(child.trainableVariables)];
    },
  },
  {
    id: "VA-04",
    rule: "A frozen BatchNormalization: 4 weights, none trainable, the identity under training: true; then thawed",
    ours: () => {
      const bn = hb.layers.batchNormalization({ trainable: false, epsilon: 1e-7 });
      bn.build([1, 4, 4, 3]);
      const x = hb.range(0, 48).reshape([1, 4, 4, 3]).div(48);
      const off = bn.apply(x, { training: true }).sub(x).abs().max().item();
      const before = [bn.weights.length, ...(counts(bn) as number[])];
      bn.trainable = true;
      return [before, off < 1e-6, counts(bn)];
    },
  },
  {
    id: "VA-05",
    rule: "A frozen Dropout still drops under training: true",
    ours: () =>
      least(hb.layers.dropout({ rate: 0.5, seed: 3, trainable: false }).apply(ones(8, 8), { training: true })),
  },
  {
    id: "VA-06",
    rule: "A frozen layer's weight penalty leaves the loss at once: evaluate before and after",
    ours: () => {
      const dense = hb.layers.dense({
        ...{ units: 1, useBias: false, kernelInitializer: "ones" },
        kernelRegularizer: hb.regularizers.l2({ l2: 0.5 }),
      });
      const model = hb.sequential({ layers: [hb.input({ shape: [1] }), dense] });
      model.compile({ optimizer: "sgd", loss: "mse" });
      const [x, y] = [[[1], [2], [3], [4], [10]], hb.zeros([5, 1])];
      const first = model.evaluate(x, y) as number;
      dense.trainable = false;
      return [first, model.evaluate(x, y) as number];
    },
  },
];

export const flagCases: readonly Case[] = [...resolution, ...trainable];
