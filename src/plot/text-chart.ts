import { share } from "./axes.ts";
import { type Chart, legendOf } from "./chart.ts";
import { printable, short } from "./svg.ts";

const MARKS = "●○■□▲△◆◇";

interface Size {
  readonly width: number;
  readonly height: number;
  readonly title: string;
}

/** Lines over epochs, as lines of text: a mark for each value, dots between them. */
export function textChart({ series, epochs: all, x, y }: Chart, { width, height, title }: Size): string {
  const [low, high] = y;
  const part = (height >> 1) / (height - 1);
  const labels = new Map([
    [0, short(high)],
    [height >> 1, short(high * (1 - part) + low * part)],
    [height - 1, short(low)],
  ]);
  const margin = Math.max(...[...labels.values()].map(({ length }) => length));
  const columns = width - margin - 2;
  const rows = Array.from({ length: height }, () => Array<string>(columns).fill(" "));
  const column = (epoch: number): number => Math.round(share(epoch, { low: x[0], high: x[1] }) * (columns - 1));
  const row = (value: number): number => Math.round((1 - share(value, { low, high })) * (height - 1));
  series.forEach(({ epochs, values }) => {
    for (let i = 1; i < values.length; i++) {
      const [from, to] = [values[i - 1]!, values[i]!];
      if (!Number.isFinite(from) || !Number.isFinite(to)) continue;
      const [start, stop] = [column(epochs[i - 1]!), column(epochs[i]!)];
      for (let at = start + 1; at < stop; at++) {
        const way = (at - start) / (stop - start);
        rows[row(from * (1 - way) + to * way)]![at] = "·";
      }
    }
  });
  series.forEach(({ epochs, values }, s) => {
    for (let i = 0; i < values.length; i++) {
      if (Number.isFinite(values[i])) rows[row(values[i]!)]![column(epochs[i]!)] = MARKS[s % MARKS.length]!;
    }
  });
  const lines = rows.map((signs, i) => {
    const edge = labels.has(i) ? "┤" : "│";
    return `${(labels.get(i) ?? "").padStart(margin)} ${edge}${signs.join("").trimEnd()}`;
  });
  const indent = " ".repeat(margin + 1);
  const rule = `${indent}└${"─".repeat(columns)}`;
  const legend = series.map((one, s) => `${MARKS[s % MARKS.length]} ${printable(legendOf(one))}`).join("   ");
  const text = [printable(title), ...lines, rule, `${indent} ${feet(all, columns)}`, legend];
  return text.filter((line) => line !== "").join("\n");
}

/** The first and the last epoch below the ends of the axis. */
function feet(epochs: ArrayLike<number>, columns: number): string {
  const [first, last] = [epochs[0], epochs[epochs.length - 1]];
  if (first === undefined || last === undefined) return "epoch";
  if (first === last) return `${" ".repeat(columns >> 1)}${first} epoch`;
  const middle = columns - String(first).length - String(last).length;
  const before = Math.max(1, (middle - 5) >> 1);
  return `${first}${" ".repeat(before)}epoch${" ".repeat(Math.max(1, middle - 5 - before))}${last}`;
}
