import { Tensor, type TensorLike, toTensor } from "../ops/tensor.ts";
import type { DType } from "../util/dtype.ts";
import { fail, HornbeamError, refuse, ShapeError } from "../util/errors.ts";
import { camelCaseKeys, lookUpName, type SnakeCase } from "../util/names.ts";
import { customObject } from "../util/registry.ts";
import type { Dims } from "../util/shape.ts";
import { formatShape, sameShape } from "../util/shape.ts";
import { Initializer, type InitializerConfig } from "./base.ts";
import { Constant, Identity, Ones, Zeros } from "./constant.ts";
import { Orthogonal } from "./orthogonal.ts";
import { RandomNormal, RandomUniform, TruncatedNormal } from "./random.ts";
import {
  GlorotNormal,
  GlorotUniform,
  HeNormal,
  HeUniform,
  LecunNormal,
  LecunUniform,
  VarianceScaling,
} from "./variance-scaling.ts";

/** A function that makes the first values of a weight. */
export type InitializerFunction = (shape: Dims, dtype: DType) => TensorLike;

type CamelName =
  | ("zeros" | "ones" | "constant" | "identity" | "orthogonal" | "randomUniform" | "randomNormal" | "truncatedNormal")
  | ("varianceScaling" | "glorotUniform" | "glorotNormal" | "heUniform" | "heNormal" | "lecunUniform" | "lecunNormal")
  | ("zero" | "one" | "uniform" | "normal" | "identityInitializer" | "orthogonalInitializer");

/** Names of the built-in initializers, in camelCase, snake_case and as classes; case and underscores do not count. */
export type InitializerName = CamelName | SnakeCase<CamelName> | Capitalize<CamelName>;

/** All that may be given where an initializer is wanted: a name, a config, an initializer, a function, the values. */
export type InitializerSpec = InitializerName | InitializerConfig | Initializer | InitializerFunction | Tensor;

interface InitializerClass {
  readonly className: string;
  fromConfig(config: InitializerConfig): Initializer;
}

let classes: object | undefined;

/** Built-in classes by name, Keras's other names included. In a function, so that unused ones can be left out of bundles. */
function builtIns(): Readonly<Record<string, InitializerClass>> {
  classes ??= {
    ...{ zeros: Zeros, ones: Ones, constant: Constant, identity: Identity, orthogonal: Orthogonal },
    ...{ randomUniform: RandomUniform, randomNormal: RandomNormal, truncatedNormal: TruncatedNormal },
    ...{ varianceScaling: VarianceScaling, glorotUniform: GlorotUniform, glorotNormal: GlorotNormal },
    ...{ heUniform: HeUniform, heNormal: HeNormal, lecunUniform: LecunUniform, lecunNormal: LecunNormal },
    ...{ zero: Zeros, one: Ones, uniform: RandomUniform, normal: RandomNormal },
    ...{ identityInitializer: Identity, orthogonalInitializer: Orthogonal },
  };
  return classes as unknown as Readonly<Record<string, InitializerClass>>;
}

/** Classes of the user's own, by their class names. */
export type CustomInitializers = Readonly<Record<string, InitializerClass>>;

/**
 * The initializer that `spec` stands for. Each name or config makes a new one, which draws a default seed if it is random.
 * `where` starts the text of an error.
 */
export function getInitializer(
  spec: InitializerSpec | string,
  where = "initializers.get",
  customObjects: CustomInitializers = {},
): Initializer {
  const byName = (name: string, config: InitializerConfig): Initializer =>
    initializerNamed(name, config, customObjects, where);
  if (typeof spec === "string") return byName(spec, {});
  if (spec instanceof Tensor) return new FunctionInitializer((_, dtype) => spec.cast(dtype));
  if (typeof spec === "function") return fromFunction(spec, where);
  if (typeof spec === "object" && spec !== null) {
    if (typeof (spec as Partial<Initializer>).apply === "function") return spec as Initializer;
    const { className, config } = camelCaseKeys(spec as InitializerConfig);
    if (typeof className === "string") return byName(className, (config ?? {}) as InitializerConfig);
  }
  return refuse(where, "", "an initializer, its name or its config", spec);
}

function initializerNamed(
  name: string,
  config: InitializerConfig,
  customObjects: CustomInitializers,
  where: string,
): Initializer {
  const found = customObjects[name] ?? customObject(name) ?? lookUpName(name, builtIns(), where);
  const { fromConfig } = found as Partial<InitializerClass>;
  // A name may also lead to a function, or to the object itself.
  return fromConfig === undefined
    ? getInitializer(found as Initializer, where)
    : (found as InitializerClass).fromConfig(config);
}

/** A class instead of an object stands for one made without options, as in Keras. */
function fromFunction(spec: InitializerFunction, where: string): Initializer {
  if (!(spec.prototype instanceof Initializer)) return new FunctionInitializer(spec);
  try {
    return new (spec as unknown as new () => Initializer)();
  } catch (error) {
    if (error instanceof HornbeamError) throw error;
    return refuse(where, "", "an initializer", spec);
  }
}

/** Any function of (shape, dtype) as an initializer. */
class FunctionInitializer extends Initializer {
  static override readonly className: string = "FunctionInitializer";
  readonly #make: InitializerFunction;

  constructor(make: InitializerFunction) {
    super();
    this.#make = make;
  }

  override apply(shape: Dims, dtype: DType = "float32"): Tensor {
    const made = toTensor(this.#make(shape, dtype), dtype);
    if (sameShape(made.shape, shape)) return made;
    return fail("initializer", `shape: expected ${formatShape(shape)}, got ${formatShape(made.shape)}`, ShapeError);
  }
}
