/** Predictions with batches of all sizes: making plans for them costs no more than using them. */
import * as hb from "../../src/index.ts";
import { assert } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

const CALLS = 1000;
const MOST_ROWS = 100;

suite("variable batch sizes", (test) => {
  test("1,000 predictions of W2 with 1 to 100 rows: cold at most twice as long as warm", () => {
    const { layers } = hb;
    hb.setRandomSeed(1);
    const hidden = (units: number): hb.Layer[] => [
      layers.dense({ units, activation: "relu" }),
      layers.batchNormalization(),
      layers.dropout({ rate: 0.2 }),
    ];
    const model = hb.sequential([
      layers.inputLayer({ shape: [784] }),
      ...hidden(512),
      ...hidden(512),
      layers.dense({ units: 10, activation: "softmax" }),
    ]);
    const batches = Array.from({ length: MOST_ROWS }, (_, i) => hb.random.uniform([i + 1, 784], { seed: i }));
    // 7 and 100 have no common divisor: every size comes up, in no order.
    const run = (): number => {
      const start = performance.now();
      for (let i = 0; i < CALLS; i++)
        model.predictOnBatch(batches[(i * 37 + Math.floor(i / MOST_ROWS) * 7) % MOST_ROWS]!);
      return performance.now() - start;
    };
    model.predictOnBatch(hb.ones([101, 784]));
    const cold = run();
    const warm = run();
    console.log(`cold ${cold.toFixed(0)} ms, warm ${warm.toFixed(0)} ms`);
    assert(cold <= 2 * warm, `cold ${cold.toFixed(0)} ms, warm ${warm.toFixed(0)} ms`);
  });
});
