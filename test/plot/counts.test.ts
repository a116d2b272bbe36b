/** Confusion matrices and histograms against counts made another way. */
import * as hb from "../../src/index.ts";
import { confusionMatrix, histogram } from "../../src/plot/index.ts";
import { assert, assertClose, assertEqual, assertThrows } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";
import { all, axesOf, numberOf, parseSvg, textsOf } from "./parse-svg.ts";

/** A seeded sequence of integers below n. */
function integers(seed: number, n: number, count: number): number[] {
  let state = seed;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  });
}

suite("confusionMatrix", (test) => {
  test("each cell is the number of its pairs", () => {
    for (const [classes, samples] of [
      [1, 5],
      [2, 100],
      [7, 1000],
      [30, 400],
    ] as const) {
      const [yTrue, yPred] = [integers(1, classes, samples), integers(2, classes, samples)];
      const { matrix } = confusionMatrix(yTrue, yPred, { numClasses: classes });
      for (let i = 0; i < classes; i++) {
        for (let j = 0; j < classes; j++) {
          assertEqual(matrix[i]![j], yTrue.filter((t, k) => t === i && yPred[k] === j).length, `cell ${i}, ${j}`);
        }
      }
    }
  });

  test("tensors of any shape, variables, typed arrays, lists", () => {
    const expected = [
      [1, 1, 0],
      [0, 0, 1],
      [0, 0, 0],
    ];
    const yTrue = [0, 0, 1];
    const yPred = hb
      .tensor([
        [0.9, 0.1, 0],
        [0.2, 0.5, 0.3],
        [0, 0, 1],
      ])
      .argMax(-1);
    assertEqual(confusionMatrix(yTrue, yPred).matrix, expected);
    assertEqual(confusionMatrix(hb.tensor([[0], [0], [1]], undefined, "int32"), yPred).matrix, expected);
    assertEqual(confusionMatrix(hb.variable([0, 0, 1]), new Uint8Array([0, 1, 2])).matrix, expected);
  });

  test("the number of classes: what occurs, the labels, or what is asked for", () => {
    assertEqual(confusionMatrix([0, 2], [0, 1]).matrix.length, 3);
    assertEqual(confusionMatrix([0], [0], { labels: ["a", "b"] }).matrix, [
      [1, 0],
      [0, 0],
    ]);
    assertEqual(confusionMatrix([0], [0], { numClasses: 2 }).matrix, [
      [1, 0],
      [0, 0],
    ]);
    assertEqual(confusionMatrix([], []).matrix, []);
    assertEqual(confusionMatrix([0, 0], [0, 0]).matrix, [[2]]);
  });

  test("as text", () => {
    assertEqual(
      String(confusionMatrix([0, 1, 1], [0, 0, 1], { labels: ["cat", "\u001b[31mdog"], title: "pets" })).split("\n"),
      [
        "pets",
        "true \\ predicted  cat  \ufffd[31mdog",
        "             cat    1         0",
        "        \ufffd[31mdog    1         1",
      ],
    );
  });

  test("as SVG: numbers in their cells, darker by the share of the row, labels on both sides", () => {
    const labels = ["cat", "<dog> & co", "a name so long that it is cut somewhere near its end"];
    const yTrue = [0, 0, 0, 0, 1, 1, 2];
    const yPred = [0, 0, 0, 1, 1, 0, 2];
    const found = confusionMatrix(yTrue, yPred, { labels, title: "pets" });
    const root = parseSvg(found.toSvg());
    const cells = all(root, "rect").filter(({ attributes }) => attributes["fill-opacity"] !== undefined);
    assertEqual(
      cells.map((cell) => numberOf(cell, "fill-opacity")),
      [0.75, 0.25, 0, 0.5, 0.5, 0, 0, 0, 1],
    );
    const inside = cells.map((cell) => {
      const [x, y, width, height] = ["x", "y", "width", "height"].map((key) => numberOf(cell, key));
      return textsOf(root)
        .filter((t) => t.x > x! && t.x < x! + width! && t.y > y! && t.y < y! + height!)
        .map(({ text }) => text);
    });
    assertEqual(
      inside,
      found.matrix.flat().map((count) => [String(count)]),
    );
    const texts = textsOf(root).map(({ text }) => text);
    assertEqual([texts.filter((text) => text === "<dog> & co").length, texts[0]], [2, "pets"]);
    const cut = all(root, "text").filter(({ text }) => text.endsWith("…"));
    assertEqual(
      cut.map(({ children }) => children[0]!.text),
      [labels[2], labels[2]],
    );
    // Rows from top to bottom, columns from left to right.
    assert(numberOf(cells[3]!, "y") > numberOf(cells[0]!, "y") && numberOf(cells[1]!, "x") > numberOf(cells[0]!, "x"));
  });

  test("one class, none, very many", () => {
    assertEqual(all(parseSvg(confusionMatrix([0], [0]).toSvg()), "rect").length, 3);
    parseSvg(confusionMatrix([], []).toSvg());
    const titled = parseSvg(confusionMatrix([0], [0], { title: "A title wider than one cell" }).toSvg());
    assertEqual(textsOf(titled)[0]!.text, "A title wider than one cell");
    const y = integers(3, 1000, 5000);
    const root = parseSvg(
      confusionMatrix(
        y,
        y.map((value, i) => (i % 10 === 0 ? 999 - value : value)),
        { numClasses: 1000 },
      ).toSvg(),
    );
    assert(numberOf(root, "width") <= 2200, `width ${root.attributes.width}`);
    const left = textsOf(root).filter(({ anchor }) => anchor === "end");
    assert(left.length > 50 && left.every(({ y }, i) => i === 0 || y - left[i - 1]!.y >= 12), "labels overlap");
  });

  const refused: [string, unknown, unknown, unknown, new (text: string) => Error, RegExp][] = [
    [
      "nothing",
      undefined,
      undefined,
      undefined,
      hb.ValueError,
      /\[confusionMatrix\] yTrue: expected a list of numbers, a typed array or a tensor, got undefined/,
    ],
    ["texts", ["a"], ["a"], undefined, hb.ValueError, /yTrue: expected a list of numbers/],
    ["nested lists", [[0]], [0], undefined, hb.ValueError, /yTrue: expected a list of numbers/],
    ["big integers", new BigInt64Array(1), [0], undefined, hb.ValueError, /yTrue: expected a list of numbers/],
    ["another length", [0, 1], [0], undefined, hb.ShapeError, /yPred: expected 2 values, as in yTrue, got 1/],
    [
      "a fraction",
      [0, 0.5],
      [0, 0],
      undefined,
      hb.ValueError,
      /yTrue\[1\]: expected a class number from 0 to 999, got 0.5/,
    ],
    ["NaN", [0], [Number.NaN], undefined, hb.ValueError, /yPred\[0\]: expected a class number from 0 to 999, got NaN/],
    ["a negative number", [-1], [0], undefined, hb.ValueError, /yTrue\[0\]: .* got -1/],
    [
      "a number beyond",
      [0],
      [2],
      { numClasses: 2 },
      hb.ValueError,
      /yPred\[0\]: expected a class number from 0 to 1, got 2/,
    ],
    [
      "a number beyond the labels",
      [2],
      [0],
      { labels: ["a", "b"] },
      hb.ValueError,
      /yTrue\[0\]: expected a class number from 0 to 1, got 2/,
    ],
    ["too great a number", [5000], [0], undefined, hb.ValueError, /yTrue\[0\]: .* from 0 to 999, got 5000/],
    [
      "another number of labels",
      [0],
      [0],
      { labels: ["a"], numClasses: 2 },
      hb.ValueError,
      /labels: expected 2 names, got \["a"\]/,
    ],
    [
      "labels that are numbers",
      [0],
      [0],
      { labels: [7] },
      hb.ValueError,
      /labels: expected a list of strings, got \[7\]/,
    ],
    ["labels as a text", [0], [0], { labels: "a" }, hb.ValueError, /labels: expected a list of strings, got "a"/],
    [
      "numClasses as a text",
      [0],
      [0],
      { numClasses: "2" },
      hb.ValueError,
      /numClasses: expected an integer in \[0, 1000\], got "2"/,
    ],
    [
      "too many classes",
      [0],
      [0],
      { numClasses: 1e9 },
      hb.ValueError,
      /numClasses: expected an integer in \[0, 1000\]/,
    ],
    ["options that are null", [0], [0], null, hb.ValueError, /options: expected an object, got null/],
    ["an unknown option", [0], [0], { label: ["a"] }, hb.ValueError, /Did you mean "labels"\?/],
  ];
  for (const [name, yTrue, yPred, options, Class, text] of refused) {
    test(`refused: ${name}`, () => {
      assertThrows(
        () => confusionMatrix(yTrue as never, yPred as never, options as never),
        Class as typeof hb.ValueError,
        text,
      );
    });
  }
});

