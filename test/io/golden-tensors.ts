/** What the golden files of test/fixtures/safetensors hold that this package wrote. */

import * as hb from "../../src/index.ts";
import type { FileTensor } from "../../src/io/index.ts";

export const METADATA = { purpose: "golden", "a key": '{"n": [1, 2]} “quoted” \\ \u0007' };

/** Tensors of every type that arrays of JavaScript have; bytes first, so that writing them aligned needs another order. */
export function goldenTensors(): Record<string, FileTensor> {
  return {
    flags: { shape: [3], data: Uint8Array.of(1, 0, 1), dtype: "BOOL" },
    bytes: { shape: [1, 5], data: Uint8Array.of(0, 1, 127, 128, 255) },
    "layers/dense/vars/0": { shape: [2, 2], data: Float32Array.of(0.1, -0, Number.NEGATIVE_INFINITY, 3e38) },
    scalar: { shape: [], data: Int32Array.of(-5) },
    empty: { shape: [3, 0], data: new Float32Array() },
    doubles: { shape: [2], data: Float64Array.of(Math.PI, 1e-300) },
    longs: { shape: [2], data: BigInt64Array.of(-1n, 2n ** 53n - 1n) },
    counts: { shape: [1], data: BigUint64Array.of(7n) },
    seeds: { shape: [2], data: Uint32Array.of(4294967295, 0) },
    shorts: { shape: [2], data: Int16Array.of(-32768, 32767) },
    words: { shape: [1], data: Uint16Array.of(65535) },
    small: { shape: [2], data: Int8Array.of(-128, 127) },
  };
}

/** Names are given: those that layers get by themselves depend on what a process made before. */
export function goldenModel(): hb.Sequential {
  const { layers } = hb;
  return hb.sequential({
    name: "golden",
    layers: [
      layers.inputLayer({ shape: [3], name: "in" }),
      layers.dense({ units: 4, activation: "relu", name: "hidden" }),
      layers.batchNormalization({ name: "norm" }),
      layers.dropout({ rate: 0.25, seed: 7, name: "drop" }),
      layers.dense({ units: 2, name: "out" }),
    ],
  });
}

export const goldenInputs = (): hb.Tensor =>
  hb.tensor(Array.from({ length: 12 }, (_, i) => [i / 12, (i % 3) / 3, 1 - (i % 5) / 5]));
