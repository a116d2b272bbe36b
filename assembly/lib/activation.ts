// The activations an epilogue can apply, by the number which stands in bits 4 to 7 of its word.
import { elu4, gelu4, relu4, selu4, sigmoidCall, silu4, softplus4, tanhCall } from "./math";

// @ts-ignore: decorator
@inline
export const RELU = 1;

/** One activation of four values. Linear and relu are worth testing for before the call. */
export function activate(kind: i32, x: v128): v128 {
  switch (kind) {
    case 1:
      return relu4(x);
    case 2:
      return sigmoidCall(x);
    case 3:
      return tanhCall(x);
    case 4:
      return elu4(x, f32x4.splat(1));
    case 5:
      return selu4(x);
    case 6:
      return softplus4(x);
    case 7:
      return silu4(x);
    case 8:
      return gelu4(x);
    default:
      return x;
  }
}
