import { assertClose, assertEqual } from "../harness/assert-close.ts";
import { floats, integers, onEveryBuild, SIZES } from "../harness/kernels.ts";
import { suite } from "../harness/suite.ts";

suite("kernels: labels, rows and checks", (test) => {
  test("i32_check_range finds the first label outside", () => {
    onEveryBuild((kernels, area) => {
      const labels = area.i32([0, 9, 5, 10, -1]);
      assertEqual(kernels.i32_check_range(labels.ptr, 5, 0, 10), 3);
      assertEqual(kernels.i32_check_range(labels.ptr, 3, 0, 10), -1);
      assertEqual(kernels.i32_check_range(labels.ptr, 5, 1, 10), 0);
      assertEqual(kernels.i32_check_range(labels.ptr, 0, 1, 10), -1);
    });
  });

  test("f32_one_hot; a label outside gives a row of off", () => {
    onEveryBuild((kernels, area) => {
      const labels = area.i32([2, 0, -1, 3]);
      const y = area.empty(12);
      kernels.f32_one_hot(y.ptr, labels.ptr, 4, 3, 1, -0.5);
      assertEqual(Array.from(y.f32), [-0.5, -0.5, 1, 1, -0.5, -0.5, -0.5, -0.5, -0.5, -0.5, -0.5, -0.5]);
    });
  });

  test("u32_gather_rows copies, f32_scatter_add_rows adds in the order of the indices", () => {
    onEveryBuild((kernels, area) => {
      for (const cols of SIZES) {
        const rows = 4;
        const x = area.f32(floats(rows * cols, 1));
        const indices = area.i32(integers(9, 2, 0, rows));
        const gathered = area.empty(9 * cols);
        kernels.u32_gather_rows(gathered.ptr, x.ptr, indices.ptr, 9, cols);
        const row = (r: number): number[] => Array.from(x.f32.subarray(r * cols, (r + 1) * cols));
        assertEqual(Array.from(gathered.f32), Array.from(indices.i32).flatMap(row));
        const y = area.f32(new Float32Array(rows * cols));
        kernels.f32_scatter_add_rows(y.ptr, gathered.ptr, indices.ptr, 9, cols);
        const expected = new Float64Array(rows * cols);
        indices.i32.forEach((r, i) => {
          for (let c = 0; c < cols; c++) expected[r * cols + c]! += gathered.f32[i * cols + c]!;
        });
        assertClose(y.f32, expected);
      }
    });
  });
});
