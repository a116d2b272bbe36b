import { sizeOf } from "../util/shape.ts";
import { shapesDiffer } from "./define.ts";
import { runScoped, type Tensor, type TensorLike, toTensor } from "./tensor.ts";

/**
 * The product over the last axis of a and the last but one of b (its only one, if it has one), as NumPy's `dot`: of two
 * vectors a number, of matrices their product. With a scalar, a plain product.
 */
export function dot(a: TensorLike, b: TensorLike): Tensor {
  return runScoped(() => {
    const [x, y] = [toTensor(a), toTensor(b)];
    if (x.rank === 0 || y.rank === 0) return x.mul(y);
    const inner = Math.max(y.rank - 2, 0);
    const n = x.shape.at(-1)!;
    if (y.shape[inner] !== n) throw shapesDiffer("dot", x.shape, y.shape, "inner sizes that agree");
    const others = y.shape.map((_, i) => i).filter((i) => i !== inner);
    const columns = others.map((i) => y.shape[i]!);
    const rows = x.shape.slice(0, -1);
    const right = y.transpose([inner, ...others]).reshape([n, sizeOf(columns)]);
    return x
      .reshape([sizeOf(rows), n])
      .matMul(right)
      .reshape([...rows, ...columns]);
  });
}

/** All products of an element of a with one of b: a matrix. */
export function outer(a: TensorLike, b: TensorLike): Tensor {
  return runScoped(() => toTensor(a).flatten().expandDims(1).mul(toTensor(b).flatten()));
}
