/** What has a meaning in XML, and how it is written instead. Line ends in an attribute would become blanks. */
const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
  "\t": "&#9;",
  "\n": "&#10;",
  "\r": "&#13;",
};

/** A text that XML reads as this text; characters that XML cannot hold are replaced by U+FFFD. */
function escapeXml(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what XML forbids
      .replace(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|\p{Surrogate}/gu, "\ufffd")
      .replace(/[&<>"'\t\n\r]/g, (sign) => ENTITIES[sign]!)
  );
}

/** A text for one line of a terminal: control characters, which may begin orders to it, are replaced by U+FFFD. */
export function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, "\ufffd");
}

export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** A number with at most two decimals. */
export function round(value: number): number {
  return Math.round(value * 100) / 100 + 0;
}

/** An element; `content` is XML already. Numbers are rounded to hundredths. */
export function element(name: string, attributes: Attributes, content = ""): string {
  const written = Object.entries(attributes).map(([key, value]) => {
    if (value === undefined) return "";
    return ` ${key}="${escapeXml(String(typeof value === "number" ? round(value) : value))}"`;
  });
  return `<${name}${written.join("")}${content === "" ? "/>" : `>${content}</${name}>`}`;
}

export const middle: Attributes = { "text-anchor": "middle" };
export const end: Attributes = { "text-anchor": "end" };

const widthOfSign = (sign: string): number => (sign >= "\u2e80" ? 13 : /[MW@%mw—…]/.test(sign) ? 11 : 7);

/** About how wide a text is in pixels, rather too much: sans-serif, 12 pixels high. */
export function widthOf(text: string): number {
  let width = 0;
  for (const sign of text) width += widthOfSign(sign);
  return width;
}

/** The widest of some texts. */
export function widest(texts: readonly string[]): number {
  return texts.reduce((most, text) => Math.max(most, widthOf(text)), 0);
}

/** A text cut to a width. */
export function clipped(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let [kept, room] = ["", width - widthOfSign("…")];
  for (const sign of text) {
    room -= widthOfSign(sign);
    if (room < 0) break;
    kept += sign;
  }
  return `${kept}…`;
}

/**
 * A text whose baseline begins at a point (or is centred on it, or ends there, by `text-anchor`), cut to a width. Of one that
 * was cut, the whole is shown where the pointer rests.
 */
export function textAt(
  x: number,
  y: number,
  text: string,
  attributes: Attributes = {},
  width: number = Infinity,
): string {
  const shown = clipped(text, width);
  const whole = shown === text ? "" : element("title", {}, escapeXml(text));
  return text === "" ? "" : element("text", { x, y, ...attributes }, escapeXml(shown) + whole);
}

/** The heading of a picture, in the middle above. */
export function heading(width: number, title: string): string {
  return textAt(width / 2, 22, title, { ...middle, "font-size": 14, "font-weight": "bold" }, (width - 20) * 0.8);
}

/**
 * A picture of a size in pixels, with a label for those who do not see it. Its ground is white, so that it is the same on
 * light and dark pages. There are no ids in it: several pictures may stand in one page.
 */
export function picture(width: number, height: number, parts: readonly string[], label: string): string {
  const [w, h] = [Math.ceil(width), Math.ceil(height)];
  const frame = { xmlns: "http://www.w3.org/2000/svg", width: w, height: h, viewBox: `0 0 ${w} ${h}`, role: "img" };
  const texts = { "aria-label": label, "font-family": "sans-serif", "font-size": 12, fill: "#333" };
  const ground = element("rect", { width: w, height: h, fill: "#fff" });
  const lines = [ground, ...parts].filter((part) => part !== "").join("\n");
  return element("svg", { ...frame, ...texts }, `\n${lines}\n`);
}

/** A number with four significant digits. */
export function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}
