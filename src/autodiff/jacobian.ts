import { stack } from "../ops/arranging.ts";
import { zeros } from "../ops/creation.ts";
import { runScoped, type Tensor, type TensorLike, toTensor } from "../ops/tensor.ts";
import { refuse } from "../util/errors.ts";
import { gradients } from "./gradients.ts";

/**
 * All derivatives of a function of one tensor: `jacobian(fn)(x)` has the shape of the result followed by that of x. Row by
 * row: one backward pass for each element of the result.
 */
export function jacobian(fn: (x: Tensor) => Tensor): (x: TensorLike) => Tensor {
  if (typeof fn !== "function") refuse("jacobian", "fn", "a function", fn);
  return (x) =>
    runScoped(() => {
      const input = toTensor(x).cast("float32");
      const result = toTensor(fn(input));
      const elements = result.flatten();
      const rows = Array.from({ length: result.size }, (_, i) => {
        return gradients(elements.slice(i, 1), [input])[0] ?? zeros(input.shape);
      });
      const shape = [...result.shape, ...input.shape];
      return rows.length === 0 ? zeros(shape) : stack(rows).reshape(shape);
    });
}
