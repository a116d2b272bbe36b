/** `getState` and `setState`: everything training depends on, so that going on from a state equals never having stopped. */
import * as hb from "../../src/index.ts";
import { getRandomState } from "../../src/random/global.ts";
import { assert, assertBitEqual, assertEqual, assertThrows } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

/** Adds noise from the process-wide generator, in training. */
class Jitter extends hb.Layer {
  static override readonly className = "Jitter";
  override call(x: hb.Tensor, { training }: { training?: boolean }): hb.Tensor {
    return training ? x.add(hb.random.normal([x.shape[1]!]).mul(0.1)) : x;
  }
}

const rows = 37;
const x = hb.tensor(Array.from({ length: rows }, (_, i) => [i / rows, (i * 7) % 5, (i % 3) - 1]));
const y = hb.tensor(Array.from({ length: rows }, (_, i) => [((i * 11) % 13) / 13]));

/** Dropout, BatchNormalization, Adam, and unseeded draws; the weights are those of a fixed seed. */
function make(optimizer: hb.optimizers.Optimizer | "adam" = "adam"): hb.Sequential {
  hb.setRandomSeed(3);
  const model = hb.sequential([
    hb.layers.inputLayer({ shape: [3] }),
    hb.layers.dense({ units: 8, activation: "relu" }),
    hb.layers.batchNormalization(),
    hb.layers.dropout({ rate: 0.3 }),
    new Jitter(),
    hb.layers.dense({ units: 1 }),
  ]);
  model.compile({ optimizer, loss: "mse" });
  return model;
}

const fit = (model: hb.Model, epochs: number, initialEpoch = 0): Promise<unknown> =>
  model.fit(x, y, { epochs, initialEpoch, batchSize: 8, verbose: 0 });

type State = ReturnType<hb.Model["getState"]>;

function assertSame(got: State, expected: State): void {
  expected.weights.forEach(({ data }, i) => {
    assertBitEqual(got.weights[i]!.data, data, `weight ${i}`);
  });
  for (const kind of ["weights", "seeds"] as const) {
    assertEqual(
      got[kind].map(({ data }) => [...data]),
      expected[kind].map(({ data }) => [...data]),
    );
  }
  assertEqual(
    got.optimizer!.variables.map(({ data }) => [...data]),
    expected.optimizer!.variables.map(({ data }) => [...data]),
  );
  assertEqual(got.epoch, expected.epoch);
  assertEqual(got.random, expected.random);
}

suite("state: going on", (test) => {
  test("from a state equals going straight through, bit for bit, and leaves the process's generators alone", async () => {
    const straight = make();
    await fit(straight, 5);
    const expected = straight.getState();
    const first = make();
    await fit(first, 2);
    const state = structuredClone(first.getState());
    assertEqual([state.epoch, state.random.numpy.words.length, first.epoch], [2, 624, 2]);
    const second = make();
    hb.setRandomSeed(99);
    second.setState(state);
    const before = getRandomState();
    await fit(second, 5, second.epoch);
    assertEqual(getRandomState(), before);
    assertSame(second.getState(), expected);
  });
  test("within one model: back to an earlier state, again the same", async () => {
    const model = make();
    await fit(model, 1);
    const state = model.getState();
    await fit(model, 3, 1);
    const once = model.getState();
    await fit(model, 4, 1);
    model.setState(state);
    await fit(model, 3, 1);
    assertEqual(model.getState(), once);
  });
  test("a state from before the first step takes the optimizer back to before its first step", async () => {
    const model = make();
    const fresh = model.getState();
    assertEqual([fresh.optimizer!.served, fresh.optimizer!.variables.length, fresh.epoch], [null, 2, 0]);
    await fit(model, 2);
    const once = model.getState();
    model.setState(fresh);
    assertEqual([model.optimizer!.built, model.optimizer!.iterations], [false, 0]);
    await fit(model, 2);
    assertEqual(
      model.getState().weights.map(({ data }) => [...data]),
      once.weights.map(({ data }) => [...data]),
    );
  });
  test("in onTrainBegin it makes fit go on at the state's epoch", async () => {
    const straight = make();
    await fit(straight, 4);
    const expected = straight.getState();
    const first = make();
    let state: State | undefined;
    await first.fit(x, y, {
      ...{ epochs: 4, batchSize: 8, verbose: 0 },
      callbacks: {
        onEpochEnd(epoch) {
          if (epoch === 1) state = first.getState();
        },
      },
    });
    assertEqual(state!.epoch, 2);
    const second = make();
    const history = await second.fit(x, y, {
      ...{ epochs: 4, batchSize: 8, verbose: 0 },
      callbacks: { onTrainBegin: () => second.setState(state!) },
    });
    assertEqual(history.epoch, [2, 3]);
    assertSame(second.getState(), expected);
  });
  test("compile starts anew: epoch 0, the process's generators", async () => {
    const model = make();
    await fit(model, 2);
    model.setState(model.getState());
    model.compile({ optimizer: "adam", loss: "mse" });
    assertEqual(model.epoch, 0);
    const before = getRandomState();
    await fit(model, 1);
    assert(JSON.stringify(getRandomState().numpy.position) !== JSON.stringify(before.numpy.position));
  });
  test("draws of a plan traced before setRandomSeed are part of the state", async () => {
    const model = make();
    await fit(model, 1);
    hb.setRandomSeed(8);
    await fit(model, 2, 1);
    assert(model.getState().random.generator !== null);
  });
});

