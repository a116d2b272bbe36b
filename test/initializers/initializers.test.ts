import type { InitializerConfig } from "../../src/initializers/index.ts";
import * as initializers from "../../src/initializers/index.ts";
import { orthogonalFactor } from "../../src/initializers/qr.ts";
import { tensor } from "../../src/ops/creation.ts";
import { drawDefaultSeed, setRandomSeed } from "../../src/random/global.ts";
import { SeedGenerator } from "../../src/random/index.ts";
import { DTypeError, ShapeError, ValueError } from "../../src/util/errors.ts";
import { bitsOf, fromBits, pick, randomFixture } from "../fixtures/random-fixture.ts";
import { assert, assertClose, assertEqual, assertThrows } from "../harness/assert-close.ts";
import { testNumbers } from "../harness/finite-difference.ts";
import { suite } from "../harness/suite.ts";

const fixture = randomFixture();
const { get } = initializers;

function isExact(className: string, config: InitializerConfig): boolean {
  if (className === "VarianceScaling") return config.distribution === "uniform";
  return !className.endsWith("Normal");
}

suite("initializers: values against Keras", (test) => {
  fixture.initializers.forEach(({ class_name, config, shape, at, bits }, index) => {
    const exact = isExact(class_name, config);
    const text = JSON.stringify(config);
    test(`${index}: ${class_name} ${text} of (${shape}), ${exact ? "bit-equal" : "within 1e-6"}`, () => {
      const made = get({ class_name, config }).apply(shape);
      assertEqual(made.shape, shape);
      const values = pick(made.dataSync(), at);
      if (exact) assertEqual(bitsOf(values), bits);
      // where mean and draw nearly cancel, the error is relative to the draw
      else assertClose(values, fromBits(bits), { rtol: 1e-6, atol: config.mean ? 3e-7 : 0 });
    });
  });
  test("seed-parity.md: the kernel that Dense(3) starts with on 4 inputs after seed 42", () => {
    setRandomSeed(42);
    const values = initializers.glorotUniform().apply([4, 3]).dataSync();
    assertClose(values.subarray(0, 3), [-0.790047, 0.10902121, -0.45019674], { rtol: 1e-7, atol: 0 });
  });
});

suite("initializers: seeds", (test) => {
  const random = Object.keys(fixture.configs).filter((name) => "seed" in fixture.configs[name]!);
  test("a default seed is drawn when the initializer is made, one each, and stays null in the config", () => {
    setRandomSeed(42);
    const { first } = fixture.default_seeds.find(({ seed }) => seed === 42)!;
    for (const expected of first) {
      const made = initializers.heNormal();
      assertEqual(made.seed, expected);
      assertEqual(made.getConfig().seed, null);
    }
  });
  test("initializers without random numbers and with a seed of their own draw none", () => {
    setRandomSeed(42);
    for (const name of ["zeros", "ones", "constant", "identity"]) get(name);
    initializers.glorotUniform({ seed: 7 });
    assertEqual(drawDefaultSeed(), 686579304);
  });
  test("the same initializer gives the same numbers each time", () => {
    for (const name of random) {
      const made = get(name);
      assertEqual(made.apply([3, 4]).arraySync(), made.apply([3, 4]).arraySync(), name);
    }
  });
  test("with a SeedGenerator it gives others each time, and counts", () => {
    const seed = new SeedGenerator(5);
    const made = initializers.randomUniform({ seed });
    assert(made.apply([1]).item() !== made.apply([1]).item());
    assertEqual([...seed.state.readSync()], [5, 2]);
    assertEqual(made.getConfig().seed, { class_name: "SeedGenerator", config: { seed: 5 } });
    const copy = get({ class_name: "RandomUniform", config: made.getConfig() });
    assertEqual(copy.getConfig(), made.getConfig());
  });
});

