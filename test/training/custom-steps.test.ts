/** Steps, losses and metrics that a model brings along itself. */

import { valueAndGrads } from "../../src/autodiff/gradients.ts";
import { GradientTape } from "../../src/autodiff/tape.ts";
import * as layers from "../../src/layers/index.ts";
import * as losses from "../../src/losses/index.ts";
import * as metrics from "../../src/metrics/index.ts";
import { Model } from "../../src/models/model.ts";
import type { StepLogs } from "../../src/models/trainable-model.ts";
import { tensor } from "../../src/ops/creation.ts";
import { concat } from "../../src/ops/index.ts";
import type { Tensor } from "../../src/ops/tensor.ts";
import * as optimizers from "../../src/optimizers/index.ts";
import { uniform } from "../../src/random/index.ts";
import { TraceError, ValueError } from "../../src/util/errors.ts";
import { assertClose, assertEqual, assertThrows } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";
import { LINEAR_X, LINEAR_Y, linear, stateOf } from "./helpers.ts";

const ones = { units: 1, useBias: false, kernelInitializer: "ones" } as const;
const quiet = { batchSize: 2, shuffle: false, verbose: 0 } as const;
const X = tensor(LINEAR_X);

/** `linear` as a subclass. */
class Line extends Model {
  static override className = "Line";
  dense = layers.dense(ones);
  override call(x: Tensor): Tensor {
    return this.dense.apply(x);
  }
  compiled1(options: object = {}): this {
    this.compile({ optimizer: optimizers.sgd({ learningRate: 0.01 }), loss: "mse", ...options });
    return this;
  }
}

/** What the built-in step makes of the same training. */
async function builtIn(options: object = {}) {
  const model = linear({ optimizer: optimizers.sgd({ learningRate: 0.01 }), ...options });
  const { history } = await model.fit(LINEAR_X, LINEAR_Y, { ...quiet, epochs: 2 });
  return { history, state: stateOf(model) };
}

type Pair = readonly [x: Tensor, y: Tensor];

