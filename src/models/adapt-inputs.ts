import { kerasShape, originOf, refuseCount } from "../layers/input-spec.ts";
import { tensorsOf } from "../layers/inputs.ts";
import { SymbolicTensor } from "../layers/symbolic-tensor.ts";
import { Tensor } from "../ops/tensor.ts";
import { fail, refuse, ShapeError } from "../util/errors.ts";
import type { Shape } from "../util/shape.ts";
import { flattenStructure, isPlainObject, type Structure, structureKey } from "../util/structure.ts";

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
    const names = tensors.map((tensor) => `"${inputName(tensor)}"`);
    refuseCount(`${tensors.length} input(s) (${names.join(", ")})`, values, where);
  }
  return values.map((value, i) => adaptOne(tensors[i]!, value, where));
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
  const problem = `Missing data for input "${name}": expected the keys ${expected.join(", ")}`;
  return fail(where, `inputs: ${problem}, got ${keys.join(", ") || "none"}`);
}

/** How a structure that does not fit is told. */
const MISMATCH = "inputs: The structure of `inputs` doesn't match the expected structure: ";

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
    console.warn(`[${where}] ${MISMATCH}${extra.join(", ")} not used; expected ${keys.join(", ")}.`);
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
  const names = keys.join(", ");
  const problem = `${MISMATCH}expected an object with the keys ${names}, got an array`;
  if (list.length !== keys.length) refuseCount(`${keys.length} named input(s) with keys ${names}`, list, where);
  if (!sorted) fail(where, problem);
  if (keys.length > 1) console.warn(`[${where}] ${problem}.`);
  return list;
}

function nested(structure: Structure<SymbolicTensor>, inputs: unknown, where: string): unknown[] {
  const tensors = tensorsOf(inputs, where);
  const [expected, got] = [structureKey(structure), structureKey(tensors)];
  if (got !== expected) fail(where, `${MISMATCH}expected ${expected}, got ${got} (* is a tensor)`);
  return flattenStructure(tensors);
}

/** One value as a tensor that fits its input. */
function adaptOne(declared: SymbolicTensor, value: unknown, where: string): Tensor {
  const name = inputName(declared);
  if (value === null || value === undefined) {
    fail(where, `The input '${name}' is not optional, but None was passed`);
  }
  const tensor = tensorsOf(value, where) as Tensor;
  if (!(tensor instanceof Tensor) && !((tensor as unknown) instanceof SymbolicTensor)) {
    refuse(where, "inputs", `one tensor for "${name}"`, value);
  }
  const adapted = adaptRank(declared.shape, tensor);
  const found: Shape = adapted.shape;
  const sameRank = found.length === declared.shape.length;
  const fits = declared.shape.every((dim, axis) => axis === 0 || dim === null || (found[axis] ?? dim) === dim);
  if (!sameRank || !fits) {
    const problem = `${sameRank ? "Incompatible" : "Invalid"} input shape for input "${name}"`;
    const expected = kerasShape([null, ...declared.shape.slice(1)]);
    fail(
      where,
      `${problem}: expected shape=${expected}, found shape=${kerasShape(found)}${originOf(tensor)}`,
      ShapeError,
    );
  }
  return adapted instanceof Tensor ? adapted.cast(declared.dtype) : adapted;
}

/** Puts on or takes off a last axis of size 1 where the rank is off by one. */
function adaptRank(wanted: Shape, tensor: Tensor): Tensor {
  const { rank, shape } = tensor;
  if (!(tensor instanceof Tensor)) return tensor;
  if (rank === wanted.length + 1 && shape.at(-1) === 1) return tensor.reshape(shape.slice(0, -1));
  return rank === wanted.length - 1 && wanted.at(-1) === 1 ? tensor.reshape([...shape, 1]) : tensor;
}
