import * as creation from "../../src/ops/creation.ts";
import * as ops from "../../src/ops/index.ts";
import { sgdOp } from "../../src/ops/optimizer-steps.ts";
import { apply, Tensor, toTensor } from "../../src/ops/tensor.ts";
import { DTypeError, type HornbeamError, ShapeError, StateError, ValueError } from "../../src/util/errors.ts";
import { assert, assertThrows } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

const { tensor, oneHot, fill, range, linspace, scalar, tensor1d } = creation;
const matrix = tensor([[1, 2]]);
const vector = tensor([1, 2, 3]);
const seed = tensor([1, 2], [2], "uint32");
const bn = { axis: 1, epsilon: 1e-3 };

type ErrorClass = typeof HornbeamError;

/** What is called wrongly, the class of the error and its text after the op's name. */
const WRONG: readonly (readonly [call: () => unknown, error: ErrorClass, text: string])[] = [
  [() => vector.add([1, 2]), ShapeError, "[add] shapes: expected shapes that broadcast, got (3,) and (2,)."],
  [() => vector.less([1, 2]), ShapeError, "[less] shapes: expected shapes that broadcast, got (3,) and (2,)."],
  [
    () => matrix.matMul([[1, 2]]),
    ShapeError,
    "[matMul] shapes: expected inner sizes that agree, got (1, 2) and (1, 2).",
  ],
  [
    () => matrix.matMul([[1, 2, 3]], false, true),
    ShapeError,
    "[matMul] shapes: expected inner sizes that agree, got (1, 2) and (1, 3) transposed.",
  ],
  [() => vector.matMul(2), ShapeError, "[matMul] shapes: expected inner sizes that agree, got (3,) and ()."],
  [() => vector.matMul([1, 2]), ShapeError, "[matMul] shapes: expected inner sizes that agree, got (3,) and (2,)."],
  [() => matrix.matMul([1]), ShapeError, "[matMul] shapes: expected inner sizes that agree, got (1, 2) and (1,)."],
  [
    () => ops.where([true, false], vector, 0),
    ShapeError,
    "[where] shapes: expected shapes that broadcast, got (2,) and (3,) and ().",
  ],
  [
    () => vector.reshape([2, -1]),
    ShapeError,
    "[reshape] shape: expected one of 3 elements for input (3,), got (2, -1).",
  ],
  [() => vector.reshape([-1, -1]), ShapeError, "[reshape] shape: expected one of 3 elements"],
  [() => vector.reshape([1.5, 2]), ShapeError, "[reshape] shape: expected one of 3 elements"],
  [() => vector.reshape(3 as never), ShapeError, "[reshape] shape: expected an array of sizes, got 3."],
  [
    () => tensor([]).reshape([0, -1]).reshape([-1, 2, 0, 1]).reshape([5]),
    ShapeError,
    "[reshape] shape: expected one of 0 elements",
  ],
  [() => matrix.transpose([0, 0]), ShapeError, "[transpose] perm: expected each axis of (1, 2) once, got [0, 0]."],
  [() => matrix.transpose([0]), ShapeError, "[transpose] perm: expected each axis of (1, 2) once, got [0]."],
  [() => matrix.sum(2), ShapeError, "[sum] axis: expected an integer in [-2, 1] for shape (1, 2), got 2."],
  [
    () => matrix.mean("a" as never),
    ShapeError,
    '[mean] axis: expected an integer in [-2, 1] for shape (1, 2), got "a".',
  ],
  [() => matrix.max([0, -2]), ValueError, "[max] axis: expected each axis once, got [0, -2]."],
  [() => matrix.squeeze(1), ShapeError, "[squeeze] axis: expected axes of size 1 of (1, 2), got 1."],
  [() => matrix.expandDims(3), ShapeError, "[expandDims] axis: expected an integer in [-3, 2]"],
  [() => vector.argMax(1), ShapeError, "[argMax] axis: expected an integer in [-1, 0] for shape (3,), got 1."],
  [() => vector.softmax(1), ShapeError, "[softmax] axis: expected an integer in [-1, 0]"],
  [() => vector.clip(2, 1), ValueError, "[clip] lo, hi: expected numbers with lo <= hi, got 2 and 1."],
  [() => vector.clip(Number.NaN, 1), ValueError, "[clip] lo, hi: expected numbers"],
  [() => vector.elu(Number.NaN), ValueError, "[elu] alpha: expected a finite number, got NaN."],
  [() => vector.leakyRelu("x" as never), ValueError, '[leakyRelu] slope: expected a finite number, got "x".'],
  [() => vector.broadcastTo([2]), ShapeError, "[broadcastTo] shape: expected one that (3,) broadcasts to, got (2,)."],
  [
    () => vector.cast("float64" as never),
    DTypeError,
    '[cast] dtype: expected one of float32, int32, bool, uint32, got "float64".',
  ],
  [
    () => ops.concat([[1, 2], [[1]]]),
    ShapeError,
    "[concat] shapes: expected equal shapes but for axis 0, got (2,) and (1, 1).",
  ],
  [() => ops.concat([]), ValueError, "[concat] list: expected at least one tensor, got []."],
  [
    () => ops.concat([vector, vector.cast("int32")]),
    DTypeError,
    "[concat] list: expected one dtype, got float32 and int32.",
  ],
  [
    () => ops.gather(vector, [0, 3]),
    ValueError,
    "[gatherRows] indices: expected integers in [0, 3), got 3 at element 1.",
  ],
  [
    () => ops.gather(vector, [-1]),
    ValueError,
    "[gatherRows] indices: expected integers in [0, 3), got -1 at element 0.",
  ],
  [() => ops.gather(vector, tensor([0.5])), DTypeError, "[gather] indices: expected dtype int32, got float32."],
  [() => ops.gather(1, [0]), ShapeError, "[gather] x: expected at least one axis, got a scalar."],
  [() => oneHot([0], -1), ValueError, "[oneHot] depth: expected an integer from 0 on, got -1."],
  [
    () =>
      ops.sparseSoftmaxCrossEntropy(
        [0, 2],
        [
          [1, 2],
          [3, 4],
        ],
      ),
    ValueError,
    "[sparseSoftmaxCrossEntropy] labels: expected integers in [0, 2), got 2 at element 1.",
  ],
  [
    () =>
      ops.sparseSoftmaxCrossEntropy(
        [0],
        [
          [1, 2],
          [3, 4],
        ],
      ),
    ShapeError,
    "[sparseSoftmaxCrossEntropy] shapes: expected one label for each row of logits, got (1,) and (2, 2).",
  ],
  [
    () => ops.softmaxCrossEntropy(vector, matrix),
    ShapeError,
    "[softmaxCrossEntropy] shapes: expected equal shapes, got (3,) and (1, 2).",
  ],
  [() => ops.sigmoidCrossEntropy(vector, matrix), ShapeError, "[sigmoidCrossEntropy] shapes: expected equal shapes"],
  [() => matrix.item(), ShapeError, "[Tensor] item: expected one element, got shape (1, 2)."],
  [
    () => ops.dropout(matrix, { rate: 0.5, seed: tensor([1, 2]) }),
    DTypeError,
    "[dropout] dtype: expected uint32, got float32.",
  ],
  [() => ops.dropout(matrix, { rate: 1.5, seed }), ValueError, "[dropout] rate: expected a number in [0, 1], got 1.5."],
  [
    () => ops.dropout(matrix, { rate: 0.5, seed, noiseShape: [3, 1] }),
    ShapeError,
    "[dropout] noiseShape: expected one that broadcasts to (1, 2), got (3, 1).",
  ],
  [
    () => ops.randomUniform(tensor([1], [1], "uint32"), [2]),
    ShapeError,
    "[randomUniform] seed: expected shape (2,), got (1,).",
  ],
  [() => ops.seedNext([1, 2]), DTypeError, "[seedNext] dtype: expected uint32, got float32."],
  [
    () => ops.movingUpdate([1, 2], vector, 0.9),
    ShapeError,
    "[movingUpdate] shapes: expected equal shapes, got (2,) and (3,).",
  ],
  [
    () => ops.batchNormTrain(matrix, vector, null, bn),
    ShapeError,
    "[batchNormTrain] shapes: expected equal shapes, got (2,) and (3,).",
  ],
  [
    () => ops.batchNormTrain(matrix, null, null, { ...bn, axis: 2 }),
    ShapeError,
    "[batchNormTrain] axis: expected an integer in [-2, 1]",
  ],
  [
    () => ops.batchNormInference(matrix, null, null, vector, vector, bn),
    ShapeError,
    "[scaleShift] shapes: expected equal shapes",
  ],
  [
    () => apply(sgdOp, [vector, tensor([1]), vector], { decay: 0, average: false }),
    ShapeError,
    "[sgd] shapes: expected equal shapes, got (3,) and (1,).",
  ],
  [
    () => tensor([[1, 2], [3]]),
    ShapeError,
    "[tensor] data: expected 2 values at [1], got [3]; the nested arrays are ragged.",
  ],
  [
    () => tensor([[1, 2], 3]),
    ShapeError,
    "[tensor] data: expected 2 values at [1], got 3; the nested arrays are ragged.",
  ],
  [
    () => tensor([[[1]], [2]]),
    ShapeError,
    "[tensor] data: expected 1 values at [1][0], got 2; the nested arrays are ragged.",
  ],
  [
    () => tensor([[1], [[1]]]),
    ShapeError,
    "[tensor] data: expected a number at [1][0], got [1]; the nested arrays are ragged.",
  ],
  [
    () => tensor([new Float32Array(2), new Float32Array(3)]),
    ShapeError,
    "[tensor] data: expected 2 values at [1], got",
  ],
  [() => tensor([1, "a"] as never), ValueError, '[tensor] data: expected a number at [1], got "a".'],
  [() => tensor([[1, null]] as never), ValueError, "[tensor] data: expected a number at [0][1], got null."],
  [
    () => tensor("abc" as never),
    ValueError,
    '[tensor] data: expected numbers, typed arrays or nested arrays of them, got "abc".',
  ],
  [() => tensor(undefined as never), ValueError, "[tensor] data: expected numbers"],
  [
    () => tensor(new BigInt64Array(2) as never),
    ValueError,
    "[tensor] data: expected numbers, typed arrays or nested arrays of them, got a BigInt64Array.",
  ],
  [
    () => tensor([1, 2, 3], [2, 2]),
    ShapeError,
    "[tensor] shape: expected one of 3 elements for the data given, got (2, 2).",
  ],
  [() => tensor([1, 2], [-1]), ShapeError, "[tensor] shape: expected an array of sizes, got [-1]."],
  [
    () => tensor([1], [1], "float16" as never),
    DTypeError,
    '[tensor] dtype: expected one of float32, int32, bool, uint32, got "float16". Did you mean "float32"?',
  ],
  [() => scalar("a" as never), ValueError, '[scalar] value: expected a number or a boolean, got "a".'],
  [() => tensor1d([[1]]), ShapeError, "[tensor1d] data: expected rank 1, got rank 2."],
  [() => fill([2, 2.5], 1), ShapeError, "[fill] shape: expected an array of sizes, got [2, 2.5]."],
  [() => fill([2], "1" as never), ValueError, '[fill] value: expected a number, got "1".'],
  [() => range(0, 5, 0), ValueError, "[range] expected finite numbers and a step other than 0, got 0, 5, 0."],
  [() => linspace(0, 1, 1.5), ValueError, "[linspace] expected finite ends and an integer count, got 0, 1, 1.5."],
  [
    () => ops.add({} as never, 1),
    ValueError,
    "[tensor] data: expected numbers, typed arrays or nested arrays of them, got an object.",
  ],
  [() => vector.add(undefined as never), ValueError, "[tensor] data: expected numbers"],
];

suite("ops: bad arguments are typed errors that say what and where", (test) => {
  WRONG.forEach(([call, error, text], i) => {
    test(`${i}: ${text}`, () => {
      const { message } = assertThrows(call, error);
      assert(message.startsWith(text), message);
    });
  });
  test("tensors and variables of a second copy of the package", async () => {
    const copy = (await import(`../../src/ops/tensor.ts?${"second"}`)) as { Tensor: typeof Tensor };
    assert(copy.Tensor !== Tensor);
    const foreign = new copy.Tensor([1], "float32", Float32Array.of(1)) as Tensor;
    const text = /a tensor or variable of this copy of hornbeam, got one of a second copy/;
    assertThrows(() => toTensor(foreign), StateError, text);
    assertThrows(() => vector.add(foreign), StateError, text);
    assertThrows(() => tensor(foreign), StateError, text);
    const variable = { dtype: "float32", shape: [1], readSync: () => Float32Array.of(1) };
    assertThrows(() => vector.add(variable as never), StateError, text);
  });
});
