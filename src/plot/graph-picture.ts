import { layOut } from "./layout.ts";
import { clipped, element, heading, middle, picture, round, textAt, widest } from "./svg.ts";

/** What is written in a box, and where its arrows come from. */
export interface Box {
  readonly name: string;
  readonly lines: readonly string[];
  readonly decisions: readonly string[];
  /** True: it runs as in training. */
  readonly training: boolean;
  /** Boxes it gets values from, by number; they come before it. */
  readonly from: readonly number[];
}

const LINE = 16;
const MARGIN = 24;
const LONGEST = 340;
const ARROW = 7;

/** Boxes and arrows as an SVG document; a list is boxes one below the other, without arrows. */
export function drawGraph(boxes: readonly Box[], title: string, list: boolean): string {
  const sizes = boxes.map(({ name, lines, decisions }) => {
    // Bold letters are wider.
    const width = Math.max(1.1 * widest([clipped(name, LONGEST)]), widest([...lines, ...decisions]));
    return {
      width: Math.max(80, Math.min(width, LONGEST) + 20),
      height: LINE * (1 + lines.length + decisions.length) + 12,
    };
  });
  const parents = boxes.map(({ from }, i) => (list && i > 0 ? [i - 1] : from));
  const { places, way, width, height } = layOut(sizes, parents, 40);
  const total = Math.max(width + 2 * MARGIN, Math.min(widest([title]) * 1.3, 600) + 2 * MARGIN);
  const left = (total - width) / 2;
  const drawn = boxes.flatMap((box, i) => {
    const { x, y } = places[i]!;
    const colours = box.training ? { fill: "#fff4e6", stroke: "#d9480f" } : { fill: "#eef5fb", stroke: "#1f77b4" };
    const frame = { x: left + x - sizes[i]!.width / 2, y, ...sizes[i]!, rx: 5, ...colours };
    const texts = [box.name, ...box.lines, ...box.decisions].map((text, line) => {
      const faded = line > 0 && line <= box.lines.length ? { fill: "#666" } : {};
      const style = line === 0 ? { "font-weight": "bold" } : faded;
      return textAt(left + x, y + 18 + LINE * line, text, { ...middle, ...style }, LONGEST / (line === 0 ? 1.1 : 1));
    });
    return [element("rect", frame), ...texts];
  });
  const arrows = list ? [] : boxes.flatMap(({ name, from }, i) => arrowsTo(name, from, i));
  function arrowsTo(name: string, from: readonly number[], to: number): string[] {
    if (from.length === 0) return [];
    const lines = from.map((other) => {
      const names = { "data-from": boxes[other]!.name, "data-to": name };
      return element("path", { d: lineAlong(way(other, to), left), fill: "none", stroke: "#888", ...names });
    });
    const [x, y] = [round(left + places[to]!.x), round(places[to]!.y)];
    return [...lines, element("path", { d: `M${x - 4} ${y - ARROW}h8L${x} ${y}z`, fill: "#888" })];
  }
  return picture(total, height + MARGIN, [heading(total, title), ...arrows, ...drawn], title);
}

/** A line that leaves, passes rows and arrives upright. */
function lineAlong(way: ReturnType<ReturnType<typeof layOut>["way"]>, left: number): string {
  const at = (x: number, y: number): string => `${round(left + x)} ${round(y)}`;
  return way
    .map(({ x, y, end }, i) => {
      if (i === 0) return `M${at(x, y)}${end > y ? `L${at(x, end)}` : ""}`;
      const before = way[i - 1]!;
      const [last, stop] = [i === way.length - 1, i === way.length - 1 ? y - ARROW : y];
      const half = (before.end + stop) / 2;
      const there = before.x === x ? `L${at(x, stop)}` : `C${at(before.x, half)} ${at(x, half)} ${at(x, stop)}`;
      return last ? there : `${there}L${at(x, end)}`;
    })
    .join("");
}
