import { type Tensor, type TensorLike, toTensor } from "../ops/tensor.ts";
import { checkNumber, checkOptions } from "../util/names.ts";
import { Regularizer } from "./regularizer.ts";

/** Options of {@link L1L2}. */
export interface L1L2Options {
  /** Weight of Σ|x|. Default 0. */
  readonly l1?: number;
  /** Weight of Σx². Default 0. */
  readonly l2?: number;
}

/** l1·Σ|x| + l2·Σx². */
export class L1L2 extends Regularizer {
  static override readonly className: string = "L1L2";
  readonly l1: number;
  readonly l2: number;

  constructor(options: L1L2Options = {}) {
    super();
    checkOptions(options, ["l1", "l2"], "L1L2");
    this.l1 = checkNumber(options.l1 ?? 0, "L1L2", "l1");
    this.l2 = checkNumber(options.l2 ?? 0, "L1L2", "l2");
  }

  override apply(x: TensorLike): Tensor {
    const values = toTensor(x);
    const l2 = (): Tensor => values.square().sum().mul(this.l2);
    if (this.l1 === 0) return l2();
    const l1 = values.abs().sum().mul(this.l1);
    return this.l2 === 0 ? l1 : l1.add(l2());
  }

  override getConfig(): Record<string, unknown> {
    return { l1: this.l1, l2: this.l2 };
  }
}

/** l1·Σ|x|. */
export class L1 extends L1L2 {
  static override readonly className: string = "L1";

  /** `l1` is 0.01 when not given. */
  constructor(options: { readonly l1?: number } = {}) {
    checkOptions(options, ["l1"], "L1");
    super({ l1: options.l1 ?? 0.01 });
  }

  override getConfig(): Record<string, unknown> {
    return { l1: this.l1 };
  }
}

/** l2·Σx²; there is no ½. */
export class L2 extends L1L2 {
  static override readonly className: string = "L2";

  /** `l2` is 0.01 when not given. */
  constructor(options: { readonly l2?: number } = {}) {
    checkOptions(options, ["l2"], "L2");
    super({ l2: options.l2 ?? 0.01 });
  }

  override getConfig(): Record<string, unknown> {
    return { l2: this.l2 };
  }
}
