/** The contract of layers: calls, building, weights, losses, names, configs, misuse. Case DE-05 of the semantics. */
import * as hb from "../../src/index.ts";
import { autoName, resetNames } from "../../src/layers/naming.ts";
import { snakeCase } from "../../src/util/names.ts";
import { assert, assertClose, assertEqual, assertThrows } from "../harness/assert-close.ts";
import { layerTest } from "../harness/layer-test.ts";
import { suite } from "../harness/suite.ts";

/** Multiplies by a weight per column; counts its calls. */
class Scale extends hb.Layer {
  static override readonly className: string = "Scale";
  readonly by: number;
  factor: hb.Variable | undefined = undefined;
  calls = 0;

  constructor({ by = 1, ...options }: hb.LayerOptions & { by?: number } = {}) {
    super(options);
    this.by = by;
  }

  override build(inputShape: hb.Shape): void {
    this.factor = this.addWeight({
      name: "factor",
      shape: [inputShape.at(-1)!],
      initializer: hb.initializers.constant({ value: this.by }),
    });
  }

  override call(inputs: hb.Tensor, _options: hb.CallOptions): hb.Tensor {
    this.calls++;
    return inputs.mul(this.factor!);
  }

  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), by: this.by };
  }
}

suite("Layer", (test) => {
  test("DE-05 weights cannot be added in call", () => {
    class Late extends hb.Layer {
      override call(inputs: hb.Tensor): hb.Tensor {
        this.addWeight({ name: "late", shape: [1] });
        return inputs;
      }
    }
    const layer = new Late();
    assertThrows(() => layer.apply(hb.ones([1])), hb.ValueError, /cannot add new elements of state/);
    assertThrows(() => layer.apply(hb.input({ shape: [1] })), hb.ValueError, /cannot add new elements of state/);
    assertEqual(layer.weights.length, 0);
  });

  test("builds on first use, once, with the input's shape", () => {
    const layer = new Scale({ by: 3 });
    assert(!layer.built, "not built yet");
    assertEqual(layer.apply([[1, 2]]).arraySync(), [[3, 6]]);
    assert(layer.built, "built");
    assertEqual(layer.apply([[1, 1]]).arraySync(), [[3, 3]]);
    assertEqual([layer.weights.length, layer.countParams(), layer.calls], [1, 2, 2]);
    layer.build([1, 2]);
    assertThrows(() => layer.build([null, 5]), hb.StateError, /expected \(1, 2\), for which it is already built/);
  });

  test("passes every check a layer has to pass", () => {
    layerTest({
      layer: () => new Scale({ by: 2 }),
      inputs: [[4, 3]],
      expect: { weights: [1, 0], shape: [null, 3], differs: false },
      oracle: ([x, factor]) => x!.map((value, i) => value * factor![i % 3]!),
    });
  });

  test("takes tensors, variables, nested and typed arrays, lists and objects of them", () => {
    class Sum extends hb.Layer {
      override call(inputs: hb.Tensor | hb.Tensor[] | Record<string, hb.Tensor>): hb.Tensor {
        if (inputs instanceof hb.Tensor) return inputs;
        return Object.values(inputs).reduce((a, b) => a.add(b));
      }
    }
    const layer = new Sum();
    assertEqual(layer.apply([[1, 2]]).arraySync(), [[1, 2]]);
    assertEqual(layer.apply(new Float32Array([1, 2])).arraySync(), [1, 2]);
    assertEqual(layer.apply(hb.variable([4])).arraySync(), [4]);
    assertEqual(layer.apply([hb.tensor([1]), [2]]).arraySync(), [3]);
    assertEqual(layer.apply({ a: hb.tensor([1]), b: hb.tensor([5]) }).arraySync(), [6]);
    assertThrows(
      () => layer.apply("text" as never),
      hb.ValueError,
      /expected tensors or arrays of numbers, got "text"/,
    );
    assertThrows(() => layer.apply(layer as never), hb.ValueError, /expected the result of its apply\(\)/);
    assertThrows(() => layer.apply({}), hb.ValueError, /an empty object/);
    assertThrows(() => layer.apply(null as never), hb.ValueError, /got null/);
  });

  test("an error inside call names the layer; what call returns must be tensors", () => {
    class Wrong extends hb.Layer {
      override call(inputs: hb.Tensor): hb.Tensor {
        return inputs.matMul(hb.ones([5, 5]));
      }
    }
    assertThrows(() => new Wrong({ name: "w1" }).apply(hb.ones([2, 3])), hb.ShapeError, /^\[Wrong "w1"\] \[matMul\]/);
    class Number3 extends hb.Layer {
      override call(): hb.Tensor {
        return 3 as never;
      }
    }
    assertThrows(() => new Number3().apply([1]), hb.ValueError, /expected it to return tensors, got 3/);
    class Forgot extends hb.Layer {
      override call(x: hb.Tensor): hb.Tensor {
        return [x, undefined] as never;
      }
    }
    const text = /expected it to return tensors, got undefined/;
    assertThrows(() => new Forgot().apply([1]), hb.ValueError, text);
    assertThrows(() => new Forgot().apply(hb.input({ shape: [1] })), hb.ValueError, text);
    assertThrows(() => new hb.Layer({ name: "bare" }).apply([1]), hb.ValueError, /\[Layer "bare"\] call/);
  });

  test("getWeights gives copies, setWeights checks all before it changes any", () => {
    const layer = hb.layers.dense({ units: 2, kernelInitializer: "ones" });
    layer.build([null, 2]);
    const [kernel] = layer.getWeights();
    layer.setWeights([new Float32Array([1, 2, 3, 4]), [5, 6]]);
    assertEqual(kernel!.arraySync(), [
      [1, 1],
      [1, 1],
    ]);
    assertEqual(layer.kernel!.value().arraySync(), [
      [1, 2],
      [3, 4],
    ]);
    const fails = (weights: unknown, kind: typeof hb.ValueError | typeof hb.ShapeError, text: RegExp): void => {
      assertThrows(() => layer.setWeights(weights as never), kind, text);
      assertEqual(layer.bias!.value().arraySync(), [5, 6]);
      assertEqual(layer.kernel!.value().item === undefined, false);
      assertEqual([...layer.kernel!.readSync()], [1, 2, 3, 4]);
    };
    fails([[[9]]], hb.ValueError, /expected 2 weights, got a weight list of length 1/);
    fails([hb.zeros([2, 2]), [1, 2, 3]], hb.ShapeError, /expected the shape \(2,\) for weight 1 .*not compatible/);
    fails(7, hb.ValueError, /expected an array of tensors, got 7/);
  });

  test("addLoss: a term per call, cleared by the next outermost call, kept out of shape inference", () => {
    class Penalty extends hb.Layer {
      override call(inputs: hb.Tensor): hb.Tensor {
        this.addLoss(inputs.mul(0.01).sum());
        return inputs;
      }
    }
    const layer = new Penalty();
    const values = (): number[] => layer.losses.map((loss) => Math.fround(loss.item()));
    layer.apply([1]);
    assertEqual(values(), [Math.fround(0.01)]);
    layer.apply([1]);
    assertEqual(values(), [Math.fround(0.01)]);
    const model = hb.sequential({ layers: [layer] });
    layer.apply(hb.input({ shape: [1] }));
    assertEqual(values(), []);
    model.apply([[2], [3]]);
    assertClose(model.losses[0]!.item(), 0.05);
    assertThrows(() => layer.addLoss(3 as never), hb.ValueError, /addLoss: expected a tensor, got 3/);
  });

  test("a weight's regularizer adds a loss for as long as the weight is trained", () => {
    class Regular extends hb.Layer {
      readonly w: hb.Variable = this.addWeight({
        shape: [2],
        initializer: "ones",
        regularizer: { apply: (weight: hb.Tensor) => weight.square().sum().mul(0.5) },
      });
      override call(inputs: hb.Tensor): hb.Tensor {
        return inputs;
      }
    }
    const layer = new Regular();
    assertEqual(
      layer.losses.map((loss) => loss.item()),
      [1],
    );
    layer.trainable = false;
    assertEqual(layer.losses, []);
  });

  test("names: snake case, a counter per prefix, given names do not count", () => {
    const snake = {
      BatchNormalization: "batch_normalization",
      Conv2D: "conv2d",
      SpatialDropout1D: "spatial_dropout1d",
    };
    const more = { ReLU: "re_lu", PReLU: "p_re_lu", ELU: "elu", LSTM: "lstm", GRUCell: "gru_cell", Dense: "dense" };
    for (const [name, expected] of Object.entries({ ...snake, ...more, RMSNormalization: "rms_normalization" })) {
      assertEqual(snakeCase(name), expected);
    }
    resetNames();
    assertEqual(
      [autoName("dense"), autoName("dense"), autoName("relu"), autoName("dense")],
      ["dense", "dense_1", "relu", "dense_2"],
    );
    const names = [
      hb.layers.dense({ units: 1 }),
      hb.layers.dense({ units: 1, name: "mine" }),
      hb.layers.dense({ units: 1 }),
    ];
    assertEqual(
      names.map(({ name }) => name),
      ["dense_3", "mine", "dense_4"],
    );
    class Unnamed extends hb.Layer {}
    assertEqual(new Unnamed().name, "unnamed");
  });

  test("configs have Keras's names and make an equal layer", () => {
    const layer = hb.layers.batchNormalization({ momentum: 0.5, center: false, name: "n" });
    const config = layer.getConfig();
    assertEqual([config.momentum, config.center, config.name, config.trainable], [0.5, false, "n", true]);
    const copy = hb.layers.BatchNormalization.fromConfig(config) as hb.layers.BatchNormalization;
    assertEqual(copy.getConfig(), config);
    const scale = Scale.fromConfig({ by: 4, name: "s" });
    assertEqual(scale.apply([[1]]).arraySync(), [[4]]);
  });

  test("unknown options are refused, also in a layer of the user's own", () => {
    assertThrows(() => new Scale({ nam: "x" } as never), hb.ValueError, /Unrecognized keyword.*Did you mean "name"/);
    assertThrows(() => new Scale({ dtype: "float64" } as never), hb.ValueError, /dtype: expected "float32"/);
    assertThrows(() => new Scale({ name: "" }), hb.ValueError, /name: expected a text/);
    assertThrows(() => new Scale({ inputShape: [1.5] }), hb.ValueError, /inputShape/);
  });

  test("addWeight checks what it is told", () => {
    const layer = new Scale();
    assertThrows(() => layer.addWeight({ shape: [null] as never }), hb.ShapeError, /array of sizes/);
    assertThrows(() => layer.addWeight({ dtype: "double" as never }), hb.DTypeError, /dtype: expected one of/);
    assertThrows(() => layer.addWeight({ name: "a/b" }), hb.ValueError, /has no "\/"/);
    assertThrows(
      () => layer.addWeight({ initializer: "glorotUnifrom" as "zeros" }),
      hb.ValueError,
      /Did you mean "glorotUniform"/,
    );
    assertThrows(() => layer.addWeight({ regularizer: 3 as never }), hb.ValueError, /object with apply/);
    assertEqual(layer.weights.length, 0);
    assertEqual(
      layer
        .addWeight({ dtype: "int32", shape: [2], trainable: false })
        .value()
        .arraySync(),
      [0, 0],
    );
  });

  test("symbolic calls: nodes, first input and output, computeOutputShape", () => {
    const layer = new Scale();
    assertThrows(() => layer.output, hb.StateError, /has never been called and thus has no defined output/);
    const x = hb.input({ shape: [3], name: "x" });
    const y = layer.apply(x);
    assert(y instanceof hb.SymbolicTensor && layer.input === x && layer.output === y, "the first node");
    assertEqual([y.history.layer === layer, y.history.nodeIndex, y.history.tensorIndex], [true, 0, 0]);
    assertEqual([...layer.apply(y).shape], [null, 3]);
    assertEqual(layer.output === y, true);
    assertEqual(layer.computeOutputShape([null, 3]), [null, 3]);
    class Pool extends hb.Layer {
      override call(inputs: hb.Tensor): hb.Tensor {
        return inputs.reshape([inputs.shape[0]! * inputs.shape[1]!, inputs.shape[2]!]);
      }
    }
    assertEqual(new Pool().computeOutputShape([null, 4, 5]), [null, 5]);
    assertEqual(new Pool().computeOutputShape([2, 4, 5]), [8, 5]);
  });

  test("a class's own computeOutputShape is believed", () => {
    class Told extends hb.Layer {
      override computeOutputShape(): hb.Shape {
        return [null, 7];
      }
      override call(): hb.Tensor {
        throw new Error("not to be called");
      }
    }
    assertEqual([...new Told().apply(hb.input({ shape: [1] })).shape], [null, 7]);
  });

  test("children made in a constructor are built inside a symbolic call, with true first values", () => {
    class Composite extends hb.Layer {
      readonly first: hb.Layer = hb.layers.dense({ units: 3, kernelInitializer: "ones" });
      readonly norm: hb.Layer = hb.layers.batchNormalization();
      override call(inputs: hb.Tensor, _options: hb.CallOptions): hb.Tensor {
        return this.norm.apply(this.first.apply(inputs));
      }
    }
    const layer = new Composite();
    assertEqual([...layer.apply(hb.input({ shape: [2] })).shape], [null, 3]);
    assertEqual([layer.trainableWeights.length, layer.nonTrainableWeights.length], [4, 2]);
    assertEqual(layer.first.getWeights()[0]!.arraySync(), [
      [1, 1, 1],
      [1, 1, 1],
    ]);
    assertClose(layer.apply([[1, 1]]), [[2 / Math.sqrt(1.001), 2 / Math.sqrt(1.001), 2 / Math.sqrt(1.001)]]);
  });

  test("layers are built where they are first used: in a compiled function, under a tape", () => {
    class Composite extends hb.Layer {
      readonly inner: hb.Layer = hb.layers.dense({ units: 2, kernelInitializer: "ones" });
      override call(inputs: hb.Tensor, _options: hb.CallOptions): hb.Tensor {
        return this.inner.apply(inputs);
      }
    }
    const layer = new Composite();
    const compiled = hb.compile((x: hb.Tensor) => layer.apply(x));
    assertEqual(compiled(hb.tensor([[1, 2]])).arraySync(), [[3, 3]]);
    const model = hb.sequential({ layers: [new Composite(), new Composite()] });
    const tape = new hb.GradientTape();
    const loss = tape.record(() => model.apply(hb.tensor([[1, 2]]), { training: true }).sum());
    assertEqual(loss.item(), 12);
    assertEqual(
      tape.gradient(loss, model.trainableVariables).map((gradient) => gradient!.arraySync()),
      [
        [
          [2, 2],
          [4, 4],
        ],
        [2, 2],
        [
          [3, 3],
          [3, 3],
        ],
        [1, 1],
      ],
    );
  });

  test("what a failing call has built is taken back", () => {
    class Failing extends hb.Layer {
      readonly first: hb.Layer = hb.layers.dense({ units: 2 });
      readonly second: hb.Layer = hb.layers.reshape({ targetShape: [3] });
      override call(inputs: hb.Tensor, _options: hb.CallOptions): hb.Tensor {
        return this.second.apply(this.first.apply(inputs));
      }
    }
    const layer = new Failing();
    assertThrows(() => layer.apply(hb.ones([1, 2])), hb.ShapeError, /total size/);
    assertThrows(() => layer.apply(hb.input({ shape: [2] })), hb.ShapeError, /total size/);
    assert(!layer.built && !layer.first.built, "nothing is built");
    assertEqual(layer.weights.length, 0);
  });

  test("tensors of another copy of the package are refused", () => {
    class Foreign {
      readonly shape: readonly number[] = [1];
      readonly dtype: string = "float32";
      dataSync(): Float32Array {
        return new Float32Array(1);
      }
    }
    assertThrows(() => new Scale().apply(new Foreign() as never), hb.StateError, /this copy of hornbeam/);
    assertThrows(() => new Scale().setWeights([new Foreign()] as never), hb.HornbeamError);
  });

  test("values can be read inside a call that runs at once", () => {
    let seen = 0;
    class Reader extends hb.Layer {
      override call(inputs: hb.Tensor): hb.Tensor {
        seen = inputs.mul(2).dataSync()[0]!;
        return inputs;
      }
    }
    new Reader().apply([21]);
    assertEqual(seen, 42);
    assertThrows(() => new Reader({ name: "r" }).apply(hb.input({ shape: [1] })), hb.TraceError, /Reader "r"|\(in r\)/);
  });

  test("dispose: idempotent, and the layer says so afterwards", () => {
    const layer = new Scale();
    layer.apply([[1]]);
    layer.dispose();
    layer.dispose();
    assertThrows(() => layer.apply([[1]]), hb.StateError, /expected a layer in use, got one after dispose\(\)/);
    assertThrows(() => layer.getWeights(), hb.StateError, /after dispose/);
    assertThrows(() => layer.setWeights([[1]]), hb.StateError, /after dispose/);
    const model = hb.sequential({ layers: [new Scale()] });
    model.predict([[1]]);
    model.dispose();
    assertThrows(() => model.predict([[1]]), hb.StateError, /after dispose/);
  });
});
