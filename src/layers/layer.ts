import type { ConstraintSpec } from "../constraints/index.ts";
import { getInitializer, type InitializerSpec } from "../initializers/get.ts";
import { outsideTraces } from "../ops/scopes.ts";
import { Tensor, type TensorLike, toTensor } from "../ops/tensor.ts";
import { Variable } from "../ops/variable.ts";
import { getRegularizer, type RegularizerSpec } from "../regularizers/get.ts";
import type { Regularizer } from "../regularizers/regularizer.ts";
import { checkDType, type DType } from "../util/dtype.ts";
import { fail, refuse, StateError } from "../util/errors.ts";
import { camelCaseKeys, checkOptions, snakeCase } from "../util/names.ts";
import { type CustomObjects, see, withCustomObjects } from "../util/registry.ts";
import { checkDims, type Shape, sizeOf } from "../util/shape.ts";
import type { Structure } from "../util/structure.ts";
import { buildLayer } from "./build.ts";
import { type ApplyOptions, type CallOptions, checkApplyArguments } from "./call-context.ts";
import { type LayerConfig, layerConfig } from "./config.ts";
import { computeShape } from "./infer.ts";
import type { InputSpec } from "./input-spec.ts";
import { classNameOf, InternalsHolder, internalsOf, markChanged, whereOf } from "./internals.ts";
import { callLayer } from "./layer-call.ts";
import { recordLoss, regularize, treeLosses } from "./layer-losses.ts";
import { autoName, checkName } from "./naming.ts";
import { BASE_OPTIONS, checkShapeOption, checkTrainable, type LayerOptions } from "./options.ts";
import type { SymbolicTensor } from "./symbolic-tensor.ts";
import { setTrainable, treeOf } from "./tracking.ts";
import { readWeights, writeWeights } from "./weights.ts";

/** What may be given to a layer as values. */
export type LayerData = TensorLike | Variable;

/** What `addWeight` is told. */
export interface WeightOptions {
  /** Default "variable". Weights of built-in layers have Keras's names: `kernel`, `gamma`, `moving_mean`. */
  readonly name?: string;
  /** Default: a scalar. */
  readonly shape?: readonly number[];
  /** Default glorotUniform for float32, else zeros. */
  readonly initializer?: InitializerSpec | undefined;
  readonly dtype?: DType;
  /** False for state that no optimizer may change. Default true. */
  readonly trainable?: boolean;
  /** Adds `regularizer.apply(weight)` to the layer's losses for as long as the weight can be trained. */
  readonly regularizer?: RegularizerSpec;
  /** Gives the weight's new value after each optimizer step: `constraint.apply(weight)`. */
  readonly constraint?: ConstraintSpec;
}

/**
 * Base of all layers and models: a computation with weights.
 *
 * A layer of your own extends it:
 *
 *     class Scale extends hb.Layer {
 *       static className = "Scale";
 *       build(inputShape) { this.factor = this.addWeight({ name: "factor", shape: [inputShape.at(-1)], initializer: "ones" }); }
 *       call(inputs, { training }) { return inputs.mul(this.factor); }
 *     }
 *
 * `training` is true, false or undefined; undefined means that nobody said anything and acts as inference. Sublayers
 * and variables set as properties are found by themselves, also inside arrays and plain objects (not in `#private`
 * fields). Plans are traced once: after a change of a field that `call` reads, say `layer.invalidate()`.
 */
export class Layer extends InternalsHolder {
  /** Name of the class in automatic names, messages and configs; set it, because minifiers rename classes. */
  static readonly className: string = "Layer";

  /** What `training` is for this layer when nobody says anything. Its children do not see it. */
  static readonly defaultTraining?: boolean;

  /** Whether a mask on the input goes on to the output (by `computeMask`); set it in the constructor. */
  supportsMasking: boolean = false;

  readonly #name: string;
  readonly #inputShape: Shape | undefined;

