/** First derivatives of the activations in float64, found by hand: what the gradient kernels multiply dy with. */
import { unary } from "../kernels/elementwise.ts";

const sigmoid = unary.sigmoid as (x: number) => number;
const SELU_SCALE = 1.05070098735548;
const SELU_ALPHA = 1.6732632423543772;
const density = (x: number): number => Math.exp(-(x * x) / 2) / Math.sqrt(2 * Math.PI);

function geluTanh(x: number): number {
  const c = Math.sqrt(2 / Math.PI);
  const t = Math.tanh(c * (x + 0.044715 * x ** 3));
  return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * c * (1 + 3 * 0.044715 * x * x);
}

/** f′ from the activation's input x. */
export const fromInput: Readonly<Record<string, (x: number) => number>> = {
  softplus: sigmoid,
  silu: (x) => sigmoid(x) * (1 + x * (1 - sigmoid(x))),
  gelu: (x) => 0.5 * (1 + unary.erf!(x / Math.SQRT2, 0, 0)) + x * density(x),
  geluTanh,
};

/** f′ from the activation's result y. */
export const fromResult: Readonly<Record<string, (y: number) => number>> = {
  relu: (y) => (y > 0 ? 1 : 0),
  sigmoid: (y) => y * (1 - y),
  tanh: (y) => 1 - y * y,
  selu: (y) => (y > 0 ? SELU_SCALE : y + SELU_SCALE * SELU_ALPHA),
};
