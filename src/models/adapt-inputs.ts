import { kerasShape, originOf } from "../layers/input-spec.ts";
import { tensorsOf } from "../layers/inputs.ts";
import { SymbolicTensor } from "../layers/symbolic-tensor.ts";
import { Tensor } from "../ops/tensor.ts";
import { describe, ShapeError, ValueError } from "../util/errors.ts";
import { flattenStructure, isPlainObject, mapStructure, type Structure, structureKey } from "../util/structure.ts";

/** A model's declared inputs. */
export interface DeclaredInputs {
  /** As given when the model was made. */
  readonly structure: Structure<SymbolicTensor>;
  /** Flattened. */
  readonly tensors: readonly SymbolicTensor[];
  /** How errors name the model. */
  readonly where: string;
}

/**
 * What a caller passed, as a list in the order of the declared inputs, converted to their dtypes. A dict is matched by
 * names; a rank that is off by a trailing 1 is repaired; all else that does not fit is refused.
 */
export function adaptInputs(declared: DeclaredInputs, inputs: unknown): Tensor[] {
  const values = arrange(declared, inputs);
  const { tensors, where } = declared;
  if (values.length !== tensors.length) {
    throw new ValueError(
      `[${where}] inputs: expects ${tensors.length} input(s) (${nameList(tensors)}), ` +
        `but it received ${values.length} input tensors.`,
    );
  }
  return values.map((value, i) => adaptOne(tensors[i]!, value, where));
}

function nameList(tensors: readonly SymbolicTensor[]): string {
  return tensors.map((tensor) => `"${inputName(tensor)}"`).join(", ");
}

/** What users call an input: its given name, else its layer's. */
export function inputName(tensor: SymbolicTensor): string {
  return tensor.history.layer.name;
}

/** The values in declared order, not converted yet. */
function arrange({ structure, tensors, where }: DeclaredInputs, inputs: unknown): unknown[] {
  if (isPlainObject(structure) && Object.values(structure).every((part) => part instanceof SymbolicTensor)) {
    return isPlainObject(inputs)
      ? byKeys(inputs, Object.keys(structure).sort(), tensors, where)
      : listForDict(structure, inputs, where);
  }
  const flat =
    structure instanceof SymbolicTensor || (structure as unknown[]).every((x) => x instanceof SymbolicTensor);
  if (flat && isPlainObject(inputs)) return byNames(inputs, tensors, where);
  if (structure instanceof SymbolicTensor) return [unwrap(inputs)];
  if (flat) return tensors.length === 1 ? [unwrap(inputs)] : Array.isArray(inputs) ? inputs : [inputs];
  return nested(structure, inputs, where);
}

/** `[x]` stands for x where one input is wanted, if x is a tensor and not a row of numbers. */
function unwrap(inputs: unknown): unknown {
  if (!Array.isArray(inputs) || inputs.length !== 1) return inputs;
  const [only] = inputs as unknown[];
  return only instanceof Tensor || only instanceof SymbolicTensor ? only : inputs;
}

function missing(name: string, keys: readonly string[], expected: readonly string[], where: string): never {
  throw new ValueError(
    `[${where}] inputs: Missing data for input "${name}": expected the keys ${expected.join(", ")}, ` +
      `got ${keys.join(", ") || "none"}.`,
  );
}

function byKeys(
  inputs: Record<string, unknown>,
  keys: readonly string[],
  tensors: readonly SymbolicTensor[],
  where: string,
): unknown[] {
  const given = Object.keys(inputs);
  for (const key of keys) if (!(key in inputs)) missing(key, given, keys, where);
  const extra = given.filter((key) => !keys.includes(key));
  if (extra.length > 0) {
    console.warn(
      `[${where}] inputs: The structure of \`inputs\` doesn't match the expected structure: ` +
        `${extra.join(", ")} not used; expected ${keys.join(", ")}.`,
    );
  }
  return keys.slice(0, tensors.length).map((key) => inputs[key]);
}

/** A dict for inputs declared as a list or a single tensor: matched by name, other keys do not matter. */
function byNames(inputs: Record<string, unknown>, tensors: readonly SymbolicTensor[], where: string): unknown[] {
  const expected = tensors.map((tensor) => inputName(tensor));
  return tensors.map((tensor) => {
    const key = [tensor.name, inputName(tensor)].find((name) => name in inputs);
    return key === undefined ? missing(inputName(tensor), Object.keys(inputs), expected, where) : inputs[key];
  });
}

