/** Models called on inputs whose rank is off by a last axis of 1. */
import * as hb from "../../src/index.ts";
import parity from "../fixtures/parity.json" with { type: "json" };
import { assertEqual, assertThrows } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

suite("models: ranks of symbolic inputs", (test) => {
  test("a last axis is put on or taken off: shape and values as Keras's nested models run", async () => {
    for (const { declared, given, shape, y } of parity.ranks) {
      const inputs = hb.input({ shape: declared });
      const inner = hb.model({ inputs, outputs: hb.ops.mul(inputs, 2) });
      const outer = hb.input({ shape: given });
      const outputs = inner.apply(outer);
      assertEqual([...outputs.shape.slice(1)], declared[0] === null ? [3] : shape.slice(1));
      const model = hb.model({ inputs: outer, outputs });
      const x = hb.range(0, y.length).reshape([2, ...given]);
      for (const each of [model, hb.cloneModel(model), await hb.loadModel(await model.save())]) {
        const result = each.predict(x);
        assertEqual([[...result.shape], [...result.dataSync()]], [shape, y]);
      }
    }
    const x = hb.input({ shape: [3] });
    const model = hb.model({ inputs: x, outputs: hb.layers.dense({ units: 2 }).apply(x) });
    const text = /Invalid input shape for input .*expected shape=\(None, 3\), found shape=\(None, 3, 2\) \(the output/;
    assertThrows(() => model.apply(hb.input({ shape: [3, 2] })), hb.ShapeError, text);
  });
});
