import { Dataset, type Shaped } from "../../src/data/index.ts";
import * as hb from "../../src/index.ts";
import { FormatError, ShapeError } from "../../src/util/errors.ts";
import { assert, assertClose, assertEqual, assertRejects, assertThrows } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

suite("data: batches in a model", (test) => {
  test("trainOnBatch, predict and tensor take a batch as it is", () => {
    const data = Dataset.fromArrays([
      [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
      [1, 0, 1],
    ]).batch(2);
    const model = hb.sequential({
      layers: [hb.input({ shape: [2] }), hb.layers.dense({ units: 1, kernelInitializer: "ones" })],
    });
    model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
    const [[x, y]] = [...data] as [[Shaped, Shaped]];
    assertEqual(hb.tensor(x).shape, [2, 2]);
    assertEqual([...(model.predict(x) as hb.Tensor).dataSync()], [3, 7]);
    // ((3 − 1)² + (7 − 0)²) / 2
    assertEqual(model.trainOnBatch(x, y), 26.5);
    const wrong = Object.assign(Float32Array.of(1, 2, 3), { shape: [2, 2] });
    assertThrows(() => model.predict(wrong), ShapeError, /sizes of 3 elements/);
    assertThrows(() => hb.tensor(wrong), ShapeError, /sizes of 3 elements/);
  });
  test("fit, evaluate and predict on Datasets: what comes at once and what is waited for give the same", async () => {
    const rows = Array.from({ length: 50 }, (_, i) => [[i / 50], (3 * i) / 50 - 1] as const);
    const train = async (data: Dataset<readonly [readonly number[], number]>): Promise<[number, number]> => {
      hb.setRandomSeed(3);
      const model = hb.sequential({ layers: [hb.input({ shape: [1] }), hb.layers.dense({ units: 1 })] });
      model.compile({ optimizer: hb.optimizers.sgd({ learningRate: 0.2 }), loss: "meanSquaredError" });
      const { history } = await model.fit(data.shuffle(50, 1).batch(10), undefined, { epochs: 60, verbose: 0 });
      const line = Dataset.from([[[0.5]] as const]);
      const last = history.loss!.at(-1)!;
      return [last, (model.predict(line.batch(1)) as hb.Tensor).item()];
    };
    const atOnce = await train(Dataset.from(rows));
    const later = Dataset.fromGenerator(async function* () {
      yield* rows;
    });
    assertEqual(await train(later), atOnce);
    assert(atOnce[0] < 1e-4 && Math.abs(atOnce[1] - 0.5) < 0.02, String(atOnce));
    const model = hb.sequential({
      layers: [hb.input({ shape: [1] }), hb.layers.dense({ units: 1, kernelInitializer: "zeros" })],
    });
    model.compile({ optimizer: "sgd", loss: "meanAbsoluteError" });
    const loss = model.evaluate(Dataset.from(rows).batch(7), undefined, { verbose: 0 }) as number;
    // The mean of |3i/50 − 1|
    assertClose(loss, rows.reduce((sum, [, y]) => sum + Math.abs(y), 0) / 50);
    assertClose((await model.evaluate(later.batch(7), undefined, { verbose: 0 })) as number, loss);
  });
  test("an epoch whose data go wrong leaves the model as after its last step, and fit can be called again", async () => {
    const model = hb.sequential({ layers: [hb.input({ shape: [1] }), hb.layers.dense({ units: 1 })] });
    model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
    const text = `x,y\n${"1,2\n".repeat(64)}1,oops\n`;
    const data = Dataset.fromCsv(text, { target: "y", types: { y: "number" }, dtype: "float32" }).batch(16);
    let steps = 0;
    let after: unknown;
    const onTrainBatchEnd = (): void => {
      steps++;
      after = model.getWeights().map((weight) => [...(weight as hb.Tensor).dataSync()]);
    };
    const fit = model.fit(data as Dataset<never>, undefined, { verbose: 0, callbacks: { onTrainBatchEnd } });
    await assertRejects(fit, FormatError, /line 66, column "y": expected a number, got "oops"/);
    assertEqual(steps, 4);
    assertEqual(
      model.getWeights().map((weight) => [...(weight as hb.Tensor).dataSync()]),
      after,
    );
    const { history } = await model.fit(data.take(4) as Dataset<never>, undefined, { verbose: 0 });
    assertEqual(history.loss!.length, 1);
  });
  test("layers adapt to batches", () => {
    const data = Dataset.fromArrays([[[1], [2], [3]]]).batch(2);
    const layer = hb.layers.normalization();
    layer.adapt(data.map(([x]) => x!));
    assertEqual([...(layer.apply([[2]]) as hb.Tensor).dataSync()], [0]);
  });
});
