import { assertEqual } from "../harness/assert-close.ts";
import { floats, integers, onEveryBuild, SIZES } from "../harness/kernels.ts";
import { suite } from "../harness/suite.ts";

type Four = readonly [number, number, number, number];
interface Case {
  what: string;
  n: Four;
  y: Four;
  x: Four;
  /** Elements before the first one of x (negative strides). */
  start?: number;
}

const STRIDED: readonly Case[] = [
  { what: "dense", n: [2, 3, 4, 5], y: [60, 20, 5, 1], x: [60, 20, 5, 1] },
  { what: "long dense rows", n: [1, 1, 2, 300], y: [0, 0, 300, 1], x: [0, 0, 300, 1] },
  { what: "row repeated", n: [2, 1, 3, 9], y: [27, 0, 9, 1], x: [9, 0, 0, 1] },
  { what: "column repeated", n: [1, 2, 3, 7], y: [0, 21, 7, 1], x: [0, 3, 1, 0] },
  { what: "transpose of 4s", n: [1, 1, 8, 12], y: [0, 0, 12, 1], x: [0, 0, 1, 8] },
  { what: "transpose of odd sizes", n: [1, 2, 7, 5], y: [0, 35, 5, 1], x: [0, 35, 1, 7] },
  { what: "transpose, wide and low", n: [1, 1, 3, 33], y: [0, 0, 33, 1], x: [0, 0, 1, 3] },
  { what: "transpose into a wider matrix", n: [1, 1, 6, 5], y: [0, 0, 11, 1], x: [0, 0, 1, 6] },
  { what: "all axes reversed", n: [2, 3, 4, 5], y: [60, 20, 5, 1], x: [1, 2, 6, 24] },
  { what: "backwards", n: [1, 1, 4, 6], y: [0, 0, 6, 1], x: [0, 0, 6, -1], start: 5 },
  { what: "upside down", n: [1, 1, 4, 6], y: [0, 0, 6, 1], x: [0, 0, -6, 1], start: 18 },
  { what: "into every second place", n: [1, 1, 3, 4], y: [0, 0, 8, 2], x: [0, 0, 4, 1] },
  { what: "nothing", n: [2, 3, 0, 5], y: [0, 0, 0, 1], x: [0, 0, 0, 1] },
];

function offsets(n: Four, strides: Four): number[] {
  const found: number[] = [];
  for (let i = 0; i < n[0]; i++)
    for (let j = 0; j < n[1]; j++)
      for (let k = 0; k < n[2]; k++)
        for (let l = 0; l < n[3]; l++) found.push(i * strides[0] + j * strides[1] + k * strides[2] + l * strides[3]);
  return found;
}

suite("kernels: fill, copy, select, cast", (test) => {
  test("f32_fill and u32_fill write n elements and no more", () => {
    onEveryBuild((kernels, area) => {
      for (const n of SIZES) {
        const y = area.empty(n);
        kernels.f32_fill(y.ptr, n, 1.5);
        assertEqual(Array.from(y.f32), Array(n).fill(1.5));
        kernels.u32_fill(y.ptr, n, 0xfffffff0);
        assertEqual(Array.from(y.u32), Array(n).fill(0xfffffff0));
      }
    });
  });

  test("u32_copy copies bits, also those of NaN", () => {
    onEveryBuild((kernels, area) => {
      for (const n of SIZES) {
        const x = area.u32(integers(n, n, 0, 2 ** 31));
        const y = area.empty(n);
        kernels.u32_copy(y.ptr, x.ptr, n);
        assertEqual(Array.from(y.u32), Array.from(x.u32));
      }
    });
  });

  for (const { what, n, y: ys, x: xs, start = 0 } of STRIDED) {
    test(`u32_copy_strided: ${what}`, () => {
      onEveryBuild((kernels, area) => {
        const from = offsets(n, xs).map((offset) => offset + start);
        const to = offsets(n, ys);
        const x = area.u32(integers(Math.max(0, ...from) + 1, 1, 0, 1e9));
        const y = area.empty(Math.max(-1, ...to) + 1);
        const expected = Array.from(y.u32);
        for (const [i, place] of to.entries()) expected[place] = x.u32[from[i]!]!;
        kernels.u32_copy_strided(y.ptr, x.ptr + 4 * start, ...n, ...ys, ...xs);
        assertEqual(Array.from(y.u32), expected);
      });
    });
  }

  test("u32_select takes a where cond is not 0", () => {
    onEveryBuild((kernels, area) => {
      for (const n of SIZES) {
        const cond = area.i32(integers(n, 1, -1, 2));
        const [a, b, y] = [area.i32(integers(n, 2, 0, 99)), area.i32(integers(n, 3, 100, 199)), area.empty(n)];
        kernels.u32_select(y.ptr, cond.ptr, a.ptr, b.ptr, n);
        assertEqual(
          Array.from(y.i32),
          Array.from(cond.i32, (c, i) => (c !== 0 ? a.i32[i] : b.i32[i])),
        );
      }
    });
  });

  test("f32_from_i32, f32_from_u32 round to nearest", () => {
    onEveryBuild((kernels, area) => {
      for (const n of SIZES) {
        const x = area.i32(integers(n, n + 1, -(2 ** 31), 2 ** 31));
        const y = area.empty(n);
        kernels.f32_from_i32(y.ptr, x.ptr, n);
        assertEqual(Array.from(y.f32), Array.from(x.i32, Math.fround));
        kernels.f32_from_u32(y.ptr, x.ptr, n);
        assertEqual(Array.from(y.f32), Array.from(x.u32, Math.fround));
      }
    });
  });

  test("i32_from_f32 and u32_from_f32 truncate, saturate and give 0 for NaN", () => {
    onEveryBuild((kernels, area) => {
      const x = area.f32([1.9, -1.9, 3e9, -3e9, NaN, Infinity, -0.5]);
      const y = area.empty(7);
      kernels.i32_from_f32(y.ptr, x.ptr, 7);
      assertEqual(Array.from(y.i32), [1, -1, 2 ** 31 - 1, -(2 ** 31), 0, 2 ** 31 - 1, 0]);
      kernels.u32_from_f32(y.ptr, x.ptr, 7);
      assertEqual(Array.from(y.u32), [1, 0, 3e9, 0, 0, 2 ** 32 - 1, 0]);
      for (const n of SIZES) {
        const values = area.f32(floats(n, n, -100, 100));
        kernels.i32_from_f32(values.ptr, values.ptr, n);
        assertEqual(
          Array.from(values.i32),
          Array.from(floats(n, n, -100, 100), (v) => Math.trunc(v) + 0),
        );
      }
    });
  });

  test("bool_from_f32, bool_from_i32 and i32_logical_not give 1 and 0", () => {
    onEveryBuild((kernels, area) => {
      const x = area.f32([0, -0, 1, -2, NaN, 1e-45, Infinity]);
      const y = area.empty(7);
      kernels.bool_from_f32(y.ptr, x.ptr, 7);
      assertEqual(Array.from(y.i32), [0, 0, 1, 1, 1, 1, 1]);
      for (const n of SIZES) {
        const z = area.i32(integers(n, n, -2, 3));
        const truth = Array.from(z.i32, (v) => Number(v !== 0));
        const out = area.empty(n);
        kernels.bool_from_i32(out.ptr, z.ptr, n);
        assertEqual(Array.from(out.i32), truth);
        kernels.i32_logical_not(out.ptr, z.ptr, n);
        assertEqual(
          Array.from(out.i32),
          truth.map((v) => 1 - v),
        );
      }
    });
  });
});
