/** The model of worker.html: built, trained and asked in this worker. */
import * as hb from "../dist/index.js";
import { serveModel } from "../dist/model-worker.js";

serveModel(() => {
  hb.setRandomSeed(1);
  const model = hb.sequential({
    layers: [
      hb.input({ shape: [256] }),
      hb.layers.dense({ units: 256, activation: "relu" }),
      hb.layers.batchNormalization(),
      hb.layers.dropout({ rate: 0.2 }),
      hb.layers.dense({ units: 10, activation: "softmax" }),
    ],
  });
  model.compile({ optimizer: "adam", loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
  return model;
});
