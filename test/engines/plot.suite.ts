/** hornbeam/plot beside hornbeam, without a document to draw in: the same bytes in every engine. */
import * as hb from "hornbeam";
import { confusionMatrix, histogram, plotHistory, plotModel } from "hornbeam/plot";
import { assert, assertEqual, assertThrows } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

/** FNV-1a, 32 bits, of a text's UTF-16 units. */
function hashOf(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, "0");
}

function makeModel(): hb.Model {
  const x = hb.input({ shape: [4], name: "x" });
  const h = hb.layers.dense({ units: 4, activation: "relu", name: "hidden" }).apply(x);
  const dropped = hb.layers.dropout({ rate: 0.2, name: "drop" }).apply(h);
  return hb.model({ inputs: x, outputs: hb.layers.add({ name: "sum" }).apply([x, dropped]), name: "net" });
}

const logs = { loss: [1.7, 0.9, 1 / 3, Number.NaN, 0.21], val_loss: [1.9, 1.1, 0.7, 0.6, 0.55] };

suite("hornbeam/plot", (test) => {
  // After a change of what pictures look like: the new hashes are in the failure's text.
  test("the same bytes as in every engine", () => {
    const pictures = [
      plotHistory(logs, { title: "Loss" }),
      plotHistory(logs, { format: "terminal" }),
      plotModel(makeModel(), { training: true }),
      confusionMatrix([0, 1, 2, 2], [0, 2, 2, 1], { labels: ["a", "b", "c"] }).toSvg(),
      histogram([-1.5, 0.1, 0.2, 0.3, 2.5], { bins: 7 }).toSvg(),
    ];
    assertEqual(pictures.map(hashOf).join(" "), "011971b2 b57a1bf0 6964dac0 b8445b54 4b0bf986");
  });
  test("tensors and variables of hornbeam, and errors of its classes", () => {
    const layer = hb.layers.dense({ units: 3, kernelInitializer: "ones" });
    const y = layer.apply([[1, 2]]);
    assertEqual(histogram(y, { bins: 1 }).counts, [3]);
    assertEqual(histogram(layer.weights[0]!, { bins: 1 }).counts, [6]);
    assertEqual(confusionMatrix([0], y.argMax(-1)).matrix, [[1]]);
    const error = assertThrows(() => plotHistory(3 as never), hb.ValueError, /\[plotHistory\] history/);
    assert(error instanceof hb.HornbeamError);
    assertThrows(() => confusionMatrix([0], []), hb.ShapeError);
    assertThrows(() => plotModel(layer as never), hb.ValueError);
  });
  test("a history of fit", async () => {
    const model = makeModel();
    model.compile({ optimizer: "sgd", loss: "mse" });
    const history = await model.fit(hb.ones([4, 4]), hb.ones([4, 4]), { epochs: 3, verbose: 0 });
    assert(plotHistory(history).startsWith("<svg "));
    assertEqual(plotHistory(history, { format: "terminal" }).split("\n").length, 19);
  });
});
