import * as hb from "../../src/index.ts";
import { type HistoryLike, type PlotHistoryOptions, plotHistory } from "../../src/plot/index.ts";
import { assert, assertClose, assertEqual, assertThrows } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";
import { all, axesOf, type Node, numberOf, numbersIn, parseSvg, textsOf } from "./parse-svg.ts";

const groups = (root: Node): Node[] => all(root, "g");

/** The runs of points of one line, as values by the labels of the axes. */
function runsOf(root: Node, name: string): [number, number][][] {
  const { x, y } = axesOf(root);
  const group = groups(root).find(({ attributes }) => attributes["data-name"] === name)!;
  return all(group, "polyline").map(({ attributes }) => {
    const numbers = numbersIn(attributes.points!);
    return Array.from({ length: numbers.length / 2 }, (_, i) => [x(numbers[2 * i]!), y(numbers[2 * i + 1]!)]);
  });
}

/** A seeded sequence in [0, 1). */
function sequence(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

suite("plotHistory: SVG", (test) => {
  test("every value stands where the labels of the axes say", () => {
    const next = sequence(1);
    for (const scale of [1e-12, 3e-4, 1, 7, 250, 1e5, 3e9, 1e200]) {
      for (const offset of [0, -0.4, 13.7]) {
        const loss = Array.from({ length: 12 }, () => (next() + offset) * scale);
        const root = parseSvg(plotHistory({ loss }));
        const [run, ...others] = runsOf(root, "loss");
        assertEqual([run!.length, others.length, all(root, "circle").length], [12, 0, 12]);
        // A pixel's hundredth, of about 280 in height and 560 in width.
        assertClose(
          run!.map(([, y]) => y),
          loss,
          { rtol: 0, atol: 2e-4 * scale, what: `scale ${scale}, offset ${offset}` },
        );
        assertClose(
          run!.map(([x]) => x),
          loss.map((_, i) => i),
          { atol: 1e-3 },
        );
      }
    }
  });

  test("labels are round numbers in order, with room between them", () => {
    const next = sequence(2);
    for (let round = 0; round < 200; round++) {
      const base = (next() - 0.5) * 10 ** Math.floor(next() * 8);
      const extent = 10 ** (next() * 12 - 6);
      const height = 160 + Math.floor(next() * 500);
      const root = parseSvg(
        plotHistory({ a: [base, base + extent] }, { height, width: 200 + Math.floor(next() * 900) }),
      );
      const labels = textsOf(root).filter(({ anchor }) => anchor === "end");
      const values = labels.map(({ text }) => Number(text));
      assert(values.length >= 2 && values.length <= 2 + height / 30, `${values.length} labels in ${height} pixels`);
      assert(
        values.every((value, i) => i === 0 || value > values[i - 1]!),
        `labels ${labels.map(({ text }) => text)}`,
      );
      assert(
        labels.every(({ y }, i) => i === 0 || labels[i - 1]!.y - y >= 12),
        "labels overlap",
      );
      assert(
        values[0]! <= base + 1e-6 * extent && values.at(-1)! >= base + extent * (1 - 1e-6),
        "a value beyond the labels",
      );
      const feet = textsOf(root).filter(({ anchor, text }) => anchor === "middle" && /^\d+$/.test(text));
      assert(
        feet.every(({ x }, i) => i === 0 || x - feet[i - 1]!.x >= 24),
        "epochs overlap",
      );
    }
  });

  test("what fit returns: epochs by their numbers, validation in the colour of what it validates", async () => {
    const model = hb.sequential({ layers: [hb.input({ shape: [1] }), hb.layers.dense({ units: 1 })] });
    model.compile({ optimizer: "sgd", loss: "mse", metrics: ["mae"] });
    const fitted = { epochs: 9, initialEpoch: 4, validationSplit: 0.5, verbose: 0 } as const;
    const history = await model.fit([[1], [2], [3], [4]], [[1], [2], [3], [4]], fitted);
    const root = parseSvg(plotHistory(history, { title: "A run" }));
    assertEqual(
      groups(root).map(({ attributes }) => attributes["data-name"]),
      ["loss", "mae", "val_loss", "val_mae"],
    );
    assertClose(
      runsOf(root, "val_loss")[0]!.map(([x]) => x),
      [4, 5, 6, 7, 8],
      { atol: 1e-3 },
    );
    assertClose(
      runsOf(root, "val_loss")[0]!.map(([, y]) => y),
      history.history.val_loss!,
      { rtol: 1e-3 },
    );
    const [loss, mae, valLoss, valMae] = groups(root).map(({ attributes }) => attributes.stroke);
    assertEqual([loss === valLoss, mae === valMae, loss === mae], [true, true, false]);
    assertEqual(
      groups(root).map((group) => all(group, "polyline")[0]!.attributes["stroke-dasharray"]),
      [undefined, undefined, "6 3", "6 3"],
    );
    assertEqual(
      textsOf(root)
        .slice(0, 5)
        .map(({ text }) => text),
      ["A run", "loss", "mae", "val_loss", "val_mae"],
    );
    assertEqual(plotHistory(history.history), plotHistory({ history: history.history }));
  });

  test("metrics chooses, in the order given", () => {
    const logs = { loss: [1, 2], mae: [3, 4], mse: [5, 6] };
    const root = parseSvg(plotHistory(logs, { metrics: ["mse", "loss"] }));
    assertEqual(
      groups(root).map(({ attributes }) => attributes["data-name"]),
      ["mse", "loss"],
    );
    assertEqual(groups(parseSvg(plotHistory(logs, { metrics: [] }))).length, 0);
  });

  test("validationFreq puts the values of validation after the epochs that had one", async () => {
    const model = hb.sequential({ layers: [hb.input({ shape: [1] }), hb.layers.dense({ units: 1 })] });
    model.compile({ optimizer: "sgd", loss: "mse" });
    for (const [validationFreq, due] of [
      [3, [2, 5, 8]],
      [
        [1, 4, 9],
        [0, 3, 8],
      ],
    ] as const) {
      const options = { epochs: 10, validationData: [[[1]], [[1]]], validationFreq, verbose: 0 } as never;
      const history = await model.fit([[1], [2]], [[1], [2]], options);
      const root = parseSvg(plotHistory(history, { validationFreq }));
      assertClose(
        runsOf(root, "val_loss")[0]!.map(([x]) => x),
        due,
        { atol: 1e-3 },
      );
      assertClose(
        runsOf(root, "loss")[0]!.map(([x]) => x),
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
        { atol: 1e-3 },
      );
      assertThrows(
        () => plotHistory(history, { validationFreq: 2 }),
        hb.ValueError,
        /validationFreq: .*"val_loss" has 3 values, got one for 5/,
      );
    }
  });

  test("nothing, one epoch, one value throughout", () => {
    for (const empty of [{}, { loss: [] }, { history: {}, epoch: [] }] as HistoryLike[]) {
      assertEqual(all(parseSvg(plotHistory(empty)), "polyline").length, 0);
    }
    for (const value of [0, 3, -1e-30, 1e300]) {
      const root = parseSvg(plotHistory({ loss: [value] }));
      const { y } = axesOf(root);
      const [dot] = all(root, "circle");
      assertClose(y(numberOf(dot!, "cy")), value, {
        rtol: 1e-3,
        atol: 1e-3 * Math.abs(value) + (value === 0 ? 1e-3 : 0),
      });
      assertEqual(all(root, "polyline").length, 0);
      assertEqual(textsOf(root).filter(({ text }) => text === "0").length >= 1, true);
      assertEqual(runsOf(parseSvg(plotHistory({ loss: [value, value, value] })), "loss")[0]!.length, 3);
    }
  });

  test("values that are not finite leave a gap and are counted", () => {
    const loss = [1, 2, Number.NaN, 3, Infinity, -Infinity, 5, 6, 7];
    const root = parseSvg(plotHistory({ loss, bad: [Number.NaN, Number.NaN] }));
    const runs = runsOf(root, "loss");
    assertEqual(
      runs.map((run) => run.map(([x, y]) => [Math.round(x), Math.round(y)])),
      [
        [
          [0, 1],
          [1, 2],
        ],
        [
          [6, 5],
          [7, 6],
          [8, 7],
        ],
      ],
    );
    // The value between two gaps is a dot.
    assertEqual(all(root, "circle").length, 6);
    const texts = textsOf(root).map(({ text }) => text);
    assert(texts.includes("loss (3 not finite)") && texts.includes("bad (2 not finite)"), texts.join());
    assertEqual(
      groups(root).map(({ attributes }) => attributes["data-name"]),
      ["loss"],
    );
  });

  test("numbers at the ends of what numbers can be", () => {
    const most = Number.MAX_VALUE;
    for (const a of [
      [-most, most],
      [most],
      [most, most],
      [0, 5e-324],
      [5e-324],
      [1, 1 + 2e-16, 1],
      [-1e308, 1e-308],
      [1e16, 1e16 + 2],
    ]) {
      const root = parseSvg(plotHistory({ a }));
      const labels = textsOf(root)
        .filter(({ anchor }) => anchor === "end")
        .map(({ text }) => Number(text));
      assert(labels.length >= 2 && labels[0]! < labels.at(-1)!, `labels ${labels} of ${a}`);
      assertEqual(plotHistory({ a }, { format: "terminal" }).includes("NaN"), false);
    }
  });

  test("a million epochs become a line of a few thousand points that looks the same", () => {
    const loss = new Float32Array(1e6).map((_, i) => 1 + ((i * 7919) % 1000) / 1e4);
    loss[123_456] = 9;
    loss[777_777] = -4;
    const svg = plotHistory({ loss });
    assert(svg.length < 100_000, `${svg.length} characters`);
    const [run] = runsOf(parseSvg(svg), "loss");
    const [low, high] = [Math.min(...run!.map(([, y]) => y)), Math.max(...run!.map(([, y]) => y))];
    assertClose([low, high], [-4, 9], { atol: 2e-3 });
    assertClose([run![0]![0], run!.at(-1)![0]], [0, 999_999], { atol: 20 });
    assertClose(run!.find(([, y]) => y > 8)![0], 123_456, { rtol: 0, atol: 2000 });
    // In order, no more than four for each pixel.
    assert(
      run!.every(([x], i) => i === 0 || x >= run![i - 1]![0] - 20),
      "points run back",
    );
    assert(run!.length <= 4 * 640, `${run!.length} points`);
  });

  test("many names wrap; those that find no room are counted", () => {
    const logs = (n: number): Record<string, number[]> =>
      Object.fromEntries(Array.from({ length: n }, (_, i) => [`name_${i}`, [i, 2 * i]]));
    const some = textsOf(parseSvg(plotHistory(logs(12)))).filter(({ text }) => text.startsWith("name_"));
    assertEqual(some.length, 12);
    const places = some.map(({ x, y }) => `${x} ${y}`);
    assertEqual(new Set(places).size, 12);
    const many = parseSvg(plotHistory(logs(100)));
    const named = textsOf(many).filter(({ text }) => text.startsWith("name_"));
    const more = textsOf(many).find(({ text }) => text.startsWith("…"))!;
    assertEqual(more.text, `… ${100 - named.length} more`);
    assertEqual(groups(many).length, 100);
    assert(!many.attributes.height!.includes("-"));
    // Lines 9 and on are told apart by dots.
    const dashes = groups(many).map(
      (group) => `${group.attributes.stroke} ${all(group, "polyline")[0]!.attributes["stroke-dasharray"]}`,
    );
    assertEqual(new Set(dashes.slice(0, 16)).size, 16);
  });

  test("hostile names stay text", () => {
    const name = `</text><script>alert("1")</script>&amp;'\u0000\ud800\uffff\u202e\n\t😀`;
    const title = `${name}${"x".repeat(500)}`;
    const root = parseSvg(plotHistory({ [name]: [1, 2], __proto__x: [1, 2] }, { title }));
    const shown = name.replace("\u0000", "\ufffd").replace("\ud800", "\ufffd").replace("\uffff", "\ufffd");
    assertEqual(groups(root)[0]!.attributes["data-name"], shown);
    const [heading, legend] = all(root, "text");
    assertEqual(legend!.text, shown);
    assert(heading!.text.endsWith("…") && heading!.text.length < 100, heading!.text);
    assertEqual(
      heading!.children.map((child) => child.text),
      [`${shown}${"x".repeat(500)}`],
    );
  });

  test("the same history gives the same bytes", () => {
    const logs = { loss: [0.1 + 0.2, 1 / 3, Math.PI], val_loss: [1e-9, 2, 3] };
    assertEqual(plotHistory(logs), plotHistory(structuredClone(logs)));
  });
});

suite("plotHistory: terminal", (test) => {
  const chart = (logs: Record<string, number[]>, options?: PlotHistoryOptions): string[] =>
    plotHistory(logs, { format: "terminal", ...options }).split("\n");

  test("marks in their places, dots between them", () => {
    assertEqual(chart({ loss: [4, 2, 0], acc: [0, Number.NaN, 4] }, { width: 30, height: 5, title: "run" }), [
      "run",
      "4 ┤●···                      ○",
      "  │    ······",
      "2 ┤          ···●···",
      "  │                 ······",
      "0 ┤○                      ···●",
      "  └───────────────────────────",
      "   0          epoch          2",
      "● loss   ○ acc (1 not finite)",
    ]);
  });

  test("each value has its mark in the column and row that are its own", () => {
    const next = sequence(3);
    for (let round = 0; round < 50; round++) {
      const [width, height] = [30 + Math.floor(next() * 90), 5 + Math.floor(next() * 30)];
      const a = Array.from({ length: 1 + Math.floor(next() * 20) }, () => next() * 100 - 50);
      const lines = chart({ a }, { width, height });
      assertEqual(lines.length, height + 3);
      assert(
        lines.every((line) => line.length <= width),
        `a line is longer than ${width}`,
      );
      const [low, high] = [Math.min(...a), Math.max(...a)];
      const margin = lines[0]!.indexOf("┤") + 1;
      const cells = new Set<string>();
      a.forEach((value, i) => {
        const row =
          a.length > 1 ? Math.round(((high - value) / (high - low)) * (height - 1)) : Math.round((height - 1) / 2);
        const column =
          a.length > 1 ? Math.round((i / (a.length - 1)) * (width - margin - 1)) : Math.round((width - margin - 1) / 2);
        cells.add(`${row} ${column}`);
        assertEqual(lines[row]![margin + column], "●", `value ${i} of ${a} in ${width} × ${height}`);
      });
      assertEqual(lines.slice(0, height).join("").split("●").length - 1, cells.size);
    }
  });

  test("nothing, and control characters in names", () => {
    assertEqual(chart({}).at(-1)!.trim(), "epoch");
    const text = plotHistory({ "\u001b[2Jloss\n": [1, 2] }, { format: "terminal", title: "\u001b]0;x\u0007" });
    assert(!/(?!\n)\p{Cc}/u.test(text), "a control character");
    assert(text.endsWith("● \ufffd[2Jloss\ufffd"), text);
  });
});

suite("plotHistory: bad input", (test) => {
  const refused: [string, unknown, unknown, RegExp][] = [
    ["no history", undefined, undefined, /\[plotHistory\] history: expected what fit returned, .* got undefined/],
    ["null", null, undefined, /history: .* got null/],
    ["a text", "loss", undefined, /history: .* got "loss"/],
    ["a list", [1, 2], undefined, /history: .* got \[1, 2\]/],
    ["values that are texts", { loss: ["1"] }, undefined, /history: .* got an object/],
    ["a value that is a number", { loss: 1 }, undefined, /history: .* got an object/],
    ["a history in which one is", { history: { loss: 1 } }, undefined, /history: /],
    ["a history that is null", { history: null }, undefined, /history: /],
    ["options that are a text", {}, "svg", /options: expected an object, got "svg"/],
    ["options that are null", {}, null, /options: expected an object, got null/],
    ["an unknown option", {}, { metric: ["loss"] }, /Did you mean "metrics"\?/],
    [
      "a name that is not in it",
      { loss: [1] },
      { metrics: ["los"] },
      /metrics: expected one of loss, got "los"\. Did you mean "loss"/,
    ],
    ["an inherited name", { loss: [1] }, { metrics: ["toString"] }, /metrics: expected one of loss/],
    ["a name that is a number", { loss: [1] }, { metrics: [3] }, /metrics: expected one of loss, got 3/],
    ["metrics as a text", { loss: [1] }, { metrics: "loss" }, /metrics: expected a list of names, got "loss"/],
    ["a width too small", {}, { width: 10 }, /width: expected an integer in \[200, 10000\], got 10/],
    ["a width of NaN", {}, { width: Number.NaN }, /width: .* got NaN/],
    ["a width as a text", {}, { width: "300" }, /width: .* got "300"/],
    ["a height too great", {}, { height: 1e9 }, /height: expected an integer in \[160, 10000\]/],
    ["a terminal too wide", {}, { format: "terminal", width: 640e3 }, /width: expected an integer in \[30, 1000\]/],
    ["a format", {}, { format: "png" }, /format: expected one of svg, terminal, got "png"/],
    ["a title", {}, { title: 3 }, /title: expected a string, got 3/],
    ["a frequency", {}, { validationFreq: 0 }, /validationFreq: expected an integer ≥ 1, got 0/],
    ["frequencies", {}, { validationFreq: [1, "2"] }, /validationFreq: .* got "2"/],
  ];
  for (const [name, history, options, text] of refused) {
    test(name, () => {
      assertThrows(() => plotHistory(history as never, options as never), hb.ValueError, text);
    });
  }
});
