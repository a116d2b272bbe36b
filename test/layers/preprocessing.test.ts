/** Normalization, Rescaling, CategoryEncoding, Discretization, IntegerLookup, StringLookup. */
import * as hb from "../../src/index.ts";
import { assertClose, assertEqual, assertThrows } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

const { layers } = hb;
const again = <L extends hb.Layer>(layer: L): L =>
  (layer.constructor as typeof hb.Layer).fromConfig(JSON.parse(JSON.stringify(layer.getConfig()))) as L;

suite("Normalization, Rescaling", (test) => {
  const data = hb.tensor([
    [1, 10],
    [3, 10],
    [5, 40],
  ]);
  test("adapt takes mean and variance of each feature; weights that are not trained", () => {
    const layer = layers.normalization();
    layer.adapt(data);
    assertClose(layer.adaptMean!.value(), [3, 20]);
    assertClose(layer.adaptVariance!.value(), [8 / 3, 200]);
    assertEqual([layer.weights.length, layer.trainableWeights.length], [3, 0]);
    assertClose(layer.apply([[3, 20]]).flatten(), [0, 0]);
    assertClose(layer.apply(data).square().mean(0), [1, 1], { rtol: 1e-5 });
    layer.adapt([hb.tensor([[0, 0]]), hb.tensor([[2, 4]])]);
    assertClose(layer.adaptMean!.value(), [1, 2]);
    const model = hb.sequential([hb.layers.inputLayer({ shape: [2] }), layer]);
    assertClose(model.predict([[3, 2]]).flatten(), [2, 0]);
  });
  test("axis null, given statistics, invert", () => {
    const one = layers.normalization({ axis: null });
    one.adapt(data);
    assertClose(one.adaptMean!.value().item(), 11.5);
    const given = layers.normalization({ mean: [1, 2], variance: [4, 9] });
    assertClose(given.apply([[5, 5]]).flatten(), [2, 1]);
    assertEqual(given.weights.length, 0);
    assertClose(
      again(given)
        .apply([[5, 5]])
        .flatten(),
      [2, 1],
    );
    assertClose(
      layers
        .normalization({ mean: 1, variance: 4, invert: true })
        .apply([[2, 1]])
        .flatten(),
      [5, 3],
    );
    assertThrows(() => layers.normalization({ mean: 1 }), hb.ValueError, /both `mean` and `variance`/);
    assertThrows(() => given.adapt(data), hb.ValueError, /without mean and variance/);
    assertThrows(
      () => layers.normalization({ axis: 1 }).apply(hb.input({ shape: [null] })),
      hb.ShapeError,
      /defined size/,
    );
    assertThrows(() => layers.normalization({ axis: 5 }).apply(data), hb.ValueError, /axis/);
  });
  test("Rescaling", () => {
    assertClose(
      layers
        .rescaling({ scale: 1 / 255, offset: -1 })
        .apply([[255, 0]])
        .flatten(),
      [0, -1],
    );
    assertClose(
      again(layers.rescaling({ scale: [1, 2] }))
        .apply([[3, 4]])
        .flatten(),
      [3, 8],
    );
    assertThrows(() => layers.rescaling({ scale: "2" as never }), hb.ValueError, /scale/);
  });
});