suite("initializers: names and configs", (test) => {
  for (const [name, config] of Object.entries(fixture.configs)) {
    test(`${name}: Keras's default config; found under every spelling`, () => {
      const camel = name[0]!.toLowerCase() + name.slice(1);
      const snake = camel.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
      for (const spelling of [name, camel, snake]) {
        const made = get(spelling);
        assertEqual((made.constructor as typeof initializers.Initializer).className, name);
        // Keras forgets Identity's gain
        const expected = name === "Identity" ? { gain: 1 } : config;
        assertEqual(sorted(made.getConfig()), sorted(expected));
      }
    });
  }
  test("configs go round, in snake_case and in camelCase", () => {
    const made = initializers.varianceScaling({
      scale: 2,
      mode: "fanOut",
      distribution: "uniform",
      seed: 3,
      inputAxes: [0],
      outputAxes: [-1],
    });
    const config = made.getConfig();
    assertEqual(sorted(config), {
      ...{ distribution: "uniform", input_axes: [0], mode: "fan_out", output_axes: [-1], scale: 2, seed: 3 },
    });
    const again = initializers.VarianceScaling.fromConfig(config);
    assertEqual(again.apply([4, 5]).arraySync(), made.apply([4, 5]).arraySync());
    const camel = get({ className: "VarianceScaling", config: { ...config, inputAxes: [0], input_axes: [0] } });
    assertEqual(sorted(camel.getConfig()), sorted(config));
  });
  test("the fixed kinds are variance scaling with their own scale, mode and distribution", () => {
    const { glorotNormal, lecunNormal, lecunUniform } = initializers;
    const kinds = [glorotNormal, lecunNormal, lecunUniform].map((make) => make({ seed: 1 }));
    assertEqual(
      kinds.map(({ scale, mode, distribution }) => [scale, mode, distribution]),
      [
        [1, "fan_avg", "truncated_normal"],
        [1, "fan_in", "truncated_normal"],
        [1, "fan_in", "uniform"],
      ],
    );
    for (const name of ["GlorotNormal", "LecunNormal", "LecunUniform"]) assert(name in initializers);
  });
  test("what a FunctionInitializer and a TensorInitializer give is in the dtype asked for", () => {
    assertEqual(get(() => [1, 2]).apply([2], "int32").dtype, "int32");
    assertEqual(get(tensor([1, 2])).apply([2], "int32").dtype, "int32");
  });
  test("aliases", () => {
    assertEqual(get("zero").apply([1]).item(), 0);
    assertEqual(get("one").apply([1]).item(), 1);
    assert(get("normal") instanceof initializers.RandomNormal);
    assert(get("uniform") instanceof initializers.RandomUniform);
  });
  test("instances, classes, functions and tensors serve too", () => {
    const made = initializers.ones();
    assert(get(made) === made);
    assertEqual(
      get(initializers.Ones as never)
        .apply([2])
        .arraySync(),
      [1, 1],
    );
    const counting = get((shape: readonly number[]) => Float32Array.from({ length: shape[0]! }, (_, i) => i));
    assertEqual(counting.apply([3]).arraySync(), [0, 1, 2]);
    assertThrows(() => get(() => [1, 2]).apply([3]), ShapeError, /\(3,\), got \(2,\)/);
    const fixed = get(tensor([[1, 2]]));
    assertEqual(fixed.apply([1, 2]).arraySync(), [[1, 2]]);
    assertThrows(() => fixed.apply([2]), ShapeError, /expected \(2,\), got \(1, 2\)/);
    class Halves extends initializers.Initializer {
      static override readonly className: string = "Halves";
      override apply(shape: readonly number[]) {
        return initializers.constant({ value: 0.5 }).apply(shape);
      }
    }
    assertEqual(get(new Halves()).apply([1]).item(), 0.5);
    assertEqual(get("Halves", "test", { Halves }).apply([1]).item(), 0.5);
  });
  test("an unknown name is a ValueError that suggests the nearest", () => {
    assertThrows(() => get("glorot_unifrom"), ValueError, /Did you mean "glorotUniform"/);
    assertThrows(() => get("heNormale"), ValueError, /Did you mean "heNormal"/);
    assertThrows(() => get({ class_name: "Zeroes", config: {} }), ValueError, /"zeros"|"zero"/);
    assertThrows(() => get(3 as never), ValueError, /expected an initializer, its name or its config, got 3/);
    assertThrows(() => get(null as never), ValueError, /got null/);
    assertThrows(() => get({} as never), ValueError, /got an object/);
  });
});

