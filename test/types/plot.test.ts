/** What the compiler says about hornbeam/plot: checked by `tsc`; running the file only shows that it loads. */
import { expectTypeOf } from "expect-type";
import * as hb from "../../src/index.ts";
import {
  type ConfusionMatrix,
  confusionMatrix,
  type Histogram,
  histogram,
  plotHistory,
  plotModel,
} from "../../src/plot/index.ts";
import { assert } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

/** Never called. */
export async function types(): Promise<void> {
  const model = hb.sequential({ layers: [hb.layers.dense({ units: 2 })] });
  const history = await model.fit([[1]], [[1]]);

  expectTypeOf(plotHistory(history)).toEqualTypeOf<string>();
  expectTypeOf(plotHistory(history.history, { format: "terminal", metrics: ["loss"] })).toEqualTypeOf<string>();
  plotHistory({ mine: new Float32Array(3), yours: [1, 2, 3] }, { validationFreq: [1, 5] });
  // @ts-expect-error lists of texts
  plotHistory({ loss: ["1"] });
  // @ts-expect-error another format
  plotHistory(history, { format: "png" });
  // @ts-expect-error a misspelt option
  plotHistory(history, { metric: ["loss"] });

  expectTypeOf(plotModel(model)).toEqualTypeOf<string>();
  plotModel(hb.model({ inputs: hb.input({ shape: [1] }), outputs: hb.input({ shape: [1] }) }), { training: null });
  plotModel(model, { showShapes: false, training: { Dropout: true } });
  plotModel(model, { training: (layer) => layer.name === "drop" });
  // @ts-expect-error a layer is no model
  plotModel(hb.layers.dense({ units: 1 }));
  // @ts-expect-error a text is no flag
  plotModel(model, { training: "on" });

  expectTypeOf(confusionMatrix([0], model.predict([[1]]).argMax(-1))).toEqualTypeOf<ConfusionMatrix>();
  expectTypeOf(confusionMatrix(new Int32Array(1), [0]).matrix).toEqualTypeOf<number[][]>();
  // @ts-expect-error labels are texts
  confusionMatrix([0], [0], { labels: [1] });

  expectTypeOf(histogram(model.layers[0]!.weights[0]!)).toEqualTypeOf<Histogram>();
  expectTypeOf(histogram(hb.ones([2])).counts).toEqualTypeOf<readonly number[]>();
  // @ts-expect-error texts are no numbers
  histogram(["1"]);
}

suite("types of plot", (test) => {
  test("the file loads", () => assert(typeof types === "function"));
});
