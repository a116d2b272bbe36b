import type { KernelTable } from "../../src/runtime/kernel-table.ts";
import { assertClose, assertEqual } from "../harness/assert-close.ts";
import { type Area, type Buffer, floats, integers, onEveryBuild, SIZES } from "../harness/kernels.ts";
import { suite } from "../harness/suite.ts";
import { binary } from "../reference/kernels/elementwise.ts";

type Binary = KernelTable["f32_add"];
type Triple = readonly [number, number, number];

const NAMES: readonly (keyof KernelTable)[] = [
  "f32_add",
  "f32_sub",
  "f32_mul",
  "f32_div",
  "f32_pow",
  "f32_maximum",
  "f32_minimum",
  "f32_atan2",
  "f32_mod",
  "f32_floor_div",
  "f32_equal",
  "f32_not_equal",
  "f32_greater",
  "f32_greater_equal",
  "f32_less",
  "f32_less_equal",
  "i32_add",
  "i32_sub",
  "i32_mul",
  "i32_maximum",
  "i32_minimum",
  "i32_mod",
  "i32_floor_div",
  "i32_pow",
  "i32_equal",
  "i32_not_equal",
  "i32_greater",
  "i32_greater_equal",
  "i32_less",
  "i32_less_equal",
  "i32_logical_and",
  "i32_logical_or",
];

/** Small integers as floats where equality must happen; positive bases for pow. */
function operand(area: Area, name: string, n: number, seed: number): Buffer {
  if (name.startsWith("i32")) return area.i32(integers(n, seed, -2, 3));
  if (name === "f32_pow") return area.f32(floats(n, seed, 0.25, 3));
  const values = floats(n, seed);
  return area.f32(/equal|greater|less/.test(name) ? values.map(Math.round) : values);
}

const view = (buffer: Buffer, name: string): Float32Array | Int32Array =>
  name.startsWith("i32") ? buffer.i32 : buffer.f32;
const outputView = (buffer: Buffer, name: string): Float32Array | Int32Array =>
  /^f32_(add|sub|mul|div|pow|maximum|minimum|atan2|mod|floor_div)$/.test(name) ? buffer.f32 : buffer.i32;

function compare(area: Area, kernel: Binary, name: string, n: Triple, sa: Triple, sb: Triple): void {
  const extent = (s: Triple): number => (n.includes(0) ? 1 : 1 + n.reduce((sum, d, i) => sum + (d - 1) * s[i]!, 0));
  const a = operand(area, name, extent(sa), 1);
  const b = operand(area, name, extent(sb), 2);
  const y = area.empty(n[0] * n[1] * n[2]);
  kernel(y.ptr, a.ptr, b.ptr, ...n, ...sa, ...sb);
  const expected: number[] = [];
  const [va, vb] = [view(a, name), view(b, name)];
  for (let i = 0; i < n[0]; i++)
    for (let j = 0; j < n[1]; j++)
      for (let k = 0; k < n[2]; k++) {
        const left = va[i * sa[0] + j * sa[1] + k * sa[2]]!;
        expected.push(binary[name]!(left, vb[i * sb[0] + j * sb[1] + k * sb[2]]!));
      }
  assertClose(outputView(y, name), expected, { rtol: 2e-7, atol: 0, what: `${name} [${n}], a by ${sa}, b by ${sb}` });
}

suite("kernels: element-wise, two arguments", (test) => {
  for (const name of NAMES) {
    test(`${name} agrees with float64 for vectors, scalars and broadcast strides`, () => {
      onEveryBuild((kernels, area) => {
        const kernel = kernels[name] as Binary;
        for (const n of SIZES) {
          for (const [sa, sb] of [
            [1, 1],
            [1, 0],
            [0, 1],
          ] as const) {
            compare(area, kernel, name, [1, 1, n], [0, 0, sa], [0, 0, sb]);
          }
        }
        compare(area, kernel, name, [3, 5, 7], [35, 7, 1], [35, 7, 1]);
        compare(area, kernel, name, [3, 5, 7], [35, 7, 1], [0, 0, 1]);
        compare(area, kernel, name, [3, 5, 7], [0, 1, 0], [7, 0, 1]);
        compare(area, kernel, name, [2, 3, 4], [1, 0, 0], [0, 1, 0]);
        compare(area, kernel, name, [0, 3, 4], [12, 4, 1], [12, 4, 1]);
      });
    });
  }

  test("a dense argument may be the output", () => {
    onEveryBuild((kernels, area) => {
      const a = area.f32(floats(37, 1));
      const b = area.f32(floats(37, 2));
      const expected = Array.from(a.values(), (value, i) => Math.fround(value + b.f32[i]!));
      kernels.f32_add(a.ptr, a.ptr, b.ptr, 1, 1, 37, 0, 0, 1, 0, 0, 1);
      assertEqual(Array.from(a.f32), expected);
    });
  });

  test("maximum, minimum and comparisons treat NaN as numpy does", () => {
    onEveryBuild((kernels, area) => {
      const a = area.f32([NaN, 1, NaN, 2]);
      const b = area.f32([1, NaN, NaN, 3]);
      const y = area.empty(4);
      const run = (name: keyof KernelTable): Buffer => {
        (kernels[name] as Binary)(y.ptr, a.ptr, b.ptr, 1, 1, 4, 0, 0, 1, 0, 0, 1);
        return y;
      };
      assertEqual(Array.from(run("f32_maximum").f32), [NaN, NaN, NaN, 3]);
      assertEqual(Array.from(run("f32_minimum").f32), [NaN, NaN, NaN, 2]);
      assertEqual(Array.from(run("f32_equal").i32), [0, 0, 0, 0]);
      assertEqual(Array.from(run("f32_not_equal").i32), [1, 1, 1, 1]);
      assertEqual(Array.from(run("f32_less").i32), [0, 0, 0, 1]);
    });
  });

  test("pow has the special cases of C", () => {
    onEveryBuild((kernels, area) => {
      const cases = [
        [-2, 3, -8],
        [-2, 2, 4],
        [-2, 0.5, NaN],
        [0, 0, 1],
        [0, -1, Infinity],
        [Infinity, -1, 0],
        [NaN, 0, 1],
        [2, -149, 2 ** -149],
        [10, 39, Infinity],
      ] as const;
      const a = area.f32(cases.map(([base]) => base));
      const b = area.f32(cases.map(([, exponent]) => exponent));
      const y = area.empty(cases.length);
      kernels.f32_pow(y.ptr, a.ptr, b.ptr, 1, 1, cases.length, 0, 0, 1, 0, 0, 1);
      assertEqual(
        Array.from(y.f32),
        cases.map(([, , power]) => power),
      );
    });
  });
});
