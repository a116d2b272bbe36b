import { compile } from "../../src/autodiff/compile.ts";
import { gradients, valueAndGrads } from "../../src/autodiff/gradients.ts";
import { GradientTape } from "../../src/autodiff/tape.ts";
import * as layers from "../../src/layers/index.ts";
import { sequential } from "../../src/models/sequential.ts";
import { ones, tensor } from "../../src/ops/creation.ts";
import { currentScope, runScoped } from "../../src/ops/scopes.ts";
import { Tensor } from "../../src/ops/tensor.ts";
import { variable } from "../../src/ops/variable.ts";
import { sgd } from "../../src/optimizers/index.ts";
import { StateError, TraceError, ValueError } from "../../src/util/errors.ts";
import { changeSettings, settings } from "../../src/util/settings.ts";
import { assert, assertEqual, assertThrows } from "../harness/assert-close.ts";
import { withSettings } from "../harness/op-test.ts";
import { suite } from "../harness/suite.ts";

suite("compile(fn)", (test) => {
  test("is traced once for each structure, shapes and dtypes", () => {
    let traces = 0;
    const f = compile((x: Tensor, more: readonly Tensor[]) => {
      traces++;
      return more.reduce((sum, one) => sum.add(one), x);
    });
    const [x, y] = [tensor([1, 2]), tensor([10, 20])];
    assertEqual(f(x, [y]).arraySync(), [11, 22]);
    assertEqual(f(y, [y]).arraySync(), [20, 40]);
    assertEqual(traces, 1);
    assertEqual(f(x, [y, y]).arraySync(), [21, 42]);
    assertEqual(f(x, []).arraySync(), [1, 2]);
    assertEqual(f(tensor([[1], [2]]), [y]).shape, [2, 2]);
    assertEqual(f(x.cast("int32"), []).dtype, "int32");
    assertEqual(traces, 5);
    f(x, [y]);
    assertEqual(traces, 5);
  });
  test("a function that gives the learning rate may compute, but not with a plan: that would need the same arena", () => {
    const w = variable([1, 2, 3, 4]);
    const stepWith = (learningRate: (step: number) => number) => {
      const optimizer = sgd({ learningRate });
      return compile((x: Tensor) => {
        const { value, grads } = valueAndGrads(() => w.value().mul(x).square().sum(), [w]);
        optimizer.applyGradients([[grads[0]!, w]]);
        return value;
      });
    };
    const x = tensor([1, 1, 2, 2]);
    const plan = compile((step: Tensor) => step.add(ones([64])).sum());
    const nested = stepWith((step) => plan(tensor([step])).item() / 6400);
    const error = assertThrows(() => nested(x), StateError);
    const place = "expected a call outside of what runs in a step, such as a function that gives the learning rate";
    assertEqual(error.message, `[compile] ${place}; got one within compile.`);
    const other = sequential([layers.inputLayer({ shape: [2] }), layers.dense({ units: 1 })]);
    const model = sequential([layers.inputLayer({ shape: [2] }), layers.dense({ units: 1 })]);
    const learningRate = (): number => other.predict([[1, 2]]).shape[0]!;
    model.compile({ optimizer: sgd({ learningRate }), loss: "meanSquaredError" });
    const within = (name: string): string => `[predictStep] ${place}; got one within ${name}.`;
    assertEqual(assertThrows(() => model.trainOnBatch([[1, 2]], [[3]]), StateError).message, within("trainStep"));
    const alone = assertThrows(() => sgd({ learningRate }).applyGradients([[ones([4]), w]]), StateError);
    assertEqual(alone.message, within('Optimizer "sgd" applyGradients'));
    assertEqual([...w.readSync()], [1, 2, 3, 4]);
    assertEqual(plan(tensor([0])).item(), 64);
    const large = stepWith(() =>
      tensor([0.5])
        .mul(tensor([0.25]))
        .item(),
    );
    const { memoryLimit } = settings();
    changeSettings({ memoryLimit: 2 ** 20 });
    try {
      // More than the limit, while the plan waits with the variable's address.
      const rate = (): number =>
        ones([2 ** 19])
          .mul(1 / 8)
          .mean()
          .item();
      assertEqual(stepWith(rate)(x).item(), 1 + 4 + 36 + 64);
    } finally {
      changeSettings({ memoryLimit });
    }
    assertEqual([...w.readSync()], [0.75, 1.5, 0, 0]);
    large(x);
    assertEqual([...w.readSync()], [0.5625, 1.125, 0, 0]);
  });
  test("takes and returns arrays and objects, with other things in them", () => {
    const f = compile(({ x, options }: { x: Tensor; options: { scale: number; name: string; flag: boolean } }) => ({
      list: [x.mul(options.scale), null, "text"],
      deep: { name: options.name, y: options.flag ? x : x.neg() },
      nothing: undefined,
    }));
    const call = (name: string, flag: boolean) => f({ x: tensor([1, 2]), options: { scale: 3, name, flag } });
    const result = call("a", true);
    assertEqual((result.list[0] as Tensor).arraySync(), [3, 6]);
    assertEqual([result.list[1], result.list[2], result.deep.name, result.nothing], [null, "text", "a", undefined]);
    assertEqual(
      [result.deep.y.arraySync(), call("a", false).deep.y.arraySync()],
      [
        [1, 2],
        [-1, -2],
      ],
    );
    assertEqual([call("b", true).deep.name, call("a", true).deep.name], ["b", "a"]);
  });
  test("numbers arrive as scalar tensors and may change without a new trace", () => {
    let traces = 0;
    const f = compile((x: Tensor, rate: number) => {
      traces++;
      return x.mul(rate);
    });
    assertEqual(
      [1, 2, 0.5].map((rate) => f(tensor([4]), rate).item()),
      [4, 8, 2],
    );
    assertEqual(traces, 1);
  });
  test("so they do where another scope is open already", () => {
    const kinds: boolean[] = [];
    const f = compile((x: Tensor, rate: number) => {
      kinds.push((rate as unknown) instanceof Tensor);
      return x.mul((rate as unknown as Tensor).add(1));
    });
    assertEqual(f(tensor([2]), 3).item(), 8);
    assertEqual(runScoped(() => f(tensor([2]), 3)).item(), 8);
    const outer = compile((x: Tensor) => f(x, 3));
    assertEqual(outer(tensor([2])).item(), 8);
    assertEqual(kinds, [true, true, true]);
  });
  test("variables among the arguments arrive as their values, those closed over are read each time", () => {
    const [a, b] = [variable([1]), variable([10])];
    const f = compile((x: unknown) => (x as Tensor).add(b));
    assertEqual(f(a).item(), 11);
    a.assign([2]);
    b.assign([20]);
    assertEqual(f(a).item(), 22);
    assertEqual((compile(() => b)() as unknown as Tensor).arraySync(), [20]);
  });
  test("values closed over are fixed at the first call", () => {
    let factor = 2;
    const f = compile((x: Tensor) => x.mul(factor));
    assertEqual(f(tensor([1])).item(), 2);
    factor = 5;
    assertEqual(f(tensor([1])).item(), 2);
    assertEqual(f(tensor([1, 1])).arraySync(), [5, 5]);
  });
  test("assignments are repeated at every call", () => {
    const [w, count] = [variable([1]), variable([0])];
    const step = compile((x: Tensor, rate: number) => {
      const loss = w.value().mul(x).square().sum();
      const [dw] = gradients(loss, [w]);
      w.assign(w.value().sub(dw!.mul(rate)));
      count.assign(count.value().add(1));
      return loss;
    });
    const losses = [1, 2, 3].map(() => step(tensor([1]), 0.25).item());
    assertEqual(losses, [1, 0.25, 0.0625]);
    assertEqual([w.readSync()[0], count.readSync()[0]], [0.125, 3]);
  });
  test("two variables swapped", () => {
    const [a, b] = [variable([1]), variable([2])];
    const swap = compile(() => {
      const [x, y] = [a.value(), b.value()];
      a.assign(y);
      b.assign(x);
    });
    swap();
    swap();
    swap();
    assertEqual([a.readSync()[0], b.readSync()[0]], [2, 1]);
  });
  test("asynchronous functions, functions that are none, arguments that are no data", () => {
    assertThrows(() => compile(3 as never), ValueError, /^\[compile\] fn: expected a function, got 3\.$/);
    const later = compile(async function later(x: Tensor) {
      return x;
    });
    assertThrows(() => later(tensor([1])), ValueError, /^\[compile later\] fn: expected a synchronous function/);
    const f = compile((x: unknown) => x);
    assertThrows(
      () => f(new Map()),
      ValueError,
      /argument: expected tensors, numbers, arrays and plain objects, got a Map/,
    );
    assertEqual(currentScope(), undefined);
  });
  test("values cannot be read while it is traced, and nothing is left behind", () => {
    const a = variable([1]);
    const f = compile((x: Tensor) => {
      a.assign([5]);
      return x.item() > 0 ? x : x.neg();
    });
    assertThrows(() => f(tensor([1])), TraceError, /only shapes and dtypes/);
    assertEqual([a.readSync()[0], currentScope()], [1, undefined]);
  });
  test("under a tape it is recorded like any other code", () => {
    const w = variable([3]);
    const f = compile((x: Tensor) => x.mul(w));
    const tape = new GradientTape();
    const y = tape.record(() => f(tensor([2])).square());
    assertEqual(tape.gradient(y, w)!.item(), 2 * 6 * 2);
  });
  test("results stay what they are when it is called again, and by other settings the bits are equal", () => {
    const f = compile((x: Tensor) => [x.exp(), x]);
    const first = f(tensor([1, 2]));
    const bits = first.map((x) => x.dataSync());
    f(tensor([5, 6]));
    assertEqual(
      first.map((x) => x.dataSync()),
      bits,
    );
    withSettings({ plan: false, fuse: false }, () => {
      assertEqual(
        f(tensor([1, 2])).map((x) => x.dataSync()),
        bits,
      );
    });
    assert(bits[0] instanceof Float32Array);
  });
});
