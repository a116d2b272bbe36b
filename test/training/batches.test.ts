/** Data that come batch by batch: iterables of both kinds, and functions that make them. */
import type { CallbackHooks } from "../../src/callbacks/index.ts";
import type { BatchLike } from "../../src/models/batches.ts";
import type { Model } from "../../src/models/model.ts";
import { tensor } from "../../src/ops/creation.ts";
import { ShapeError, ValueError } from "../../src/util/errors.ts";
import { assertBitEqual, assertClose, assertEqual, assertRejects, assertThrows } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";
import { dropoutModel, LINEAR_X, LINEAR_Y, linear, stateOf, twoOutputs, warningsOf, X4 } from "./helpers.ts";

const LABELS = [0, 1, 2, 2];
const quiet = { verbose: 0 } as const;

/** The four samples in batches of one. */
function* four(): Generator<[number[][], number[]]> {
  for (let i = 0; i < 4; i++) yield [[X4[i]!], [LABELS[i]!]];
}

/** The same, each a turn of the event loop late. */
async function* later(): AsyncGenerator<[number[][], number[]]> {
  for (const batch of four()) {
    await new Promise((resolve) => setTimeout(resolve, 0));
    yield batch;
  }
}

/** Weights, history and all other state after a run. */
async function outcome(run: (model: Model) => Promise<{ history: Record<string, number[]> }>): Promise<number[]> {
  const model = dropoutModel();
  const { history } = await run(model);
  return [...Object.values(history).flat(), ...stateOf(model).flat()];
}

suite("batches: the same training as from arrays, bit for bit", (test) => {
  const fit = (x: never, options = {}) =>
    outcome((model) => model.fit(x, undefined, { epochs: 3, ...quiet, ...options }));
  const expected = outcome((model) => model.fit(X4, LABELS, { epochs: 3, batchSize: 1, shuffle: false, ...quiet }));
  const ways: Record<string, unknown> = {
    "a generator function": four,
    "an async generator function": later,
    "an iterable": { [Symbol.iterator]: four },
    "an async iterable": { [Symbol.asyncIterator]: later },
    "a function that gives an iterator": () => {
      const iterator = four();
      return { next: () => iterator.next() };
    },
    "objects with xs and ys": function* () {
      for (const [xs, ys] of four()) yield { xs, ys };
    },
    "tensors and typed arrays": function* () {
      for (const [x, y] of four()) yield [tensor(x), Int32Array.from(y)];
    },
    "a Set of batches": new Set(four()),
  };
  for (const [name, x] of Object.entries(ways)) {
    test(name, async () => assertBitEqual(Float32Array.from(await fit(x as never)), Float32Array.from(await expected)));
  }

  test("stepsPerEpoch: epochs go on over one iterator, and over passes where one ends with an epoch", async () => {
    const endless = function* () {
      for (;;) yield* four();
    };
    const options = { stepsPerEpoch: 4 };
    const wanted = Float32Array.from(await expected);
    assertBitEqual(Float32Array.from(await fit(endless() as never, options)), wanted);
    assertBitEqual(Float32Array.from(await fit(four as never, { stepsPerEpoch: 4 })), wanted);
    const two = await fit(four as never, { stepsPerEpoch: 2, epochs: 6 });
    assertBitEqual(Float32Array.from(two.slice(12)), wanted.slice(6));
  });
});

