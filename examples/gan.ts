/**
 * A generative adversarial network (Goodfellow et al. 2014): one `fit` trains two models. The generator makes points from
 * noise, the discriminator tells them from real ones, and each learns from the other. The real points lie in four clusters
 * on a circle.
 *
 * `trainStep` is traced once and then runs as one plan, with both gradients and both optimizers in it.
 */
import * as hb from "hornbeam";

hb.setRandomSeed(7);

const NOISE = 4;
const CENTRES = [
  [1, 0],
  [0, 1],
  [-1, 0],
  [0, -1],
] as const;
const SAMPLES = 1024;
const jitter = hb.random.normal([SAMPLES, 2], { stddev: 0.08 }).arraySync() as [number, number][];
const points = jitter.map(([dx, dy], i) => [CENTRES[i % 4]![0] + dx, CENTRES[i % 4]![1] + dy]);

const hidden = (units: number): hb.Layer => hb.layers.dense({ units, activation: "tanh" });

class GAN extends hb.Model {
  static override className = "GAN";
  generator = hb.sequential({
    layers: [hb.input({ shape: [NOISE] }), hidden(32), hidden(32), hb.layers.dense({ units: 2 })],
  });
  // Gives logits: how real a point looks.
  discriminator = hb.sequential({
    layers: [hb.input({ shape: [2] }), hidden(64), hidden(64), hb.layers.dense({ units: 1 })],
  });
  optimizers = [
    hb.optimizers.adam({ learningRate: 2e-3, beta1: 0.5 }),
    hb.optimizers.adam({ learningRate: 4e-3, beta1: 0.5 }),
  ] as const;
  loss = hb.losses.binaryCrossentropy({ fromLogits: true });
  // Metrics on properties count over an epoch.
  generatorLoss = new hb.metrics.Mean({ name: "generator" });
  discriminatorLoss = new hb.metrics.Mean({ name: "discriminator" });

  generate(count: number): hb.Tensor {
    return this.generator.apply(hb.random.normal([count, NOISE]), { training: true });
  }

  /** One step of one model against the other, which stays as it is. */
  learn(who: 0 | 1, variables: readonly hb.Variable[], loss: () => hb.Tensor): hb.Tensor {
    const { value, grads } = hb.valueAndGrads(loss, variables);
    this.optimizers[who].applyGradients(grads.map((gradient, i) => [gradient, variables[i]!]));
    return value;
  }

  override trainStep([real]: readonly [hb.Tensor]): hb.StepLogs {
    const count = real.shape[0]!;
    const { discriminator, generator } = this;
    const judge = (x: hb.Tensor): hb.Tensor => discriminator.apply(x, { training: true });

    const fake = this.generate(count);
    this.discriminatorLoss.updateState(
      this.learn(1, discriminator.trainableVariables, () => {
        const onReal = this.loss.apply(hb.ones([count, 1]), judge(real));
        return onReal.add(this.loss.apply(hb.zeros([count, 1]), judge(fake))).div(2);
      }),
    );
    this.generatorLoss.updateState(
      // What the generator wants is to be taken for real.
      this.learn(0, generator.trainableVariables, () =>
        this.loss.apply(hb.ones([count, 1]), judge(this.generate(count))),
      ),
    );
    return { generator: this.generatorLoss.result(), discriminator: this.discriminatorLoss.result() };
  }
}

/** Share of made points within 0.3 of a cluster, and the share of the cluster that has fewest. */
function quality(gan: GAN): { near: number; least: number } {
  const made = gan.generator.predict(hb.random.normal([1000, NOISE], { seed: 1 })).arraySync() as [number, number][];
  const counts = CENTRES.map(([cx, cy]) => made.filter(([x, y]) => (x - cx) ** 2 + (y - cy) ** 2 < 0.09).length / 1000);
  return { near: counts.reduce((sum, count) => sum + count), least: Math.min(...counts) };
}

const gan = new GAN();
gan.compile({ optimizer: "adam" });
const before = quality(gan);
const history = await gan.fit(hb.tensor(points), undefined, {
  epochs: 200,
  batchSize: 128,
  verbose: 0,
  callbacks: {
    onEpochEnd(epoch, { generator, discriminator }) {
      if (epoch % 40 !== 39) return;
      const { near, least } = quality(gan);
      const losses = `generator ${generator!.toFixed(3)}, discriminator ${discriminator!.toFixed(3)}`;
      console.log(
        `epoch ${epoch + 1}: ${losses}; ${(100 * near).toFixed(0)} % near, least ${(100 * least).toFixed(0)} %`,
      );
    },
  },
});
const after = quality(gan);
console.log(`${history.epoch.length} epochs; near a cluster: ${before.near} before, ${after.near} after`);
if (after.near < 0.8 || after.least < 0.1) throw new Error("The generator did not learn the four clusters.");
