import * as hb from "../../src/index.ts";
import { plotModel } from "../../src/plot/index.ts";
import { assert, assertEqual, assertThrows } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";
import { all, type Node, numberOf, parseSvg, textsOf } from "./parse-svg.ts";

const { layers } = hb;

/** The lines of each box, found by place: a text belongs to the rectangle around it. */
function boxesOf(root: Node): string[][] {
  const texts = textsOf(root);
  return all(root, "rect")
    .slice(1)
    .map((rect) => {
      const [x, y, width, height] = ["x", "y", "width", "height"].map((key) => numberOf(rect, key));
      const inside = texts.filter((t) => t.x > x! && t.x < x! + width! && t.y > y! && t.y < y! + height!);
      return inside.map(({ text }) => text);
    });
}

const arrowsOf = (root: Node): string[] =>
  all(root, "path").flatMap(({ attributes: { "data-from": from, "data-to": to } }) =>
    from === undefined ? [] : [`${from} → ${to}`],
  );

function boxOf(root: Node, name: string): string[] {
  return boxesOf(root).find(([first]) => first === name) ?? [];
}

suite("plotModel: graphs", (test) => {
  test("a Sequential model: its input, its layers, one after the other", () => {
    const model = hb.sequential({
      name: "chain",
      layers: [
        hb.input({ shape: [5], dtype: "int32", name: "ids" }),
        layers.embedding({ inputDim: 9, outputDim: 4, name: "embed" }),
        layers.flatten({ name: "flat" }),
        layers.dense({ units: 2, name: "out" }),
      ],
    });
    const root = parseSvg(plotModel(model));
    assertEqual(boxesOf(root), [
      ["ids", "InputLayer", "(None, 5)"],
      ["embed", "Embedding", "(None, 5, 4)"],
      ["flat", "Flatten", "(None, 20)"],
      ["out", "Dense", "(None, 2)"],
    ]);
    assertEqual(arrowsOf(root), ["ids → embed", "embed → flat", "flat → out"]);
    assertEqual(textsOf(root)[0]!.text, "chain");
    const bare = parseSvg(plotModel(model, { showShapes: false }));
    assertEqual(boxesOf(bare)[1], ["embed", "Embedding"]);
  });

  test("a graph with branches, ops, several inputs and outputs, a layer called twice", () => {
    const a = hb.input({ shape: [4], name: "a" });
    const b = hb.input({ shape: [4], name: "b" });
    const shared = layers.dense({ units: 3, name: "shared" });
    const [left, right] = [shared.apply(a), shared.apply(b)];
    const joined = layers.concatenate({ name: "join" }).apply([left, right]);
    const scaled = joined.mul(2);
    const outputs = [
      layers.add({ name: "sum" }).apply([scaled, joined]),
      layers.dense({ units: 1, name: "score" }).apply(left),
    ];
    const model = hb.model({ inputs: [a, b], outputs, name: "branches" });
    const root = parseSvg(plotModel(model));
    const op = model.operations.find(({ name }) => name.startsWith("mul"))!.name;
    assertEqual(
      arrowsOf(root).sort(),
      [
        "a → shared",
        "b → shared",
        "shared → join",
        "shared → join",
        "shared → score",
        `join → ${op}`,
        `${op} → sum`,
        "join → sum",
      ].sort(),
    );
    assertEqual(
      boxesOf(root)
        .map(([name]) => name)
        .sort(),
      ["a", "b", "join", op, "score", "shared", "shared", "sum"].sort(),
    );
    assertEqual(boxOf(root, op), [op, "Mul", "(None, 6)"]);
    // One arrow head for each box that gets something.
    assertEqual(all(root, "path").length, 8 + 6);
  });

  test("arrows begin below their box and end above the other", () => {
    const x = hb.input({ shape: [2], name: "x" });
    const y = layers.dense({ units: 2, name: "y" }).apply(x);
    const root = parseSvg(plotModel(hb.model({ inputs: x, outputs: layers.add({ name: "z" }).apply([x, y]) })));
    const rects = new Map(
      all(root, "rect")
        .slice(1)
        .map((rect, i) => [boxesOf(root)[i]![0]!, rect]),
    );
    for (const { attributes } of all(root, "path").filter((path) => path.attributes["data-from"] !== undefined)) {
      const numbers = attributes.d!.match(/-?[\d.]+/g)!.map(Number);
      const [from, to] = [rects.get(attributes["data-from"]!)!, rects.get(attributes["data-to"]!)!];
      assertEqual(numbers[1], numberOf(from, "y") + numberOf(from, "height"));
      assertEqual(numbers.at(-1), numberOf(to, "y") - 7);
      assert(Math.abs(numbers[0]! - numberOf(from, "x") - numberOf(from, "width") / 2) < 0.02, "not from the middle");
      assert(Math.abs(numbers.at(-2)! - numberOf(to, "x") - numberOf(to, "width") / 2) < 0.02, "not to the middle");
    }
  });

  test("a subclass is a list of its layers; an unbuilt Sequential has no shapes; a model without layers is empty", () => {
    class Own extends hb.Model {
      static override readonly className: string = "Own";
      first = layers.dense({ units: 2, name: "first" });
      second = layers.dropout({ rate: 0.5, name: "second" });
      override call(x: hb.Tensor): hb.Tensor {
        return this.second.apply(this.first.apply(x)) as hb.Tensor;
      }
    }
    const root = parseSvg(plotModel(new Own()));
    assertEqual(
      [boxesOf(root), arrowsOf(root)],
      [
        [
          ["first", "Dense"],
          ["second", "Dropout"],
        ],
        [],
      ],
    );
    const [first, second] = all(root, "rect")
      .slice(1)
      .map((rect) => numberOf(rect, "y"));
    assert(second! > first! + 40, "not one below the other");
    const unbuilt = parseSvg(
      plotModel(hb.sequential({ layers: [layers.dense({ units: 2, name: "d" }), layers.reLU({ name: "r" })] })),
    );
    assertEqual(
      [boxesOf(unbuilt), arrowsOf(unbuilt)],
      [
        [
          ["d", "Dense"],
          ["r", "ReLU"],
        ],
        ["d → r"],
      ],
    );
    assertEqual(boxesOf(parseSvg(plotModel(hb.sequential()))), []);
  });

  test("a class of one's own without a className goes by its name; nested models are one box", () => {
    class Twice extends hb.Layer {
      override call(x: hb.Tensor): hb.Tensor {
        return x.add(x);
      }
    }
    const inner = hb.sequential({ name: "inner", layers: [hb.input({ shape: [3] }), layers.dense({ units: 3 })] });
    const x = hb.input({ shape: [3], name: "x" });
    const model = hb.model({ inputs: x, outputs: new Twice({ name: "twice" }).apply(inner.apply(x)) });
    const root = parseSvg(plotModel(model));
    assertEqual(boxesOf(root), [
      ["x", "InputLayer", "(None, 3)"],
      ["inner", "Sequential", "(None, 3)"],
      ["twice", "Twice", "(None, 3)"],
    ]);
  });

  test("hostile and long names stay text inside their boxes", () => {
    const name = `<script>alert(1)<!--&amp;"'\u0007\n]]>`;
    const long = "W".repeat(400);
    const x = hb.input({ shape: [1], name: "x" });
    const h = layers.dense({ units: 1, name }).apply(x);
    const root = parseSvg(
      plotModel(hb.model({ inputs: x, outputs: layers.dense({ units: 1, name: long }).apply(h), name: long })),
    );
    const shown = name.replace("\u0007", "\ufffd");
    assertEqual(arrowsOf(root), [`x → ${shown}`, `${shown} → ${long}`]);
    assertEqual(boxOf(root, shown).length, 3);
    const cut = all(root, "text").filter(({ text }) => text.endsWith("…"));
    assertEqual(
      cut.map(({ children }) => children[0]!.text),
      [long, long],
    );
    assert(numberOf(root, "width") < 700, `width ${root.attributes.width}`);
  });

  test("many layers", () => {
    const x = hb.input({ shape: [2], name: "x" });
    let h: hb.SymbolicTensor = x;
    for (let i = 0; i < 300; i++)
      h = layers.add({ name: `add_${i}` }).apply([h, layers.reLU({ name: `relu_${i}` }).apply(h)]);
    const svg = plotModel(hb.model({ inputs: x, outputs: h }));
    const root = parseSvg(svg);
    assertEqual([boxesOf(root).length, arrowsOf(root).length], [601, 900]);
    assert(svg.length < 1e6, `${svg.length} characters`);
  });
});