suite("batches: evaluate and predict", (test) => {
  const model = linear({ metrics: ["mae"] });
  const sizes = [2, 1, 2];
  const parts = function* (): Generator<[number[][], number[][]]> {
    let at = 0;
    for (const size of sizes) {
      yield [LINEAR_X.slice(at, at + size), LINEAR_Y.slice(at, at + size)];
      at += size;
    }
  };
  const late = async function* () {
    yield* parts();
  };

  test("at once where the batches come at once, else by a promise", async () => {
    assertClose(model.evaluate(parts()) as number[], [26, 4]);
    assertClose((await model.evaluate(late())) as number[], [26, 4]);
    assertEqual(await model.evaluate(late, null, { returnDict: true }), { loss: 26, mae: 4 });
    assertClose(model.predict(parts), LINEAR_X);
    assertClose(await model.predict(late), LINEAR_X);
    const inputs = function* () {
      for (const [x] of parts()) yield tensor(x);
    };
    assertClose(model.predict(inputs), LINEAR_X);
  });

  test("steps end a pass, which lets the source clean up", async () => {
    let closed = 0;
    const watched = function* () {
      try {
        yield* parts();
      } finally {
        closed++;
      }
    };
    assertClose(model.evaluate(watched, null, { steps: 2 }) as number[], [14 / 3, 2]);
    assertClose(model.predict(watched, { steps: 1 }), [[1], [2]]);
    assertEqual(closed, 2);
  });

  test("an iterator under way stays its owner's: the next call goes on where the last one stopped", async () => {
    const numbers = (function* (): Generator<BatchLike> {
      for (let i = 1; ; i++) yield [[[i]], [[0]]];
    })();
    const options = { stepsPerEpoch: 2, ...quiet };
    assertClose((await model.fit(numbers, null, options)).history.loss!, [(1 + 4) / 2]);
    assertClose((await model.fit(numbers, null, options)).history.loss!, [(9 + 16) / 2]);
    assertClose(model.predict(numbers, { steps: 1 }), [[5]]);
  });

  test("validation data may come in batches, of both kinds", async () => {
    const options = { epochs: 2, shuffle: false, ...quiet };
    for (const validationData of [parts, late, { [Symbol.iterator]: parts }]) {
      const { history } = await model.fit(LINEAR_X, LINEAR_Y, { ...options, validationData });
      assertClose(
        [history.val_loss!, history.val_mae!],
        [
          [26, 26],
          [4, 4],
        ],
      );
    }
    const { history } = await model.fit(parts, null, {
      ...options,
      validationData: [LINEAR_X, LINEAR_Y],
    });
    assertClose(history.val_loss!, [26, 26]);
  });

  test("weights of samples and classes, several outputs", async () => {
    const weighted = linear({ weightedMetrics: ["mae"] });
    const weighing = function* (): Generator<BatchLike> {
      yield [
        [[1], [2]],
        [[0], [0]],
        [1, 0],
      ];
      yield { xs: [[10]], ys: [[0]], sampleWeight: [1] };
    };
    // Means of batches weighed by samples: (1 / 2 · 2 + 100) / 3; weighted metric (1 + 10) / 2.
    assertClose(weighted.evaluate(weighing) as number[], [101 / 3, 5.5]);
    const unweighted = function* (): Generator<BatchLike> {
      yield [LINEAR_X, [0, 1, 1, 0, 2]];
    };
    const classWeight = { 0: 1, 1: 0.5 };
    const { history } = await weighted.fit(unweighted, null, { classWeight, ...quiet });
    // TL-04 in one batch.
    assertClose(history.mae!, [3.625]);
    const both = function* (): Generator<BatchLike> {
      yield [{ x: LINEAR_X }, { a: LINEAR_Y, b: LINEAR_Y }];
    };
    assertClose(twoOutputs().evaluate(both) as number[], [34, 26, 4, 4, 26]);
  });

  test("callbacks are told the number of steps where it is known", async () => {
    const steps: unknown[] = [];
    const callbacks: CallbackHooks = { setParams: (params) => void steps.push(params.steps) };
    const sized = { size: 3, [Symbol.iterator]: parts };
    await model.fit(sized, null, { callbacks, ...quiet });
    await model.fit(parts, null, { callbacks, ...quiet });
    await model.fit(parts, null, { callbacks, stepsPerEpoch: 2, ...quiet });
    model.predict(parts, { callbacks });
    assertEqual(steps, [3, undefined, 2, undefined]);
  });

  test("shuffle is ignored, and said to be when it was asked for", async () => {
    const said = await warningsOf(async () => {
      await model.fit(parts, null, quiet);
      await model.fit(parts, null, { shuffle: true, ...quiet });
    });
    assertEqual(said.length, 1);
  });
});

type Source = () => Iterable<unknown> | AsyncIterable<unknown>;

