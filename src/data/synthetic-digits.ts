import { checkCount } from "../util/dtype.ts";
import { checkInteger, checkOptions } from "../util/names.ts";
import { cos, sin } from "../util/portable-math.ts";
import type { Glyph } from "./glyphs.ts";
import { digitGlyphs } from "./glyphs.ts";
import type { LabelledImages } from "./labelled-images.ts";
import { Sequence } from "./sequence.ts";

/** Options of {@link syntheticDigits}. */
export interface SyntheticDigitsOptions {
  /** Number of images. */
  count: number;
  /** Height and width in pixels; 28 by default. */
  size?: number;
  /** The same seed gives the same images on every engine; 0 by default. */
  seed?: number;
}

/** Digits with known labels. */
export interface SyntheticDigits extends LabelledImages {
  /** Height and width. */
  readonly size: number;
}

/** Largest rotation in radians, shear, and waviness of the strokes as a part of the image. */
const ROTATION = 0.4;
const SHEAR = 0.4;
const WAVE = 0.05;
/** Standard deviation of the noise of a pixel. */
const NOISE = 0.12;

/**
 * Pictures of the digits 0–9 drawn with a pen: each rotated, sheared, scaled, shifted, bent, thick or thin, bright or pale
 * and noisy in its own way. Image i depends on the seed and i alone; each ten images in a row show each digit once.
 */
export function syntheticDigits(options: SyntheticDigitsOptions): SyntheticDigits {
  checkOptions(options, ["count", "size", "seed"], "syntheticDigits");
  const count = checkInteger(options?.count, "syntheticDigits", "count", 0);
  const size = checkInteger(options?.size ?? 28, "syntheticDigits", "size", 8, 512);
  const seed = checkInteger(options?.seed ?? 0, "syntheticDigits", "seed", 0, 2 ** 32 - 1);
  const images = new Float32Array(checkCount(count * size * size));
  const labels = labelsOf(count, seed);
  const glyphs = digitGlyphs();
  for (let i = 0; i < count; i++) {
    const random = new Sequence(seed, i + 1);
    const ways = glyphs[labels[i]!]!;
    drawDigit(images.subarray(i * size * size, (i + 1) * size * size), size, ways[random.below(ways.length)]!, random);
  }
  return { images, labels, count, height: size, width: size, size };
}

/** Each ten in a row are the ten digits in random order. */
function labelsOf(count: number, seed: number): Int32Array {
  const labels = new Int32Array(count);
  for (let start = 0; start < count; start += 10) {
    const random = new Sequence(seed ^ 0x5bd1e995, start);
    const order = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
    for (let i = 9; i > 0; i--) {
      const j = random.below(i + 1);
      [order[i], order[j]] = [order[j]!, order[i]!];
    }
    labels.set(order.slice(0, Math.min(10, count - start)), start);
  }
  return labels;
}

function drawDigit(image: Float32Array, size: number, glyph: Glyph, random: Sequence): void {
  const place = placement(size, random);
  const radius = size * random.uniform(0.028, 0.062);
  for (const stroke of glyph) {
    let [x0, y0] = place(stroke[0]!, stroke[1]!);
    for (let i = 2; i < stroke.length; i += 2) {
      const [x1, y1] = place(stroke[i]!, stroke[i + 1]!);
      drawSegment(image, size, radius, x0, y0, x1, y1);
      [x0, y0] = [x1, y1];
    }
  }
  const ink = random.uniform(0.65, 1);
  for (let p = 0; p < image.length; p++) {
    const value = image[p]! * ink + NOISE * random.bell();
    image[p] = value < 0 ? 0 : value > 1 ? 1 : value;
  }
}

type Place = (x: number, y: number) => [number, number];

/** Where the points of the unit square come to lie in the image: a wave, then scale, shear, rotation and shift. */
function placement(size: number, random: Sequence): Place {
  const angle = random.uniform(-ROTATION, ROTATION);
  const shear = random.uniform(-SHEAR, SHEAR);
  const width = size * random.uniform(0.5, 0.85);
  const height = size * random.uniform(0.6, 0.88);
  const [c, s] = [cos(angle), sin(angle)];
  const shiftX = size * (0.5 + random.uniform(-0.1, 0.1));
  const shiftY = size * (0.5 + random.uniform(-0.08, 0.08));
  const waves = [0, 1].map(() => ({
    x: random.uniform(-6, 6),
    y: random.uniform(-6, 6),
    phase: random.uniform(0, 6.28),
    amount: random.uniform(0, WAVE),
  }));
  return (x, y) => {
    const [bentX, bentY] = waves.map((wave) => wave.amount * sin(wave.x * x + wave.y * y + wave.phase));
    const v = (y - 0.5 + bentY!) * height;
    const u = (x - 0.5 + bentX!) * width - shear * v;
    return [shiftX + c * u - s * v, shiftY + s * u + c * v];
  };
}

/** Draws a line with round ends, anti-aliased: a pixel takes the darkest ink it gets. */
function drawSegment(
  image: Float32Array,
  size: number,
  radius: number,
  x0: number,
  y0: number,
  x1: number,
  y1: number,
): void {
  const [dx, dy] = [x1 - x0, y1 - y0];
  const squared = dx * dx + dy * dy;
  const reach = radius + 0.5;
  const left = Math.max(0, Math.floor(Math.min(x0, x1) - reach));
  const right = Math.min(size - 1, Math.floor(Math.max(x0, x1) + reach));
  const top = Math.max(0, Math.floor(Math.min(y0, y1) - reach));
  const bottom = Math.min(size - 1, Math.floor(Math.max(y0, y1) + reach));
  for (let row = top; row <= bottom; row++) {
    for (let column = left; column <= right; column++) {
      const px = column + 0.5 - x0;
      const py = row + 0.5 - y0;
      const along = squared === 0 ? 0 : Math.min(1, Math.max(0, (px * dx + py * dy) / squared));
      const [ox, oy] = [px - along * dx, py - along * dy];
      const ink = Math.min(1, reach - Math.sqrt(ox * ox + oy * oy));
      const at = row * size + column;
      if (ink > image[at]!) image[at] = ink;
    }
  }
}
