import type { Tensor } from "../../ops/tensor.ts";
import type { Structure } from "../../util/structure.ts";
import { PlainLayer } from "../plain-layer.ts";

/** Its input as it is. */
export class Identity extends PlainLayer {
  static override readonly className: string = "Identity";

  override call(inputs: Structure<Tensor>): Structure<Tensor> {
    return inputs;
  }
}
