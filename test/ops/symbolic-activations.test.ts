/** All of `hb.activations` on symbolic tensors: models made so, and read from their configs, give what the function gives. */
import * as hb from "../../src/index.ts";
import { assert, assertBitEqual, assertEqual } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

const { activations } = hb;
type Any = (x: unknown, ...options: unknown[]) => never;

/** Options with which a function takes another way. */
const OPTIONS: Readonly<Record<string, readonly (readonly unknown[])[]>> = {
  relu: [[0.1], [0, 6], [0, 2], [0.1, 3, 1], [0, null, 1]],
  leakyRelu: [[0.3]],
  elu: [[0.5]],
  celu: [[0.5]],
  gelu: [[true]],
  softmax: [[1]],
  logSoftmax: [[1]],
  sparsemax: [[1]],
  glu: [[1]],
  hardShrink: [[1]],
  softShrink: [[1]],
  threshold: [[0.5, -2]],
  squareplus: [[1]],
};

suite("activations of symbolic tensors", (test) => {
  const data = hb.random.normal([2, 4, 6], { stddev: 3, seed: 5 });
  const names = Object.keys(activations).filter((name) => name !== "get");
  test("there are options for known functions only", () => {
    assertEqual(
      Object.keys(OPTIONS).filter((name) => !names.includes(name)),
      [],
    );
  });
  for (const name of names) {
    test(name, () => {
      const run = (activations as unknown as Record<string, Any>)[name]!;
      for (const dtype of ["float32", "int32"] as const) {
        const x = data.cast(dtype);
        for (const options of [[], ...(OPTIONS[name] ?? [])]) {
          const inputs = hb.input({ shape: [4, 6], dtype });
          const outputs: hb.SymbolicTensor = run(inputs, ...options);
          const expected: hb.Tensor = run(x, ...options);
          assertEqual([outputs.shape, outputs.dtype], [[null, ...expected.shape.slice(1)], expected.dtype]);
          const model = hb.model({ inputs, outputs });
          assertBitEqual(model.apply(x), expected);
          assertBitEqual(hb.modelFromConfig(model.getConfig()).apply<hb.Tensor>(x as never), expected);
        }
      }
    });
  }
  test("they bear their names, by which configs show them", () => {
    // Aliases bear the first name.
    const byName = activations as unknown as Record<string, unknown>;
    for (const [name, fn] of Object.entries(activations)) if (name !== "get") assert(byName[fn.name] === fn, name);
  });
  test("a number that a uint32 cannot hold makes floats beside it", () => {
    const x = hb.tensor([0, 4294967295], undefined, "uint32");
    assertEqual([x.greater(-1).arraySync(), x.equal(-1).arraySync(), x.less(2 ** 40).arraySync()].flat(), [
      ...[true, true, false, false, true, true],
    ]);
  });
  test("types: symbolic in, symbolic out", () => {
    const x: hb.SymbolicTensor = activations.mish(hb.input({ shape: [3] }));
    const y: hb.Tensor = activations.relu([1, -1], 0.5, 3);
    assertEqual(
      [x.shape, y.arraySync()],
      [
        [null, 3],
        [1, -0.5],
      ],
    );
  });
});
