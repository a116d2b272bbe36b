/** Several threads against dist/ on every engine: the same bits as on one, and one thread where memory cannot be shared. */
import * as hb from "hornbeam";
import { enableThreads } from "hornbeam/threads";
import { assert, assertBitEqual, assertEqual } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

const { crossOriginIsolated, Deno } = globalThis as {
  crossOriginIsolated?: boolean;
  Deno?: { permissions: { revoke(what: { name: "read" }): Promise<unknown> } };
};
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

const { document } = globalThis as { document?: Document };
const endless = document !== undefined && new URL(document.URL).searchParams.has("endless");

/** What a frame does until it is closed: trains on two threads, and tells the page around it once the workers take part. */
async function trainForEver(): Promise<void> {
  await enableThreads({ threads: 2 });
  for (const start = performance.now(); ; ) {
    weightsAfter(2);
    await new Promise((resolve) => setTimeout(resolve));
    if (performance.now() - start > 300) window.parent.postMessage("trained");
  }
}

suite("threads", (test) => {
  if (endless) {
    test("trains until the page is closed", trainForEver);
    return;
  }

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

  if (Deno !== undefined) {
    test("without leave to read the workers' script one thread does the work, and the log says so", async () => {
      const expected = weightsAfter(8);
      await Deno.permissions.revoke({ name: "read" });
      const { warn } = console;
      const log: string[] = [];
      console.warn = (text) => void log.push(text);
      try {
        await enableThreads({ threads: 3 });
        weightsAfter(8).forEach((values, i) => {
          assertBitEqual(values, expected[i]!, `weight ${i}`);
        });
      } finally {
        console.warn = warn;
        hb.configure({ threads: 1 });
      }
      assertEqual(log.length, 1, log.join());
      assert(/^\[threads\] a worker ended, the others do its work: .*read access/.test(log[0]!), log[0]!);
    });
  }

  if (document !== undefined && isolated) {
    test("a page that is closed while its threads train stops, and leaves others as they are", async () => {
      const expected = weightsAfter(8);
      await enableThreads({ threads: 2 });
      let told = 0;
      const listen = (): void => void told++;
      addEventListener("message", listen);
      for (let i = 0; i < 2; i++) {
        const frame = document.createElement("iframe");
        frame.src = "?endless";
        document.documentElement.append(frame);
        const before = told;
        while (told === before) await new Promise((resolve) => setTimeout(resolve, 20));
        frame.remove();
        await new Promise((resolve) => setTimeout(resolve, 100));
        const after = told;
        weightsAfter(8).forEach((values, j) => {
          assertBitEqual(values, expected[j]!, `weight ${j}`);
        });
        await new Promise((resolve) => setTimeout(resolve, 200));
        assertEqual(told, after, "told after the frame was closed");
      }
      removeEventListener("message", listen);
      hb.configure({ threads: 1 });
    });
  }
});
