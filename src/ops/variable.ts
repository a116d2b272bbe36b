import { currentScope } from "../graph/scope.ts";
import { toWords, VariableCell } from "../graph/variable.ts";
import { checkDType, type DType } from "../util/dtype.ts";
import { DTypeError, fail, refuse, ShapeError } from "../util/errors.ts";
import { checkBoolean, checkOptions } from "../util/names.ts";
import { formatShape, sameShape } from "../util/shape.ts";
import { asText } from "./operand.ts";
import { readVariable, type Tensor, type TensorLike, toTensor } from "./tensor.ts";

/** Options of a variable. */
export interface VariableOptions {
  /** Default "variable". */
  name?: string;
  /** Whether optimizers may change it. Default true. */
  trainable?: boolean;
  /** Default: that of the initial value. */
  dtype?: DType;
}

/**
 * A tensor that can change: a weight, a moving average, a counter. Its values live in linear memory while it is in use.
 * Within a scope (a call, a trace) an assignment is seen by later reads at once and written when the scope ends.
 */
export class Variable extends VariableCell {
  /** Brings the value back to where it may be; optimizers apply it after each of their steps. */
  constraint: { apply(weight: Tensor): Tensor } | undefined = undefined;

  constructor(initial: TensorLike, options: VariableOptions = {}) {
    checkOptions(options, ["name", "trainable", "dtype"], "variable");
    const { name = "variable", trainable = true, dtype } = options;
    if (typeof name !== "string") refuse("variable", "name", "a string", name);
    checkBoolean(trainable, `variable "${name}"`, "trainable");
    if (dtype !== undefined) checkDType(dtype, `variable "${name}"`);
    const given = toTensor(initial, dtype);
    const value = dtype === undefined ? given : given.cast(dtype);
    super(toWords(value.dataSync()), { shape: value.shape, dtype: value.dtype, name, trainable });
  }

  /** The value as a tensor, as the current scope sees it. */
  value(): Tensor {
    return readVariable(this);
  }

  override toString(): string {
    return `Variable "${this.path}" ${this.dtype} ${formatShape(this.shape)}`;
  }

  /** As on tensors: without this, `v * 2` would be NaN. */
  [Symbol.toPrimitive](hint: string): string {
    return asText(this, "Variable", hint);
  }

  /** Gives the variable a new value of the same shape and dtype. */
  assign(value: TensorLike): void {
    const tensor = toTensor(value, this.dtype);
    if (!sameShape(tensor.shape, this.shape)) {
      const shapes = `${formatShape(this.shape)}, got ${formatShape(tensor.shape)}`;
      fail(`variable "${this.path}"`, `assign: expected shape ${shapes}`, ShapeError);
    }
    if (tensor.dtype !== this.dtype) {
      fail(`variable "${this.path}"`, `assign: expected dtype ${this.dtype}, got ${tensor.dtype}`, DTypeError);
    }
    const scope = currentScope();
    if (scope === undefined) this.writeWords(toWords(tensor.dataSync()));
    else scope.assign(this, tensor.valueIn(scope));
  }
}

/** Makes a variable: `variable([1, 2], {name: "w"})`. */
export function variable(initial: TensorLike, options: VariableOptions = {}): Variable {
  return new Variable(initial, options);
}
