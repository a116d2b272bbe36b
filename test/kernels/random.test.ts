import { fromBits, randomFixture } from "../fixtures/random-fixture.ts";
import { assert, assertClose, assertEqual } from "../harness/assert-close.ts";
import { floats, onEveryBuild, SIZES } from "../harness/kernels.ts";
import { suite } from "../harness/suite.ts";
import { bitsOf, normal, threefry2x32, uniform, unit } from "../reference/kernels/threefry.ts";

const fixture = randomFixture();
type Key = readonly [number, number];
const KEYS: readonly Key[] = [
  [0, 0],
  [7, 1],
  [0xffffffff, 0x80000001],
];
const indices = (n: number, first = 0): number[] => Array.from({ length: n }, (_, i) => first + i);
const maskText = (bits: Uint32Array, n: number): string =>
  indices(n)
    .map((i) => (bits[i >> 5]! >>> (i & 31)) & 1)
    .join("");

suite("kernels: random numbers", (test) => {
  test("the reference gives the published vectors of threefry2x32-20", () => {
    const ones = 0xffffffff;
    assertEqual(threefry2x32([0, 0], [0, 0]), [0x6b200159, 0x99ba4efe]);
    assertEqual(threefry2x32([ones, ones], [ones, ones]), [0x1cb996fc, 0xbb002be7]);
    assertEqual(threefry2x32([0x13198a2e, 0x03707344], [0x243f6a88, 0x85a308d3]), [0xc4923a9c, 0x483df7a0]);
  });

  test("u32_threefry2x32 equals the reference, from any first element", () => {
    onEveryBuild((kernels, area) => {
      for (const pair of KEYS) {
        const key = area.u32(pair);
        for (const n of SIZES) {
          const y = area.empty(n);
          kernels.u32_threefry2x32(y.ptr, key.ptr, 0, n);
          assertEqual(
            Array.from(y.u32),
            indices(n).map((i) => bitsOf(pair, i)),
          );
          kernels.u32_threefry2x32(y.ptr, key.ptr, 13, n);
          assertEqual(
            Array.from(y.u32),
            indices(n, 13).map((i) => bitsOf(pair, i)),
          );
        }
      }
    });
  });

  test("f32_random_uniform has one rounding", () => {
    onEveryBuild((kernels, area) => {
      for (const pair of KEYS) {
        const key = area.u32(pair);
        for (const [lo, hi] of [
          [0, 1],
          [-0.05, 0.05],
          [-0.92582, 0.92582],
          [3, 1000],
        ] as const) {
          const y = area.empty(1001);
          kernels.f32_random_uniform(y.ptr, key.ptr, 5, 1001, lo, hi);
          assertEqual(
            Array.from(y.f32),
            indices(1001, 5).map((i) => uniform(bitsOf(pair, i), lo, hi)),
          );
        }
      }
    });
  });

  test("f32_random_uniform, f32_random_normal and f32_random_truncated_normal draw Keras's numbers", () => {
    let drawn = 0;
    onEveryBuild((kernels, area) => {
      for (const { op, args, seed, shape, bits } of fixture.draws) {
        if (seed === undefined || shape === undefined || bits === undefined) continue;
        const n = shape.reduce((a, b) => a * b, 1);
        const [key, y] = [area.u32([seed, 0]), area.empty(n)];
        const what = `${op}(${args}) with seed ${seed}`;
        if (op === "uniform") {
          kernels.f32_random_uniform(y.ptr, key.ptr, 0, n, ...args);
          assertClose(y.f32, fromBits(bits), { rtol: 0, atol: 0, what });
        } else {
          const kernel = op === "normal" ? kernels.f32_random_normal : kernels.f32_random_truncated_normal;
          kernel(y.ptr, key.ptr, 0, n, ...args);
          assertClose(y.f32, fromBits(bits), { rtol: 1e-6, atol: 1e-7, what });
        }
        drawn++;
      }
    });
    assert(drawn > 0, "the fixture has no draws by seed");
  });

  test("normal numbers agree with the float64 inverse of erf, at every size", () => {
    onEveryBuild((kernels, area) => {
      const key = area.u32([3, 4]);
      const cut = Math.fround(0.9544997);
      for (const n of [...SIZES, 5000]) {
        const y = area.empty(n);
        kernels.f32_random_normal(y.ptr, key.ptr, 0, n, 1, 2);
        const z = indices(n).map((i) => normal(bitsOf([3, 4], i), -0.99999994, 1));
        assertClose(
          y.f32,
          z.map((v) => 1 + 2 * v),
          { rtol: 2e-6, atol: 2e-6 },
        );
        kernels.f32_random_truncated_normal(y.ptr, key.ptr, 0, n, 0, 1);
        const truncated = indices(n).map((i) => normal(bitsOf([3, 4], i), -cut, cut));
        assertClose(y.f32, truncated, { rtol: 2e-6, atol: 1e-6 });
        assert(
          y.f32.every((v) => Math.abs(v) < 2),
          "inside two deviations",
        );
      }
    });
  });

  test("i32_random_bernoulli is 1 where u < p", () => {
    onEveryBuild((kernels, area) => {
      const key = area.u32([9, 2]);
      for (const p of [0, 0.25, 0.3, 0.5, 1 - 2 ** -24, 1]) {
        const y = area.empty(1001);
        kernels.i32_random_bernoulli(y.ptr, key.ptr, 0, 1001, p);
        assertEqual(
          Array.from(y.i32),
          indices(1001).map((i) => Number(unit(bitsOf([9, 2], i)) < Math.fround(p))),
        );
      }
    });
  });

  test("f32_dropout and f32_dropout_bits make the masks of Keras, call after call", () => {
    onEveryBuild((kernels, area) => {
      for (const { rate, seed, shape, noise_shape, masks } of fixture.masks) {
        const size = (noise_shape ?? shape).reduce<number>((n, d, i) => n * (d ?? shape[i]!), 1);
        masks.forEach((expected, call) => {
          if (expected.length !== size) return;
          const [key, bits] = [area.u32([seed, call]), area.empty((size + 31) >> 5)];
          kernels.f32_dropout_bits(bits.ptr, key.ptr, 0, size, 1 - rate);
          assertEqual(maskText(bits.u32, size), expected, `seed ${seed}, rate ${rate}, call ${call}`);
          const [x, y] = [area.f32(floats(size, 1)), area.empty(size)];
          kernels.f32_dropout(y.ptr, bits.ptr, x.ptr, key.ptr, 0, size, 1 - rate);
          assertEqual(maskText(bits.u32, size), expected, `seed ${seed}, rate ${rate}, call ${call}`);
        });
      }
    });
  });

  test("f32_dropout divides by keep where the bit is set; f32_dropout_grad reads the same bits", () => {
    onEveryBuild((kernels, area) => {
      const key = area.u32([7, 0]);
      for (const keep of [0.7, 0.5, 1, 0]) {
        const divisor = Math.fround(keep);
        for (const n of SIZES) {
          const [x, y, bits] = [area.f32(floats(n, n)), area.empty(n), area.empty((n + 31) >> 5)];
          const dropped = (values: Float32Array): number[] =>
            Array.from(values, (v, i) => (unit(bitsOf([7, 0], i)) < divisor ? Math.fround(v / divisor) : 0));
          const expected = dropped(x.f32);
          kernels.f32_dropout(y.ptr, bits.ptr, x.ptr, key.ptr, 0, n, keep);
          assertClose(y.f32, expected, { rtol: 0, atol: 0 });
          assertEqual(maskText(bits.u32, n).length, n);
          if (n & 31) assertEqual(bits.u32[n >> 5]! >>> (n & 31), 0, "bits beyond the last element");
          kernels.f32_dropout_grad(y.ptr, x.ptr, bits.ptr, n, keep);
          assertClose(y.f32, expected, { rtol: 0, atol: 0 });
          kernels.f32_dropout(x.ptr, bits.ptr, x.ptr, key.ptr, 0, n, keep);
          assertClose(x.f32, expected, { rtol: 0, atol: 0, what: "in place" });
        }
      }
    });
  });

  test("f32_dropout_broadcast reads the mask by strides", () => {
    onEveryBuild((kernels, area) => {
      const key = area.u32([7, 3]);
      const [x, y, bits] = [area.f32(floats(2 * 3 * 4 * 5, 1)), area.empty(120), area.empty(2)];
      kernels.f32_dropout_bits(bits.ptr, key.ptr, 0, 50, 0.5);
      for (const first of [0, 30]) {
        kernels.f32_dropout_broadcast(y.ptr, x.ptr, bits.ptr, 2, 3, 4, 5, 5, 0, 0, 1, first, 0.5);
        const expected = Array.from(x.f32, (v, i) => {
          const at = first + Math.floor(i / 60) * 5 + (i % 5);
          return (bits.u32[at >> 5]! >>> (at & 31)) & 1 ? v / 0.5 : 0;
        });
        assertClose(y.f32, expected, { rtol: 0, atol: 0, what: `first ${first}` });
      }
    });
  });

  test("u32_seed_scramble advances as the process-wide generator of Keras", () => {
    onEveryBuild((kernels, area) => {
      const [seed, y] = [area.u32([686579304, 0]), area.empty(2)];
      kernels.u32_seed_scramble(y.ptr, seed.ptr);
      const next = (word: number): number => (Math.imul(word + 1, 5387) >>> 0) % 933199;
      assertEqual(Array.from(y.u32), [next(686579304), next(0)]);
      const first = Array.from(y.u32);
      kernels.u32_seed_scramble(y.ptr, y.ptr);
      assertEqual(Array.from(y.u32), first.map(next));
    });
  });

  test("u32_seed_next adds [0, 1], also in place", () => {
    onEveryBuild((kernels, area) => {
      const [seed, y] = [area.u32([42, 0xffffffff]), area.empty(2)];
      kernels.u32_seed_next(y.ptr, seed.ptr);
      assertEqual(Array.from(y.u32), [42, 0]);
      kernels.u32_seed_next(y.ptr, y.ptr);
      assertEqual(Array.from(y.u32), [42, 1]);
    });
  });
});