suite("state: what does not fit changes nothing", (test) => {
  test("another model, shape, name, dtype, number, optimizer; rubbish", async () => {
    const model = make();
    await fit(model, 1);
    const before = model.getState();
    const state = model.getState();
    const [first, ...rest] = state.weights;
    const bad: [RegExp, unknown][] = [
      [/setState\] state: expected what getState\(\) gave, got undefined/, undefined],
      [/weights: expected an array/, {}],
      [/weights: expected 8 tensors, got 7/, { ...state, weights: rest }],
      [/weights\[0\]: expected shape \(3, 8\)/, { ...state, weights: [{ ...first, shape: [8, 3] }, ...rest] }],
      [/values as float32/, { ...state, weights: [{ ...first, data: new Int32Array(24) }, ...rest] }],
      [/24 values/, { ...state, weights: [{ ...first, data: new Float32Array(23) }, ...rest] }],
      [/got those of "a\/bias"/, { ...state, weights: [{ ...first, name: "a/bias" }, ...rest] }],
      [/got undefined/, { ...state, weights: [null, ...rest] }],
      [/seeds: expected 1 tensors, got 0/, { ...state, seeds: [] }],
      [/epoch: expected an integer/, { ...state, epoch: 1.5 }],
      [/random: expected an object/, { ...state, random: null }],
      [/624 words/, { ...state, random: { ...state.random, numpy: { words: [], position: 0 } } }],
      [/compiled with SGD, got Adam/, { ...state, optimizer: { ...state.optimizer, className: "SGD" } }],
      [
        /optimizer: expected 14 tensors, got 2/,
        { ...state, optimizer: { ...state.optimizer, variables: state.optimizer!.variables.slice(0, 2) } },
      ],
      [/optimizer: expected 2 tensors, got 14/, { ...state, optimizer: { ...state.optimizer, served: null } }],
      [/this model's weights only/, { ...state, optimizer: { ...state.optimizer, served: [99] } }],
    ];
    for (const [message, wrong] of bad) {
      assertThrows(() => model.setState(wrong as never), hb.HornbeamError, message);
      assertEqual(model.getState(), before);
    }
    await fit(model, 2, 1);
  });
  test("a model that is not built yet says so", () => {
    const state = make().getState();
    const model = hb.sequential([hb.layers.dense({ units: 8 })]);
    assertThrows(() => model.setState(state), hb.ValueError, /expected 0 tensors, got 8; the model is not built yet/);
  });
});