suite("plotModel: training decisions", (test) => {
  test("for each box what explainTraining says of it, in colour", () => {
    const model = hb.sequential({
      name: "net",
      layers: [
        hb.input({ shape: [4], name: "x" }),
        layers.batchNormalization({ name: "frozen", trainable: false }),
        layers.batchNormalization({ name: "norm" }),
        layers.dropout({ rate: 0.25, name: "drop" }),
      ],
    });
    const on = parseSvg(plotModel(model, { training: true, showShapes: false }));
    assertEqual(boxesOf(on), [
      ["x", "InputLayer"],
      ["frozen", "BatchNormalization", "training: true", "moving statistics, because frozen"],
      ["norm", "BatchNormalization", "training: true", "batch statistics, updates the moving ones"],
      ["drop", "Dropout", "training: true", "drops 25 %"],
    ]);
    assertEqual(boxOf(parseSvg(plotModel(model, { training: false })), "drop").slice(3), [
      "training: false",
      "identity",
    ]);
    assertEqual(boxOf(parseSvg(plotModel(model, { training: null })), "drop").slice(3), [
      "training: undefined",
      "identity",
    ]);
    assertEqual(boxOf(parseSvg(plotModel(model)), "drop").length, 3);
    const some = parseSvg(plotModel(model, { training: { Dropout: true } }));
    assertEqual([boxOf(some, "norm").at(-1), boxOf(some, "drop").at(-1)], ["moving statistics", "drops 25 %"]);
    const colours = all(some, "rect")
      .slice(1)
      .map(({ attributes }) => attributes.stroke);
    assertEqual([colours[1] === colours[2], colours[2] === colours[3]], [true, false]);
  });

  test("layers of nested models that have the same name do not count, before or after", () => {
    const drop = (rate: number): hb.Layer => layers.dropout({ rate, name: "drop" });
    const inner = (rate: number): hb.Model =>
      hb.sequential({ name: "inner", layers: [hb.input({ shape: [3] }), drop(rate)] });
    for (const first of [true, false]) {
      const x = hb.input({ shape: [3], name: "x" });
      const [outer, nested] = [drop(0.1), inner(0.5)];
      const h = first ? outer.apply(nested.apply(x)) : nested.apply(outer.apply(x));
      const root = parseSvg(plotModel(hb.model({ inputs: x, outputs: h as hb.SymbolicTensor }), { training: true }));
      assertEqual(boxOf(root, "drop").at(-1), "drops 10 %");
      assertEqual(boxOf(root, "inner").at(-1), "runs its layers");
      const chain = hb.sequential({
        layers: first ? [inner(0.5), drop(0.2)] : [hb.input({ shape: [3] }), drop(0.2), inner(0.5)],
      });
      assertEqual(boxOf(parseSvg(plotModel(chain, { training: true })), "drop").at(-1), "drops 20 %");
    }
  });

  test("each node of a layer has its own; so has each place of a layer that occurs twice in a chain", () => {
    const x = hb.input({ shape: [3], name: "x" });
    const drop = layers.dropout({ rate: 0.4, name: "drop" });
    drop.apply(hb.input({ shape: [3] })); // a node of another graph
    const h = drop.apply(drop.apply(x, { training: false }), { training: true });
    const root = parseSvg(plotModel(hb.model({ inputs: x, outputs: h }), { training: null }));
    assertEqual(
      boxesOf(root)
        .slice(1)
        .map((lines) => lines.slice(3)),
      [
        ["training: false", "identity"],
        ["training: true", "drops 40 %"],
      ],
    );
    const chain = hb.sequential({ layers: [hb.input({ shape: [3] }), drop, layers.reLU({ name: "relu" }), drop] });
    const boxes = boxesOf(parseSvg(plotModel(chain, { training: true })));
    assertEqual(
      boxes.map((lines) => lines.at(-1)),
      ["(None, 3)", "drops 40 %", "same in both modes", "drops 40 %"],
    );
  });

  test("a subclass: by names, all that a layer gets; of layers that share a name nothing", () => {
    class Own extends hb.Model {
      static override readonly className: string = "OwnOfMany";
      drop = layers.dropout({ rate: 0.1, name: "drop" });
      twins = [layers.dropout({ rate: 0.2, name: "twin" }), layers.dropout({ rate: 0.3, name: "twin" })];
      override call(x: hb.Tensor): hb.Tensor {
        const kept = this.drop.apply(this.drop.apply(x), { training: false });
        return this.twins.reduce((h, twin) => twin.apply(h), kept);
      }
    }
    const model = new Own();
    model.apply(hb.ones([2, 3]));
    const root = parseSvg(plotModel(model, { training: true }));
    assertEqual(boxesOf(root), [
      ["drop", "Dropout", "training: true", "drops 10 %", "training: false", "identity"],
      ["twin", "Dropout"],
      ["twin", "Dropout"],
    ]);
  });

  test("nothing changes: seeds, weights and the next prediction", () => {
    hb.setRandomSeed(5);
    const model = hb.sequential({
      layers: [hb.input({ shape: [3] }), layers.dense({ units: 3 }), layers.dropout({ rate: 0.5 })],
    });
    const before = model.getState();
    const first = plotModel(model, { training: true });
    assertEqual(JSON.stringify(model.getState()), JSON.stringify(before));
    assertEqual(plotModel(model, { training: true }), first);
  });
});

