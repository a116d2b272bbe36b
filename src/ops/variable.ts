import { currentScope } from "../graph/scope.ts";
import { toWords, VariableCell } from "../graph/variable.ts";
import { checkDType, type DType } from "../util/dtype.ts";
import { DTypeError, describe, ShapeError, ValueError } from "../util/errors.ts";
import { formatShape, sameShape } from "../util/shape.ts";
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
  constructor(initial: TensorLike, options: VariableOptions = {}) {
    const { name = "variable", trainable = true, dtype } = options;
    if (typeof name !== "string") throw new ValueError(`[variable] name: expected a string, got ${describe(name)}.`);
    if (typeof trainable !== "boolean") {
      throw new ValueError(`[variable "${name}"] trainable: expected true or false, got ${describe(trainable)}.`);
    }
    if (dtype !== undefined) checkDType(dtype, `variable "${name}"`);
    const given = toTensor(initial, dtype);
    const value = dtype === undefined ? given : given.cast(dtype);
    super(toWords(value.dataSync()), { shape: value.shape, dtype: value.dtype, name, trainable });
  }

  /** The value as a tensor, as the current scope sees it. */
  value(): Tensor {
    return readVariable(this);
  }

  /** Gives the variable a new value of the same shape and dtype. */
  assign(value: TensorLike): void {
    const tensor = toTensor(value, this.dtype);
    if (!sameShape(tensor.shape, this.shape)) {
      throw new ShapeError(
        `[variable "${this.name}"] assign: expected shape ${formatShape(this.shape)}, got ${formatShape(tensor.shape)}.`,
      );
    }
    if (tensor.dtype !== this.dtype) {
      throw new DTypeError(`[variable "${this.name}"] assign: expected dtype ${this.dtype}, got ${tensor.dtype}.`);
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
