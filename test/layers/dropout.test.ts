/** Dropout and layers with seeds: cases DR-01 … DR-05 and DR-09 of the semantics. */
import * as hb from "../../src/index.ts";
import { assert, assertBitEqual, assertClose, assertEqual, assertThrows } from "../harness/assert-close.ts";
import { layerTest } from "../harness/layer-test.ts";
import { suite } from "../harness/suite.ts";

const state = (layer: hb.layers.Dropout): number[] => [...layer.seedGenerator!.state.readSync()];

/** Row `i` along axis 1 of a rank 3 tensor. */
function row(x: hb.Tensor, i: number): number[][] {
  return (x.arraySync() as number[][][]).map((sample) => sample[i]!);
}

suite("Dropout", (test) => {
  test("DR-01 keeps the mean, and scales by 1 / (1 − rate) exactly", () => {
    const layer = hb.layers.dropout({ rate: 0.5, seed: 1337 });
    const values = [...layer.apply(hb.ones([20, 500]), { training: true }).dataSync()];
    assertClose(values.reduce((sum, value) => sum + value, 0) / values.length, 1, { atol: 0.02, rtol: 0 });
    assertEqual(Math.max(...values), 2);
    assertEqual([...new Set(values)].sort(), [0, 2]);
  });

  test("DR-02 noiseShape repeats the mask where it is 1", () => {
    for (const noiseShape of [
      [null, 1, null],
      [20, 1, 10],
    ]) {
      const y = hb.layers.dropout({ rate: 0.5, noiseShape, seed: 1 }).apply(hb.ones([20, 5, 10]), { training: true });
      assertEqual(row(y, 0), row(y, 1));
      assertEqual([...new Set(y.dataSync())].sort(), [0, 2]);
    }
  });

  test("DR-03 the four kinds of wrong arguments", () => {
    const make = hb.layers.dropout as (options: unknown) => hb.layers.Dropout;
    const rates = /Invalid value received for argument `rate`. Expected a float value between 0 and 1/;
    for (const rate of [-0.5, 1.5, Number.NaN, "0.5", null, undefined])
      assertThrows(() => make({ rate }), hb.ValueError, rates);
    const shape = (noiseShape: unknown) => () => make({ rate: 0.5, noiseShape });
    assertThrows(shape("Invalid"), hb.ValueError, /Expected a tuple or list of integers/);
    assertThrows(shape([20, 1.5, 10]), hb.ValueError, /Expected all elements to be integers or None/);
    for (const wrong of [-1, 0]) {
      assertThrows(shape([20, wrong, 10]), hb.ValueError, /Expected all dimensions to be positive integers or None/);
    }
    const given = [20, 1, 10];
    const layer = make({ rate: 0.5, noiseShape: given });
    given[0] = 3;
    assertEqual(layer.noiseShape, [20, 1, 10], "the list was copied");
  });

  test("DR-04 inference gives the input back and leaves the seed alone", () => {
    for (const rate of [0.3, 1]) {
      const layer = hb.layers.dropout({ rate, seed: 5 });
      const x = hb.random.normal([4, 5], { seed: 2 });
      for (const training of [undefined, false]) assertBitEqual(layer.apply(x, { training }), x);
      assertEqual(state(layer), [5, 0]);
    }
    assertEqual(hb.layers.dropout({ rate: 0 }).variables.length, 0, "no seed where nothing is ever drawn");
  });

  test("DR-05 rate 1 drops everything and draws nothing", () => {
    const layer = hb.layers.dropout({ rate: 1, seed: 1 });
    assertEqual(layer.apply([[1, -2, 3]], { training: true }).arraySync(), [[0, 0, 0]]);
    assertEqual(state(layer), [1, 0]);
  });

  test("DR-09 one draw advances a layer's seed by one; it is among the variables, not the weights", () => {
    class Noisy extends hb.Layer {
      readonly seed: hb.SeedGenerator = new hb.SeedGenerator(1337);
      override call(inputs: hb.Tensor, _options: hb.CallOptions): hb.Tensor {
        return inputs.add(hb.ops.randomNormal(this.seed.next(), inputs.shape));
      }
    }
    const layer = new Noisy();
    assertEqual([...layer.seed.state.readSync()], [1337, 0]);
    layer.apply(hb.ones([2, 2]));
    assertEqual([...layer.seed.state.readSync()], [1337, 1]);
    assert(layer.variables.includes(layer.seed.state), "among the variables");
    assertEqual(layer.weights.length, 0);
  });

  test("each call in training draws a new mask, the same ones for the same seed", () => {
    const [a, b] = [hb.layers.dropout({ rate: 0.3, seed: 7 }), hb.layers.dropout({ rate: 0.3, seed: 7 })];
    const x = hb.ones([4, 5]);
    const [first, second] = [a.apply(x, { training: true }), a.apply(x, { training: true })];
    assert(String(first.dataSync()) !== String(second.dataSync()), "two calls differ");
    assertBitEqual(b.apply(x, { training: true }), first);
    assertBitEqual(b.apply(x, { training: true }), second);
    assertEqual(state(a), [7, 2]);
  });

  test("shape inference, building and failing calls draw nothing", () => {
    const layer = hb.layers.dropout({ rate: 0.5, seed: 3, noiseShape: [null, 1] });
    const x = hb.input({ shape: [4] });
    layer.apply(x, { training: true });
    assertEqual(state(layer), [3, 0]);
    assertThrows(() => layer.apply(hb.ones([2, 3, 4]), { training: true }), hb.ShapeError, /noiseShape/);
    assertEqual(state(layer), [3, 0]);
  });

  test("built from its constructor on, without weights; the rate can be changed", () => {
    const layer = hb.layers.dropout({ rate: 0 });
    assert(layer.built, "built");
    assertEqual(layer.countParams(), 0);
    layer.rate = 0.5;
    assert(
      layer
        .apply(hb.ones([10, 10]), { training: true })
        .dataSync()
        .includes(0),
      "drops now",
    );
    assertThrows(() => {
      layer.rate = 2;
    }, hb.ValueError);
    assertEqual(layer.rate, 0.5);
  });

  test("the gradient passes where values were kept, scaled as they were", () => {
    const layer = hb.layers.dropout({ rate: 0.4, seed: 11 });
    const x = hb.random.normal([6, 7], { seed: 3 });
    const tape = new hb.GradientTape();
    tape.watch(x);
    const { y, loss } = tape.record(() => {
      const y = layer.apply(x, { training: true });
      return { y, loss: y.sum() };
    });
    const scale = y.dataSync().map((value) => (value === 0 ? 0 : 1 / Math.fround(0.6)));
    assertClose(tape.gradient(loss, [x])[0]!, hb.tensor(scale, [6, 7]));
  });

  for (const options of [{ rate: 0.5 }, { rate: 0.25, noiseShape: [null, 1, 4] }]) {
    test(`in all forms of execution: ${JSON.stringify(options)}`, () => {
      layerTest({
        layer: () => hb.layers.dropout({ ...options, seed: 9 }),
        inputs: [[6, 3, 4]],
        expect: { weights: [0, 0], seeds: 1, shape: [null, 3, 4], differs: true },
        oracle: ([x]) => x!,
        modes: [false],
      });
    });
  }
});
