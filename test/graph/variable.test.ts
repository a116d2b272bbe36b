import { compile } from "../../src/autodiff/compile.ts";
import { packVariables } from "../../src/graph/variable.ts";
import { tensor } from "../../src/ops/creation.ts";
import { runScoped } from "../../src/ops/scopes.ts";
import type { Tensor } from "../../src/ops/tensor.ts";
import { type Variable, variable } from "../../src/ops/variable.ts";
import { assert, assertEqual } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

const make = (...starts: number[]): Variable[] => starts.map((start) => variable([start, start + 1, start + 2]));
const reader = (cell: Variable): (() => unknown) => {
  const read = compile((x: Tensor) => x.add(cell));
  return () => read(tensor([0, 0, 0])).arraySync();
};

suite("graph: variables side by side in one storage", (test) => {
  test("keep their values, whatever their sizes and dtypes", () => {
    const list = [
      variable([1.5]),
      variable([], { name: "none" }),
      variable(
        [
          [1, 2],
          [3, 4],
        ],
        { dtype: "int32" },
      ),
      variable([true, false]),
    ];
    packVariables([...list, list[0]!], "variables");
    assert(new Set(list.map(({ storage }) => storage)).size === 1);
    assertEqual(
      list.map((one) => one.value().arraySync()),
      [
        [1.5],
        [],
        [
          [1, 2],
          [3, 4],
        ],
        [true, false],
      ],
    );
    list[2]!.assign([
      [5, 6],
      [7, 8],
    ]);
    assertEqual(
      [list[0]!.readSync()[0], [...list[2]!.readSync()], list[3]!.value().arraySync()],
      [1.5, [5, 6, 7, 8], [true, false]],
    );
    const { storage } = list[0]!;
    packVariables(list, "variables");
    assert(list[0]!.storage === storage, "packed already");
  });
  test("plans made before read the right variable, wherever the new storage lies", () => {
    for (const order of [
      [0, 1],
      [1, 0],
    ]) {
      const list = make(10, 20);
      const reads = list.map(reader);
      assertEqual(
        reads.map((read) => read()),
        [
          [10, 11, 12],
          [20, 21, 22],
        ],
      );
      packVariables(
        order.map((i) => list[i]!),
        "variables",
      );
      assertEqual(
        reads.map((read) => read()),
        [
          [10, 11, 12],
          [20, 21, 22],
        ],
      );
    }
  });
  test("also when some leave a storage in which others stay", () => {
    const [a, b, c] = make(1, 2, 3) as [Variable, Variable, Variable];
    packVariables([a, b, c], "variables");
    const read = reader(b);
    assertEqual(read(), [2, 3, 4]);
    packVariables([b], "variables");
    b.assign([7, 8, 9]);
    assertEqual(read(), [7, 8, 9]);
    assertEqual(
      [[...a.readSync()], [...c.readSync()]],
      [
        [1, 2, 3],
        [3, 4, 5],
      ],
    );
  });
  test("wait while somebody holds an address", () => {
    const [a, b] = make(1, 2) as [Variable, Variable];
    const y = runScoped(() => {
      const value = a.value();
      packVariables([a, b], "variables");
      assert(a.storage !== b.storage, "not moved while a scope reads it");
      return value.add(b);
    });
    assertEqual(y.arraySync(), [3, 5, 7]);
    packVariables([a, b], "variables");
    assert(a.storage === b.storage);
  });
});