/** Sources that go wrong in their third batch, what is said, and after how many steps. */
const WRONG: Record<string, [source: Source, error: new (...args: never[]) => Error, text: RegExp, options?: object]> =
  {
    "an iterator that throws": [
      function* () {
        yield* [...four()].slice(0, 2);
        throw new RangeError("the disk is gone");
      },
      RangeError,
      /the disk is gone/,
    ],
    "an async iterator that rejects": [
      async function* () {
        yield* [...four()].slice(0, 2);
        throw new RangeError("the network is gone");
      },
      RangeError,
      /the network is gone/,
    ],
    "a batch of the wrong shape": [
      function* () {
        yield* [...four()].slice(0, 2);
        yield [[[1, 2, 3]], [0]];
      },
      ShapeError,
      /^\[fit batch 2\] .*expected shape=\(None, 2\), found shape=\(None, 3\)/,
    ],
    "a batch with a label out of range": [
      function* () {
        yield* [...four()].slice(0, 2);
        yield [[[1, 2]], [7]];
      },
      ValueError,
      /\[fit batch 2\] yTrue: expected class numbers in \[0, 3\), got 7/,
    ],
    "x and y of unequal length": [
      function* () {
        yield* [...four()].slice(0, 2);
        yield [X4, [0]];
      },
      ValueError,
      /\[fit batch 2\] Data cardinality is ambiguous/,
    ],
    "a list of four": [
      function* () {
        yield* [...four()].slice(0, 2);
        yield [1, 2, 3, 4];
      },
      ValueError,
      /\[fit batch 2\] data: expected a list \[x\], \[x, y\] or \[x, y, sampleWeight\], got a list of 4/,
    ],
    "an object with odd keys": [
      function* () {
        yield* [...four()].slice(0, 2);
        yield { xs: X4, labels: LABELS };
      },
      ValueError,
      /\[fit batch 2\] data: keys: expected one of xs, ys, sampleWeight, got "labels"/,
    ],
    nothing: [
      function* () {
        yield* [...four()].slice(0, 2);
        yield undefined;
      },
      ValueError,
      /\[fit batch 2\] x: expected data, got undefined/,
    ],
    "an end before stepsPerEpoch": [
      function* () {
        yield* [...four()].slice(0, 2);
      },
      ValueError,
      /\[fit\] data: expected 3 batches, got 2; an iterator can be walked through once/,
      { stepsPerEpoch: 3 },
    ],
  };

suite("batches: what goes wrong leaves everything as after the last finished step", (test) => {
  for (const [name, [source, error, text, options]] of Object.entries(WRONG)) {
    test(name, async () => {
      const model = dropoutModel();
      await assertRejects(model.fit(source as never, null, { ...quiet, ...options }), error as never, text);
      const expected = dropoutModel();
      await expected.fit(X4.slice(0, 2), LABELS.slice(0, 2), { batchSize: 1, shuffle: false, ...quiet });
      assertEqual(stateOf(model), stateOf(expected));
      await model.fit(four, null, { epochs: 2, ...quiet });
      assertEqual(stateOf(model).flat().every(Number.isFinite), true);
    });
  }

  const refused: Record<string, [x: unknown, y: unknown, options: object, text: RegExp]> = {
    "no batches": [function* () {}, null, {}, /\[fit\] data: expected at least one batch, got none/],
    "an iterator for several epochs": [four(), null, { epochs: 2 }, /got an iterator under way/],
    "targets beside": [four, LABELS, {}, /\[fit\] y: expected nothing, as x is an iterable/],
    "weights beside": [four, null, { sampleWeight: [1] }, /sampleWeight: expected nothing/],
    "a batch size beside": [four, null, { batchSize: 2 }, /batchSize: expected nothing/],
    "a split": [four, null, { validationSplit: 0.5 }, /validationSplit: expected nothing/],
    "a function that gives no iterable": [() => 3, null, {}, /expected an iterable of batches.*got 3/],
  };
  for (const [name, [x, y, options, text]] of Object.entries(refused)) {
    test(`refused: ${name}`, async () => {
      const model = dropoutModel();
      const before = stateOf(model);
      await assertRejects(model.fit(x as never, y as never, { ...quiet, ...options }), ValueError, text);
      assertEqual(stateOf(model).slice(0, before.length), before);
    });
  }

  test("refused by evaluate and predict", async () => {
    const model = dropoutModel();
    const empty = function* (): Generator<BatchLike> {};
    assertThrows(() => model.evaluate(empty), ValueError, /\[evaluate\] data: expected at least one batch/);
    assertThrows(() => model.predict(four, { batchSize: 2 }), ValueError, /\[predict\] batchSize: expected nothing/);
    assertThrows(() => model.evaluate(four, LABELS), ValueError, /\[evaluate\] y: expected nothing/);
    assertThrows(() => model.predict(four, { steps: 0 }), ValueError, /steps: expected an integer ≥ 1/);
    const promises = { [Symbol.iterator]: () => ({ next: () => Promise.resolve({ done: true }) }) };
    assertThrows(() => model.evaluate(promises as never), ValueError, /got a promise/);
    await assertRejects(
      (async () => model.evaluate({ [Symbol.asyncIterator]: async function* () {} } as AsyncIterable<BatchLike>))(),
      ValueError,
      /at least one batch/,
    );
  });
});
