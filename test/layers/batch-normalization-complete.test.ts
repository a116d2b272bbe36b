/** Masks, renormalisation and the corners of BatchNormalization that fixtures cannot hold. */
import * as hb from "../../src/index.ts";
import { assertClose, assertEqual, assertThrows } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

const ON = { training: true } as const;
const mask = (values: unknown): hb.Tensor => hb.tensor(values as number[]).cast("bool");

suite("BatchNormalization: masks", (test) => {
  test("D7 one channel", () => {
    const bn = hb.layers.batchNormalization({ momentum: 0 });
    const y = bn.apply([[1], [3], [100]], { training: true, mask: mask([1, 1, 0]) });
    assertClose(bn.movingMean!.value(), [2]);
    assertClose(bn.movingVariance!.value(), [1]);
    assertClose(y, [[-0.9995], [0.9995], [97.951]], { rtol: 1e-4 });
  });
  test("places the mask leaves out may hold anything, NaN too, and do not count", () => {
    const bn = hb.layers.batchNormalization({ momentum: 0 });
    bn.apply([[1], [3], [Number.NaN]], { training: true, mask: mask([1, 1, 0]) });
    assertClose(bn.movingMean!.value(), [2]);
  });
  test("a mask that hangs on the input counts like one that is given; it goes on behind", () => {
    const x = hb.tensor([
      [[1], [3]],
      [[0], [0]],
    ] as number[][][]);
    const given = hb.layers.batchNormalization({ momentum: 0 });
    given.apply(x, {
      training: true,
      mask: mask([
        [1, 1],
        [0, 0],
      ]),
    });
    const carried = hb.layers.batchNormalization({ momentum: 0 });
    const model = hb.sequential({
      layers: [hb.input({ shape: [2, 1] }), hb.layers.masking({ maskValue: 0 }), carried],
    });
    model.apply(x, ON);
    assertEqual(
      carried.getWeights().map((w) => w.arraySync()),
      given.getWeights().map((w) => w.arraySync()),
    );
    model.recalibrate(x);
    assertClose(carried.movingMean!.value(), [2]);
    assertClose(carried.movingVariance!.value(), [1]);
  });
  test("inference ignores the mask; a wrong rank is refused in every mode", () => {
    const bn = hb.layers.batchNormalization();
    const x = hb.tensor([[1], [2]]);
    assertEqual(bn.apply(x, { mask: mask([1, 0]) }).dataSync(), bn.apply(x).dataSync());
    const text = /one dimension less than the inputs, got \(2, 1\) for \(2, 1\)/;
    assertThrows(() => bn.apply(x, { mask: mask([[1], [0]]) }), hb.ShapeError, text);
  });
  test("D6 an empty batch, masked or renormalised, leaves the statistics alone", () => {
    for (const options of [{}, { renorm: true }]) {
      const bn = hb.layers.batchNormalization(options);
      bn.build([null, 3]);
      const before = bn.getWeights().map((w) => String(w.dataSync()));
      assertEqual(bn.apply(hb.zeros([0, 3]), { training: true, mask: hb.zeros([0]).cast("bool") }).shape, [0, 3]);
      assertEqual(
        bn.getWeights().map((w) => String(w.dataSync())),
        before,
      );
    }
  });
  test("D8 large means, masked", () => {
    const bn = hb.layers.batchNormalization();
    const y = bn.apply([[10000], [10001], [10002]], { training: true, mask: mask([1, 1, 1]) });
    assertClose(y, [[-1.2238], [0], [1.2238]], { rtol: 0, atol: 2e-3 });
  });
});

suite("BatchNormalization: renormalisation and options", (test) => {
  test("a frozen layer with renorm infers", () => {
    const bn = hb.layers.batchNormalization({ renorm: true, trainable: false });
    const x = hb.tensor([
      [1, 2],
      [3, 5],
    ] as number[][]);
    assertClose(bn.apply(x, ON), bn.apply(x));
    assertEqual(bn.nonTrainableWeights.length, 7);
  });
  test("the plan of a training step moves all five statistics", () => {
    const bn = hb.layers.batchNormalization({ renorm: true, renormClipping: { rmax: 2, dmax: 1 } });
    const model = hb.sequential({ layers: [hb.input({ shape: [2] }), bn, hb.layers.dense({ units: 1 })] });
    model.compile({ optimizer: "sgd", loss: "mse" });
    const before = bn.nonTrainableWeights.map((w) => String(w.readSync()));
    model.trainOnBatch(hb.random.normal([8, 2], { seed: 1 }), hb.ones([8, 1]));
    assertEqual(
      bn.nonTrainableWeights.map((w, i) => String(w.readSync()) !== before[i]),
      [true, true, true, true, true],
    );
  });
  test("wrong options are named; the config comes back", () => {
    const make = (options: object) => () =>
      hb.layers.batchNormalization(options as hb.layers.BatchNormalizationOptions);
    assertThrows(make({ renormClipping: { rmx: 1 } }), hb.ValueError, /Received invalid keys.*Did you mean "rmax"/);
    assertThrows(make({ renormClipping: { rmax: 1, rmin: 2 } }), hb.ValueError, /rmax should be/);
    assertThrows(make({ renormClipping: { dmax: -1 } }), hb.ValueError, /dmax should be non-negative/);
    assertThrows(make({ synchronized: true }), hb.ValueError, /only supported with the TensorFlow backend/);
    assertThrows(make({ axis: [1] }), hb.ValueError, /axis/);
    const layer = hb.layers.batchNormalization({ renorm: true, renormClipping: { rmax: 3 }, betaRegularizer: "l2" });
    const copy = hb.layers.BatchNormalization.fromConfig(JSON.parse(JSON.stringify(layer.getConfig())));
    assertEqual(copy.getConfig(), layer.getConfig());
  });
});

