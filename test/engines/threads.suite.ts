/** Several threads against dist/ on every engine: the same bits as on one, and one thread where memory cannot be shared. */
import * as hb from "hornbeam";
import { enableThreads } from "hornbeam/threads";
import { assert, assertBitEqual, assertEqual } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

const { crossOriginIsolated } = globalThis as { crossOriginIsolated?: boolean };
const isolated = crossOriginIsolated !== false;
const UNITS = 512;
const BATCH = 128;

function weightsAfter(steps: number): Float32Array[] {
  hb.setRandomSeed(5);
  const layers = [
    hb.input({ shape: [UNITS] }),
    hb.layers.dense({ units: UNITS, activation: "relu" }),
    hb.layers.batchNormalization(),
    hb.layers.dropout({ rate: 0.2 }),
    hb.layers.dense({ units: 10, activation: "softmax" }),
  ];
  const model = hb.sequential({ layers });
  model.compile({ optimizer: "adam", loss: "sparseCategoricalCrossentropy" });
  const x = hb.random.normal([BATCH, UNITS], { seed: 1 });
  const y = hb.tensor(
    Array.from({ length: BATCH }, (_, i) => i % 10),
    [BATCH],
    "int32",
  );
  for (let i = 0; i < steps; i++) model.trainOnBatch(x, y);
  return model.getWeights().map((weight) => weight.dataSync() as Float32Array);
}

suite("threads", (test) => {
  test("several threads give the bits of one; where memory cannot be shared, one goes on", async () => {
    const expected = weightsAfter(8);
    for (const threads of [2, 3]) {
      assertEqual(await enableThreads({ threads }), isolated ? threads : 1);
      assertEqual(hb.configure().threads, isolated ? threads : 1);
      // Workers start while the page has its turn.
      await new Promise((resolve) => setTimeout(resolve, 100));
      const actual = weightsAfter(8);
      actual.forEach((values, i) => {
        assertBitEqual(values, expected[i]!, `${threads} threads, weight ${i}`);
      });
    }
    hb.configure({ threads: 1 });
    assert(hb.memory().total > 0);
  });
});
