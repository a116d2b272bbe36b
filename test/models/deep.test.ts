/** Graphs far deeper than a call stack: nothing that follows their depth may call itself. */
import * as hb from "../../src/index.ts";
import { assertEqual } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

const DEPTH = 8000;

/** `start`, changed by `step` so often. */
function deep<T>(start: T, step: (value: T) => T): T {
  let value = start;
  for (let i = 0; i < DEPTH; i++) value = step(value);
  return value;
}

suite("deep graphs", (test) => {
  test("a functional model of layers: step, summary, config, copy", () => {
    const input = hb.input({ shape: [1] });
    const first = hb.layers.dense({ units: 1, kernelInitializer: "ones" }).apply(input);
    const outputs = deep(first, (x) => hb.layers.activation({ activation: "relu" }).apply(x));
    const model = hb.model({ inputs: input, outputs });
    assertEqual(model.layers.length, DEPTH + 2);
    const text = model.summary({ printFn: () => {} });
    assertEqual(text.match(/Activation/g)?.length, DEPTH);
    model.compile({ optimizer: hb.optimizers.sgd({ learningRate: 0.25 }), loss: "meanSquaredError" });
    // prediction w·x + b = 1 for x = 1; the gradient of (1 − 3)² is −4 for both
    model.trainOnBatch(hb.ones([1, 1]), hb.fill([1, 1], 3));
    assertEqual(
      model.getWeights().map((weight) => weight.arraySync()),
      [[[2]], [1]],
    );
    const made = hb.Functional.fromConfig(model.getConfig()) as hb.Functional;
    for (const copy of [made, hb.cloneModel(model)]) {
      copy.setWeights(model.getWeights());
      assertEqual(copy.predict(hb.fill([1, 1], 5)).arraySync(), [[11]]);
    }
  });

  test("a functional model of ops, also from the middle of another graph", () => {
    const input = hb.input({ shape: [1] });
    const middle = hb.layers.flatten().apply(input);
    const outputs = deep(middle, (x) => x.add(1));
    for (const inputs of [input, middle]) {
      assertEqual(
        hb
          .model({ inputs, outputs })
          .predict(hb.zeros([1, 1]))
          .arraySync(),
        [[DEPTH]],
      );
    }
  });

  test("a tape and a compiled function", () => {
    const x = hb.tensor([1, 2]);
    const tape = new hb.GradientTape();
    tape.watch(x);
    const y = tape.record(() => deep(x, (value) => value.add(x)));
    assertEqual(tape.gradient(y, x)!.arraySync(), [DEPTH + 1, DEPTH + 1]);
    assertEqual(
      hb
        .compile((value: hb.Tensor) => deep(value, (each) => each.add(1)))(x)
        .arraySync(),
      [DEPTH + 1, DEPTH + 2],
    );
  });
});
