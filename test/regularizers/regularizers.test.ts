import * as hb from "../../src/index.ts";
import { assertClose, assertEqual, assertThrows } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

const { regularizers } = hb;
const x = hb.tensor([
  [1, -2],
  [3, 4],
]);

suite("regularizers", (test) => {
  test("L1, L2, L1L2: values and defaults", () => {
    assertClose(regularizers.l1().apply(x).item(), 0.1);
    assertClose(regularizers.l2({ l2: 0.5 }).apply(x).item(), 15);
    assertClose(new regularizers.L2().apply(x).item(), 0.3);
    assertClose(new regularizers.L1({ l1: 2 }).apply(x).item(), 20);
    assertClose(regularizers.l1l2({ l1: 1, l2: 1 }).apply(x).item(), 40);
    assertEqual(new regularizers.L1L2().apply(x).item(), 0);
  });
  test("OrthogonalRegularizer: rows or columns", () => {
    assertClose(
      regularizers
        .orthogonalRegularizer()
        .apply([
          [1, 0],
          [0, 2],
        ])
        .item(),
      0,
    );
    assertClose(
      regularizers
        .orthogonalRegularizer({ factor: 1 })
        .apply([
          [1, 0],
          [1, 1],
        ])
        .item(),
      Math.SQRT1_2,
    );
    assertClose(
      new regularizers.OrthogonalRegularizer({ factor: 1, mode: "columns" })
        .apply([
          [1, 1],
          [0, 1],
        ])
        .item(),
      Math.SQRT1_2,
    );
    assertThrows(() => regularizers.orthogonalRegularizer().apply([1, 2]), hb.ShapeError, /a matrix/);
    assertThrows(
      () => regularizers.orthogonalRegularizer({ mode: "diagonal" as never }),
      hb.ValueError,
      /rows, columns/,
    );
  });
  test("by name, config, class, function; round trip", () => {
    for (const name of ["l2", "L2"] as const) assertClose(regularizers.get(name)!.apply(x).item(), 0.3);
    const config = { class_name: "L1L2", config: { l1: 0.1, l2: 0.2 } };
    assertEqual(regularizers.get(config)!.getConfig(), { l1: 0.1, l2: 0.2 });
    assertEqual(regularizers.get(regularizers.L1 as never)!.getConfig(), { l1: 0.01 });
    assertClose(
      regularizers
        .get((w: hb.Tensor) => w.sum())!
        .apply(x)
        .item(),
      6,
    );
    assertEqual(regularizers.get(null), undefined);
    assertEqual(regularizers.orthogonalRegularizer().getConfig(), { factor: 0.01, mode: "rows" });
    assertThrows(() => regularizers.get("l3" as never), hb.ValueError, /Did you mean/);
    assertThrows(() => regularizers.get(5 as never), hb.ValueError, /a name, a config/);
    assertThrows(() => regularizers.l1({ l2: 1 } as never), hb.ValueError, /L1/);
    assertThrows(() => regularizers.l2({ l2: Number.NaN }), hb.ValueError, /l2/);
  });
  test("one of the user's own", () => {
    class Largest extends regularizers.Regularizer {
      static override readonly className: string = "Largest";
      override apply(w: hb.TensorLike): hb.Tensor {
        return hb.ops.max(w);
      }
    }
    const layer = hb.layers.dense({ units: 1, kernelInitializer: "ones", kernelRegularizer: new Largest() });
    layer.build([null, 2]);
    assertEqual(
      layer.losses.map((loss) => loss.item()),
      [1],
    );
    const config = JSON.parse(JSON.stringify(layer.getConfig()));
    const again = hb.layers.Dense.fromConfig(config, { Largest });
    again.build([null, 2]);
    assertEqual(again.losses.length, 1);
  });
});
