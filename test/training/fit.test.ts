import { Callback, type CallbackHooks, History } from "../../src/callbacks/index.ts";
import * as layers from "../../src/layers/index.ts";
import { sequential } from "../../src/models/sequential.ts";
import { tensor } from "../../src/ops/creation.ts";
import type { Tensor } from "../../src/ops/tensor.ts";
import { HornbeamError, ShapeError, StateError, ValueError } from "../../src/util/errors.ts";
import { assertBitEqual, assertClose, assertEqual, assertRejects, assertThrows } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";
import {
  dropoutModel,
  LINEAR_X,
  LINEAR_Y,
  linear,
  softmaxModel,
  stateOf,
  twoOutputs,
  warningsOf,
  X4,
} from "./helpers.ts";

const LABELS = [0, 1, 2, 2];
const quiet = { verbose: 0 } as const;

/** Notes every hook that is called, with the number it gets. */
function recorder(): { calls: string[]; hooks: CallbackHooks } {
  const calls: string[] = [];
  const names = ["onTrainBegin", "onTrainEnd", "onEpochBegin", "onEpochEnd", "onTrainBatchBegin", "onTrainBatchEnd"];
  names.push("onTestBegin", "onTestEnd", "onTestBatchBegin", "onTestBatchEnd", "onPredictBegin", "onPredictEnd");
  names.push("onPredictBatchBegin", "onPredictBatchEnd");
  const hooks = Object.fromEntries(
    names.map((name) => [
      name,
      (first: unknown) => void calls.push(typeof first === "number" ? `${name} ${first}` : name),
    ]),
  );
  return { calls, hooks: hooks as CallbackHooks };
}

suite("fit: epochs, history, validation", (test) => {
  test("history has the epochs, and the logs sorted by name as in Keras", async () => {
    const model = softmaxModel();
    const history = await model.fit(X4, LABELS, { epochs: 3, validationData: [X4, LABELS], ...quiet });
    assertEqual(history instanceof History, true);
    assertEqual(history.epoch, [0, 1, 2]);
    assertEqual(Object.keys(history.history), ["accuracy", "loss", "val_accuracy", "val_loss"]);
    assertEqual(
      Object.values(history.history).map(({ length }) => length),
      [3, 3, 3, 3],
    );
  });

  test("epochs is the end, initialEpoch the beginning; no epochs, no history", async () => {
    const model = linear();
    assertEqual((await model.fit(LINEAR_X, LINEAR_Y, { initialEpoch: 1, epochs: 3, ...quiet })).epoch, [1, 2]);
    const none = await model.fit(LINEAR_X, LINEAR_Y, { epochs: 0, ...quiet });
    assertEqual([none.epoch, none.history], [[], {}]);
  });

  test("validationFreq: every so many epochs, or a list of them", async () => {
    const epochsWith = async (validationFreq: number | number[]): Promise<number> => {
      const options = { epochs: 5, validationFreq, validationData: [LINEAR_X, LINEAR_Y] as const, ...quiet };
      return (await linear().fit(LINEAR_X, LINEAR_Y, options)).history.val_loss!.length;
    };
    assertEqual([await epochsWith(2), await epochsWith([1, 2, 5])], [2, 3]);
  });

  test("validation data may bring weights", async () => {
    const validationData = [LINEAR_X, LINEAR_Y, [1, 0, 0, 0, 0]] as const;
    const { history } = await linear().fit(LINEAR_X, LINEAR_Y, { validationData, ...quiet });
    assertClose(history.val_loss!, [1 / 5]);
  });

  test("stepsPerEpoch: an epoch goes on where the last one stopped; data that run out are said to", async () => {
    const sizes: number[] = [];
    const seen = new (class Seen extends layers.Layer {
      static override className = "Seen";
      override call(x: Tensor): Tensor {
        sizes.push(x.dataSync()[0]!);
        return x;
      }
      override computeOutputShape(shape: readonly (number | null)[]): readonly (number | null)[] {
        return shape;
      }
    })();
    const model = sequential({ layers: [layers.input({ shape: [1] }), seen] });
    model.compile({ optimizer: "sgd", loss: "mse", runEagerly: true });
    model.testOnBatch([[0]], [[0]]);
    sizes.length = 0;
    const options = { stepsPerEpoch: 2, batchSize: 1, shuffle: false, epochs: 3, ...quiet };
    const said = await warningsOf(() => model.fit(LINEAR_X, LINEAR_Y, options));
    assertEqual(sizes, [1, 2, 3, 4, 10]);
    assertEqual(said.length === 1 && /ran out/.test(said[0]!), true);
  });

  test("without a batch size, stepsPerEpoch sets it", async () => {
    const { calls, hooks } = recorder();
    await linear().fit(LINEAR_X, LINEAR_Y, { stepsPerEpoch: 2, callbacks: hooks, ...quiet });
    assertEqual(calls.filter((call) => call.startsWith("onTrainBatchEnd")).length, 2);
  });

  test("one data set for all inputs and outputs: lists and dicts by name", async () => {
    const model = twoOutputs();
    const first = await model.fit([tensor(LINEAR_X)], [LINEAR_Y, LINEAR_Y], quiet);
    const second = await model.fit({ x: LINEAR_X }, { a: LINEAR_Y, b: LINEAR_Y }, quiet);
    assertEqual(first.history, second.history);
    assertEqual(Object.keys(first.history), ["a_loss", "a_mae", "b_loss", "b_mse", "loss"]);
  });
});