  /** @param own names of options of the class's own; `getConfig` has the properties of these names */
  constructor(options: LayerOptions = {}, own: readonly string[] = []) {
    super();
    const className = classNameOf(this);
    checkOptions(options, [...own, ...BASE_OPTIONS], className);
    const { name, trainable = true, inputShape, dtype = "float32", activityRegularizer } = options;
    this.#name = name === undefined ? autoName(snakeCase(className)) : checkName(name, className);
    see(className, this.constructor);
    const where = whereOf(this);
    const internals = internalsOf(this);
    internals.options = own;
    internals.trainable = checkTrainable(trainable, where);
    if (inputShape !== undefined) this.#inputShape = checkShapeOption(inputShape, where, "inputShape");
    internals.activityRegularizer = getRegularizer(activityRegularizer, `${where} activityRegularizer`);
    if (dtype !== "float32") refuse(where, "dtype", '"float32"', dtype);
    guardBuild(this);
  }

  get name(): string {
    return this.#name;
  }

  /** Shape of one sample, when the layer was told with `inputShape`. */
  get declaredInputShape(): Shape | undefined {
    return this.#inputShape;
  }

  // ---- to be overridden ------------------------------------------------------------------------------------------

  /** Makes the weights. Called once, with the shape(s) of the first input; null stands for an unknown size. */
  build(_inputShape: Structure<Shape>): void {}

  /** The computation. Inside, shapes are always known numbers. */
  call(_inputs: Structure<Tensor>, _options: CallOptions): Structure<Tensor> {
    return fail(whereOf(this), "call: expected the class to have a method call(inputs, {training})");
  }

  /** Output shape(s) for input shape(s). By default `call` is run without values for two batch sizes. */
  computeOutputShape(inputShape: Structure<Shape>): Structure<Shape> {
    return computeShape(this, inputShape);
  }

  /** The mask of the output, for inputs with these masks: by default the same one. Called when the layer supports masking. */
  computeMask(_inputs: Structure<Tensor>, mask?: unknown): unknown {
    return mask;
  }

  /** The constructor's arguments under Keras's names, ready for JSON. */
  getConfig(): LayerConfig {
    return layerConfig(this);
  }

  /** The layer that `getConfig` described; keys may be snake_case or camelCase. */
  static fromConfig(this: new (options: never) => Layer, config: LayerConfig, customObjects?: CustomObjects): Layer {
    return withCustomObjects(customObjects, () => new this(camelCaseKeys(config) as never));
  }

  // ---- calling ---------------------------------------------------------------------------------------------------

  /**
   * Calls the layer. Symbolic tensors in, symbolic tensors out: a step of a functional model, in which a `training`
   * given here is fixed for ever. Values in, tensors out. For several outputs say what comes out: `apply<Tensor[]>(x)`.
   */
  apply<R extends Structure<Tensor> = Tensor>(inputs: Structure<LayerData>, options?: ApplyOptions): NoInfer<R>;
  apply<R extends Structure<SymbolicTensor> = SymbolicTensor>(
    inputs: Structure<SymbolicTensor | LayerData>,
    options?: ApplyOptions,
  ): NoInfer<R>;
  apply(inputs: unknown, options?: ApplyOptions, ...rest: unknown[]): Structure<Tensor> | Structure<SymbolicTensor> {
    return callLayer(this, inputs, checkApplyArguments(options, rest, whereOf(this)));
  }

  // ---- state -----------------------------------------------------------------------------------------------------

  /** A new weight. Only in the constructor or in `build`. */
  addWeight(options: WeightOptions = {}): Variable {
    const internals = internalsOf(this);
    const where = `${whereOf(this)} addWeight`;
    if (internals.phase === "built") {
      fail(where, "You cannot add new elements of state to a built layer: expected the call in constructor or build");
    }
    if (Object(options) !== options) refuse(where, "options", "an object", options);
    const { name = "variable", shape = [], dtype = "float32", trainable = true } = options;
    const wanted = checkDType(dtype, where);
    const initializer = getInitializer(
      options.initializer ?? (wanted === "float32" ? "glorotUniform" : "zeros"),
      `${where} initializer`,
    );
    const dims = checkDims(shape, where);
    const initial = outsideTraces(() => toTensor(initializer.apply(dims, wanted)).cast(wanted).dataSync());
    const variable = new Variable(new Tensor(dims, wanted, initial), {
      name: checkName(name, where),
      trainable: checkTrainable(trainable, where),
    });
    variable.path = `${this.name}/${name}`;
    if (!internals.trainable) variable.trainable = false;
    regularize(variable, options.regularizer, options.constraint, where);
    internals.weights.push(variable);
    return variable;
  }

