import { sequential } from "../../src/models/sequential.ts";
import { drawDefaultSeed, setRandomSeed } from "../../src/random/global.ts";
import { makeLayer } from "../fixtures/keras-layers.ts";
import { bitsOf, fromBits, pick, randomFixture } from "../fixtures/random-fixture.ts";
import { assertClose, assertEqual } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

const fixture = randomFixture();

suite("random: initial weights of models against Keras", (test) => {
  for (const { seed, input, layers, weights, seed_states, next_default } of fixture.layers) {
    const stack = layers.map(({ class_name, config }) => `${class_name}${JSON.stringify(config)}`).join(", ");
    test(`seed ${seed}, ${input} inputs: ${stack}`, () => {
      setRandomSeed(seed);
      const model = sequential({ layers: layers.map(({ class_name, config }) => makeLayer(class_name, config)) });
      assertEqual(drawDefaultSeed(), next_default);
      model.build([null, input]);
      const made = model.weights;
      assertEqual(
        made.map((weight) => [...weight.shape]),
        weights.map(({ shape }) => shape),
      );
      const normal = /normal|variance_scaling/.test(stack);
      made.forEach((weight, index) => {
        const { at, bits } = weights[index]!;
        const values = pick(weight.readSync(), at);
        if (normal) assertClose(values, fromBits(bits), { rtol: 1e-6, atol: 0 });
        else assertEqual(bitsOf(values), bits);
      });
      const states = model.nonTrainableVariables.filter((variable) => variable.name === "seed_generator_state");
      assertEqual(
        states.map((state) => [...state.readSync()]),
        seed_states,
      );
    });
  }
});
