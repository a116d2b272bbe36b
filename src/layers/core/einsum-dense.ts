import { type ActivationFunction, type ActivationSpec, getActivation } from "../../activations/get.ts";
import type { ConstraintSpec } from "../../constraints/index.ts";
import type { InitializerSpec } from "../../initializers/get.ts";
import { einsum } from "../../ops/einsum.ts";
import type { Tensor } from "../../ops/tensor.ts";
import type { Variable } from "../../ops/variable.ts";
import type { RegularizerSpec } from "../../regularizers/index.ts";
import { fail, refuse, ShapeError } from "../../util/errors.ts";
import type { Shape } from "../../util/shape.ts";
import { kerasShape } from "../input-spec.ts";
import { asFloat, oneShape } from "../inputs.ts";
import { whereOf } from "../internals.ts";
import { Layer } from "../layer.ts";
import type { LayerOptions } from "../options.ts";
import { readWeightParts, weightKeys, weightParts } from "../weight-parts.ts";

/** Options of {@link EinsumDense}. */
export interface EinsumDenseOptions extends LayerOptions {
  /** Of input and kernel, such as "ab,bc->ac", "...x,xy->...y", "abc,cde->abde". */
  readonly equation: string;
  /** Shape of the output without the batch (and without what "..." stands for); null where the input tells. */
  readonly outputShape: number | Shape;
  readonly activation?: ActivationSpec;
  /** Letters of the output along which the bias differs; none: no bias. */
  readonly biasAxes?: string | null;
  readonly kernelInitializer?: InitializerSpec;
  readonly biasInitializer?: InitializerSpec;
  readonly kernelRegularizer?: RegularizerSpec;
  readonly biasRegularizer?: RegularizerSpec;
  readonly kernelConstraint?: ConstraintSpec;
  readonly biasConstraint?: ConstraintSpec;
}

const FORM = /^(\.\.\.)?([a-zA-Z]+)(\.\.\.)?,([a-zA-Z]+)->(\.\.\.)?([a-zA-Z]+)(\.\.\.)?$/;

/** y = activation(einsum(equation, x, kernel) + bias): dense layers over any axes. */
export class EinsumDense extends Layer {
  static override readonly className: string = "EinsumDense";
  readonly equation: string;
  readonly outputShape: number | Shape;
  readonly biasAxes: string | null;
  kernel: Variable | undefined = undefined;
  bias: Variable | undefined = undefined;
  readonly activation: ActivationFunction;

  constructor(options: EinsumDenseOptions) {
    super(options, ["equation", "outputShape", "activation", "biasAxes", ...weightKeys("kernel", "bias")]);
    const where = whereOf(this);
    const { equation, outputShape, biasAxes = null } = options ?? {};
    const form = typeof equation === "string" ? FORM.exec(equation.replaceAll(" ", "")) : null;
    const [, left, , right, , leftOut, , rightOut] = form ?? [];
    if (form === null || left !== leftOut || right !== rightOut || (left !== undefined && right !== undefined)) {
      refuse(where, "equation", "[X],[Y]->[Z], ...[X],[Y]->...[Z] or [X]...,[Y]->[Z]...", equation);
    }
    this.equation = equation;
    this.outputShape = outputShape ?? refuse(where, "outputShape", "a size or a shape", outputShape);
    this.biasAxes = biasAxes;
    this.activation = getActivation(options.activation, `${where} activation`);
    readWeightParts(this, options, { kernel: "glorotUniform", bias: "zeros" });
  }

  override build(inputShape: Shape): void {
    oneShape(inputShape, whereOf(this));
    const where = whereOf(this);
    const [, left, input, right, weight, , output] = FORM.exec(
      this.equation.replaceAll(" ", ""),
    )! as unknown as string[];
    const extra = inputShape.length - input!.length;
    if (extra < 0 || (extra > 0 && left === undefined && right === undefined)) {
      refuse(where, "build", `an input that fits ${this.equation}`, kerasShape(inputShape), ShapeError);
    }
    const sizes = new Map<string, number | null>();
    [...input!].forEach((letter, i) => {
      sizes.set(letter, inputShape[left === undefined ? i : i + extra]!);
    });
    const given = [this.outputShape].flat() as (number | null)[];
    // The batch is the first letter, unless "..." holds it.
    const own = left === undefined ? output!.slice(1) : output!;
    [...own].forEach((letter, i) => {
      const [size, known] = [given[i] ?? null, sizes.get(letter)];
      if (size !== null && typeof known === "number" && known !== size) {
        fail(
          where,
          `outputShape: Input shape and output shape do not match at shared dimension '${letter}': expected ${known}, got ${size}`,
        );
      }
      if (!sizes.has(letter) || size !== null) sizes.set(letter, size);
    });
    const sizeOf = (letter: string, what: string): number => {
      const size = sizes.get(letter);
      return (
        size ?? refuse(where, "equation", `a known size for '${letter}' of the ${what}`, this.equation, ShapeError)
      );
    };
    this.kernel = this.addWeight({
      name: "kernel",
      shape: [...weight!].map((letter) => sizeOf(letter, "kernel")),
      ...weightParts(this, "kernel"),
    });
    if (this.biasAxes === null) return;
    const axes = this.biasAxes;
    for (const letter of axes) if (!output!.includes(letter)) refuse(where, "biasAxes", `letters of "${output}"`, axes);
    const first = Math.min(...[...axes].map((letter) => output!.indexOf(letter)));
    const shape = [...output!.slice(first)].map((letter) => (axes.includes(letter) ? sizeOf(letter, "bias") : 1));
    if (right !== undefined) shape.push(...new Array<number>(extra).fill(1));
    this.bias = this.addWeight({ name: "bias", shape, ...weightParts(this, "bias") });
  }

  override call(inputs: Tensor): Tensor {
    const product = einsum(this.equation, asFloat(inputs), this.kernel!);
    return this.activation(this.bias === undefined ? product : product.add(this.bias));
  }
}
