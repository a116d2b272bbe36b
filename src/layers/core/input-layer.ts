import type { Tensor } from "../../ops/tensor.ts";
import { checkDType, type DType } from "../../util/dtype.ts";
import { fail } from "../../util/errors.ts";
import { checkOptions } from "../../util/names.ts";
import type { Shape } from "../../util/shape.ts";
import type { Structure } from "../../util/structure.ts";
import { markBuilt } from "../build.ts";
import type { LayerConfig } from "../config.ts";
import { internalsOf, whereOf } from "../internals.ts";
import { Layer } from "../layer.ts";
import { autoName } from "../naming.ts";
import { addOp } from "../operation.ts";
import { checkShapeOption } from "../options.ts";
import { GraphNode, SymbolicTensor } from "../symbolic-tensor.ts";

/** Options of `input` and `InputLayer`. */
export interface InputOptions {
  /** Shape of one sample; null for sizes that vary. */
  readonly shape?: Shape;
  /** Fixed number of samples; normally left open. */
  readonly batchSize?: number | null;
  /** `[batchSize, ...shape]` in one. */
  readonly batchShape?: Shape;
  /** Default "float32". Data of another type are converted. */
  readonly dtype?: DType;
  readonly name?: string;
}

const OPTIONS = ["shape", "batchSize", "batchShape", "dtype", "name"];

/** Where data enter a model. `input()` makes one and returns its tensor. */
export class InputLayer extends Layer {
  static override readonly className: string = "InputLayer";

  readonly batchShape: Shape;
  readonly dtype: DType;

  constructor(options: InputOptions) {
    checkOptions(options ?? null, OPTIONS, "InputLayer");
    const { name, dtype = "float32" } = options;
    super({ name });
    const where = whereOf(this);
    this.batchShape = readBatchShape(options, where);
    this.dtype = checkDType(dtype, where);
    markBuilt(this);
    const node = new GraphNode(this, 0, [], {});
    const tensor = new SymbolicTensor(
      { shape: this.batchShape, dtype: this.dtype, name: name ?? autoName("keras_tensor") },
      { layer: this, nodeIndex: 0, tensorIndex: 0 },
      addOp,
    );
    node.outputs = tensor;
    node.outputTensors = [tensor];
    internalsOf(this).nodes.push(node);
  }

  /** The tensor this layer stands for. */
  override get output(): SymbolicTensor {
    return super.output as SymbolicTensor;
  }

  override get input(): SymbolicTensor {
    return this.output;
  }

  override call(inputs: Structure<Tensor>): Structure<Tensor> {
    return inputs;
  }

  override getConfig(): LayerConfig {
    return { batch_shape: [...this.batchShape], dtype: this.dtype, name: this.name };
  }
}

function readBatchShape({ shape, batchSize, batchShape }: InputOptions, where: string): Shape {
  if (batchShape === undefined || batchShape === null) {
    if (shape === undefined || shape === null) fail(where, "You must pass a `shape` argument, such as {shape: [784]}");
    return [...checkShapeOption([batchSize ?? null], where, "batchSize"), ...checkShapeOption(shape, where, "shape")];
  }
  for (const [name, other] of Object.entries({ shape, batchSize })) {
    if (other !== undefined && other !== null) {
      fail(where, `You cannot pass both \`${name}\` and \`batchShape\` at the same time`);
    }
  }
  return checkShapeOption(batchShape, where, "batchShape");
}

/** The beginning of a functional model: a symbolic tensor for data of the given shape. */
export function input(options: InputOptions): SymbolicTensor {
  return new InputLayer(options).output;
}
