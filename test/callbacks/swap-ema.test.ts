import { readFileSync } from "node:fs";
import * as callbacks from "../../src/callbacks/index.ts";
import type { Model } from "../../src/models/model.ts";
import { sgd } from "../../src/optimizers/index.ts";
import { ValueError } from "../../src/util/errors.ts";
import { assertClose, assertEqual, assertRejects, assertThrows } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";
import { LINEAR_X, LINEAR_Y, linear } from "../training/helpers.ts";

interface Run {
  readonly swapOnEpoch: boolean;
  readonly val_loss: number[];
  readonly ends: number[];
  readonly final: number;
}

const path = new URL("../fixtures/callbacks.json", import.meta.url);
const golden: readonly Run[] = JSON.parse(readFileSync(path, "utf8")).swapEMAWeights;
const quiet = { verbose: 0 } as const;
const averaging = (): Model => linear({ optimizer: sgd({ learningRate: 0.01, useEma: true, emaMomentum: 0.5 }) });
const weightOf = (model: Model): number => model.getWeights()[0]!.item();
const data = { validationData: [LINEAR_X, LINEAR_Y] as const, batchSize: 2, shuffle: false, ...quiet };

suite("SwapEMAWeights", (test) => {
  for (const { swapOnEpoch, val_loss, ends, final } of golden) {
    test(`as in Keras, swapOnEpoch ${swapOnEpoch}: validation, weights at the end of epochs and of fit`, async () => {
      const model = averaging();
      const seen: number[] = [];
      const look = { onEpochEnd: () => void seen.push(weightOf(model)) };
      const list = [callbacks.swapEMAWeights({ swapOnEpoch }), look];
      const { history } = await model.fit(LINEAR_X, LINEAR_Y, { epochs: 3, callbacks: list, ...data });
      assertClose(history.val_loss!, val_loss);
      assertClose([...seen, weightOf(model)], [...ends, final]);
    });
  }

  test("training stopped early ends with the averages too", async () => {
    const end = async (...more: callbacks.CallbackHooks[]): Promise<number> => {
      const model = averaging();
      const stop = {
        onEpochEnd(epoch: number) {
          if (epoch === 1) model.stopTraining = true;
        },
      };
      await model.fit(LINEAR_X, LINEAR_Y, { epochs: 5, callbacks: [...more, stop], ...data });
      return weightOf(model);
    };
    assertEqual(await end(callbacks.swapEMAWeights({ swapOnEpoch: true })), await end());
  });

  test("evaluate and predict use the averages and give the weights back, also when they fail", async () => {
    const model = averaging();
    let [weight, average] = [0, 0];
    const { optimizer } = model;
    const swap = callbacks.swapEMAWeights();
    let predicted: number[] = [];
    const look = {
      onEpochEnd() {
        weight = weightOf(model);
        average = optimizer!.averageOf(optimizer!.served[0]!)!.readSync()[0]!;
        predicted = [...model.predict([[1]], { callbacks: swap, ...quiet }).dataSync()];
        const fail = {
          onTestBatchEnd() {
            throw new Error("enough");
          },
        };
        assertThrows(() => model.evaluate(LINEAR_X, LINEAR_Y, { callbacks: [swap, fail], ...quiet }), Error, /enough/);
        assertEqual(weightOf(model), weight);
      },
    };
    await model.fit(LINEAR_X, LINEAR_Y, { ...data, callbacks: look });
    assertEqual([predicted, weight !== average], [[average], true]);
  });

  test("without averages it says what it needs", async () => {
    const swap = callbacks.swapEMAWeights();
    const text = /^\[SwapEMAWeights.onTestBegin\] optimizer: must be used with .* `useEma: true`/;
    await assertRejects(linear().fit(LINEAR_X, LINEAR_Y, { callbacks: swap, ...data }), ValueError, text);
    assertThrows(() => averaging().evaluate(LINEAR_X, LINEAR_Y, { callbacks: swap, ...quiet }), ValueError, text);
  });
});
