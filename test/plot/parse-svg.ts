/** A strict reader of XML, so that a picture that is not well-formed fails, and what tests ask of pictures. */
import { assert } from "../harness/assert-close.ts";

/** An element; `text` is that of the element itself, without its children's. */
export interface Node {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Node[];
  readonly text: string;
}

const NAME = /[A-Za-z_][\w.-]*/y;
const FORBIDDEN = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u;
const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/** Reads a whole document of elements, attributes and text; anything else fails. */
export function parseXml(source: string): Node {
  let at = 0;
  const fail = (what: string): never => {
    throw new Error(`not well-formed at ${at}: ${what}: ${JSON.stringify(source.slice(at, at + 60))}`);
  };
  const take = (pattern: RegExp): string => {
    pattern.lastIndex = at;
    const [found] = pattern.exec(source) ?? fail(`expected ${pattern}`);
    at += found.length;
    return found;
  };
  const decode = (raw: string): string => {
    assert(!raw.includes("<"), "a bare <");
    return raw.replace(/&(#\d+|#x[\da-f]+|\w+);|&/g, (whole, name?: string) => {
      if (name?.startsWith("#x")) return String.fromCodePoint(Number.parseInt(name.slice(2), 16));
      if (name?.startsWith("#")) return String.fromCodePoint(Number(name.slice(1)));
      return ENTITIES[name ?? ""] ?? fail(`unknown entity ${whole}`);
    });
  };
  const readElement = (): Node => {
    take(/</y);
    const name = take(NAME);
    const attributes: Record<string, string> = {};
    while (/\s/.test(source[at] ?? "")) {
      take(/\s+/y);
      const key = take(NAME);
      if (Object.hasOwn(attributes, key)) fail(`${key} twice`);
      // Line ends and tabs become blanks unless they are written as entities.
      attributes[key] = decode(
        take(/="[^"<]*"/y)
          .slice(2, -1)
          .replace(/[\t\n\r]/g, " "),
      );
    }
    if (source[at] === "/") {
      take(/\/>/y);
      return { name, attributes, children: [], text: "" };
    }
    take(/>/y);
    const children: Node[] = [];
    let text = "";
    while (!source.startsWith("</", at)) {
      if (source[at] === "<") children.push(readElement());
      else text += decode(take(/[^<]+/y));
    }
    if (take(/<\/[^>]*>/y) !== `</${name}>`) fail(`another end than that of ${name}`);
    return { name, attributes, children, text };
  };
  if (FORBIDDEN.test(source)) fail("a character XML forbids");
  const root = readElement();
  if (at !== source.length) fail("more than one element");
  return root;
}

/** All elements of a name, in order. */
export function all(node: Node, name: string): Node[] {
  return [...(node.name === name ? [node] : []), ...node.children.flatMap((child) => all(child, name))];
}

/** An attribute as a number; one that is none fails. */
export function numberOf({ name, attributes }: Node, key: string): number {
  const value = Number(attributes[key] ?? "nothing");
  assert(Number.isFinite(value), `${name} ${key}: expected a finite number, got ${attributes[key]}`);
  return value;
}

/** The numbers in a path, or in a list of points. */
export function numbersIn(text: string): number[] {
  return (text.match(/-?[\d.]+(e-?\d+)?/g) ?? []).map(Number);
}

/** A picture: well-formed, of a known size, with nothing that could meet another picture in the page. */
export function parseSvg(source: string): Node {
  const root = parseXml(source);
  const { xmlns, width, height, viewBox } = root.attributes;
  assert(root.name === "svg" && xmlns === "http://www.w3.org/2000/svg", "no SVG document");
  assert((root.attributes["aria-label"] ?? "") !== "", "no label");
  assert(viewBox === `0 0 ${width} ${height}`, `viewBox ${viewBox}`);
  assert(!/\sid=|url\(|<style|<script|href/.test(source), "an id, a style, a script or a reference");
  assert(!/NaN|Infinity|undefined/.test(source.replace(/>[^<]*</g, "><")), "a value that is none");
  for (const node of ["rect", "text", "line", "circle"].flatMap((name) => all(root, name))) checkInside(node, root);
  return root;
}

const COORDINATES = {
  x: "width",
  x1: "width",
  x2: "width",
  cx: "width",
  y: "height",
  y1: "height",
  y2: "height",
  cy: "height",
};

function checkInside(node: Node, root: Node): void {
  for (const [key, side] of Object.entries(COORDINATES)) {
    if (node.attributes[key] === undefined) continue;
    const value = numberOf(node, key);
    const most = numberOf(root, side) + 0.01;
    assert(value >= -0.01 && value <= most, `${node.name} ${key}: ${value} is outside the picture of ${most}`);
  }
}

/** Texts with their place. */
export function textsOf(
  root: Node,
): { readonly text: string; readonly x: number; readonly y: number; readonly anchor: string }[] {
  return all(root, "text").map((node) => ({
    text: node.text,
    x: numberOf(node, "x"),
    y: numberOf(node, "y"),
    anchor: node.attributes["text-anchor"] ?? "start",
  }));
}

/** The straight line through two or more points (pixel, value), which all must lie on it. */
export function lineThrough(points: readonly (readonly [pixel: number, value: number])[]): (pixel: number) => number {
  const [[p0, v0], [p1, v1]] = [points[0]!, points.at(-1)!];
  const at = (pixel: number): number => v0 + ((pixel - p0) / (p1 - p0)) * (v1 - v0);
  for (const [pixel, value] of points) {
    const off = Math.abs(at(pixel) - value);
    assert(off <= Math.abs(v1 - v0) * 1e-4, `the label ${value} at ${pixel} is off by ${off}`);
  }
  return at;
}

/** What pixels mean in a chart, by the labels of its axes alone. */
export function axesOf(root: Node): { x(pixel: number): number; y(pixel: number): number } {
  const texts = textsOf(root);
  const grid = all(root, "line").filter(({ attributes }) => attributes.stroke === "#e4e4e4");
  const upright = grid.map((line) => {
    const y = numberOf(line, "y1");
    const label = texts.find((text) => text.anchor === "end" && Math.abs(text.y - 4 - y) < 0.02);
    assert(label !== undefined, `no label at ${y}`);
    return [y, Number(label.text)] as const;
  });
  const feet = all(root, "line").filter(({ attributes }) => attributes.x1 === attributes.x2);
  const across = feet.map((line) => {
    const x = numberOf(line, "x1");
    const below = texts.filter(
      ({ anchor, y }) => anchor === "middle" && Math.abs(y - numberOf(line, "y2") - 14) < 0.02,
    );
    const nearest = below.sort((a, b) => Math.abs(a.x - x) - Math.abs(b.x - x))[0];
    assert(nearest !== undefined, `no label at ${x}`);
    return [x, Number(nearest.text)] as const;
  });
  return { x: across.length > 1 ? lineThrough(across) : () => across[0]?.[1] ?? Number.NaN, y: lineThrough(upright) };
}
