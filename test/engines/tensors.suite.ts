/** Tensors, ops, variables, random numbers, gradients, settings: as a user of the built package meets them. */
import * as hb from "hornbeam";
import { assert, assertClose, assertEqual, assertThrows } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

suite("tensors", (test) => {
  test("tensor from nested arrays, flat data with a shape, numbers, typed arrays; data are copied", async () => {
    const t = hb.tensor([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    assertEqual([t.shape, t.dtype, t.size, t.rank], [[2, 3], "float32", 6, 2]);
    assertEqual(t.arraySync(), [
      [1, 2, 3],
      [4, 5, 6],
    ]);
    assertEqual(await t.array(), t.arraySync());
    assertEqual(await t.data(), new Float32Array([1, 2, 3, 4, 5, 6]));
    const source = new Float32Array([1, 2, 3, 4]);
    const shaped = hb.tensor(source, [2, 2]);
    source[0] = 9;
    shaped.dataSync()[1] = 9;
    assertEqual(shaped.dataSync(), new Float32Array([1, 2, 3, 4]));
    assertEqual(hb.tensor([1, 2], [2], "int32").dataSync(), new Int32Array([1, 2]));
    assertEqual(hb.tensor([true, false]).dtype, "bool");
    assertEqual(hb.scalar(2.5).item(), 2.5);
  });
  test("makers", () => {
    assertEqual(hb.tensor1d([1, 2]).shape, [2]);
    assertEqual(hb.tensor2d([[1], [2]]).shape, [2, 1]);
    assertEqual(hb.tensor3d([[[1]], [[2]]]).shape, [2, 1, 1]);
    assertEqual(hb.tensor4d([[[[1]]]]).shape, [1, 1, 1, 1]);
    assertEqual(hb.zeros([2]).arraySync(), [0, 0]);
    assertEqual(hb.ones([2]).arraySync(), [1, 1]);
    assertEqual(hb.fill([2], 7).arraySync(), [7, 7]);
    assertEqual(hb.eye(2).arraySync(), [
      [1, 0],
      [0, 1],
    ]);
    assertEqual(hb.range(0, 3).arraySync(), [0, 1, 2]);
    assertClose(hb.linspace(0, 1, 5), [0, 0.25, 0.5, 0.75, 1]);
    assertEqual(hb.oneHot([1, 0], 3).arraySync(), [
      [0, 1, 0],
      [1, 0, 0],
    ]);
  });
  test("toString shows the values", () => assert(/1.*2/s.test(hb.tensor([1, 2]).toString())));
  test("methods and ops agree, with broadcasting", () => {
    const a = hb.tensor([
      [1, 2],
      [3, 4],
    ]);
    assertEqual(a.add([10, 20]).arraySync(), [
      [11, 22],
      [13, 24],
    ]);
    assertEqual(hb.ops.add(a, [10, 20]).arraySync(), a.add([10, 20]).arraySync());
    assertEqual(a.matMul(hb.eye(2)).arraySync(), a.arraySync());
    assertEqual(a.matMul([[1], [1]]).arraySync(), [[3], [7]]);
    assertEqual(a.mean(0).arraySync(), [2, 3]);
    assertEqual(a.sum(-1, true).shape, [2, 1]);
    assertEqual(a.transpose().arraySync(), [
      [1, 3],
      [2, 4],
    ]);
    assertEqual(a.reshape([-1]).shape, [4]);
    assertEqual(hb.tensor([-1, 2]).relu().arraySync(), [0, 2]);
    assertEqual(a.argMax(1).dataSync(), new Int32Array([1, 1]));
    assertEqual(hb.ops.concat([a, a], 1).shape, [2, 4]);
    assertEqual(hb.ops.where(a.greater(2), a, 0).arraySync(), [
      [0, 0],
      [3, 4],
    ]);
    assertClose(hb.tensor([0, 1]).softmax().sum(), 1);
  });
  test("shapes that do not fit are a ShapeError with both shapes", () => {
    assertThrows(() => hb.ones([2, 3]).add(hb.ones([4])), hb.ShapeError, /\(2, 3\).*\(4,?\)/);
    assertThrows(() => hb.ones([2, 3]).matMul(hb.ones([2, 3])), hb.ShapeError);
    assertThrows(() => hb.tensor([1, 2, 3], [2, 2]), hb.ShapeError);
  });
});

suite("variables and random numbers", (test) => {
  test("a variable is read, assigned, named", () => {
    const v = hb.variable([1, 2], { name: "v", trainable: false });
    assertEqual([v.name, v.shape, v.dtype, v.trainable], ["v", [2], "float32", false]);
    v.assign([3, 4]);
    assertEqual(v.value().arraySync(), [3, 4]);
    assertThrows(() => v.assign([1, 2, 3]), hb.ShapeError);
  });
  test("seeds repeat; shapes and ranges hold", () => {
    const u = hb.random.uniform([1000], { minval: -2, maxval: 3, seed: 7 });
    assertEqual(u.dataSync(), hb.random.uniform([1000], { minval: -2, maxval: 3, seed: 7 }).dataSync());
    assert(u.dataSync().every((x) => x >= -2 && x < 3));
    assertEqual(hb.random.normal([2, 3], { seed: 1 }).shape, [2, 3]);
    assert(
      hb.random
        .truncatedNormal([500], { seed: 1 })
        .dataSync()
        .every((x) => Math.abs(x) <= 2),
    );
    assert(
      hb.random
        .bernoulli([100], { p: 0.5, seed: 1 })
        .dataSync()
        .every((x) => x === 0 || x === 1),
    );
  });
  test("a seed generator moves on; setRandomSeed starts again", () => {
    const generator = new hb.SeedGenerator(5);
    const first = hb.random.normal([4], { seed: generator }).dataSync();
    const second = hb.random.normal([4], { seed: generator }).dataSync();
    assert(first.join() !== second.join());
    const draw = (): string => {
      hb.setRandomSeed(11);
      return [...hb.random.normal([4]).dataSync(), ...hb.random.uniform([4]).dataSync()].join();
    };
    assertEqual(draw(), draw());
  });
});

suite("gradients", (test) => {
  test("tape, persistent tape, watched tensors, unconnected variables", () => {
    const w = hb.variable([2, 3]);
    const unused = hb.variable([1]);
    const tape = new hb.GradientTape();
    const loss = tape.record(() => w.value().square().sum());
    assertEqual(loss.item(), 13);
    const [dw, du] = tape.gradient(loss, [w, unused]);
    assertEqual(dw?.arraySync(), [4, 6]);
    assertEqual(du, null);

    const persistent = new hb.GradientTape({ persistent: true });
    const x = hb.tensor([1, 2]);
    persistent.watch(x);
    const [y, z] = persistent.record(() => [x.mul(3).sum(), x.exp().sum()] as const);
    assertEqual(persistent.gradient(y, [x])[0]?.arraySync(), [3, 3]);
    assertClose(persistent.gradient(z, [x])[0] as hb.Tensor, [Math.E, Math.E ** 2]);
  });
  test("valueAndGrads, grad, compile", () => {
    const w = hb.variable([1, 2]);
    const { value, grads } = hb.valueAndGrads(() => w.value().mul(w.value()).sum(), [w]);
    assertEqual([value.item(), grads[0]?.arraySync()], [5, [2, 4]]);
    const derivative = hb.grad((t: hb.Tensor) => t.mul(t).mul(t).sum());
    assertEqual(derivative(hb.tensor([1, 2])).arraySync(), [3, 12]);
    const compiled = hb.compile((a: hb.Tensor, b: hb.Tensor) => a.add(b).mul(2));
    assertEqual(compiled(hb.tensor([1]), hb.tensor([2])).arraySync(), [6]);
    assertEqual(compiled(hb.tensor([5]), hb.tensor([2])).arraySync(), [14]);
  });
});

suite("settings and memory", (test) => {
  test("memory() counts bytes of every kind, and plans", () => {
    const report = hb.memory() as unknown as Record<string, number>;
    const names = ["variables", "optimizers", "arena", "staging", "total", "peak", "plans", "saved"];
    assertEqual(
      names.filter((name) => !Number.isInteger(report[name]) || report[name]! < 0),
      [],
    );
    assert(report.peak! >= report.total!);
  });
  test("configure checks names and values and changes nothing when one is wrong", () => {
    hb.configure({
      build: "auto",
      deterministic: false,
      debug: 0,
      memoryLimit: 2 ** 28,
      plan: true,
      fuse: true,
      threads: 1,
    });
    assertThrows(() => hb.configure({ debug: 9 }), hb.ValueError, /debug/);
    assertThrows(() => hb.configure({ nosuch: 1 } as never), hb.ValueError, /nosuch/);
    assertThrows(() => hb.configure({ threads: 2 }), hb.StateError, /enableThreads/);
  });
});
