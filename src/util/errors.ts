/**
 * The errors Hornbeam throws. Every text says where, what, what was expected and what came:
 * `[BatchNormalization "bn_1"] axis: expected an integer in [-2, 1] for input (null, 64), got 3.`
 */

/** Base of every error that Hornbeam throws on purpose. */
export class HornbeamError extends Error {
  override name = "HornbeamError";
}

/** Shapes that do not fit together or do not fit an operation. */
export class ShapeError extends HornbeamError {
  override name = "ShapeError";
}

/** A data type an operation cannot take. */
export class DTypeError extends HornbeamError {
  override name = "DTypeError";
}

/** An argument with an unusable value. */
export class ValueError extends HornbeamError {
  override name = "ValueError";
}

/** Something that cannot be done while a computation is traced, such as reading a tensor's values. */
export class TraceError extends HornbeamError {
  override name = "TraceError";
}

/** Linear memory could not be had. */
export class MemoryError extends HornbeamError {
  override name = "MemoryError";
}

/** A call at the wrong moment: before `build` or `compile`, after `dispose`, on a tensor of a finished scope. */
export class StateError extends HornbeamError {
  override name = "StateError";
}

/** A file or buffer that is not what it should be, or cannot be read: `cause` has the error of the engine. */
export class FormatError extends HornbeamError {
  override name = "FormatError";
}

type ErrorClass = new (message: string, options?: ErrorOptions) => HornbeamError;

/** Throws `[where] text.`; `options` may keep the error it comes of as its `cause`. */
export function fail(where: string, text: string, Class: ErrorClass = ValueError, options?: ErrorOptions): never {
  throw new Class(`[${where}] ${text}.`, options);
}

/** Throws `[where] argument: expected this, got that.`; without an argument where `where` names it already. */
export function refuse(
  where: string,
  argument: string,
  expected: string,
  got: unknown,
  Class: ErrorClass = ValueError,
): never {
  fail(where, `${argument && `${argument}: `}expected ${expected}, got ${describe(got)}`, Class);
}

/**
 * Runs what takes apart data from outside: whatever errors are none of the package's own come of what stands in them and
 * are told as a FormatError. Those of `Class` alone are thrown on.
 */
export function attempt<T>(
  where: string,
  expected: string,
  body: () => T,
  Class: typeof HornbeamError = HornbeamError,
): T {
  try {
    return body();
  } catch (cause) {
    if (cause instanceof Class || cause instanceof FormatError) throw cause;
    return fail(where, `${expected}, got other data (${(cause as Error).message})`, FormatError, { cause });
  }
}

/** Throws for a name that is none of the known ones, and says which of them is the nearest. */
export function refuseName(
  where: string,
  argument: string,
  name: unknown,
  known: readonly string[],
  Class: ErrorClass = ValueError,
): never {
  const hint = typeof name === "string" ? suggest(name, known) : "";
  const what = `${argument && `${argument}: `}expected one of ${known.join(", ")}`;
  throw new Class(`[${where}] ${what}, got ${describe(name)}.${hint}`);
}

/** One spelling for `heNormal`, `he_normal` and `HeNormal`: case and underscores do not count. */
export function plainName(name: string): string {
  return name.toLowerCase().replaceAll("_", "");
}

/** Number of single-character edits between two words (Levenshtein 1966), case-insensitive. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substituted = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substituted, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}

/**
 * A hint for a misspelt name: ` Did you mean "relu"?`, or an empty string when nothing is near.
 * Case and underscores do not count.
 */
export function suggest(name: string, candidates: Iterable<string>): string {
  const wanted = plainName(name).slice(0, 64);
  let best = "";
  let bestDistance = Math.max(1, Math.floor(wanted.length / 2)) + 1;
  for (const candidate of candidates) {
    const plain = plainName(candidate);
    // Among words equally near, one that begins alike is more likely meant.
    const distance = editDistance(wanted, plain) + (plain[0] === wanted[0] ? 0 : 0.5);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best === "" ? "" : ` Did you mean "${best}"?`;
}

/** Only the outer levels: what lies deeper may be without end. */
function describeArray(list: readonly unknown[], depth: number): string {
  if (list.length > 8 || depth > 2) return `an array of ${list.length} values`;
  return `[${list.map((part) => (Array.isArray(part) ? describeArray(part, depth + 1) : describe(part))).join(", ")}]`;
}

/** A short text for any value a caller may have passed: `"relu"`, `3`, `null`, `an object`, `a function`. */
export function describe(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > 80 ? `${value.slice(0, 77)}…` : value);
  if (typeof value === "function") return value.name === "" ? "a function" : `the function ${value.name}`;
  if (Array.isArray(value)) return describeArray(value, 0);
  if (typeof value !== "object" || value === null) return String(value);
  const name = Object.getPrototypeOf(value)?.constructor?.name;
  return typeof name === "string" && name !== "Object" ? `a ${name}` : "an object";
}