suite("histogram", (test) => {
  test("each bin has the values from its lower limit to below its upper one, the last one that too", () => {
    for (const bins of [1, 2, 7, 20, 1000]) {
      for (const scale of [1e-30, 0.1, 3, 1e20]) {
        const values = integers(bins, 1000, 500).map((n) => (n / 1000 - 0.3) * scale);
        const { edges, counts, nonFinite } = histogram(values, { bins });
        const [min, max] = [Math.min(...values), Math.max(...values)];
        assertEqual([edges.length, counts.length, nonFinite, edges[0], edges.at(-1)], [bins + 1, bins, 0, min, max]);
        const last = bins - 1;
        counts.forEach((count, i) => {
          const [low, high] = [edges[i]!, edges[i + 1]!];
          assertEqual(
            count,
            values.filter((v) => v >= low && (v < high || (i === last && v === high))).length,
            `bin ${i}`,
          );
          assertClose(low, min + ((max - min) * i) / bins, { rtol: 0, atol: 1e-14 * scale });
        });
      }
    }
  });

  test("NumPy's example, and its ranges for one value and for none", () => {
    // numpy.histogram([1, 2, 1, 4, 5, 3, 3], bins=4) of NumPy 2
    const { counts, edges } = histogram([1, 2, 1, 4, 5, 3, 3], { bins: 4 });
    assertEqual(
      [counts, edges],
      [
        [2, 1, 2, 2],
        [1, 2, 3, 4, 5],
      ],
    );
    const one = histogram([3, 3], { bins: 2 });
    assertEqual(
      [one.edges, one.counts],
      [
        [2.5, 3, 3.5],
        [0, 2],
      ],
    );
    assertEqual(
      [histogram([], { bins: 2 }).edges, histogram([], { bins: 2 }).counts],
      [
        [0, 0.5, 1],
        [0, 0],
      ],
    );
  });

  test("weights, activations, typed arrays; what is not finite is counted apart", () => {
    const layer = hb.layers.dense({ units: 50, kernelInitializer: "ones" });
    const activations = layer.apply(hb.ones([10, 4]));
    assertEqual(
      histogram(layer.weights[0]!).counts.reduce((a, b) => a + b),
      200,
    );
    assertEqual(histogram(activations).edges.at(-1), 4.5);
    const { counts, nonFinite } = histogram(new Float64Array([1, Number.NaN, Infinity, -Infinity, 2]), { bins: 2 });
    assertEqual([counts, nonFinite], [[1, 1], 3]);
    const nothing = histogram([Number.NaN]);
    assertEqual([nothing.nonFinite, nothing.counts.every((count) => count === 0)], [1, true]);
    assert(String(nothing).endsWith("not finite: 1"), String(nothing));
    assert(textsOf(parseSvg(nothing.toSvg())).some(({ text }) => text === "not finite: 1"));
  });

  test("numbers at the ends of what numbers can be", () => {
    const most = Number.MAX_VALUE;
    for (const values of [[-most, most, 0], [most], [5e-324, 0], [1, 1 + 2 ** -52], [1e300, 1e300]]) {
      const { edges, counts, toSvg } = histogram(values, { bins: 5 });
      assert(
        edges.every((edge, i) => Number.isFinite(edge) && (i === 0 || edge >= edges[i - 1]!)),
        `edges ${edges}`,
      );
      assert(edges[0]! < edges.at(-1)!, `edges ${edges}`);
      assertEqual(
        counts.reduce((a, b) => a + b),
        values.length,
      );
      parseSvg(toSvg());
    }
  });

  test("as text: a line for each bin, the longest bar of 40", () => {
    assertEqual(String(histogram([0, 0, 0, 0, 1, 2], { bins: 2, title: "t" })).split("\n"), [
      "t",
      `0 … 1 │ 4 ${"█".repeat(40)}`,
      `1 … 2 │ 2 ${"█".repeat(20)}`,
    ]);
  });

  test("as SVG: heights and places of the bars by the labels of the axes", () => {
    const values = integers(9, 100, 300).map((n) => (n * n) / 1000 - 2);
    for (const bins of [1, 9, 500]) {
      const { edges, counts, toSvg } = histogram(values, { bins, title: "weights" });
      const root = parseSvg(toSvg());
      const { x, y } = axesOf(root);
      const bars = all(root, "rect").slice(1);
      const drawn = counts.flatMap((count, i) => (count === 0 ? [] : [i]));
      assertEqual(bars.length, drawn.length);
      const most = Math.max(...counts);
      bars.forEach((bar, k) => {
        const i = drawn[k]!;
        const [left, top] = [numberOf(bar, "x"), numberOf(bar, "y")];
        assertClose([x(left), x(left + numberOf(bar, "width"))], [edges[i]!, edges[i + 1]!], { rtol: 0, atol: 1e-3 });
        assertClose([y(top), y(top + numberOf(bar, "height"))], [counts[i]!, 0], { rtol: 0, atol: 1e-3 * most });
      });
    }
  });

  test("a million values at once", () => {
    const values = new Float32Array(1e6).map((_, i) => (i % 1000) / 1000);
    assertEqual(
      histogram(values, { bins: 10 }).counts.reduce((a, b) => a + b),
      1e6,
    );
    assert(histogram(values, { bins: 10_000 }).toSvg().length < 200_000);
  });

  const refused: [string, unknown, unknown, RegExp][] = [
    [
      "nothing",
      undefined,
      undefined,
      /\[histogram\] values: expected a list of numbers, a typed array or a tensor, got undefined/,
    ],
    ["null", null, undefined, /values: .* got null/],
    ["texts", ["1"], undefined, /values: .* got \["1"\]/],
    ["a number", 3, undefined, /values: .* got 3/],
    ["no bins", [1], { bins: 0 }, /bins: expected an integer in \[1, 10000\], got 0/],
    ["half a bin", [1], { bins: 0.5 }, /bins: .* got 0.5/],
    ["bins as a list", [1], { bins: [0, 1] }, /bins: .* got \[0, 1\]/],
    ["a title", [1], { title: {} }, /title: expected a string, got an object/],
    ["options that are null", [1], null, /options: expected an object, got null/],
    ["an unknown option", [1], { bin: 3 }, /Did you mean "bins"\?/],
  ];
  for (const [name, values, options, text] of refused) {
    test(`refused: ${name}`, () => {
      assertThrows(() => histogram(values as never, options as never), hb.ValueError, text);
    });
  }
});
