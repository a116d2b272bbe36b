/** A model in a worker, as a user's module has it. */
import * as hb from "hornbeam";
import { serveModel } from "hornbeam/worker";

serveModel(() => {
  hb.setRandomSeed(3);
  const layers = [
    hb.input({ shape: [8] }),
    hb.layers.dense({ units: 16, activation: "relu" }),
    hb.layers.dense({ units: 1, activation: "sigmoid" }),
  ];
  const model = hb.sequential({ layers, name: "remote" });
  model.compile({ optimizer: "adam", loss: "binaryCrossentropy", metrics: ["accuracy"] });
  return model;
});
