import type { Attrs } from "../graph/op.ts";
import { likeFirst, type Op, op } from "../ops/define.ts";
import { apply, runScoped, Tensor, type TensorLike, toTensor } from "../ops/tensor.ts";
import { describe, fail, refuse, ShapeError } from "../util/errors.ts";
import { formatShape, sameShape } from "../util/shape.ts";

/** Keeps tensors for the gradient function, which gets them as its second argument. */
export type Save = (tensors: readonly Tensor[]) => void;

/** A value, and how its gradient becomes the gradients of the arguments. */
export interface CustomResult {
  readonly value: Tensor;
  gradFunc(dy: Tensor, saved: readonly Tensor[]): Tensor | readonly Tensor[];
}

/** Computes a result from tensors and says how to differentiate it; `save` is the last argument. */
export type CustomFunction = (...args: [...Tensor[], Save]) => CustomResult;

const isResult = (made: unknown): made is CustomResult =>
  typeof made === "object" &&
  made !== null &&
  (made as CustomResult).value instanceof Tensor &&
  typeof (made as CustomResult).gradFunc === "function";

/**
 * A function with a gradient of its own, as `tf.customGrad`. What `gradFunc` computes can be differentiated again.
 *
 * @param fn gets the arguments as tensors, then `save`; returns `{value, gradFunc(dy, saved)}`, in which `gradFunc` gives
 *   one gradient for each argument (for a single argument it may come without an array)
 * @example const clipped = customGradient((x) => ({ value: x.exp(), gradFunc: (dy) => dy.mul(x.exp()).clip(-1, 1) }));
 */
export function customGradient(fn: (...args: never[]) => CustomResult): (...args: TensorLike[]) => Tensor {
  if (typeof fn !== "function") refuse("customGradient", "fn", "a function", fn);
  return (...args) =>
    runScoped(() => {
      const inputs = args.map((x) => toTensor(x));
      const saved: Tensor[] = [];
      const save: Save = (tensors) => {
        saved.push(...tensors);
      };
      const made: unknown = (fn as unknown as CustomFunction)(...(inputs as [...Tensor[], never]), save);
      if (!isResult(made)) {
        refuse("customGradient", "fn", "it to return {value, gradFunc}", made);
      }
      return apply(customOp(made, inputs, saved), [made.value, ...inputs], {})[0]!;
    });
}

/** The value under another name: gradients go past what computed it, through the function given. */
function customOp(made: CustomResult, inputs: readonly Tensor[], saved: readonly Tensor[]): Op<Attrs> {
  return op<Attrs>({
    name: "customGradient",
    shape: likeFirst,
    gradient: ({ grads: [dy] }) => {
      const given = made.gradFunc(dy!, saved);
      const grads = given instanceof Tensor ? [given] : given;
      inputs.forEach((x, i) => {
        const grad: unknown = grads?.[i];
        if (grad instanceof Tensor && sameShape(grad.shape, x.shape)) return;
        const got = grad instanceof Tensor ? formatShape(grad.shape) : describe(grad);
        const expected = `a gradient of shape ${formatShape(x.shape)} for argument ${i}`;
        fail("customGradient", `gradFunc: expected ${expected}, got ${got}`, ShapeError);
      });
      return [null, ...grads];
    },
    kernel: () => {},
    alias: true,
    once: true,
  });
}