  /** Adds a term to the loss of the model this layer is part of; forgotten at the next outermost call. */
  addLoss(loss: Tensor | readonly Tensor[]): void {
    recordLoss(this, loss);
  }

  /** Terms of `addLoss` since the last outermost call, then one per weight that has a regularizer and can be trained. */
  get losses(): Tensor[] {
    return treeLosses(this);
  }

  /** What `activityRegularizer` was given as. */
  get activityRegularizer(): Regularizer | undefined {
    return internalsOf(this).activityRegularizer;
  }

  set activityRegularizer(regularizer: RegularizerSpec) {
    internalsOf(this).activityRegularizer = getRegularizer(regularizer, `${whereOf(this)} activityRegularizer`);
    markChanged(this);
  }

  get built(): boolean {
    return internalsOf(this).phase === "built";
  }

  get trainable(): boolean {
    return internalsOf(this).trainable;
  }

  /** Also sets all sublayers and every variable that was made to be trained. */
  set trainable(value: boolean) {
    setTrainable(this, Boolean(value));
  }

  /** What `apply` checks its inputs against. */
  get inputSpec(): readonly InputSpec[] | undefined {
    return internalsOf(this).inputSpecs;
  }

  set inputSpec(specs: readonly InputSpec[] | undefined) {
    internalsOf(this).inputSpecs = specs;
  }

  /** All weights and seed states: own to be trained, own others, own seeds, then each sublayer's. */
  get variables(): Variable[] {
    return [...treeOf(this).variables];
  }

  /** `variables` without seed states: what `getWeights` and files hold. */
  get weights(): Variable[] {
    return [...treeOf(this).weights];
  }

  get trainableVariables(): Variable[] {
    return this.trainable ? this.variables.filter((variable) => variable.trainable) : [];
  }

  get nonTrainableVariables(): Variable[] {
    return this.trainable ? this.variables.filter((variable) => !variable.trainable) : this.variables;
  }

  get trainableWeights(): Variable[] {
    return this.trainable ? this.weights.filter((variable) => variable.trainable) : [];
  }

  get nonTrainableWeights(): Variable[] {
    return this.trainable ? this.weights.filter((variable) => !variable.trainable) : this.weights;
  }

  /** Copies of the weights, in the order of `weights`. */
  getWeights(): Tensor[] {
    return readWeights(this);
  }

  /** New values for all weights, in the order of `weights`; if one does not fit, nothing changes. */
  setWeights(weights: readonly TensorLike[]): void {
    writeWeights(this, weights);
  }

  /** Number of values in `weights`. */
  countParams(): number {
    if (!this.built) {
      fail(
        whereOf(this),
        "countParams: expected a call of build(inputShape) before: the layer isn't built",
        StateError,
      );
    }
    return this.weights.reduce((sum, variable) => sum + sizeOf(variable.shape), 0);
  }

  /** Input of the first symbolic call. */
  get input(): Structure<SymbolicTensor> {
    return firstNode(this, "input").inputs as Structure<SymbolicTensor>;
  }

  /** Output of the first symbolic call. */
  get output(): Structure<SymbolicTensor> {
    return firstNode(this, "output").outputs;
  }

  /** Makes models trace their plans anew: after a change of something that `call` reads. */
  invalidate(): void {
    markChanged(this);
  }

  /** Gives the weights' memory back now instead of some time. Never needed; the layer is unusable afterwards. */
  dispose(): void {
    const { layers, variables } = treeOf(this);
    for (const each of layers) {
      internalsOf(each).disposed = true;
      markChanged(each);
    }
    for (const variable of variables) variable.dispose();
  }
}

function firstNode(layer: Layer, what: string): { inputs: Structure<unknown>; outputs: Structure<SymbolicTensor> } {
  const node = internalsOf(layer).nodes[0];
  const problem = `${what}: the layer has never been called and thus has no defined ${what}`;
  return node ?? fail(whereOf(layer), problem, StateError);
}

/**
 * Wherever `build` is called from (the runtime, a user, a parent layer), weights may be added while it runs and not
 * afterwards, and what a failed `build` has made is dropped. So each layer carries a guarded `build` of its own.
 */
function guardBuild(layer: Layer): void {
  const body = layer.build;
  Object.defineProperty(layer, "build", {
    value: (inputShape: Structure<Shape>) => buildLayer(layer, inputShape, body),
    enumerable: false,
    configurable: true,
    writable: true,
  });
}
