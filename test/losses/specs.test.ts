/** What may stand for a loss, options, and what losses do at the ends of their domains. */
import { valueAndGrads } from "../../src/autodiff/gradients.ts";
import * as losses from "../../src/losses/index.ts";
import type { Tensor } from "../../src/ops/tensor.ts";
import { Variable } from "../../src/ops/variable.ts";
import { ShapeError, ValueError } from "../../src/util/errors.ts";
import { registerClass } from "../../src/util/registry.ts";
import { assertClose, assertEqual, assertThrows } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

suite("losses: specs and ends", (test) => {
  test("classes, factories and configs stand for losses too", () => {
    const { Huber, huber, get } = losses;
    for (const spec of [Huber, huber, "huber_loss".slice(0, 5), { className: "Huber" }, { class_name: "Huber" }]) {
      assertClose(get(spec).apply([[0]], [[3]]), 2.5);
    }
    const made = get({ class_name: "Huber", config: { delta: 2, reduction: "sum", name: "h" } });
    assertEqual(made.getConfig(), { name: "h", reduction: "sum", delta: 2 });
    assertThrows(() => get({ class_name: "Hubert" }), ValueError, /Did you mean "huber"/);
    assertThrows(() => get({ className: "Huber", config: { dleta: 2 } }), ValueError, /Did you mean "delta"/);
    assertThrows(() => get({}), ValueError, /expected the name of a loss, a Loss or a function, got an object/);
  });

  test("a class of one's own: call gives values per sample, and a mask if it likes", () => {
    class Pinball extends losses.Loss {
      static override readonly className: string = "Pinball";
      protected override call(t: Tensor, p: Tensor): Tensor {
        const error = t.sub(p);
        const values = error.mul(0.9).maximum(error.mul(-0.1)).mean(-1);
        values.mask = t.mean(-1).greaterEqual(0);
        return values;
      }
    }
    const loss = new Pinball({ reduction: "mean" });
    assertEqual(loss.getConfig(), { name: "pinball", reduction: "mean" });
    assertClose(loss.apply([[1], [2], [-5]], [[0], [3], [9]]), (0.9 + 0.1) / 2);
    assertClose(losses.get(Pinball).apply([[1]], [[0]], [2]), 1.8);
    registerClass(Pinball);
    assertEqual(losses.get("Pinball") instanceof Pinball, true);
  });

  test("built-in classes may be extended", () => {
    class Steep extends losses.Huber {
      static override readonly className: string = "Steep";
      constructor(options?: losses.LossOptions) {
        super({ delta: 0.5, ...options });
      }
    }
    const loss = new Steep();
    assertClose(loss.apply([[0]], [[3]]), 1.375);
    assertEqual([loss instanceof losses.Huber, loss instanceof losses.Loss, loss.delta], [true, true, 0.5]);
    assertEqual(losses.get(Steep).getConfig(), { name: "huber_loss", reduction: "sum_over_batch_size", delta: 0.5 });
  });

  test("an axis the predictions do not have", () => {
    for (const fromLogits of [false, true]) {
      const loss = losses.categoricalCrossentropy({ axis: 2, fromLogits });
      assertThrows(() => loss.apply([[0, 1]], [[0.5, 0.5]]), ShapeError, /axis/);
      const sparse = losses.sparseCategoricalCrossentropy({ axis: 2, fromLogits });
      assertThrows(() => sparse.apply([1], [[0.5, 0.5]]), ShapeError);
    }
  });

  test("a function gets ranks that agree, and has to return a tensor", () => {
    const squared = (t: Tensor, p: Tensor): Tensor => p.sub(t).square();
    assertClose(losses.get(squared).apply([1, 2], [[2], [4]]), 2.5);
    assertThrows(() => losses.get(() => 3).apply([1], [1]), ValueError, /a function that returns a tensor, got 3/);
    // One value for the batch: weights make it a mean of that many, as in Keras.
    const one = losses.get((t: Tensor, p: Tensor) => p.sub(t).square().mean());
    assertClose(one.apply([1, 2], [2, 4], [1, 0]), 1.25);
  });

  test("ignoreClass: any label may stand for none; predictions there give no gradient, not even NaN", () => {
    for (const fromLogits of [false, true]) {
      const loss = losses.sparseCategoricalCrossentropy({ ignoreClass: 255, fromLogits });
      const p = new Variable([
        [0.5, 0.5],
        [Number.NaN, 0],
        [0.25, 0.75],
      ]);
      const { value, grads } = valueAndGrads(() => loss.apply([0, 255, 1], p), [p]);
      assertEqual(Number.isFinite(value.item()), true);
      assertEqual([...grads[0]!.dataSync()].slice(2, 4), [0, 0]);
      assertThrows(() => loss.apply([0, 254, 1], p), ValueError, /got 254 in row 1/);
      assertClose(loss.apply([255, 255, 255], p), 0);
    }
  });

  test("no NaN in gradients at the ends: zero vectors, gamma 0, certain predictions", () => {
    const ends: [losses.Loss, number[][], number[][]][] = [
      [losses.cosineSimilarity(), [[0, 0]], [[0, 0]]],
      [losses.binaryFocalCrossentropy({ gamma: 0 }), [[1, 0]], [[1, 0]]],
      [losses.categoricalFocalCrossentropy({ gamma: 0 }), [[1, 0]], [[1, 0]]],
      [losses.categoricalFocalCrossentropy(), [[0, 1]], [[1, 0]]],
      [losses.dice(), [[0, 0]], [[0, 0]]],
      [losses.tversky(), [[0, 0]], [[0, 0]]],
      [losses.klDivergence(), [[0, 1]], [[1, 0]]],
      [losses.poisson(), [[0, 1]], [[0, 0]]],
      [losses.meanSquaredLogarithmicError(), [[0, 1]], [[0, -1]]],
      [losses.logCosh(), [[0, 0]], [[80, -80]]],
    ];
    for (const [loss, t, p] of ends) {
      const variable = new Variable(p);
      const { value, grads } = valueAndGrads(() => loss.apply(t, variable), [variable]);
      const numbers = [value.item(), ...grads[0]!.dataSync()];
      assertEqual(numbers.map(Number.isFinite), [true, true, true], `${loss.name} ${numbers}`);
    }
  });

  test("options of the new ones are checked by name", () => {
    assertThrows(() => losses.huber({ delta: -1 }), ValueError, /\[Loss "huber_loss"\] delta: expected .* ≥ 0, got -1/);
    assertThrows(() => losses.dice({ axis: 1.5 }), ValueError, /axis: expected an integer, got 1.5/);
    assertThrows(() => losses.tversky({ axis: [1, "2" as never] }), ValueError, /axis: expected an integer, got "2"/);
    assertThrows(() => losses.sparseCategoricalCrossentropy({ ignoreClass: 0.5 }), ValueError, /ignoreClass/);
    assertThrows(() => losses.binaryFocalCrossentropy({ applyClassBalancing: 1 as never }), ValueError, /a boolean/);
    assertThrows(() => losses.huber({ dleta: 1 } as never), ValueError, /Did you mean "delta"/);
    assertThrows(() => losses.meanSquaredError({ delta: 1 } as never), ValueError, /Unrecognized keyword arguments/);
  });
});