suite("plotModel: bad input", (test) => {
  const model = hb.sequential({ layers: [hb.input({ shape: [3] }), layers.dense({ units: 3, name: "out" })] });
  const refused: [string, unknown, unknown, RegExp][] = [
    ["nothing", undefined, undefined, /\[plotModel\] model: expected a model, got undefined/],
    ["null", null, undefined, /model: expected a model, got null/],
    ["a layer", layers.dense({ units: 1 }), undefined, /model: expected a model, got a Dense/],
    ["a text", "model", undefined, /model: expected a model, got "model"/],
    ["options that are null", model, null, /options: expected an object, got null/],
    ["options that are true", model, true, /options: expected an object, got true/],
    ["an unknown option", model, { showShape: true }, /Did you mean "showShapes"\?/],
    ["showShapes", model, { showShapes: 1 }, /showShapes: expected a boolean, got 1/],
    ["training", model, { training: "yes" }, /training: expected/],
    ["a class in a selector", model, { training: { Dnse: true } }, /Did you mean "Dense"\?/],
  ];
  for (const [name, what, options, text] of refused) {
    test(name, () => {
      assertThrows(() => plotModel(what as never, options as never), hb.ValueError, text);
    });
  }
  test("decisions of a model that is not built", () => {
    const unbuilt = hb.sequential({ layers: [layers.dense({ units: 3 })] });
    assertThrows(() => plotModel(unbuilt, { training: true }), hb.StateError, /built model/);
  });
});
