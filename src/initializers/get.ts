import type { TensorLike } from "../ops/tensor.ts";
import { Tensor, toTensor } from "../ops/tensor.ts";
import type { DType } from "../util/dtype.ts";
import { describe, ShapeError, ValueError } from "../util/errors.ts";
import { lookUpName } from "../util/names.ts";
import type { Dims } from "../util/shape.ts";
import { formatShape, sameShape } from "../util/shape.ts";
import type { InitializerConfig } from "./base.ts";
import { camelCaseKeys, Initializer } from "./base.ts";
import { Constant } from "./constant.ts";
import { GlorotNormal } from "./glorot-normal.ts";
import { GlorotUniform } from "./glorot-uniform.ts";
import { HeNormal } from "./he-normal.ts";
import { HeUniform } from "./he-uniform.ts";
import { Identity } from "./identity.ts";
import { LecunNormal } from "./lecun-normal.ts";
import { LecunUniform } from "./lecun-uniform.ts";
import { Ones } from "./ones.ts";
import { Orthogonal } from "./orthogonal.ts";
import { RandomNormal } from "./random-normal.ts";
import { RandomUniform } from "./random-uniform.ts";
import { TruncatedNormal } from "./truncated-normal.ts";
import { VarianceScaling } from "./variance-scaling.ts";
import { Zeros } from "./zeros.ts";

/** A function that makes the first values of a weight. */
export type InitializerFunction = (shape: Dims, dtype: DType) => TensorLike;

/** All that may be given where an initializer is wanted: a name, a config, an initializer, a function, the values. */
export type InitializerSpec = string | InitializerConfig | Initializer | InitializerFunction | Tensor;

interface InitializerClass {
  readonly className: string;
  fromConfig(config: InitializerConfig): Initializer;
}

/** Built-in classes by name, Keras's other names included. In a function, so that unused ones can be left out of bundles. */
function builtIns(): Readonly<Record<string, InitializerClass>> {
  const classes = {
    ...{ zeros: Zeros, ones: Ones, constant: Constant, identity: Identity, orthogonal: Orthogonal },
    ...{ randomUniform: RandomUniform, randomNormal: RandomNormal, truncatedNormal: TruncatedNormal },
    ...{ varianceScaling: VarianceScaling, glorotUniform: GlorotUniform, glorotNormal: GlorotNormal },
    ...{ heUniform: HeUniform, heNormal: HeNormal, lecunUniform: LecunUniform, lecunNormal: LecunNormal },
    ...{ zero: Zeros, one: Ones, uniform: RandomUniform, normal: RandomNormal },
    ...{ identityInitializer: Identity, orthogonalInitializer: Orthogonal },
  };
  return classes as unknown as Readonly<Record<string, InitializerClass>>;
}

function byName(
  name: string,
  config: InitializerConfig,
  where: string,
  customObjects: CustomInitializers,
): Initializer {
  return (customObjects[name] ?? lookUpName(name, builtIns(), where)).fromConfig(config);
}

/** Classes of the user's own, by their class names. */
export type CustomInitializers = Readonly<Record<string, InitializerClass>>;

/**
 * The initializer that `spec` stands for. Each name or config makes a new one, which draws a default seed if it is random.
 * `where` starts the text of an error.
 */
export function getInitializer(
  spec: InitializerSpec,
  where = "initializers.get",
  customObjects: CustomInitializers = {},
): Initializer {
  if (typeof spec === "string") return byName(spec, {}, where, customObjects);
  if (spec instanceof Initializer) return spec;
  if (spec instanceof Tensor) return new TensorInitializer(spec);
  if (typeof spec === "function") return fromFunction(spec, where);
  if (typeof spec === "object" && spec !== null) {
    if (typeof (spec as Partial<Initializer>).apply === "function") return spec as unknown as Initializer;
    const { className, config } = camelCaseKeys(spec);
    if (typeof className === "string") {
      return byName(className, (config ?? {}) as InitializerConfig, where, customObjects);
    }
  }
  throw new ValueError(`[${where}] expected an initializer, its name or its config, got ${describe(spec)}.`);
}

/** A class instead of an object stands for one made without options, as in Keras. */
function fromFunction(spec: InitializerFunction, where: string): Initializer {
  if (!(spec.prototype instanceof Initializer)) return new FunctionInitializer(spec);
  try {
    return new (spec as unknown as new () => Initializer)();
  } catch (error) {
    if (error instanceof ValueError) throw error;
    throw new ValueError(`[${where}] expected an initializer, got ${describe(spec)}.`, { cause: error });
  }
}

/** Any function of (shape, dtype) as an initializer. */
class FunctionInitializer extends Initializer {
  static override readonly className: string = "FunctionInitializer";
  private readonly make: InitializerFunction;

  constructor(make: InitializerFunction) {
    super();
    this.make = make;
  }

  override apply(shape: Dims, dtype: DType = "float32"): Tensor {
    const made = toTensor(this.make(shape, dtype), dtype);
    if (sameShape(made.shape, shape)) return made;
    throw new ShapeError(
      `[initializer function] result: expected the shape ${formatShape(shape)}, got ${formatShape(made.shape)}.`,
    );
  }
}

/** Given values as an initializer. */
class TensorInitializer extends Initializer {
  static override readonly className: string = "TensorInitializer";
  private readonly values: Tensor;

  constructor(values: Tensor) {
    super();
    this.values = values;
  }

  override apply(shape: Dims, dtype: DType = "float32"): Tensor {
    if (sameShape(this.values.shape, shape)) return this.values.cast(dtype);
    throw new ShapeError(
      `[tensor as initializer] shape: expected ${formatShape(this.values.shape)}, got ${formatShape(shape)}.`,
    );
  }
}