suite("custom steps: trainStep, testStep, predictStep", (test) => {
  for (const runEagerly of [false, true]) {
    test(`the built-in step written out, by a tape and a metric: the same bits${runEagerly ? ", op by op" : ""}`, async () => {
      class Own extends Line {
        static override className = "Own";
        override trainStep([x, y]: Pair): StepLogs {
          const tape = new GradientTape();
          const loss = tape.record(() => this.computeLoss(x, y, this.apply(x, { training: true }) as Tensor));
          const gradients = tape.gradient(loss, this.trainableVariables);
          this.optimizer!.applyGradients(gradients.map((gradient, i) => [gradient, this.trainableVariables[i]!]));
          for (const metric of this.metrics) {
            if (metric.name === "loss") (metric as metrics.Mean).updateState(loss, x.shape[0]!);
          }
          return { loss: (this.metrics[0] as metrics.Mean).result() };
        }
      }
      const model = new Own().compiled1({ runEagerly });
      const { history } = await model.fit(LINEAR_X, LINEAR_Y, { ...quiet, epochs: 2 });
      const expected = await builtIn();
      assertEqual([history, stateOf(model)], [expected.history, expected.state]);
    });
  }

  test("without a metric the logs are those of the last step; scalars, numbers and vectors", async () => {
    class Own extends Line {
      static override className = "Own";
      override trainStep([x, y]: Pair): StepLogs {
        const { value, grads } = valueAndGrads(
          () => losses.meanSquaredError().apply(y, this.apply(x, { training: true }) as Tensor),
          this.trainableVariables,
        );
        this.optimizer!.applyGradients(grads.map((gradient, i) => [gradient, this.trainableVariables[i]!]));
        return {
          loss: value,
          two: 2,
          ends: concat([x.reshape([-1]).slice(0, 1), tensor([7])]),
        };
      }
    }
    const own = new Own().compiled1();
    own.optimizer!.learningRate = 0;
    const { history } = await own.fit(LINEAR_X, LINEAR_Y, quiet);
    assertEqual(Object.keys(history), ["ends", "loss", "two"]);
    assertEqual([history.ends, history.loss, history.two] as unknown, [[[10, 7]], [100], [2]]);
    assertEqual(own.trainOnBatch(LINEAR_X, LINEAR_Y) as unknown, [26, [1, 7], 2]);
    const named = own.trainOnBatch(LINEAR_X, LINEAR_Y, { returnDict: true });
    assertEqual(named as unknown, { loss: 26, ends: [1, 7], two: 2 });
  });

  test("metrics on properties of the model count over an epoch and are reset with the next", async () => {
    class Own extends Line {
      static override className = "Own";
      error = new metrics.Mean({ name: "error" });
      override testStep([x, y]: Pair): StepLogs {
        const predictions = this.apply(x) as Tensor;
        this.error.updateState(y.sub(predictions).abs());
        return { error: this.error.result(), steps: 1 };
      }
    }
    const own = new Own().compiled1();
    for (let i = 0; i < 2; i++) assertClose(own.evaluate(LINEAR_X, LINEAR_Y, { batchSize: 2 }) as number[], [4, 1]);
    assertEqual(own.metricsNames, ["loss", "error"]);
    assertEqual(
      own.metrics.map(({ name }) => name),
      ["loss", "error"],
    );
    const { history } = await own.fit(LINEAR_X, LINEAR_Y, { ...quiet, validationData: [LINEAR_X, LINEAR_Y] });
    // computeMetrics of the built-in training step names the model's own metrics too; nothing was taken in there.
    assertEqual(Object.keys(history), ["error", "loss", "val_error", "val_steps"]);
    assertEqual(history.error, [0]);
  });

  test("predictStep gives what it likes, joined along the first axis", () => {
    class Own extends Line {
      static override className = "Own";
      override predictStep([x]: readonly [Tensor]): { twice: Tensor; rest: Tensor[] } {
        const predictions = this.apply(x) as Tensor;
        return { twice: predictions.mul(2), rest: [predictions, x] };
      }
    }
    const result = new Own().predict<{ twice: Tensor; rest: Tensor[] }>(LINEAR_X, { batchSize: 2 });
    assertClose(result.twice, X.mul(2));
    assertClose(result.rest[1]!, X);
    assertClose(new Own().predictOnBatch<{ twice: Tensor; rest: Tensor[] }>(X).rest[0]!, X);
  });

  test("data of the model's own kind: no targets, targets of several parts", async () => {
    class Own extends Line {
      static override className = "Own";
      override trainStep([x, y, weights]: readonly [{ a: Tensor }, Tensor[]?, Tensor?]): StepLogs {
        return { x: x.a.sum(), y: y === undefined ? -1 : y[0]!.sum().add(y[1]!.sum()), w: weights?.sum() ?? -1 };
      }
    }
    const own = new Own().compiled1({ loss: undefined });
    own.dense.apply(X);
    assertEqual(own.trainOnBatch({ a: LINEAR_X }, undefined, { returnDict: true }), { x: 20, y: -1, w: -1 });
    const y = [tensor([1, 2, 3, 4, 5]), tensor([[1], [1], [1], [1], [1]])];
    const options = { returnDict: true, sampleWeight: [1, 1, 1, 0, 0] };
    assertEqual(own.trainOnBatch({ a: LINEAR_X }, y as never, options), { x: 20, y: 20, w: 3 });
  });

  test("a step that reads values, waits or gives no logs", async () => {
    class Reads extends Line {
      static override className = "Reads";
      override trainStep([x]: Pair): StepLogs {
        return { loss: x.sum().item() };
      }
    }
    assertThrows(() => new Reads().compiled1().trainOnBatch(LINEAR_X, LINEAR_Y), TraceError, /runEagerly: true/);
    assertEqual(new Reads().compiled1({ runEagerly: true }).trainOnBatch(LINEAR_X, LINEAR_Y), 20);
    class Waits extends Line {
      static override className = "Waits";
      override trainStep(): StepLogs {
        return Promise.resolve({}) as never;
      }
    }
    assertThrows(
      () => new Waits().compiled1().trainOnBatch(LINEAR_X, LINEAR_Y),
      ValueError,
      /\[model "waits_?\d*" trainStep\] logs: expected numbers by name, got/,
    );
    class Silent extends Line {
      static override className = "Silent";
      override trainStep(): StepLogs {
        return {};
      }
    }
    assertEqual((await new Silent().compiled1().fit(LINEAR_X, LINEAR_Y, quiet)).history, {});
  });
});

