import { type Attributes, element, end, middle, textAt, widthOf } from "./svg.ts";

/** A value on an axis and how it is written. */
interface Tick {
  readonly value: number;
  readonly label: string;
}

/** What an axis shows: its limits and the values written beside it. */
export interface Axis {
  readonly low: number;
  readonly high: number;
  readonly ticks: readonly Tick[];
}

export type Range = readonly [min: number, max: number];

/** What an axis is to be like. */
interface AxisOptions {
  /** About how many steps there are. */
  readonly steps: number;
  /** True: from the first to the last value exactly; otherwise outwards to whole steps. */
  readonly tight?: boolean;
  /** True: no steps of less than 1. */
  readonly whole?: boolean;
}

/**
 * An axis for a range with some extent, in steps of 1, 2 or 5 times a power of ten. Only decimal notation is computed with,
 * no logarithm: engines differ in those. Where numbers are too coarse for such steps, the limits alone are written.
 */
export function axisOf([min, max]: Range, { steps, tight = false, whole = false }: AxisOptions): Axis {
  const [digits, power] = split(Math.max(max / steps - min / steps, whole ? 1 : 0));
  const factor = digits <= 1 ? 1 : digits <= 2 ? 2 : digits <= 5 ? 5 : 10;
  const at = (n: number): number => Number(`${n * factor}e${power}`);
  // A hundred-millionth of a step is a rounding error, not a reason for another step.
  const [first, last] = [Math.floor(min / at(1) + 1e-8), Math.ceil(max / at(1) - 1e-8)];
  const limits = { low: tight ? min : Math.min(min, at(first)), high: tight ? max : Math.max(max, at(last)) };
  const count = last - first;
  const fits = count >= 1 && count <= 2 * steps + 2 && Math.max(Math.abs(first), Math.abs(last)) < 1e12;
  if (!fits || !Number.isFinite(limits.high / 2 - limits.low / 2)) {
    return { low: min, high: max, ticks: [min, max].map((value) => ({ value, label: String(value) })) };
  }
  const room = (max / count - min / count) * 1e-7;
  const values = Array.from({ length: count + 1 }, (_, i) => at(first + i)).filter(
    (value) => Number.isFinite(value) && (!tight || (value >= min - room && value <= max + room)),
  );
  const format = formatOf(Math.max(...values.map(Math.abs)), power + (factor === 10 ? 1 : 0));
  return { ...limits, ticks: values.map((value) => ({ value, label: format(value) })) };
}

/** A number as digits × 10^power. */
function split(value: number): [digits: number, power: number] {
  const [digits, power] = value.toExponential(3).split("e");
  return [Number(digits), Number(power)];
}

/** How multiples of 10^power up to a greatest one are written: alike, and with no digit too many. */
function formatOf(greatest: number, power: number): (value: number) => string {
  const [, most] = split(greatest);
  if (most < 6 && power > -6) return (value) => value.toFixed(Math.max(0, -power));
  return (value) => (value === 0 ? "0" : value.toExponential(Math.max(0, split(value)[1] - power)).replace("e+", "e"));
}

/** A range that has some extent: around one value there is some room, without any there is 0 to 1. */
export function widened([min, max]: Range = [0, 1]): Range {
  if (min < max) return [min, max];
  const room = Math.abs(min) / 2 || 0.5;
  return [Math.max(min - room, -Number.MAX_VALUE), Math.min(max + room, Number.MAX_VALUE)];
}

/** Where between the limits a value lies, from 0 to 1. By halves where the extent is too great for a number. */
export function share(value: number, { low, high }: { readonly low: number; readonly high: number }): number {
  const extent = high - low;
  return extent < Infinity ? (value - low) / extent : (value / 2 - low / 2) / (high / 2 - low / 2);
}

/** The part of a picture inside the axes, in pixels. */
export interface Area {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Places of values in an area. */
export function scales(area: Area, x: Axis, y: Axis): [atX: (value: number) => number, atY: (value: number) => number] {
  const { left, right, top, bottom } = area;
  return [(value) => left + share(value, x) * (right - left), (value) => bottom - share(value, y) * (bottom - top)];
}

const GRID: Attributes = { stroke: "#e4e4e4" };
const LINE: Attributes = { stroke: "#888" };

/** Lines and labels of both axes. */
export function drawAxes(area: Area, x: Axis, y: Axis, width: number): string[] {
  const [atX, atY] = scales(area, x, y);
  const { left, right, top, bottom } = area;
  const rows = y.ticks.flatMap(({ value, label }) => {
    const at = atY(value);
    const line = element("line", { x1: left, y1: at, x2: right, y2: at, ...GRID });
    return [line, textAt(left - 8, at + 4, label, end)];
  });
  const columns = x.ticks.flatMap(({ value, label }) => {
    const at = atX(value);
    const room = widthOf(label) / 2;
    const line = element("line", { x1: at, y1: bottom, x2: at, y2: bottom + 4, ...LINE });
    return [line, textAt(Math.max(room, Math.min(at, width - room)), bottom + 18, label, middle)];
  });
  const frame = element("path", { d: `M${left} ${top}V${bottom}H${right}`, fill: "none", ...LINE });
  return [...rows, ...columns, frame];
}
