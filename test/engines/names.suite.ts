/** Every name that users and other tests rely on is exported, and is what it should be. */
import * as hb from "hornbeam";
import { assert, assertEqual } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

const FUNCTIONS = `tensor scalar tensor1d tensor2d tensor3d tensor4d zeros ones fill oneHot eye range linspace
  variable setRandomSeed configure memory input model sequential valueAndGrads grad compile`;
const CLASSES = `Tensor Variable Layer Model SeedGenerator GradientTape
  HornbeamError ShapeError DTypeError ValueError TraceError MemoryError StateError FormatError`;
const MEMBERS: Readonly<Record<string, string>> = {
  ops: `add sub mul div pow maximum minimum neg abs sign exp log log1p expm1 sqrt rsqrt square reciprocal floor ceil round
    sigmoid tanh relu elu selu softplus silu gelu softmax logSoftmax equal notEqual greater greaterEqual less lessEqual
    logicalAnd logicalOr logicalNot sum mean max min prod argMax argMin any all matMul reshape transpose squeeze
    expandDims cast clip broadcastTo where concat oneHot stopGradient softmaxCrossEntropy sparseSoftmaxCrossEntropy
    sigmoidCrossEntropy`,
  random: "normal uniform truncatedNormal bernoulli randint shuffle",
  layers: `alphaDropout gaussianDropout gaussianNoise spatialDropout1d spatialDropout2d spatialDropout3d
    layerNormalization groupNormalization rmsNormalization unitNormalization spectralNormalization
    dense activation batchNormalization dropout flatten reshape add concatenate
    Dense Activation BatchNormalization Dropout Flatten Reshape Add Concatenate`,
  initializers: `zeros ones constant identity randomUniform randomNormal truncatedNormal varianceScaling glorotUniform
    glorotNormal heUniform heNormal lecunUniform lecunNormal orthogonal`,
  optimizers: "sgd adam",
  losses: `meanSquaredError meanAbsoluteError binaryCrossentropy categoricalCrossentropy sparseCategoricalCrossentropy`,
  metrics: `accuracy binaryAccuracy categoricalAccuracy sparseCategoricalAccuracy meanSquaredError meanAbsoluteError mean`,
  activations: "",
  callbacks: "",
};
const TENSOR_METHODS = `dataSync data arraySync array item print toString
  add sub mul div pow maximum minimum neg abs sign exp log sqrt rsqrt square sigmoid tanh relu elu selu softplus silu gelu
  softmax logSoftmax equal notEqual greater greaterEqual less lessEqual logicalAnd logicalOr logicalNot sum mean max min
  prod argMax argMin matMul reshape transpose flatten squeeze expandDims cast clip broadcastTo`;
const LAYER_MEMBERS = `apply build call computeOutputShape addWeight addLoss getConfig invalidate getWeights setWeights
  countParams dispose`;
const MODEL_MEMBERS = `compile fit evaluate predict trainOnBatch testOnBatch predictOnBatch getLayer summary
  explainTraining diagnose predictSamples recalibrate`;

const words = (text: string): string[] => text.split(/\s+/).filter(Boolean);
const exported: Readonly<Record<string, unknown>> = hb;

function notFunctions(owner: object, names: string): string[] {
  return words(names).filter((name) => typeof (owner as Record<string, unknown>)[name] !== "function");
}

suite("public names", (test) => {
  test("functions", () => assertEqual(notFunctions(hb, FUNCTIONS), []));
  test("classes", () => {
    assertEqual(notFunctions(hb, CLASSES), []);
    const errors = words(CLASSES).filter((name) => name.endsWith("Error"));
    const strangers = errors.filter((name) => !((exported[name] as { prototype: unknown }).prototype instanceof Error));
    assertEqual(strangers, []);
    assert(new hb.ShapeError("x") instanceof hb.HornbeamError);
    assertEqual(new hb.ShapeError("x").name, "ShapeError");
  });
  for (const [space, names] of Object.entries(MEMBERS)) {
    test(`hb.${space}`, () => {
      const owner = exported[space];
      assert(typeof owner === "object" && owner !== null, `hb.${space} is ${typeof owner}`);
      assertEqual(notFunctions(owner, names), []);
    });
  }
  test("tensor methods", () => {
    const t = hb.tensor([1, 2]);
    assertEqual(notFunctions(t, TENSOR_METHODS), []);
    assert(t instanceof hb.Tensor);
  });
  test("layer members", () => {
    const layer = hb.layers.dense({ units: 2, name: "d" });
    assertEqual(notFunctions(layer, LAYER_MEMBERS.replace("build ", "")), []);
    assert(layer instanceof hb.Layer && layer instanceof hb.layers.Dense);
    layer.apply(hb.ones([1, 3]));
    const {
      weights,
      trainableWeights,
      nonTrainableWeights,
      variables,
      trainableVariables,
      nonTrainableVariables,
      losses,
    } = layer;
    const counts = [
      weights,
      trainableWeights,
      nonTrainableWeights,
      variables,
      trainableVariables,
      nonTrainableVariables,
      losses,
    ];
    assertEqual(
      counts.map((list) => list.length),
      [2, 2, 0, 2, 2, 0, 0],
    );
    assertEqual([layer.name, layer.trainable, layer.built], ["d", true, true]);
  });
  test("model members", () => {
    const x = hb.input({ shape: [3] });
    const model = hb.model({ inputs: x, outputs: hb.layers.dense({ units: 2 }).apply(x), name: "m" });
    assert(model instanceof hb.Model && model instanceof hb.Layer);
    assertEqual(notFunctions(model, `${LAYER_MEMBERS.replace("build ", "")} ${MODEL_MEMBERS}`), []);
    assertEqual([model.name, model.layers.length, model.inputs?.length, model.outputs?.length], ["m", 2, 1, 1]);
    const grown = hb.sequential();
    assertEqual(notFunctions(grown, "add pop"), []);
  });
  test("optimizer, loss, metric, initializer members", () => {
    const adam = hb.optimizers.adam({ learningRate: 0.5 });
    assertEqual(notFunctions(adam, "applyGradients"), []);
    adam.learningRate = 0.25;
    assertEqual(adam.learningRate, 0.25);
    assertEqual(notFunctions(hb.losses.meanSquaredError(), "apply"), []);
    const metric = hb.metrics.meanSquaredError({ name: "mse" });
    assertEqual(notFunctions(metric, "updateState result resetState"), []);
    assertEqual(metric.name, "mse");
    assertEqual(notFunctions(hb.initializers.glorotUniform(), "apply"), []);
  });
  test("version is a semantic version", () => assert(/^\d+\.\d+\.\d+$/.test(hb.version), hb.version));
});
