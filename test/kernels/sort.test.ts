import { assertEqual } from "../harness/assert-close.ts";
import { floats, integers, onEveryBuild } from "../harness/kernels.ts";
import { suite } from "../harness/suite.ts";
import { order } from "../reference/kernels/sort.ts";

suite("kernels: sorting", (test) => {
  for (const descending of [0, 1]) {
    for (const integer of [false, true]) {
      test(`u32_sort of ${integer ? "integers" : "floats"}, ${descending ? "largest" : "smallest"} first, whole and in part`, () => {
        onEveryBuild((kernels, area) => {
          for (const n of [0, 1, 2, 3, 4, 7, 8, 31, 100]) {
            for (const k of [n, Math.min(n, 3), 0]) {
              // many equal ones
              const values = integer ? integers(3 * n, n, -9, 9) : floats(3 * n, n, -4, 4).map(Math.round);
              const x = integer ? area.i32(values) : area.f32(values);
              const [y, indices, ws] = [area.empty(3 * k), area.empty(3 * k), area.empty(2 * n)];
              kernels.u32_sort(y.ptr, indices.ptr, x.ptr, 3, n, k, Number(!integer), descending, ws.ptr);
              for (let row = 0; row < 3; row++) {
                const line = [...values.slice(row * n, (row + 1) * n)];
                const places = order(line, descending === 1).slice(0, k);
                assertEqual([...indices.i32.slice(row * k, (row + 1) * k)], places, `n ${n}, k ${k}, row ${row}`);
                const sorted = places.map((place) => line[place]! + 0);
                const got = [...(integer ? y.i32 : y.f32).slice(row * k, (row + 1) * k)].map((value) => value + 0);
                assertEqual(got, sorted, `values, n ${n}, k ${k}, row ${row}`);
              }
            }
          }
        });
      });
    }
  }
  test("u32_sort puts NaN behind Infinity and keeps the order of zeros and of equal numbers", () => {
    onEveryBuild((kernels, area) => {
      const x = area.f32([NaN, 0, Infinity, -0, -Infinity, 2 ** -149, -(2 ** -149)]);
      const [y, indices, ws] = [area.empty(7), area.empty(7), area.empty(14)];
      kernels.u32_sort(y.ptr, indices.ptr, x.ptr, 1, 7, 7, 1, 0, ws.ptr);
      assertEqual([...indices.i32], [4, 6, 1, 3, 5, 2, 0]);
      kernels.u32_sort(y.ptr, indices.ptr, x.ptr, 1, 7, 7, 1, 1, ws.ptr);
      assertEqual([...indices.i32], [0, 2, 5, 1, 3, 6, 4]);
      const extremes = area.i32([2147483647, -2147483648, 0]);
      kernels.u32_sort(y.ptr, indices.ptr, extremes.ptr, 1, 3, 3, 0, 1, ws.ptr);
      assertEqual([...y.i32.slice(0, 3)], [2147483647, 0, -2147483648]);
    });
  });
});