suite("compile", (test) => {
  test("without an optimizer: RMSprop with its defaults, as in Keras", () => {
    const [given, left] = [linear(), linear()];
    given.compile({ optimizer: "rmsprop", loss: "mse" });
    left.compile({ loss: "mse" });
    for (const model of [given, left]) model.trainOnBatch(LINEAR_X, LINEAR_Y);
    assertEqual(
      [(left.optimizer!.constructor as { className?: string }).className, left.optimizer!.learningRate],
      ["RMSprop", 0.001],
    );
    assertEqual(stateOf(left), stateOf(given));
  });
});

suite("fit: callbacks", (test) => {
  test("hooks come in Keras's order, validation inside the epoch", async () => {
    const { calls, hooks } = recorder();
    const options = { batchSize: 3, validationData: [LINEAR_X, LINEAR_Y] as const, callbacks: [hooks], ...quiet };
    await linear().fit(LINEAR_X, LINEAR_Y, options);
    const batch = (kind: string, i: number): string[] => [`on${kind}BatchBegin ${i}`, `on${kind}BatchEnd ${i}`];
    const test = ["onTestBegin", ...batch("Test", 0), ...batch("Test", 1), "onTestEnd"];
    const epoch = ["onEpochBegin 0", ...batch("Train", 0), ...batch("Train", 1), ...test, "onEpochEnd 0"];
    assertEqual(calls, ["onTrainBegin", ...epoch, "onTrainEnd"]);
  });

  test("evaluate and predict call theirs", () => {
    const { calls, hooks } = recorder();
    linear().evaluate(LINEAR_X, LINEAR_Y, { callbacks: hooks });
    linear().predict(LINEAR_X, { batchSize: 4, callbacks: hooks });
    const predict = [0, 1].flatMap((i) => [`onPredictBatchBegin ${i}`, `onPredictBatchEnd ${i}`]);
    const test = ["onTestBegin", "onTestBatchBegin 0", "onTestBatchEnd 0", "onTestEnd"];
    assertEqual(calls, [...test, "onPredictBegin", ...predict, "onPredictEnd"]);
  });

  test("a class of one's own knows model and parameters, and may change the logs that history keeps", async () => {
    class Rate extends Callback {
      override onEpochEnd(_epoch: number, logs: Record<string, number>): void {
        logs.steps = this.params.steps!;
        logs.named = this.model.name.length;
      }
    }
    const model = linear();
    const { history } = await model.fit(LINEAR_X, LINEAR_Y, { batchSize: 2, callbacks: new Rate(), ...quiet });
    assertEqual([history.steps, history.named], [[3], [model.name.length]]);
  });

  test("a given History is the one that is filled; onBatchEnd is onTrainBatchEnd", async () => {
    const mine = new History();
    let batches = 0;
    const onBatchEnd = (): void => {
      batches++;
    };
    const result = await linear().fit(LINEAR_X, LINEAR_Y, {
      batchSize: 2,
      callbacks: [mine, { onBatchEnd }],
      ...quiet,
    });
    assertEqual([result === mine, mine.epoch, batches], [true, [0], 3]);
  });

  test("hooks that return promises are awaited in fit and refused in evaluate", async () => {
    const order: string[] = [];
    const slow = (name: string) => async (): Promise<void> => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      order.push(name);
    };
    const callbacks = { onEpochBegin: slow("epoch"), onTestBegin: slow("test"), onTrainBatchEnd: slow("batch") };
    const options = { callbacks, validationData: [LINEAR_X, LINEAR_Y] as const, ...quiet };
    await linear().fit(LINEAR_X, LINEAR_Y, options);
    assertEqual(order, ["epoch", "batch", "test"]);
    assertThrows(() => linear().evaluate(LINEAR_X, LINEAR_Y, { callbacks }), ValueError, /got a promise/);
  });

  test("stopTraining ends the batches and the epochs; the next fit starts afresh", async () => {
    const model = linear();
    const { calls, hooks } = recorder();
    const stop = {
      onTrainBatchEnd(batch: number) {
        if (batch === 1) model.stopTraining = true;
      },
    };
    const { epoch } = await model.fit(LINEAR_X, LINEAR_Y, {
      epochs: 9,
      batchSize: 1,
      callbacks: [hooks, stop],
      ...quiet,
    });
    assertEqual([epoch, calls.filter((call) => call.startsWith("onTrainBatchEnd")).length], [[0], 2]);
    assertEqual(calls.at(-1), "onTrainEnd");
    assertEqual((await model.fit(LINEAR_X, LINEAR_Y, { epochs: 2, ...quiet })).epoch, [0, 1]);
  });
});

