import { assertEqual } from "../harness/assert-close.ts";
import { onEveryBuild } from "../harness/kernels.ts";
import { suite } from "../harness/suite.ts";
import { randomInts, randomOrder } from "../reference/kernels/random-integers.ts";

const KEYS = [
  [0, 0],
  [7, 1],
  [0xffffffff, 0x80000001],
] as const;

suite("kernels: random integers", (test) => {
  test("i32_random_int equals the reference for small, odd and huge spans", () => {
    onEveryBuild((kernels, area) => {
      for (const pair of KEYS) {
        const key = area.u32(pair);
        for (const [low, span] of [
          [0, 1],
          [-5, 25],
          [3, 65536],
          [-7, 1000003],
          [-(2 ** 31), 2 ** 32 - 1],
        ] as const) {
          const y = area.empty(11);
          kernels.i32_random_int(y.ptr, key.ptr, 11, low, span);
          assertEqual(Array.from(y.i32), randomInts(pair, 11, low, span));
        }
      }
    });
  });
  test("i32_random_order sorts every run by its words; u32_permute and u32_unpermute undo each other", () => {
    onEveryBuild((kernels, area) => {
      for (const [outer, n, inner, rounds] of [
        [1, 10, 1, 1],
        [2, 7, 3, 1],
        [1, 300, 1, 3],
        [3, 1, 2, 1],
        [1, 0, 1, 0],
      ] as const) {
        const key = area.u32(KEYS[1]);
        const size = outer * n * inner;
        const [order, ws] = [area.empty(size), area.empty(3 * n + 1)];
        kernels.i32_random_order(order.ptr, key.ptr, outer, n, inner, rounds, ws.ptr);
        assertEqual(Array.from(order.i32), randomOrder(KEYS[1], outer, n, inner, rounds));
        const x = area.u32(Array.from({ length: size }, (_, i) => i * i));
        const [y, back] = [area.empty(size), area.empty(size)];
        kernels.u32_permute(y.ptr, x.ptr, order.ptr, size);
        assertEqual(
          Array.from(y.u32),
          Array.from(order.i32, (from) => from * from),
        );
        kernels.u32_unpermute(back.ptr, y.ptr, order.ptr, size);
        assertEqual(Array.from(back.u32), Array.from(x.u32));
      }
    });
  });
});
