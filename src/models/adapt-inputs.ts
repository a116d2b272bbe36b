import { kerasShape, originOf, refuseCount } from "../layers/input-spec.ts";
import { tensorsOf } from "../layers/inputs.ts";
import { checkMaskNames } from "../layers/masks.ts";
import { SymbolicTensor } from "../layers/symbolic-tensor.ts";
import { Tensor } from "../ops/tensor.ts";
import { fail, refuse, ShapeError } from "../util/errors.ts";
import type { Dims, Shape } from "../util/shape.ts";
import { flattenStructure, isPlainObject, packStructure, type Structure, structureKey } from "../util/structure.ts";

/** A model's declared inputs. */
export interface DeclaredInputs {
  /** As given when the model was made. */
  readonly structure: Structure<SymbolicTensor>;
  /** Flattened. */
  readonly tensors: readonly SymbolicTensor[];
  /** How errors name the model. */
  readonly where: string;
}

/** Declared inputs that nest no further, with what addresses each of them. */
interface FlatInputs extends DeclaredInputs {
  /** The keys of a dict as they are written; undefined for a list. */
  readonly keys: readonly string[] | undefined;
  /** Keys or names in the order of the tensors. */
  readonly names: readonly string[];
  /** Whether keys are written in that order, so that a list cannot be mistaken. */
  readonly inOrder: boolean;
}

/**
 * What a caller passed, as a list in the order of the declared inputs, converted to their dtypes. A dict is matched by
 * names; a rank that is off by a trailing 1 is repaired; all else that does not fit is refused. Symbolic tensors, which
 * a graph keeps as they are, are adapted when it runs.
 */
export function adaptInputs(declared: DeclaredInputs, inputs: unknown): Tensor[] {
  const { structure, tensors, where } = declared;
  const values = isFlat(structure) ? arrange(declared, inputs, byNames, byPlaces) : nested(structure, inputs, where);
  if (values.length !== tensors.length) {
    const names = tensors.map((tensor) => `"${inputName(tensor)}"`);
    refuseCount(`${tensors.length} input(s) (${names.join(", ")})`, values, where);
  }
  return values.map((value, i) => adaptOne(tensors[i]!, value, where));
}

/**
 * Masks given for the inputs, in the structure of the declared ones: a dict by names, of which some may be missing, a list
 * by places. What the structure nests further has to have its form.
 */
export function adaptMasks(declared: DeclaredInputs, masks: unknown): unknown {
  const { structure } = declared;
  if (!isFlat(structure)) return masks;
  return packStructure(structure, arrange(declared, masks, masksByNames, masksByPlaces));
}

/** What is given for the inputs, in their order, not converted yet: a dict by names, all else by places. */
function arrange(
  declared: DeclaredInputs,
  given: unknown,
  ofDict: (given: Record<string, unknown>, inputs: FlatInputs) => unknown[],
  ofList: (list: unknown[], inputs: FlatInputs, given: unknown) => unknown[],
): unknown[] {
  const { structure, tensors } = declared;
  const keys = isPlainObject(structure) ? Object.keys(structure) : undefined;
  const names = keys === undefined ? tensors.map(inputName) : [...keys].sort();
  const inputs = { ...declared, keys, names, inOrder: keys?.every((key, i) => key === names[i]) ?? true };
  return isPlainObject(given) ? ofDict(given, inputs) : ofList(listFor(tensors, given), inputs, given);
}

function masksByNames(masks: unknown, { names, where }: FlatInputs): unknown[] {
  const given = checkMaskNames(masks, names, where);
  return names.map((name) => given[name]);
}

function masksByPlaces(list: unknown[], inputs: FlatInputs, masks: unknown): unknown[] {
  const { tensors, inOrder, where } = inputs;
  if (list.length > tensors.length) refuse(where, "mask", `at most ${tensors.length} masks`, list.length);
  // Neither has one mask for several inputs a place, nor a list where the order of names is another than that written.
  return tensors.length === 1 || (Array.isArray(masks) && inOrder) ? list : masksByNames(masks, inputs);
}

function isFlat(structure: Structure<SymbolicTensor>): boolean {
  return (
    structure instanceof SymbolicTensor || Object.values(structure).every((part) => part instanceof SymbolicTensor)
  );
}

/** `[x]` stands for x where one input is wanted, if x is a tensor and not a row of numbers. */
function listFor(tensors: readonly unknown[], given: unknown): unknown[] {
  const only: unknown = Array.isArray(given) ? given[0] : undefined;
  const wrapped = only instanceof Tensor || only instanceof SymbolicTensor || only === null;
  return Array.isArray(given) && (wrapped || tensors.length > 1) ? (given as unknown[]) : [given];
}

/** What users call an input: its given name, else its layer's. */
export function inputName(tensor: SymbolicTensor): string {
  return tensor.history.layer.name;
}

/** How a structure that does not fit is told. */
const MISMATCH = "inputs: The structure of `inputs` doesn't match the expected structure: ";

/** A list for inputs declared as a dict: only where the order cannot be mistaken. */
function byPlaces(list: unknown[], { keys, inOrder, where }: FlatInputs): unknown[] {
  if (keys === undefined) return list;
  const names = keys.join(", ");
  const problem = `${MISMATCH}expected an object with the keys ${names}, got an array`;
  if (list.length !== keys.length) refuseCount(`${keys.length} named input(s) with keys ${names}`, list, where);
  if (!inOrder) fail(where, problem);
  if (keys.length > 1) console.warn(`[${where}] ${problem}.`);
  return list;
}

/** A dict, matched by the keys of the declared one, else by the names of the inputs; only then other keys do not matter. */
function byNames(inputs: Record<string, unknown>, { keys, names, tensors, where }: FlatInputs): unknown[] {
  const given = Object.keys(inputs);
  const values = names.map((name, i) => {
    const key = [...(keys === undefined ? [tensors[i]!.name] : []), name].find((each) => Object.hasOwn(inputs, each));
    if (key !== undefined) return inputs[key];
    const problem = `Missing data for input "${name}": expected the keys ${names.join(", ")}`;
    return fail(where, `inputs: ${problem}, got ${given.join(", ") || "none"}`);
  });
  const extra = keys === undefined ? [] : given.filter((key) => !keys.includes(key));
  if (extra.length > 0) {
    console.warn(`[${where}] ${MISMATCH}${extra.join(", ")} not used; expected ${names.join(", ")}.`);
  }
  return values;
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
  const found = adaptRank(declared.shape, tensor.shape);
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
  if (!(tensor instanceof Tensor)) return tensor;
  const read = (found.length === tensor.rank ? tensor : tensor.reshape(found as Dims)).cast(declared.dtype);
  // A mask says which samples or steps count, whatever the rank and dtype.
  if (read !== tensor) read.mask = tensor.mask;
  return read;
}

/** Puts on or takes off a last axis of size 1 where the rank is off by one. */
function adaptRank(wanted: Shape, shape: Shape): Shape {
  const more = shape.length - wanted.length;
  if (more === 1 && shape.at(-1) === 1) return shape.slice(0, -1);
  return more === -1 && wanted.at(-1) === 1 ? [...shape, 1] : shape;
}