suite("fit: interruptions leave everything as after the last finished step", (test) => {
  /** The state after `steps` steps of one sample each. */
  const after = async (steps: number): Promise<number[][]> => {
    const model = dropoutModel();
    const stop = {
      onTrainBatchEnd(batch: number) {
        model.stopTraining = batch === steps - 1;
      },
    };
    await model.fit(X4, LABELS, { batchSize: 1, callbacks: stop, ...quiet });
    return stateOf(model);
  };

  test("a callback that throws", async () => {
    const model = dropoutModel();
    const callbacks = {
      onTrainBatchEnd(batch: number) {
        if (batch === 1) throw new Error("enough");
      },
    };
    const text = /^\[callbacks\[0\].onTrainBatchEnd\] enough$/;
    const error = await assertRejects(
      model.fit(X4, LABELS, { batchSize: 1, callbacks, ...quiet }),
      HornbeamError,
      text,
    );
    assertEqual((error.cause as Error).message, "enough");
    assertEqual(stateOf(model), await after(2));
    await model.fit(X4, LABELS, quiet);
  });

  test("a callback of a class, at once or by a promise: the error keeps its class and names callback and hook", async () => {
    class Picky extends Callback {
      override async onEpochEnd(): Promise<void> {
        throw new ShapeError("[predict] x: expected rank 2.");
      }
    }
    const model = dropoutModel();
    const text = /^\[Picky.onEpochEnd\] \[predict\] x: expected rank 2.$/;
    await assertRejects(model.fit(X4, LABELS, { callbacks: new Picky(), ...quiet }), ShapeError, text);
    const odd = {
      onPredictBegin() {
        throw "a string";
      },
    };
    const named = /^\[callbacks\[1\].onPredictBegin\] "a string"$/;
    assertThrows(() => model.predict(X4, { callbacks: [{}, odd] }), HornbeamError, named);
  });

  test("an abort: before the first step, and between two", async () => {
    const model = dropoutModel();
    const before = stateOf(model);
    const early = model.fit(X4, LABELS, { signal: AbortSignal.abort(new Error("not now")), ...quiet });
    await assertRejects(early, Error, /not now/);
    assertEqual(stateOf(model), before);
    const controller = new AbortController();
    const callbacks = { onTrainBatchEnd: (batch: number) => void (batch === 1 && controller.abort()) };
    const { signal } = controller;
    const error = await assertRejects(model.fit(X4, LABELS, { batchSize: 1, callbacks, signal, ...quiet }), Error);
    assertEqual(error.name, "AbortError");
    await model.fit(X4, LABELS, quiet);
  });

  test("a second fit while one runs is refused, and does not disturb it", async () => {
    const model = dropoutModel();
    let refused: Promise<unknown> | undefined;
    const callbacks = {
      onEpochBegin() {
        refused ??= assertRejects(model.fit(X4, LABELS, quiet), StateError, /not to be training/);
      },
    };
    await model.fit(X4, LABELS, { callbacks, ...quiet });
    await refused;
    await model.fit(X4, LABELS, quiet);
  });

  test("timers run while fit does", async () => {
    const model = dropoutModel();
    let ticks = 0;
    const timer = setInterval(() => ticks++, 5);
    const started = performance.now();
    const callbacks = {
      onEpochEnd() {
        model.stopTraining = performance.now() - started > 250;
      },
    };
    await model.fit(X4, LABELS, { epochs: 1e9, callbacks, ...quiet });
    clearInterval(timer);
    assertEqual(ticks >= 2, true);
  });
});

