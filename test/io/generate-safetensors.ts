/**
 * Writes the golden files that this package makes: `node --import tsx test/io/generate-safetensors.ts`, then
 * generate_safetensors.py, which reads them with Python's library.
 */
import { writeFileSync } from "node:fs";
import * as hb from "../../src/index.ts";
import { writeSafetensors } from "../../src/io/index.ts";
import { goldenInputs, goldenModel, goldenTensors, METADATA } from "./golden-tensors.ts";

const folder = new URL("../fixtures/safetensors/", import.meta.url);
await writeSafetensors(goldenTensors(), new URL("hornbeam.safetensors", folder), METADATA);

hb.setRandomSeed(66);
const model = goldenModel();
model.compile({ optimizer: hb.optimizers.adam({ learningRate: 0.01 }), loss: "mse", metrics: ["mae"] });
const x = goldenInputs();
await model.fit(x, hb.zeros([12, 2]), { epochs: 2, batchSize: 4, verbose: 0 });
await model.save(new URL("model.safetensors", folder));
const outputs = model.predict(x, { verbose: 0 }).arraySync();
await model.fit(x, hb.zeros([12, 2]), { epochs: 3, initialEpoch: 2, batchSize: 4, verbose: 0 });
const later = model.predict(x, { verbose: 0 }).arraySync();
writeFileSync(new URL("predictions.json", folder), `${JSON.stringify({ outputs, later })}\n`);
