/** What `compile` was given comes back: every optimizer, schedule, loss and metric there is. */
import * as hb from "../../src/index.ts";
import { assert, assertEqual } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

type Made = { getConfig(): Record<string, unknown> };
type Class = (new (options: object) => Made) & { className: string };

/** Classes of a namespace that can be made, by name. */
function classes(namespace: object, Base: { readonly prototype: object }): [string, Class][] {
  return Object.entries(namespace).filter(
    (entry): entry is [string, Class] =>
      typeof entry[1] === "function" && entry[1].prototype instanceof (Base as never),
  );
}

/** Options of classes that cannot do without. */
const NEEDED: Readonly<Record<string, object>> = {
  PrecisionAtRecall: { recall: 0.5 },
  RecallAtPrecision: { precision: 0.5 },
  SensitivityAtSpecificity: { specificity: 0.5 },
  SpecificityAtSensitivity: { sensitivity: 0.5 },
  IoU: { numClasses: 2, targetClassIds: [0] },
  OneHotIoU: { numClasses: 2, targetClassIds: [1] },
  MeanIoU: { numClasses: 2 },
  OneHotMeanIoU: { numClasses: 2 },
};

function model(options: Partial<hb.CompileOptions>): hb.Model {
  const made = hb.sequential([
    hb.layers.inputLayer({ shape: [3] }),
    hb.layers.dense({ units: 2, activation: "softmax" }),
  ]);
  made.compile({ optimizer: "sgd", loss: "mse", ...options } as hb.CompileOptions);
  return made;
}

/** compile's arguments as a saved file has them. */
async function compileConfig(of: hb.Model): Promise<string> {
  const bytes = await of.save();
  const header = new TextDecoder().decode(
    bytes.subarray(8, 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true))),
  );
  return (JSON.parse(header) as { __metadata__: { compile_config: string } }).__metadata__.compile_config;
}

async function comesBack(options: Partial<hb.CompileOptions>): Promise<hb.Model> {
  const saved = model(options);
  const loaded = await hb.loadModel(await saved.save());
  assertEqual(await compileConfig(loaded), await compileConfig(saved));
  return loaded;
}

suite("saving: what compile was given", (test) => {
  const x = hb.tensor([
    [1, 2, 3],
    [0, -1, 2],
  ]);
  const y = hb.tensor([
    [1, 0],
    [0, 1],
  ]);
  for (const [name, Optimizer] of classes(hb.optimizers, hb.optimizers.Optimizer)) {
    test(`optimizer ${name}: config, slots, further steps`, async () => {
      const options = { learningRate: 0.02, clipnorm: 1, weightDecay: 0.01, useEma: true, emaMomentum: 0.9 };
      const saved = model({ optimizer: new Optimizer(options) as hb.optimizers.Optimizer });
      saved.trainOnBatch(x, y);
      const loaded = await hb.loadModel(await saved.save());
      assertEqual(loaded.optimizer!.getConfig(), saved.optimizer!.getConfig());
      for (const each of [saved, loaded]) each.trainOnBatch(x, y);
      const bits = (each: hb.Model): number[][] =>
        [...each.getState().weights, ...each.getState().optimizer!.variables].map(({ data }) => [...data]);
      assertEqual(bits(loaded), bits(saved));
    });
  }
  test("schedules, a function of the user's own as one", async () => {
    const { schedules } = hb;
    const halves = hb.registerClass(function halves(step: number): number {
      return 0.5 ** step;
    });
    const all = [
      schedules.exponentialDecay({ initialLearningRate: 0.1, decaySteps: 3, decayRate: 0.5, staircase: true }),
      schedules.piecewiseConstantDecay({ boundaries: [2, 4], values: [0.1, 0.2, 0.3] }),
      schedules.cosineDecay({ initialLearningRate: 0.1, decaySteps: 9, warmupTarget: 0.2, warmupSteps: 2 }),
      halves,
    ];
    for (const learningRate of all) {
      const loaded = await comesBack({ optimizer: hb.optimizers.adam({ learningRate }) });
      loaded.trainOnBatch(x, y);
    }
  });
  const kinds = [
    ["loss", hb.losses, hb.losses.Loss],
    ["metric", hb.metrics, hb.metrics.Metric],
  ] as const;
  for (const [kind, namespace, Base] of kinds) {
    test(`every ${kind}`, async () => {
      const found = classes(namespace, Base).filter(([name]) => !/^(MeanMetricWrapper|Mean|Sum)$/.test(name));
      assert(found.length > 4, `${found.length} found`);
      for (const [name, Made] of found) {
        const one = new Made({ name: "mine", ...NEEDED[name] }) as never;
        await comesBack(kind === "loss" ? { loss: one } : { metrics: [one] });
      }
    });
  }
});