suite("fit: the same seed gives the same bits", (test) => {
  const train = async (runEagerly: boolean): Promise<Float32Array> => {
    const model = dropoutModel(runEagerly);
    const { history } = await model.fit([...X4, ...X4, [0, 0]], [...LABELS, ...LABELS, 1], {
      epochs: 4,
      batchSize: 4,
      ...quiet,
    });
    const numbers = [...Object.values(history).flat(), ...stateOf(model).flat()];
    return Float32Array.from(numbers);
  };
  test("twice, and op by op as by plans", async () => {
    const planned = await train(false);
    assertBitEqual(await train(false), planned);
    assertBitEqual(await train(true), planned, "runEagerly");
  });
});

suite("evaluate, predict, steps", (test) => {
  test("one number for the loss alone, a list with metrics, names on request", () => {
    assertClose(linear().evaluate(LINEAR_X, LINEAR_Y) as number, 26);
    const model = linear({ metrics: ["mae"] });
    assertClose(model.evaluate(LINEAR_X, LINEAR_Y) as number[], [26, 4]);
    assertEqual(model.evaluate(LINEAR_X, LINEAR_Y, { returnDict: true }), { loss: 26, mae: 4 });
    assertEqual(model.trainOnBatch(LINEAR_X, LINEAR_Y, { returnDict: true }), { loss: 26, mae: 4 });
    assertEqual(model.testOnBatch(LINEAR_X, LINEAR_Y, { returnDict: true }), { loss: 26, mae: 4 });
    assertEqual(model.metricsNames, ["loss", "mae"]);
  });

  test("predict joins batches, the last one partial, for any batch size; outputs keep their structure", () => {
    const model = twoOutputs();
    for (const batchSize of [1, 2, 3, 5, 32]) {
      const [a, b] = model.predict<Tensor[]>(LINEAR_X, { batchSize });
      assertClose(a!, LINEAR_X);
      assertClose(b!, LINEAR_X);
    }
    assertClose(model.predictOnBatch<Tensor[]>(LINEAR_X)[1]!, LINEAR_X);
  });

  test("metrics start afresh with every call", () => {
    const model = linear({ metrics: ["mae"] });
    model.trainOnBatch([[100]], [[0]]);
    assertClose(model.trainOnBatch([[1]], [[0]]) as number[], [1, 1]);
    assertClose(model.evaluate([[2]], [[0]]) as number[], [4, 2]);
  });

  test("typed arrays, nested arrays and tensors give the same; a column may come flat", () => {
    const model = linear();
    const flat = new Float32Array([1, 2, 3, 4, 10]);
    assertEqual(model.evaluate(flat, new Float64Array(5)), model.evaluate(LINEAR_X, LINEAR_Y));
    assertEqual(model.evaluate(new Int32Array(flat), new Uint8Array(5)), model.evaluate(LINEAR_X, LINEAR_Y));
  });

  test("frozen layers are left out and keep their slots; a layer the optimizer does not know is refused", () => {
    const model = dropoutModel();
    model.trainOnBatch(X4, LABELS);
    const dense = model.layers.find((layer) => layer.name.startsWith("dense"))!;
    const [frozen] = dense.getWeights();
    dense.trainable = false;
    model.trainOnBatch(X4, LABELS);
    assertBitEqual(dense.getWeights()[0]!, frozen!);
    dense.trainable = true;
    model.trainOnBatch(X4, LABELS);
    const other = dropoutModel();
    other.layers[0]!.trainable = false;
    other.trainOnBatch(X4, LABELS);
    other.layers[0]!.trainable = true;
    assertThrows(() => other.trainOnBatch(X4, LABELS), ValueError, /Unknown variable/);
  });

  test("a loss resolved by shape, a loss function, a custom metric function", () => {
    const model = softmaxModel();
    const loss = (y: Tensor, p: Tensor): Tensor => y.cast("int32").oneHot(3).sub(p).square().sum(-1);
    const metrics = [(_y: Tensor, p: Tensor): Tensor => p.max(-1), "crossentropy"] as const;
    model.compile({ optimizer: "sgd", loss, metrics });
    const results = model.evaluate(X4, LABELS, { returnDict: true }) as Record<string, number>;
    assertEqual(Object.keys(results), ["crossentropy", "loss", "metric"]);
    model.compile({ optimizer: "sgd", loss: "crossentropy" });
    assertClose(model.evaluate(X4, LABELS) as number, results.crossentropy!);
  });
});