// SpatialDropout1D, SpatialDropout2D and SpatialDropout3D among them.
suite("layers of the flag: options and configs", (test) => {
  const layers: hb.Layer[] = [
    hb.layers.alphaDropout({ rate: 0.3, noiseShape: [null, 1] }),
    hb.layers.gaussianDropout({ rate: 0.3, seed: 4 }),
    hb.layers.gaussianNoise({ stddev: 0.3 }),
    hb.layers.spatialDropout1d({ rate: 0.1 }),
    hb.layers.spatialDropout2d({ rate: 0.1, dataFormat: "channelsFirst" }),
    hb.layers.spatialDropout3d({ rate: 0.1, seed: 1 }),
    hb.layers.activityRegularization({ l1: 0.1 }),
    hb.layers.layerNormalization({ axis: [1, 2], center: false }),
    hb.layers.groupNormalization({ groups: 2, gammaInitializer: "zeros" }),
    hb.layers.rmsNormalization({ epsilon: 0.1 }),
    hb.layers.unitNormalization({ axis: [1] }),
  ];
  for (const layer of layers) {
    const { className } = layer.constructor as typeof hb.Layer;
    test(`${className}: the config comes back`, () => {
      const config = JSON.parse(JSON.stringify(layer.getConfig()));
      const made = layer.constructor as unknown as { fromConfig(config: object): hb.Layer };
      assertEqual(made.fromConfig(config).getConfig(), layer.getConfig());
    });
  }
  test("wrong arguments are named", () => {
    const wrong: [() => unknown, RegExp][] = [
      [() => hb.layers.gaussianNoise({ stddev: 1.5 }), /stddev.*between 0 and 1/],
      [() => hb.layers.alphaDropout({ rate: -0.1 }), /rate.*between 0 and 1/],
      [() => hb.layers.gaussianDropout({ rate: 1 }).apply([1, 2], ON), /below 1 in training/],
      [() => hb.layers.alphaDropout({ rate: 1 }).apply([1, 2], ON), /below 1 in training/],
      [() => hb.layers.spatialDropout2d({ rate: 0.1, dataFormat: "channels" } as never), /dataFormat/],
      [() => hb.layers.spatialDropout1d({ rate: 0.1, noiseShape: [1] } as never), /"noiseShape"/],
      [() => hb.layers.groupNormalization({ groups: 0 }), /groups/],
      [() => hb.layers.groupNormalization({ groups: 4 }).apply([[1, 2, 3]]), /divides the 3 channels/],
      [() => hb.layers.layerNormalization({ axis: "1" } as never), /axis/],
    ];
    for (const [body, text] of wrong) assertThrows(body, hb.ValueError, text);
    assertThrows(() => hb.layers.spatialDropout1d({ rate: 0.1 }).apply([[1, 2]]), hb.ShapeError, /ndim=3/);
    assertThrows(() => hb.layers.layerNormalization({ axis: 3 }).apply([[1, 2]]), hb.ShapeError, /axis/);
  });
  test("a rate set later counts from the next call on; identity keeps the very tensor", () => {
    const noise = hb.layers.gaussianNoise({ stddev: 0 });
    const x = hb.ones([2, 2]);
    assertEqual(noise.variables.length, 0);
    assertEqual(noise.apply(x, ON).dataSync(), x.dataSync());
    noise.stddev = 0.5;
    assertEqual(noise.variables.length, 1);
    assertEqual(String(noise.apply(x, ON).dataSync()) === String(x.dataSync()), false);
  });
  test("large means lose no digits in LayerNormalization", () => {
    assertClose(hb.layers.layerNormalization().apply([[10000, 10001, 10002]]), [[-1.2238, 0, 1.2238]], { atol: 2e-3 });
    assertClose(
      hb.layers.unitNormalization().apply([
        [0, 0],
        [3, 4],
      ] as number[][]),
      [
        [0, 0],
        [0.6, 0.8],
      ] as number[][],
    );
  });
});