suite("custom steps: computeLoss and computeMetrics", (test) => {
  test("computeLoss serves training and evaluation; super's counts losses of layers and outputs", async () => {
    class Own extends Line {
      static override className = "Own";
      seen: (boolean | undefined)[] = [];
      override computeLoss(x: Tensor, y: Tensor, yPred: Tensor, sampleWeight?: Tensor, training?: boolean): Tensor {
        this.seen.push(training);
        return super.computeLoss(x, y, yPred, sampleWeight).add(x.mean());
      }
    }
    const own = new Own().compiled1({ metrics: ["mae"] });
    assertClose(own.evaluate(LINEAR_X, LINEAR_Y) as number[], [30, 4]);
    assertClose(own.trainOnBatch(LINEAR_X, LINEAR_Y) as number[], [30, 4]);
    assertEqual(own.seen, [false, true]);
    assertClose(own.getWeights()[0]!, [[1 - 0.01 * 2 * 26]]);
  });

  test("a loss of one's own without one in compile, and targets that fit no output", async () => {
    class Own extends Line {
      static override className = "Own";
      override computeLoss(_x: Tensor, y: Tensor[], yPred: Tensor): Tensor {
        return yPred.sub(y[0]!).square().mean().add(y[1]!.mean());
      }
    }
    const own = new Own().compiled1({ loss: undefined });
    const y = [tensor(LINEAR_Y), tensor([[1], [1], [1], [1], [1]])];
    assertClose(own.evaluate(X, y as never) as number, 27);
    const { history } = await own.fit(X, y as never, { ...quiet, epochs: 2 });
    assertEqual([Object.keys(history), history.loss![1]! < history.loss![0]!], [["loss"], true]);
  });

  test("computeMetrics may add to what super gives; evaluate puts its names after the compiled ones", () => {
    class Own extends Line {
      static override className = "Own";
      largest = new metrics.Mean({ name: "largest" });
      override computeMetrics(x: Tensor, y: Tensor, yPred: Tensor, sampleWeight?: Tensor): StepLogs {
        const logs = super.computeMetrics(x, y, yPred, sampleWeight);
        this.largest.updateState(yPred.max());
        return { ...logs, largest: this.largest.result(), another: 5 };
      }
    }
    const own = new Own().compiled1({ metrics: ["mae"] });
    assertClose(own.evaluate(LINEAR_X, LINEAR_Y, { batchSize: 2 }) as number[], [26, 4, (2 + 4 + 10) / 3, 5]);
  });
});

suite("custom steps: several models", (test) => {
  test("a step that trains two models with an optimizer each moves both, and nothing else", async () => {
    class Pair extends Model {
      static override className = "Pair";
      left = new Line();
      right = new Line();
      optimizers = [optimizers.sgd({ learningRate: 0.01 }), optimizers.adam({ learningRate: 0.1 })] as const;
      override trainStep([x]: readonly [Tensor]): StepLogs {
        const logs: Record<string, Tensor> = {};
        for (const [i, part] of [this.left, this.right].entries()) {
          const { value, grads } = valueAndGrads(
            () => (part.apply(x.add(uniform(x.shape, { maxval: 0 })), { training: true }) as Tensor).square().mean(),
            part.trainableVariables,
          );
          this.optimizers[i]!.applyGradients(grads.map((gradient, j) => [gradient, part.trainableVariables[j]!]));
          logs[`loss${i}`] = value;
        }
        return logs;
      }
    }
    const pair = new Pair();
    for (const part of [pair.left, pair.right]) part.apply(X);
    pair.compile({ optimizer: "sgd" });
    const { history } = await pair.fit(X, undefined, { epochs: 3, verbose: 0 });
    assertEqual(Object.keys(history), ["loss0", "loss1"]);
    const expected = [1, 1];
    for (let i = 0; i < 3; i++) expected[0]! -= 0.01 * 2 * 26 * expected[0]!;
    assertClose(pair.left.getWeights()[0]!.item(), expected[0]!, { rtol: 1e-5 });
    assertEqual(pair.right.getWeights()[0]!.item() < 0.75, true);
    assertEqual(
      pair.optimizers.map(({ iterations }) => iterations),
      [3, 3],
    );
  });
});
