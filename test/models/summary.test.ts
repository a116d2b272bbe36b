/** The table that `summary` prints. */
import * as hb from "../../src/index.ts";
import { assert, assertEqual, assertThrows } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

const text = (model: hb.Model, options: object = {}): string => model.summary({ printFn: () => {}, ...options });

/** Cells of the rows of a summary. */
function rows(summary: string): string[][] {
  const lines = summary.split("\n").filter((line) => line.startsWith("│"));
  return lines.map((line) =>
    line
      .split("│")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

suite("summary", (test) => {
  test("a Sequential: rows, totals, sizes", () => {
    const model = hb.sequential({
      name: "small",
      layers: [
        hb.input({ shape: [4] }),
        hb.layers.dense({ units: 3, name: "d1" }),
        hb.layers.batchNormalization({ name: "bn" }),
        hb.layers.dropout({ rate: 0.5, name: "drop" }),
        hb.layers.dense({ units: 1, name: "d2" }),
      ],
    });
    const lines: string[] = [];
    const summary = model.summary({ printFn: (line) => lines.push(line) });
    assertEqual(lines, [summary]);
    assert(summary.startsWith('Model: "small"\n┏━'), "the head");
    assertEqual(rows(summary), [
      ["d1 (Dense)", "(None, 3)", "15"],
      ["bn (BatchNormalization)", "(None, 3)", "12"],
      ["drop (Dropout)", "(None, 3)", "0"],
      ["d2 (Dense)", "(None, 1)", "4"],
    ]);
    assert(summary.includes(" Total params: 31 (124.00 B)"), "total");
    assert(summary.includes(" Trainable params: 25 (100.00 B)"), "trainable");
    assert(summary.includes(" Non-trainable params: 6 (24.00 B)"), "others");
    const widths = new Set(
      summary
        .split("\n")
        .slice(1, -3)
        .map((line) => line.length),
    );
    assertEqual(widths.size, 1, "all lines of the table are equally long");
  });

  test("before it is built", () => {
    const model = hb.sequential({ layers: [hb.layers.dense({ units: 3, name: "later" })] });
    assertEqual(rows(text(model)), [["later (Dense)", "?", "0 (unbuilt)"]]);
  });

  test("connections where the graph is no chain; large counts; trainable", () => {
    const x = hb.input({ shape: [1000], name: "x" });
    const h = hb.layers.dense({ units: 500, name: "h", trainable: false }).apply(x);
    const sum = hb.layers.add({ name: "sum" }).apply([h, hb.layers.dense({ units: 500, name: "k" }).apply(x)]);
    const model = hb.model({ inputs: x, outputs: sum });
    const summary = text(model, { showTrainable: true, lineLength: 130 });
    assertEqual(rows(summary), [
      ["x (InputLayer)", "(None, 1000)", "0", "-", "-"],
      ["h (Dense)", "(None, 500)", "500,500", "x[0][0]", "N"],
      ["k (Dense)", "(None, 500)", "500,500", "x[0][0]", "Y"],
      ["sum (Add)", "(None, 500)", "0", "h[0][0], k[0][0]", "-"],
    ]);
    assert(summary.includes(" Total params: 1,001,000 (3.82 MB)"), "thousands and megabytes");
  });

  test("nested models, a range of layers, optimizer", () => {
    const inner = hb.sequential({
      name: "inner",
      layers: [hb.input({ shape: [2] }), hb.layers.dense({ units: 2, name: "in" })],
    });
    const model = hb.sequential({
      layers: [hb.input({ shape: [2] }), inner, hb.layers.dense({ units: 1, name: "out" })],
    });
    assertEqual(
      rows(text(model, { expandNested: true })).map(([name]) => name),
      ["inner (Sequential)", "└ in (Dense)", "out (Dense)"],
    );
    assertEqual(
      rows(text(model, { layerRange: ["out", "out"] })).map(([name]) => name),
      ["out (Dense)"],
    );
    model.compile({ optimizer: hb.optimizers.sgd({ momentum: 0.9 }), loss: "mse" });
    assert(!text(model).includes("Optimizer params"), "not built yet");
    model.trainOnBatch(hb.ones([2, 2]), hb.zeros([2, 1]));
    assert(/ Optimizer params: \d+/.test(text(model)), "built");
  });

  test("fits a terminal, but for one that is too narrow or does not know its width", () => {
    const [x, y] = [hb.input({ shape: [2] }), hb.input({ shape: [2] })];
    const model = hb.model({ inputs: [x, y], outputs: hb.layers.add().apply([x, y]) });
    const columns = Object.getOwnPropertyDescriptor(process.stdout, "columns");
    const widthAt = (terminal: number | undefined): number => {
      Object.defineProperty(process.stdout, "columns", { value: terminal, configurable: true });
      return text(model, { showTrainable: true }).split("\n")[1]!.length;
    };
    try {
      assertEqual([undefined, 0, 300, 84, 10].map(widthAt), [116, 116, 120, 80, 40]);
    } finally {
      if (columns === undefined) Reflect.deleteProperty(process.stdout, "columns");
      else Object.defineProperty(process.stdout, "columns", columns);
    }
  });

  test("wrong options", () => {
    const model = hb.sequential({ layers: [hb.layers.flatten()] });
    assertThrows(() => text(model, { linelength: 3 }), hb.ValueError, /Did you mean "lineLength"/);
    assertThrows(() => text(model, { lineLength: 3 }), hb.ValueError, /room for 3 columns/);
    assertThrows(() => text(model, { positions: [1] }), hb.ValueError, /expected 3 values/);
    assertThrows(() => text(model, { layerRange: ["a", "b"] }), hb.ValueError, /names of two layers/);
  });
});