suite("categories", (test) => {
  test("CategoryEncoding: multiHot, oneHot, count", () => {
    const make = (outputMode: "multiHot" | "one_hot" | "count"): hb.layers.CategoryEncoding =>
      layers.categoryEncoding({ numTokens: 3, outputMode });
    const x = hb.tensor([[0, 2, 2]], undefined, "int32");
    assertEqual(make("multiHot").apply(x).arraySync(), [[1, 0, 1]]);
    assertEqual(make("count").apply(x).arraySync(), [[1, 0, 2]]);
    assertEqual(make("one_hot").apply(x).arraySync(), [
      [
        [1, 0, 0],
        [0, 0, 1],
        [0, 0, 1],
      ],
    ]);
    assertEqual(
      make("one_hot")
        .apply(hb.tensor([[1], [0]]))
        .arraySync(),
      [
        [0, 1, 0],
        [1, 0, 0],
      ],
    );
    assertEqual(again(make("count")).apply(x).arraySync(), [[1, 0, 2]]);
    assertThrows(
      () => layers.categoryEncoding({ numTokens: 3, outputMode: "hot" as never }),
      hb.ValueError,
      /one of oneHot/,
    );
    assertThrows(() => layers.categoryEncoding({} as never), hb.ValueError, /numTokens/);
  });
  test("CategoryEncoding of rank 3: the last axis is the sample, as Keras documents and computes shapes", () => {
    const x = hb.tensor(
      [
        [
          [1, 0],
          [3, 3],
          [2, 1],
        ],
      ],
      undefined,
      "int32",
    );
    const rows = { multiHot: [1, 1, 0, 0, 0, 0, 0, 1, 0, 1, 1, 0], count: [1, 1, 0, 0, 0, 0, 0, 2, 0, 1, 1, 0] };
    for (const outputMode of ["multiHot", "count"] as const) {
      const layer = layers.categoryEncoding({ numTokens: 4, outputMode });
      const y = layer.apply(x);
      assertEqual(
        [y.shape, layer.computeOutputShape([null, 3, 2])],
        [
          [1, 3, 4],
          [null, 3, 4],
        ],
      );
      assertEqual(y.flatten().arraySync(), rows[outputMode]);
    }
  });
  test("Discretization: boundaries given, or quantiles of data", () => {
    const layer = layers.discretization({ binBoundaries: [0, 1, 2] });
    assertEqual(layer.apply([[-1.5, 1, 3.4, 0.5, Number.NaN]]).arraySync(), [[0, 2, 3, 1, 3]]);
    assertEqual(
      layers
        .discretization({ binBoundaries: [0, 1], outputMode: "oneHot" })
        .apply([[0.5], [7]])
        .arraySync(),
      [
        [0, 1, 0],
        [0, 0, 1],
      ],
    );
    const learned = layers.discretization({ numBins: 4 });
    assertThrows(() => learned.apply([[1]]), hb.StateError, /expected adapt\(data\) before/);
    learned.adapt(hb.range(0, 100));
    assertClose(learned.binBoundaries as number[], [24, 49, 74]);
    assertEqual(learned.apply([[0, 24, 99]]).arraySync(), [[0, 1, 3]]);
    assertEqual(
      again(learned)
        .apply([[0, 24, 99]])
        .arraySync(),
      [[0, 1, 3]],
    );
    assertThrows(() => layers.discretization({}), hb.ValueError, /either `numBins` or `binBoundaries`/);
    assertThrows(() => layers.discretization({ binBoundaries: [2, 1] }), hb.ValueError, /rising order/);
  });
  test("IntegerLookup: unknown ones, mask, several buckets, invert, encodings; also inside a model", () => {
    const lookup = layers.integerLookup({ vocabulary: [12, 36, 1138, 42] });
    assertEqual(
      lookup
        .apply([
          [12, 1138, 42],
          [42, 1000, 36],
        ])
        .arraySync(),
      [
        [1, 3, 4],
        [4, 0, 2],
      ],
    );
    assertEqual(lookup.getVocabulary(), [-1, 12, 36, 1138, 42]);
    assertEqual(
      layers
        .integerLookup({ vocabulary: [7], maskToken: 0 })
        .apply([0, 7, 5])
        .arraySync(),
      [0, 2, 1],
    );
    assertEqual(
      layers
        .integerLookup({ vocabulary: [7], numOovIndices: 3 })
        // The floor-modulus, exact beyond 2^24 too.
        .apply(hb.tensor([7, 8, 12, -1, -5, 2 ** 24 + 1, -(2 ** 31)], [7], "int32"))
        .arraySync(),
      [3, 2, 0, 2, 1, (2 ** 24 + 1) % 3, 1],
    );
    assertEqual(
      layers
        .integerLookup({ vocabulary: [12, 36], invert: true })
        .apply([1, 2, 0, 9])
        .arraySync(),
      [12, 36, -1, -1],
    );
    const hot = layers.integerLookup({ vocabulary: [12, 36], outputMode: "multiHot" });
    assertEqual(hot.apply([[12, 5]]).arraySync(), [[1, 1, 0]]);
    const learned = layers.integerLookup();
    learned.adapt([
      [5, 5, 9],
      [9, 5, 2],
    ]);
    assertEqual(learned.getVocabulary(false), [5, 9, 2]);
    const x = hb.input({ shape: [2], dtype: "int32" });
    const model = hb.model({
      inputs: x,
      outputs: layers.embedding({ inputDim: 5, outputDim: 2 }).apply(lookup.apply(x)),
    });
    assertEqual([...model.predict(hb.tensor([[12, 99]], undefined, "int32")).shape], [1, 2, 2]);
    assertEqual(again(lookup).apply([36]).arraySync(), [2]);
    assertThrows(() => layers.integerLookup().apply([1]), hb.StateError, /call adapt\(data\) before/);
    assertThrows(() => layers.integerLookup({ vocabulary: [1, 1] }), hb.ValueError, /different values/);
    assertThrows(() => layers.integerLookup({ vocabulary: [1, 2], maxTokens: 2 }), hb.ValueError, /at most 2 indices/);
  });
  test("special tokens: masks are dropped by encodings, unknown tokens refused without an index, vocabularies may begin with them", () => {
    for (const outputMode of ["oneHot", "count"] as const) {
      const options = { outputMode, numOovIndices: 1 };
      const whole = layers.integerLookup({ ...options, vocabulary: [12, 36], maskToken: 0 });
      const texts = layers.stringLookup({ ...options, vocabulary: ["a", "b"], maskToken: "" });
      const wanted = {
        oneHot: [
          [0, 0, 0],
          [0, 0, 1],
          [1, 0, 0],
        ].flat(),
        count: [1, 0, 1],
      }[outputMode];
      assertEqual(whole.apply([0, 36, 7]).flatten().arraySync(), wanted);
      assertEqual(texts.apply(["", "b", "q"]).flatten().arraySync(), wanted);
    }
    const strict = layers.integerLookup({ vocabulary: [12, 36], numOovIndices: 0, maskToken: 0 });
    assertEqual(strict.apply([0, 36, 12]).arraySync(), [0, 2, 1]);
    assertThrows(
      () => strict.apply([12, 7]),
      hb.ValueError,
      /indices: expected integers in \[0, 4\), got 5 at element 1/,
    );

    const two = layers.integerLookup({ vocabulary: [12, 36], numOovIndices: 2, maskToken: 0 });
    assertEqual(two.getVocabulary(), [0, -1, -1, 12, 36]);
    const same = layers.integerLookup({ vocabulary: two.getVocabulary(), numOovIndices: 2, maskToken: 0 });
    assertEqual(same.getVocabulary(false), [12, 36]);
    assertEqual(
      layers
        .integerLookup({ vocabulary: [12, -1, 36] })
        .apply([36, -1, 5])
        .arraySync(),
      [3, 2, 0],
    );
    const reserved = /only at the start as \[0,-1\]/;
    assertThrows(() => layers.integerLookup({ vocabulary: [12, 0], maskToken: 0 }), hb.ValueError, reserved);
    const inverse = { vocabulary: [12, -1], invert: true };
    assertThrows(() => layers.integerLookup(inverse), hb.ValueError, /only at the start as \[-1\]/);
  });
  test("StringLookup: texts on the host, ties as Keras breaks them, the way back", () => {
    const lookup = layers.stringLookup({ vocabulary: ["a", "b", "c", "d"] });
    assertEqual(
      lookup
        .apply([
          ["a", "c", "d"],
          ["d", "z", "b"],
        ])
        .arraySync(),
      [
        [1, 3, 4],
        [4, 0, 2],
      ],
    );
    const learned = layers.stringLookup();
    learned.adapt([
      ["a", "c", "d"],
      ["d", "z", "b"],
    ]);
    assertEqual(learned.getVocabulary(), ["[UNK]", "d", "z", "c", "b", "a"]);
    assertEqual(
      learned.toStrings(
        hb.tensor(
          [
            [1, 5],
            [0, 9],
          ],
          undefined,
          "int32",
        ),
      ),
      [
        ["d", "a"],
        ["[UNK]", "[UNK]"],
      ],
    );
    const hot = layers.stringLookup({ vocabulary: ["a", "b"], outputMode: "oneHot", numOovIndices: 0 });
    assertEqual(hot.apply(["b", "a"]).arraySync(), [
      [0, 1],
      [1, 0],
    ]);
    assertThrows(() => hot.apply(["x"]), hb.ValueError, /expected tokens of the vocabulary, got "x"/);
    assertEqual(again(lookup).apply("b").item(), 2);
    assertThrows(() => lookup.apply([["a"], ["b", "c"]]), hb.ShapeError, /expected 1 texts, got 2/);
    assertThrows(() => lookup.apply(["a", 3] as never), hb.ValueError, /expected texts/);
    assertThrows(() => layers.stringLookup({ invert: true }), hb.ValueError, /toStrings/);
    assertEqual(
      layers
        .stringLookup({ vocabulary: ["a"], maskToken: "" })
        .apply(["", "a", "q"])
        .arraySync(),
      [0, 2, 1],
    );
  });
});
