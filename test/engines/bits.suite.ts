/**
 * One hash of the weights after 100 training steps of workload W1 (10 → Dense 64 relu → BatchNormalization → Dense 10
 * softmax, batch 128, Adam), the same number on every engine and in every way of execution.
 */
import * as hb from "hornbeam";
import { assertClose, assertEqual, assertThrows } from "../harness/assert-close.ts";
import { testNumbers } from "../harness/finite-difference.ts";
import { suite } from "../harness/suite.ts";

const EXPECTED = "640de77469b35d39";
const BATCH = 128;
const STEPS = 100;

/** FNV-1a, 64 bits, over float32 values; every NaN counts as the same. */
function hash(values: readonly ArrayLike<number>[]): string {
  let state = 0xcbf29ce484222325n;
  for (const list of values) {
    const floats = Float32Array.from(list, (x) => (Number.isNaN(x) ? Number.NaN : x));
    for (const byte of new Uint8Array(floats.buffer))
      state = BigInt.asUintN(64, (state ^ BigInt(byte)) * 0x100000001b3n);
  }
  return state.toString(16).padStart(16, "0");
}

/** The weights after some steps. */
function trained({ runEagerly = false, steps = STEPS } = {}): Float32Array[] {
  hb.setRandomSeed(42);
  const x = hb.input({ shape: [10] });
  const h = hb.layers.dense({ units: 64, activation: "relu" }).apply(x);
  const n = hb.layers.batchNormalization().apply(h);
  const d = hb.layers.dropout({ rate: 0.2 }).apply(n);
  const model = hb.model({ inputs: x, outputs: hb.layers.dense({ units: 10, activation: "softmax" }).apply(d) });
  model.compile({ optimizer: "adam", loss: "categoricalCrossentropy", runEagerly });
  const inputs = hb.tensor(Float32Array.from(testNumbers(BATCH * 10, 1)), [BATCH, 10]);
  const labels = Array.from(testNumbers(BATCH, 2, 0, 10), Math.floor);
  const targets = hb.oneHot(labels, 10);
  for (let i = 0; i < steps; i++) model.trainOnBatch(inputs, targets);
  return model.getWeights().map((w) => w.dataSync() as Float32Array);
}

const train = (options = {}): string => hash(trained(options));

suite("bits", (test) => {
  test("with deterministic: true, weights after 100 W1 steps with dropout have the one hash", () => {
    hb.configure({ deterministic: true });
    assertEqual(train(), EXPECTED);
    hb.configure({ deterministic: false, build: "simd" });
    assertEqual(train(), EXPECTED);
    hb.configure({ build: "auto" });
  });
  for (const deterministic of [true, false]) {
    test(`without fusion, without the memory plan, and immediately: the same bits (deterministic: ${deterministic})`, () => {
      hb.configure({ deterministic });
      const planned = train({ steps: 10 });
      try {
        hb.configure({ fuse: false });
        assertEqual(train({ steps: 10 }), planned, "fuse: false");
        hb.configure({ fuse: true, plan: false });
        assertEqual(train({ steps: 10 }), planned, "plan: false");
      } finally {
        hb.configure({ fuse: true, plan: true });
      }
      assertEqual(train({ steps: 10, runEagerly: true }), planned, "runEagerly: true");
      hb.configure({ deterministic: false });
    });
  }
  test("whichever build is chosen, weights after 10 steps agree to 1e-5", () => {
    hb.configure({ deterministic: true });
    const expected = trained({ steps: 10 });
    hb.configure({ deterministic: false });
    for (const [i, values] of trained({ steps: 10 }).entries()) {
      assertClose(values, expected[i]!, { rtol: 1e-5, atol: 1e-5, what: `weight ${i}` });
    }
  });
  test("relaxed and deterministic at once are refused", () => {
    assertThrows(() => hb.configure({ build: "relaxed", deterministic: true }), hb.ValueError, /deterministic/);
  });
});
