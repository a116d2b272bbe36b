import * as hb from "../../src/index.ts";
import { assert, assertEqual, assertThrows } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

class OwnDefault extends hb.Layer {
  static override readonly className: string = "OwnDefault";
  static override readonly defaultTraining: boolean = true;
  override call(inputs: hb.Tensor, { training }: hb.CallOptions): hb.Tensor {
    return training ? inputs.mul(2) : inputs;
  }
}

function build(): hb.Functional {
  const x = hb.input({ shape: [4], name: "x" });
  const base = hb.sequential({
    name: "base",
    layers: [
      hb.input({ shape: [4] }),
      hb.layers.dense({ units: 4, name: "inside" }),
      hb.layers.batchNormalization({ name: "bn" }),
    ],
  });
  const drop = hb.layers.dropout({ rate: 0.2, name: "drop" });
  let h = base.apply(x, { training: false });
  h = drop.apply(h);
  h = drop.apply(h, { training: true });
  h = new OwnDefault({ name: "own" }).apply(h);
  h = hb.layers.gaussianNoise({ stddev: 0.5, name: "noise" }).apply(h);
  return hb.model({ inputs: x, outputs: hb.layers.dense({ units: 1, name: "out" }).apply(h), name: "m" });
}

type Row = [string, number, boolean | undefined, string, string];

function rowsOf(model: hb.Model, options?: hb.ExplainOptions): Row[] {
  return model
    .explainTraining(options)
    .rows.map(({ layer, node, value, reason, effect }) => [layer, node, value, reason, effect]);
}

suite("explainTraining", (test) => {
  test("each layer and node: value, reason, effect, in fit", () => {
    assertEqual(rowsOf(build(), { entry: "fit" }), [
      ["base", 0, false, "fixed in the graph at node 0", "runs its layers"],
      ["inside", 0, false, "inherited from base", "same in both modes"],
      ["bn", 0, false, "inherited from base", "moving statistics"],
      ["drop", 0, true, "inherited from m", "drops 20 %"],
      ["drop", 1, true, "fixed in the graph at node 1", "drops 20 %"],
      ["own", 0, true, "inherited from m", "its own code, as in training"],
      ["noise", 0, true, "inherited from m", "adds noise of standard deviation 0.5"],
      ["out", 0, true, "inherited from m", "same in both modes"],
    ] as never);
  });
  test("depth: 0 for the model's own layers, also when its call is not the outermost", () => {
    const depths = (model: hb.Model): unknown[] =>
      model.explainTraining().rows.map(({ layer, depth }) => [layer, depth]);
    const expected = [
      ["base", 0],
      ["inside", 1],
      ["bn", 1],
      ["drop", 0],
      ["drop", 0],
      ["own", 0],
      ["noise", 0],
      ["out", 0],
    ];
    const model = build();
    assertEqual(depths(model), expected as never);
    let within: unknown;
    class Asks extends hb.Layer {
      static override readonly className: string = "Asks";
      override call(x: hb.Tensor): hb.Tensor {
        within = depths(model);
        return x;
      }
    }
    new Asks().apply(hb.ones([1, 2]));
    assertEqual(within, expected as never);
  });
  test("in predict and in a bare call", () => {
    const short = (options?: hb.ExplainOptions): unknown[] =>
      rowsOf(build(), options).filter(([name]) => ["drop", "own"].includes(name));
    assertEqual(short({ entry: "predict" }), [
      ["drop", 0, false, "inherited from m", "identity"],
      ["drop", 1, true, "fixed in the graph at node 1", "drops 20 %"],
      ["own", 0, false, "inherited from m", "its own code, as in inference"],
    ]);
    assertEqual(short(), [
      ["drop", 0, undefined, "nothing given", "identity"],
      ["drop", 1, true, "fixed in the graph at node 1", "drops 20 %"],
      ["own", 0, true, "own default", "its own code, as in training"],
    ]);
  });
  test("with a selector: which part of it decided", () => {
    const model = build();
    const rows = rowsOf(model, { training: { Dropout: true } });
    assertEqual(rows[3], ["drop", 0, true, "inherited from m (classes: Dropout)", "drops 20 %"]);
    assertEqual(rows[7]!.slice(2, 4), [false, "inherited from m (else)"]);
    assert(
      /m\.apply\(x, \{training: \{"Dropout":true\}\}\)/.test(
        String(model.explainTraining({ training: { Dropout: true } })),
      ),
    );
  });
  test("batch statistics, frozen statistics, updates", () => {
    const bn = hb.layers.batchNormalization({ name: "b" });
    const model = hb.sequential({ layers: [hb.input({ shape: [2] }), bn] });
    const effect = (): string => model.explainTraining({ entry: "fit" }).rows[0]!.effect;
    assertEqual(effect(), "batch statistics, updates the moving ones");
    bn.trainable = false;
    assertEqual(effect(), "moving statistics, because frozen");
  });
  test("built-in layers that read a mask, but not the flag, are the same in both modes", () => {
    const model = hb.sequential({ layers: [hb.input({ shape: [3] }), hb.layers.softmax({ name: "s" })] });
    assertEqual(rowsOf(model, { entry: "fit" }), [
      ["s", 0, true, `inherited from ${model.name}`, "same in both modes"],
    ]);
    for (const make of [hb.layers.add, hb.layers.maximum, hb.layers.multiply, hb.layers.concatenate] as const) {
      const x = hb.input({ shape: [3] });
      const merged = hb.model({ inputs: x, outputs: make({ name: "m" }).apply([x, x]) });
      assertEqual(merged.explainTraining({ entry: "fit" }).rows.at(-1)!.effect, "same in both modes");
    }
  });
  test("layers called in code, at any depth, and explicit values there", () => {
    class Block extends hb.Model {
      readonly drop: hb.Layer = hb.layers.dropout({ rate: 0.5, name: "d" });
      readonly dense: hb.Layer = hb.layers.dense({ units: 2, name: "de" });
      override call(inputs: hb.Tensor): hb.Tensor {
        return this.drop.apply(this.drop.apply(this.dense.apply(inputs)), { training: false });
      }
    }
    const model = new Block({ name: "block" });
    assertThrows(() => model.explainTraining(), hb.StateError, /built model/);
    model.apply(hb.ones([1, 3]));
    assertEqual(rowsOf(model, { training: true }), [
      ["de", 0, true, "inherited from block", "same in both modes"],
      ["d", 0, true, "inherited from block", "drops 50 %"],
      ["d", 1, false, "explicit here", "identity"],
    ] as never);
  });
  test("the text is a table; nothing changes", () => {
    const model = build();
    model.addLoss(hb.tensor(3));
    const state = model.variables.map((v) => String(v.readSync()));
    const text = String(model.explainTraining({ entry: "fit" }));
    assert(/^m\.fit\nlayer {3}node {2}training {2}because/.test(text), text);
    assert(/drop +1 +true +fixed in the graph at node 1 +drops 20 %/.test(text), text);
    assertEqual(
      model.variables.map((v) => String(v.readSync())),
      state,
    );
    assertEqual(model.losses.length, 1);
  });
  test("wrong options", () => {
    assertThrows(() => build().explainTraining({ entry: "fitt" } as never), hb.ValueError, /Did you mean "fit"/);
    assertThrows(() => build().explainTraining({ entry: "fit", training: false }), hb.ValueError, /passes true/);
    assertThrows(() => build().explainTraining({ trainin: false } as never), hb.ValueError, /"training"/);
  });
});
