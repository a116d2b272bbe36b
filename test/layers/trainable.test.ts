/** `trainable` and the lists of variables: cases VA-01 … VA-05 and FX-04 of the semantics. */
import * as hb from "../../src/index.ts";
import { assert, assertClose, assertEqual, assertThrows } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

const names = (variables: readonly hb.Variable[]): string[] => variables.map(({ path }) => path);

/** A layer with another one inside. */
class Parent extends hb.Layer {
  static override readonly className: string = "Parent";
  readonly child: hb.Layer;

  constructor(child: hb.Layer) {
    super();
    this.child = child;
  }

  override call(inputs: hb.Tensor, _options: hb.CallOptions): hb.Tensor {
    return this.child.apply(inputs);
  }
}

suite("trainable and variables", (test) => {
  test("a variable's own flag, set after steps have been planned, counts from the next step on", () => {
    const dense = hb.layers.dense({ units: 2, kernelInitializer: "ones" });
    const model = hb.sequential({ layers: [hb.input({ shape: [3] }), dense] });
    model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
    const step = (): number[] => {
      model.trainOnBatch(hb.ones([4, 3]), hb.zeros([4, 2]));
      return [...dense.weights[0]!.readSync()];
    };
    const first = step();
    dense.weights[0]!.trainable = false;
    assertEqual(step(), first);
    dense.weights[0]!.trainable = true;
    assert(step()[0] !== first[0]);
  });

  test("VA-01 a layer made frozen in a model, and the model set trainable", () => {
    const x = hb.input({ shape: [1] });
    const model = hb.model({ inputs: x, outputs: hb.layers.dense({ units: 2, trainable: false }).apply(x) });
    assertEqual([model.trainableWeights.length, model.nonTrainableWeights.length], [0, 2]);
    model.trainable = true;
    assertEqual([model.trainableWeights.length, model.nonTrainableWeights.length], [2, 0]);
  });

  test("VA-02 order of weights and lists", () => {
    const x = hb.input({ shape: [2] });
    let h = hb.layers.batchNormalization({ name: "bn1" }).apply(x);
    h = hb.layers.dropout({ rate: 0.1 }).apply(h);
    const model = hb.model({ inputs: x, outputs: hb.layers.dense({ units: 1, name: "de" }).apply(h) });
    const weights = ["bn1/gamma", "bn1/beta", "bn1/moving_mean", "bn1/moving_variance", "de/kernel", "de/bias"];
    assertEqual(names(model.weights), weights);
    assertEqual(names(model.trainableVariables), ["bn1/gamma", "bn1/beta", "de/kernel", "de/bias"]);
    assertEqual(names(model.trainableWeights), names(model.trainableVariables));
    const others = ["bn1/moving_mean", "bn1/moving_variance", "seed_generator_state"];
    assertEqual(names(model.nonTrainableVariables), others);
    assertEqual(names(model.nonTrainableWeights), others.slice(0, 2));
    assertEqual(names(model.variables).length, 7);
    model.trainable = false;
    assertEqual(names(model.trainableVariables), []);
    assertEqual(names(model.nonTrainableWeights), weights, "a frozen model keeps the order of weights");
  });

  test("VA-03 a child set trainable below a frozen parent", () => {
    const parent = new Parent(hb.layers.dense({ units: 2 }));
    parent.apply(hb.ones([1, 3]));
    parent.trainable = false;
    parent.child.trainable = true;
    assertEqual(names(parent.trainableVariables), []);
    assertEqual(
      names(parent.child.trainableVariables).map((name) => name.split("/")[1]),
      ["kernel", "bias"],
    );
  });

  test("VA-04 a frozen BatchNormalization infers, also in training", () => {
    const layer = hb.layers.batchNormalization({ trainable: false, epsilon: 1e-7 });
    layer.build([1, 4, 4, 3]);
    assertEqual([layer.weights.length, layer.trainableWeights.length, layer.nonTrainableWeights.length], [4, 0, 4]);
    const x = hb.random.normal([1, 4, 4, 3], { seed: 1 });
    assertClose(layer.apply(x, { training: true }), x, { atol: 1e-5 });
    assertEqual(layer.movingMean!.value().arraySync(), [0, 0, 0]);
    layer.trainable = true;
    assertEqual([layer.trainableWeights.length, layer.nonTrainableWeights.length], [2, 2]);
  });

  test("VA-05 a frozen Dropout still drops", () => {
    const layer = hb.layers.dropout({ rate: 0.5, trainable: false, seed: 1 });
    const values = layer.apply(hb.ones([10, 10]), { training: true }).dataSync();
    assert(values.includes(0) && values.includes(2), "some dropped, some scaled");
  });

  test("FX-04 setting a container trainable revives a child that was frozen alone", () => {
    const parent = new Parent(hb.layers.dense({ units: 2 }));
    parent.apply(hb.ones([1, 3]));
    parent.child.trainable = false;
    assertEqual(parent.trainableVariables.length, 0);
    parent.trainable = true;
    assert(parent.child.trainable, "the child is trainable again");
    assertEqual(parent.trainableVariables.length, 2);
  });

  test("freezing a container freezes the BatchNormalization inside it", () => {
    const parent = new Parent(hb.layers.batchNormalization());
    const x = hb.tensor([[1], [3]]);
    parent.apply(x);
    parent.trainable = false;
    assertClose(parent.apply(x, { training: true }), parent.apply(x));
  });

  test("layers made with trainable false keep their weights among those that can be trained", () => {
    const layer = hb.layers.dense({ units: 1, trainable: false });
    layer.build([null, 2]);
    assertEqual(layer.trainableWeights.length, 0);
    layer.trainable = true;
    assertEqual(layer.trainableWeights.length, 2);
  });

  test("trainable in the constructor must be a boolean", () => {
    for (const trainable of [1, null, "yes"]) {
      assertThrows(
        () => hb.layers.dense({ units: 1, trainable } as never),
        hb.ValueError,
        /Expected `trainable` to be a boolean/,
      );
    }
  });

  test("sublayers, variables and seeds are found in arrays and objects, each once", () => {
    class Holder extends hb.Layer {
      readonly blocks: hb.Layer[] = [hb.layers.dense({ units: 1, name: "first" })];
      readonly heads: Record<string, unknown> = { a: hb.layers.dense({ units: 1, name: "second" }), n: 3 };
      readonly scale: hb.Variable = hb.variable([1, 2], { name: "scale" });
      readonly count: hb.Variable = hb.variable(0, { name: "count", trainable: false });
      readonly seed: hb.SeedGenerator = new hb.SeedGenerator(7);
      again: hb.Layer | undefined = undefined;
      override call(inputs: hb.Tensor, _options: hb.CallOptions): hb.Tensor {
        return inputs;
      }
    }
    const holder = new Holder();
    holder.again = holder.blocks[0]!;
    for (const layer of [holder.blocks[0]!, holder.heads.a as hb.Layer]) layer.build([null, 2]);
    const children = ["first/kernel", "first/bias", "second/kernel", "second/bias"];
    assertEqual(names(holder.weights), ["scale", "count", ...children]);
    assertEqual(names(holder.variables), ["scale", "count", "seed_generator_state", ...children]);
    const [kernel, bias] = holder.weights.slice(2);
    assertEqual([kernel!.name, bias!.name], ["kernel", "bias"], "the bare names");
    const adam = hb.optimizers.adam();
    adam.build([kernel!]);
    const slots = adam.variables.slice(2).map(({ name }) => name);
    assertEqual(slots, ["first_kernel_momentum", "first_kernel_velocity"], "slots are named by the path");
    holder.trainable = false;
    assert(!holder.scale.trainable && !holder.blocks[0]!.trainable, "all below are frozen");
    holder.trainable = true;
    assert(holder.scale.trainable && !holder.count.trainable, "state stays what it is");
  });

  test("a layer of another copy of the package is refused", () => {
    const foreign = { [Symbol.for("hornbeam.Layer")]: true, name: "other", apply: () => 0 };
    const model = hb.sequential();
    assertThrows(() => model.add(foreign as never), hb.StateError, /this copy of hornbeam/);
    const parent = new Parent(Object.assign(Object.create({ constructor: class Foreign {} }), foreign) as never);
    assertThrows(() => parent.variables, hb.StateError, /this copy of hornbeam/);
  });
});
