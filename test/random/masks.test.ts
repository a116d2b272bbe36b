/** All layers that drop or add noise, three calls in a row, against Keras (generate_masks.py). */
import { readFileSync } from "node:fs";
import type { Tensor } from "../../src/index.ts";
import { ones } from "../../src/ops/creation.ts";
import type { SeedGenerator } from "../../src/random/index.ts";
import { makeLayer } from "../fixtures/keras-layers.ts";
import { fromBits } from "../fixtures/random-fixture.ts";
import { assert, assertClose, assertEqual } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

interface MaskCase {
  class: string;
  config: Record<string, unknown>;
  shape: number[];
  state: number[];
  outputs?: number[][];
  kept?: number;
  dropped?: number;
  masks?: string[];
}

const path = new URL("../fixtures/masks.json", import.meta.url);
const { cases } = JSON.parse(readFileSync(path, "utf8")) as { cases: MaskCase[] };

suite("random: what dropout-like layers draw, against Keras", (test) => {
  test("every such layer has cases", () => {
    assertEqual([...new Set(cases.map((each) => each.class))].sort(), [
      ...["AlphaDropout", "Dropout", "GaussianDropout", "GaussianNoise"],
      ...["SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D"],
    ]);
  });
  for (const { class: name, config, shape, state, outputs, kept, dropped, masks } of cases) {
    test(`${name}${JSON.stringify(config)} of ${shape.join("×")}`, () => {
      const layer = makeLayer(name, config);
      const run = (): Float32Array =>
        (layer.apply(ones(shape), { training: true }) as Tensor).dataSync() as Float32Array;
      for (const expected of outputs ?? []) assertClose(run(), fromBits(expected), { rtol: 1e-5, atol: 1e-6 });
      for (const mask of masks ?? []) {
        const values = run();
        assertEqual(Array.from(values, (value) => (value > (kept! + dropped!) / 2 ? "1" : "0")).join(""), mask);
        for (const value of values) {
          const nearest = value > (kept! + dropped!) / 2 ? kept! : dropped!;
          assert(Math.abs(value - nearest) <= 1e-6 * Math.abs(nearest), `${value}: Keras has ${nearest}`);
        }
      }
      assertEqual([...(layer as { seedGenerator?: SeedGenerator }).seedGenerator!.state.readSync()], state);
    });
  }
});
