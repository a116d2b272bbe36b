import { fail, refuseName } from "../util/errors.ts";
import type { Logs } from "./callback.ts";

/**
 * Fills numbers into a path like `{epoch:02d}-{val_loss:.2f}`, with the part of Python's format language that is about
 * numbers: `[0][width][.precision][d | f | e]`. Double braces stand for single ones.
 * @throws ValueError for names that are not there, naming the nearest, and for formats that are none.
 */
export function formatPath(template: string, values: Logs, where: string): string {
  return template.replace(/\{\{|\}\}|\{([^{}:]*)(?::([^{}]*))?\}/g, (all, name?: string, format = "") => {
    if (name === undefined) return all[0]!;
    const value = values[name];
    if (value === undefined) refuseName(where, `filepath: "${template}"`, name, Object.keys(values));
    const [, zero, width, precision, kind] =
      /^(0?)(\d{0,3})(?:\.(\d\d?))?([dfe]?)$/.exec(format) ?? fail(where, unfit(all));
    if (kind === "d" && !Number.isInteger(value)) fail(where, `${unfit(all)} for ${value}`);
    const shown = formatNumber(value, kind, precision === undefined ? undefined : Number(precision));
    const sign = zero && shown.startsWith("-") ? "-" : "";
    return sign + shown.slice(sign.length).padStart(Number(width) - sign.length, zero || " ");
  });
}

function unfit(part: string): string {
  return `filepath: expected formats like {epoch:02d} or {val_loss:.2f}, got "${part}"`;
}

/** A number as Python writes it: fixed ("f"), with an exponent ("e"), or as short as may be. */
export function formatNumber(value: number, kind: string | undefined, digits?: number): string {
  const short = (): number => (digits === undefined ? value : Number(value.toPrecision(digits || 1)));
  const shown =
    kind === "f" ? value.toFixed(digits ?? 6) : kind === "e" ? value.toExponential(digits ?? 6) : String(short());
  return shown
    .toLowerCase()
    .replace("infinity", "inf")
    .replace(/e(.)(\d)$/, "e$10$2");
}