suite("initializers: bad options and shapes", (test) => {
  const { NaN: nan } = Number;
  const bad: [string, () => unknown, RegExp][] = [
    ["negative stddev", () => initializers.randomNormal({ stddev: -0.1 }), /RandomNormal.*stddev.*-0.1/],
    ["NaN stddev", () => initializers.truncatedNormal({ stddev: nan }), /TruncatedNormal.*stddev/],
    ["infinite mean", () => initializers.randomNormal({ mean: Infinity }), /mean/],
    ["NaN minval", () => initializers.randomUniform({ minval: nan }), /minval/],
    ["maxval below minval", () => initializers.randomUniform({ minval: 1, maxval: 0 }), /maxval/],
    ["scale 0", () => initializers.varianceScaling({ scale: 0 }), /scale.*positive/],
    ["scale NaN", () => initializers.varianceScaling({ scale: nan }), /scale/],
    ["mode", () => initializers.varianceScaling({ mode: "fan_inn" as never }), /mode.*Did you mean "fan_in"/],
    [
      "distribution",
      () => initializers.varianceScaling({ distribution: "unifrom" as never }),
      /Did you mean "uniform"/,
    ],
    ["axes", () => initializers.glorotUniform({ inputAxes: "0" as never }), /inputAxes/],
    ["NaN value", () => initializers.constant({ value: nan }), /Constant.*value/],
    ["infinite gain", () => initializers.orthogonal({ gain: Infinity }), /Orthogonal.*gain/],
    ["seed 1.5", () => initializers.heUniform({ seed: 1.5 }), /HeUniform.*seed.*integer/],
    ["unknown option", () => initializers.glorotUniform({ scale: 2 } as never), /scale/],
    ["an option of zeros", () => new initializers.Zeros({ value: 1 } as never), /value/],
    ["no object", () => initializers.constant(3 as never), /options/],
  ];
  for (const [name, make, text] of bad) test(name, () => void assertThrows(make, ValueError, text));
  test("a refused initializer draws no default seed", () => {
    setRandomSeed(42);
    assertThrows(() => initializers.randomNormal({ stddev: -1 }), ValueError);
    assertEqual(drawDefaultSeed(), 686579304);
  });
  test("shapes that are none, and dtypes that cannot be", () => {
    assertThrows(() => initializers.ones().apply([2, -1]), ShapeError, /shape/);
    assertThrows(() => initializers.heNormal().apply(3 as never), ShapeError, /shape/);
    assertThrows(() => initializers.identity().apply([2, 2, 2]), ShapeError, /matrix/);
    assertThrows(() => initializers.orthogonal().apply([4]), ShapeError, /two dimensions/);
    assertThrows(() => initializers.heNormal().apply([4], "int32"), DTypeError, /float32/);
    assertThrows(
      () => initializers.glorotUniform({ inputAxes: [5], outputAxes: [0] }).apply([2, 2]),
      ValueError,
      /axes/,
    );
  });
  test("constants come in every dtype", () => {
    assertEqual(initializers.ones().apply([2], "int32").dtype, "int32");
    assertEqual(initializers.constant({ value: 7 }).apply([2], "int32").arraySync(), [7, 7]);
    assertEqual(initializers.zeros().apply([2, 0]).shape, [2, 0]);
  });
});

suite("initializers: Orthogonal", (test) => {
  const gram = (values: ArrayLike<number>, rows: number, columns: number, byRow: boolean): Float64Array => {
    const n = byRow ? rows : columns;
    const result = new Float64Array(n * n);
    for (let a = 0; a < n; a++) {
      for (let b = 0; b < n; b++) {
        for (let k = 0; k < (byRow ? columns : rows); k++) {
          const at = (i: number): number => (byRow ? i * columns + k : k * columns + i);
          result[a * n + b] = result[a * n + b]! + values[at(a)]! * values[at(b)]!;
        }
      }
    }
    return result;
  };
  for (const shape of [
    [4, 4],
    [7, 3],
    [3, 7],
    [2, 3, 4],
    [2, 2, 9],
    [1, 5],
    [6, 1],
    [40, 40],
  ]) {
    test(`(${shape}): orthonormal columns, or rows where there are fewer`, () => {
      const columns = shape[shape.length - 1]!;
      const rows = shape.slice(0, -1).reduce((size, dim) => size * dim, 1);
      const values = initializers.orthogonal({ seed: 3, gain: 2 }).apply(shape).dataSync();
      const n = Math.min(rows, columns);
      const expected = Float64Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? 4 : 0));
      assertClose(gram(values, rows, columns, rows < columns), expected, { atol: 2e-6 });
    });
  }
  for (const [rows, columns] of [
    [1, 1],
    [13, 9],
    [30, 30],
  ] as const) {
    test(`the factor of ${rows} × ${columns} numbers is the one with QᵀA upper triangular, its diagonal positive`, () => {
      const a = Float64Array.from(testNumbers(rows * columns, 5));
      const q = orthogonalFactor(a.slice(), rows, columns);
      for (let i = 0; i < columns; i++) {
        for (let k = 0; k < columns; k++) {
          let r = 0;
          for (let row = 0; row < rows; row++) r += q[row * columns + i]! * a[row * columns + k]!;
          assert(i < k || (i === k ? r > 1e-3 : Math.abs(r) < 1e-13), `entry (${i}, ${k}) of R: ${r}`);
        }
      }
      assertClose(gram(q, rows, columns, false), identity(columns), { atol: 1e-14 });
    });
  }
  test("the signs vary: no diagonal is forced", () => {
    const heads = Array.from(
      { length: 20 },
      (_, seed) => initializers.orthogonal({ seed }).apply([3, 3]).dataSync()[0]!,
    );
    assert(heads.some((value) => value > 0.1) && heads.some((value) => value < -0.1));
  });
});

function identity(n: number): Float64Array {
  return Float64Array.from({ length: n * n }, (_, i) => Number(i % (n + 1) === 0));
}

function sorted(config: InitializerConfig): InitializerConfig {
  return Object.fromEntries(Object.entries(config).sort(([a], [b]) => (a < b ? -1 : 1)));
}