/** A list for inputs declared as a dict: only where the order cannot be mistaken. */
function listForDict(structure: Record<string, unknown>, inputs: unknown, where: string): unknown[] {
  const keys = Object.keys(structure);
  const list = keys.length === 1 ? [unwrap(inputs)] : Array.isArray(inputs) ? (inputs as unknown[]) : [inputs];
  const sorted = [...keys].sort().every((key, i) => key === keys[i]);
  const expected = `expected an object with the keys ${keys.join(", ")}`;
  if (list.length !== keys.length) {
    throw new ValueError(
      `[${where}] inputs: expects ${keys.length} named input(s) with keys ${keys.join(", ")}, ` +
        `but it received ${list.length} input tensors.`,
    );
  }
  if (!sorted) {
    throw new ValueError(
      `[${where}] inputs: The structure of \`inputs\` doesn't match the expected structure: ${expected}, got an array.`,
    );
  }
  if (keys.length > 1) {
    console.warn(`[${where}] inputs: The structure of \`inputs\` doesn't match the expected structure: ${expected}.`);
  }
  return list;
}

function nested(structure: Structure<SymbolicTensor>, inputs: unknown, where: string): unknown[] {
  const tensors = tensorsOf(inputs, where);
  if (structureKey(tensors) !== structureKey(structure)) {
    throw new ValueError(
      `[${where}] inputs: The structure of \`inputs\` doesn't match the expected structure: ` +
        `expected ${structureKey(structure)}, got ${structureKey(tensors)} (* is a tensor).`,
    );
  }
  return flattenStructure(tensors);
}

/** One value as a tensor that fits its input. */
function adaptOne(declared: SymbolicTensor, value: unknown, where: string): Tensor {
  if (value === null || value === undefined) {
    throw new ValueError(
      `[${where}] inputs: The input '${inputName(declared)}' is not optional, but None was passed; expected data.`,
    );
  }
  const tensor = tensorsOf(value, where);
  if (!(tensor instanceof Tensor) && !((tensor as unknown) instanceof SymbolicTensor)) {
    throw new ValueError(
      `[${where}] inputs: expected one tensor for "${inputName(declared)}", got ${describe(value)}.`,
    );
  }
  const adapted = adaptRank(declared, tensor as Tensor, where);
  const { shape } = adapted;
  const fits = declared.shape.every(
    (dim, axis) =>
      axis === 0 || dim === null || (shape as readonly (number | null)[])[axis] === null || dim === shape[axis],
  );
  if (!fits) {
    throw new ShapeError(
      `[${where}] input "${inputName(declared)}" is incompatible with the layer: ` +
        `expected shape=${kerasShape([null, ...declared.shape.slice(1)])}, found shape=${kerasShape(shape)}` +
        `${originOf(adapted)}.`,
    );
  }
  return adapted instanceof Tensor ? adapted.cast(declared.dtype) : adapted;
}

/** Puts on or takes off a last axis of size 1 where the rank is off by one. */
function adaptRank(declared: SymbolicTensor, tensor: Tensor, where: string): Tensor {
  const rank = declared.shape.length;
  if (tensor.rank === rank) return tensor;
  if (tensor instanceof Tensor) {
    if (tensor.rank === rank + 1 && tensor.shape.at(-1) === 1) return tensor.reshape(tensor.shape.slice(0, -1));
    if (tensor.rank === rank - 1 && declared.shape.at(-1) === 1) return tensor.reshape([...tensor.shape, 1]);
  }
  throw new ShapeError(
    `[${where}] inputs: Invalid input shape for input "${inputName(declared)}": ` +
      `expected shape=${kerasShape([null, ...declared.shape.slice(1)])}, found shape=${kerasShape(tensor.shape)}` +
      `${originOf(tensor)}.`,
  );
}

/** The form of the declared inputs with other leaves. */
export function likeDeclared<R>(declared: DeclaredInputs, leaves: readonly R[]): Structure<R> {
  let next = 0;
  return mapStructure<SymbolicTensor, R>(declared.structure, () => leaves[next++]!);
}
