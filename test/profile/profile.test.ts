import * as hb from "../../src/index.ts";
import { profile } from "../../src/profile/index.ts";
import { assert, assertBitEqual, assertClose, assertEqual, assertRejects } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

function makeModel(): hb.Sequential {
  hb.setRandomSeed(1);
  const layers = [
    hb.input({ shape: [16] }),
    hb.layers.dense({ units: 32, activation: "relu", name: "wide" }),
    hb.layers.dense({ units: 4, name: "narrow" }),
  ];
  const model = hb.sequential({ layers, name: "net" });
  model.compile({ optimizer: "sgd", loss: "mse" });
  return model;
}

const x = hb.random.normal([64, 16], { seed: 1 });
const y = hb.zeros([64, 4]);

suite("profile", (test) => {
  test("rows name layers and kernels, count calls and work, and add up", async () => {
    const model = makeModel();
    model.trainOnBatch(x, y);
    const report = await profile(() => {
      for (let i = 0; i < 5; i++) model.trainOnBatch(x, y);
      return 7;
    });
    assertEqual(report.result, 7);
    const forward = report.rows.find(({ layer, kernel }) => layer === "net/wide" && kernel === "f32_gemm_nn")!;
    assertEqual(forward.calls, 5);
    // 2·64·32·16 operations a call.
    assertClose((forward.gflops * forward.milliseconds) / 5, (2 * 64 * 32 * 16) / 1e6, { rtol: 1e-9 });
    assert(report.rows.some(({ layer, kernel }) => layer === "net/narrow/gradient" && kernel === "f32_gemm_tn"));
    assertClose(
      report.rows.reduce((sum, { share }) => sum + share, 0),
      1,
      { rtol: 1e-9 },
    );
    assert(report.kernelMilliseconds > 0 && report.kernelMilliseconds <= report.milliseconds);
    const [net, ...others] = report.layers;
    assertEqual(net!.layer, "net");
    // Which of the two took longer is the machine's matter.
    assertEqual(others.map(({ layer }) => layer).sort(), ["net/narrow", "net/wide"]);
    assertClose(net!.milliseconds, others[0]!.milliseconds + others[1]!.milliseconds, { rtol: 1e-9 });
    assert(String(report).includes("f32_gemm_nn net/wide"));
  });

  test("the trace has an event for each call, in order and one after another", async () => {
    const model = makeModel();
    const report = await profile(() => model.fit(x, y, { epochs: 2, batchSize: 16, verbose: 0 }));
    assertEqual(report.result.epoch, [0, 1]);
    const { traceEvents } = JSON.parse(report.toTrace()) as {
      traceEvents: { name: string; ph: string; ts: number; dur: number; args: { layer: string } }[];
    };
    assertEqual(
      traceEvents.length,
      report.rows.reduce((sum, { calls }) => sum + calls, 0),
    );
    assert(traceEvents.every(({ ph, dur }) => ph === "X" && dur >= 0));
    traceEvents.slice(1).forEach(({ ts }, i) => {
      const before = traceEvents[i]!;
      assert(ts >= before.ts + before.dur - 1e-3, `event ${i + 1} begins before event ${i} ends`);
    });
  });

  test("ops that run at once are told by name; results are the same as without", async () => {
    const a = hb.random.normal([32, 32], { seed: 2 });
    const { result, rows } = await profile(() => a.matMul(a).relu());
    assertBitEqual(result, a.matMul(a).relu());
    assertEqual(rows.map(({ kernel }) => kernel).sort(), ["matMul", "relu"]);
  });

  test("one at a time; what the function throws comes through, and nothing is timed any more", async () => {
    await assertRejects(() => profile(() => profile(() => 1)), hb.StateError, /another/);
    await assertRejects(() => profile(3 as never), hb.ValueError, /function/);
    await assertRejects(
      () =>
        profile(() => {
          throw new RangeError("mine");
        }),
      RangeError,
      /mine/,
    );
    const { rows } = await profile(() => 0);
    assertEqual(rows, []);
  });
});
