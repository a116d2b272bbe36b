/** What has a meaning in XML, and how it is written instead. */
const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

/** A text that XML reads as text; characters that XML cannot hold are replaced by U+FFFD. */
export function escapeXml(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what XML forbids
      .replace(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|\p{Surrogate}/gu, "\ufffd")
      .replace(/[&<>"']/g, (sign) => ENTITIES[sign]!)
  );
}

type Attributes = Readonly<Record<string, string | number>>;

/** An element; `content` is XML already. Coordinates are rounded to hundredths. */
export function element(name: string, attributes: Attributes, content = ""): string {
  const written = Object.entries(attributes).map(([key, value]) => {
    const text = typeof value === "number" ? String(Math.round(value * 100) / 100) : value;
    return ` ${key}="${escapeXml(text)}"`;
  });
  return content === "" ? `<${name}${written.join("")}/>` : `<${name}${written.join("")}>${content}</${name}>`;
}

/** A text whose baseline begins at a point (or is centred on it, or ends there, by `text-anchor`). */
export function textAt(x: number, y: number, text: string, attributes: Attributes = {}): string {
  return text === "" ? "" : element("text", { x, y, ...attributes }, escapeXml(text));
}

/** A picture on a white ground, in pixels. */
export function picture(width: number, height: number, parts: readonly string[]): string {
  const ground = element("rect", { width, height, fill: "#fff" });
  const frame = { xmlns: "http://www.w3.org/2000/svg", width, height, viewBox: `0 0 ${width} ${height}` };
  return element(
    "svg",
    { ...frame, "font-family": "sans-serif", "font-size": 12 },
    `\n${[ground, ...parts].join("\n")}\n`,
  );
}

/** A number with four significant digits. */
export function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}
