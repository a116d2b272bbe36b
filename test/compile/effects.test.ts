import { tensor } from "../../src/ops/creation.ts";
import * as ops from "../../src/ops/index.ts";
import { momentumOp } from "../../src/ops/optimizer-steps.ts";
import { PlanCache, tracePlan } from "../../src/ops/plan-cache.ts";
import { runScoped, withLabel } from "../../src/ops/scopes.ts";
import { apply, type Tensor } from "../../src/ops/tensor.ts";
import { type Variable, variable } from "../../src/ops/variable.ts";
import { ValueError } from "../../src/util/errors.ts";
import { assertEqual, assertThrows } from "../harness/assert-close.ts";
import { withSettings } from "../harness/op-test.ts";
import { suite } from "../harness/suite.ts";

const valuesOf = (list: readonly Variable[]): number[][] => list.map((one) => [...one.readSync()]);

/** Runs a program twice by plan (three ways) and immediately; the variables afterwards must be those expected. */
function check(make: () => readonly Variable[], program: (...list: Variable[]) => void, expected: number[][]): void {
  const ways: [string, (list: readonly Variable[]) => void][] = [
    ["immediate", (list) => runScoped(() => program(...list))],
    ...[{}, { plan: false }, { fuse: false }].map((changes): [string, (list: readonly Variable[]) => void] => [
      `plan ${JSON.stringify(changes)}`,
      (list) =>
        withSettings(changes, () =>
          tracePlan("test", [], () => {
            program(...list);
            return [];
          }).run([]),
        ),
    ]),
  ];
  for (const [way, run] of ways) {
    const list = make();
    run(list);
    assertEqual(valuesOf(list), expected, way);
  }
}

suite("compile: effects and commit", (test) => {
  test("two variables are swapped", () => {
    check(
      () => [variable([1, 2]), variable([3, 4])],
      (a, b) => {
        const [x, y] = [a!.value(), b!.value()];
        a!.assign(y);
        b!.assign(x);
      },
      [
        [3, 4],
        [1, 2],
      ],
    );
  });
  test("three variables move in a circle, through other shapes", () => {
    check(
      () => [variable([1, 2]), variable([[3, 4]]), variable([5, 6])],
      (a, b, c) => {
        const [x, y, z] = [a!.value(), b!.value(), c!.value()];
        a!.assign(y.reshape([2]));
        b!.assign(z.reshape([1, 2]));
        c!.assign(x);
      },
      [
        [3, 4],
        [5, 6],
        [1, 2],
      ],
    );
  });
  test("a read after an assignment sees the new value, one before it the old", () => {
    check(
      () => [variable([1]), variable([0]), variable([0])],
      (a, b, c) => {
        const before = a!.value();
        a!.assign(a!.value().add(10));
        b!.assign(a!.value().mul(2));
        c!.assign(before);
      },
      [[11], [22], [1]],
    );
  });
  test("updates in place that read each other's old values", () => {
    check(
      () => [variable([1]), variable([10]), variable([100])],
      (a, b, c) => {
        const [x, y, z] = [a!.value(), b!.value(), c!.value()];
        a!.assign(x.add(y));
        b!.assign(y.add(z));
        c!.assign(z.add(x));
      },
      [[11], [110], [101]],
    );
  });
  test("an update in place of a variable that is read in another shape later", () => {
    check(
      () => [variable([1, 2]), variable([[5], [6]])],
      (a, b) => {
        const old = a!.value().reshape([2, 1]);
        a!.assign(a!.value().mul(3));
        b!.assign(b!.value().add(old));
      },
      [
        [3, 6],
        [6, 8],
      ],
    );
  });
  test("one value for two variables, a constant, and a variable of its own value", () => {
    check(
      () => [variable([1]), variable([2]), variable([3]), variable([4])],
      (a, b, c, d) => {
        const sum = a!.value().add(1);
        a!.assign(sum);
        b!.assign(sum);
        c!.assign([7]);
        d!.assign(d!.value());
      },
      [[2], [2], [7], [4]],
    );
  });
  test("the last of several assignments counts", () => {
    check(
      () => [variable([1])],
      (a) => {
        for (const step of [1, 2, 3]) a!.assign(a!.value().mul(10).add(step));
      },
      [[1123]],
    );
  });
  test("optimizer steps write in place: no copies", () => {
    const [w, m, cells] = [variable([1, 2, 1, 2]), variable([0, 0, 0, 0]), variable([1, 0.5, 0, 0, 0, 0.5, 0])];
    const plan = tracePlan("test", [{ shape: [4], dtype: "float32" }], ([g]) => {
      const [next, slot] = apply(momentumOp, [w, m, g!, cells], { decay: 0, average: false });
      w.assign(next!);
      m.assign(slot!);
      return [];
    });
    plan.run([Float32Array.of(2, 4, 2, 4)]);
    plan.run([Float32Array.of(2, 4, 2, 4)]);
    assertEqual(
      plan.commands.map(({ kernel }) => kernel),
      ["f32_momentum"],
    );
    assertEqual(valuesOf([w, m]), [
      [-1.5, -3, -1.5, -3],
      [-1.5, -3, -1.5, -3],
    ]);
  });
  test("results see the values from before the commit, and those assigned", () => {
    const a = variable([1]);
    const cache = new PlanCache();
    const run = (): (number | undefined)[] =>
      cache
        .run("test", [], () => {
          const before = a.value();
          a.assign(before.add(1));
          return [before, a.value()];
        })
        .map((x) => x.dataSync()[0]);
    assertEqual([run(), run(), [...a.readSync()]], [[1, 2], [2, 3], [3]]);
  });
});

suite("compile: failing checks", (test) => {
  const labels = { shape: [2], dtype: "int32" } as const;
  const program = (w: Variable, counter: Variable) => (given: readonly Tensor[]) => {
    counter.assign(counter.value().add(1));
    const loss = withLabel("head", () => ops.sparseSoftmaxCrossEntropy(given[0]!, w.value().mul(2)));
    w.assign(w.value().sub(1));
    return [loss];
  };
  test("labels out of range are named, and no variable has changed, by plan and immediately", () => {
    const [w, counter] = [
      variable([
        [1, 2],
        [3, 4],
      ]),
      variable([0]),
    ];
    const text =
      /^\[sparseSoftmaxCrossEntropy\] labels: expected integers in \[0, 2\), got 7 at element 1\. \(in head\)$/;
    const plan = tracePlan("test", [labels], program(w, counter));
    assertThrows(() => plan.run([Int32Array.of(0, 7)]), ValueError, text);
    assertThrows(() => runScoped(() => program(w, counter)([tensor([0, 7], [2], "int32")])), ValueError, text);
    assertEqual(valuesOf([w, counter]), [[1, 2, 3, 4], [0]]);
    plan.run([Int32Array.of(0, 1)]);
    assertEqual(valuesOf([w, counter]), [[0, 1, 2, 3], [1]]);
  });
  test("a trace that throws, and one that is asynchronous, leave nothing behind", () => {
    const a = variable([1]);
    const cache = new PlanCache();
    const fail = (): never[] => {
      a.assign([2]);
      throw new RangeError("stop");
    };
    assertThrows(() => cache.run("test", [], fail), RangeError);
    assertThrows(
      () => cache.run("test", [], (async () => [a.value()]) as never),
      ValueError,
      /expected a synchronous function/,
    );
    assertEqual([cache.size, a.readSync()[0]], [0, 1]);
    assertEqual(cache.run("test", [], () => [a.value().add(1)])[0]!.item(), 2);
  });
});
