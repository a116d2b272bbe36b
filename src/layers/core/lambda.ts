import type { Tensor } from "../../ops/tensor.ts";
import { refuse } from "../../util/errors.ts";
import { camelCaseKeys } from "../../util/names.ts";
import { type CustomObjects, customObject, note, withCustomObjects } from "../../util/registry.ts";
import type { Shape } from "../../util/shape.ts";
import { isPlainObject, type Structure } from "../../util/structure.ts";
import { markBuilt } from "../build.ts";
import type { CallOptions } from "../call-context.ts";
import type { LayerConfig } from "../config.ts";
import { whereOf } from "../internals.ts";
import { Layer } from "../layer.ts";
import type { LayerOptions } from "../options.ts";

/** A function of the inputs; `options` holds `arguments`, `training` and `mask`. */
export type LambdaFunction = (inputs: never, options: CallOptions & Record<string, unknown>) => Structure<Tensor>;

/** Options of {@link Lambda}. */
export interface LambdaOptions extends LayerOptions {
  readonly function: LambdaFunction;
  /** Shape of one sample of the output, or a function of the input's shape; found by running it when not given. */
  readonly outputShape?: Shape | ((inputShape: Structure<Shape>) => Structure<Shape>) | null;
  /** The output's mask, or a function of inputs and mask. */
  readonly mask?: Tensor | ((inputs: Structure<Tensor>, mask: unknown) => unknown) | null;
  /** More arguments for the function. */
  readonly arguments?: Readonly<Record<string, unknown>> | null;
}

/**
 * A function as a layer. It may not have weights: variables it uses are not found. A function cannot be saved: when a
 * model is made from JSON, it is looked up in `customObjects`, or what `registerClass` knows, under its name.
 */
export class Lambda extends Layer {
  static override readonly className: string = "Lambda";
  readonly #options: LambdaOptions;

  constructor(options: LambdaOptions) {
    super(options, ["function", "outputShape", "mask", "arguments"]);
    if (typeof options?.function !== "function") refuse(whereOf(this), "function", "a function", options?.function);
    const { arguments: more } = options;
    if (more !== undefined && more !== null && !isPlainObject(more)) {
      refuse(whereOf(this), "arguments", "a plain object", more);
    }
    this.#options = options;
    this.supportsMasking = options.mask !== undefined && options.mask !== null;
    markBuilt(this);
  }

  override call(inputs: Structure<Tensor>, options: CallOptions): Structure<Tensor> {
    return this.#options.function(inputs as never, { ...this.#options.arguments, ...options });
  }

  override computeOutputShape(inputShape: Structure<Shape>): Structure<Shape> {
    const { outputShape } = this.#options;
    if (outputShape === undefined || outputShape === null) return super.computeOutputShape(inputShape);
    return typeof outputShape === "function" ? outputShape(inputShape) : [(inputShape as Shape)[0]!, ...outputShape];
  }

  override computeMask(inputs: Structure<Tensor>, mask?: unknown): unknown {
    const made = this.#options.mask;
    return typeof made === "function" ? made(inputs, mask) : made;
  }

  override getConfig(): LayerConfig {
    const { function: body, arguments: more, outputShape } = this.#options;
    note(body.name, body);
    const { name, trainable } = this;
    return {
      name,
      trainable,
      function: { class_name: "function", config: body.name, registered_name: body.name },
      arguments: { ...more },
      output_shape: Array.isArray(outputShape) ? outputShape : null,
    };
  }

  static override fromConfig(
    this: new (
      options: never,
    ) => Layer,
    config: LayerConfig,
    customObjects?: CustomObjects,
  ): Layer {
    return withCustomObjects(customObjects, () => {
      const options = camelCaseKeys(config);
      const name = (options.function as { config?: unknown } | undefined)?.config;
      if (typeof name === "string") options.function = customObject(name);
      if (typeof options.function === "function") return new this(options as never);
      return refuse(
        `Lambda "${String(config.name)}"`,
        "function",
        `the function "${String(name)}" in customObjects`,
        null,
      );
    });
  }
}
