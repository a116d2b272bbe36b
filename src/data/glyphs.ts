import { cos, sin } from "../util/portable-math.ts";

/** A pen stroke: x, y, x, y, … in a unit square, y down. */
export type Stroke = readonly number[];

/** One way of writing a digit. */
export type Glyph = readonly Stroke[];

/** Part of an ellipse; angles in degrees, 0 = right, 90 = below. */
function arc(x: number, y: number, width: number, height: number, from: number, to: number): number[] {
  const points: number[] = [];
  const steps = Math.ceil(Math.abs(to - from) / 20);
  for (let i = 0; i <= steps; i++) {
    const angle = ((from + ((to - from) * i) / steps) * Math.PI) / 180;
    points.push(x + width * cos(angle), y + height * sin(angle));
  }
  return points;
}

/** A parabola from one point to another, drawn towards a third. */
function curve(x0: number, y0: number, cx: number, cy: number, x1: number, y1: number): number[] {
  const points: number[] = [];
  for (let i = 0; i <= 8; i++) {
    const t = i / 8;
    const [a, b, c] = [(1 - t) * (1 - t), 2 * t * (1 - t), t * t];
    points.push(a * x0 + b * cx + c * x1, a * y0 + b * cy + c * y1);
  }
  return points;
}

/** For each digit the ways of writing it. */
export function digitGlyphs(): readonly (readonly Glyph[])[] {
  const one = [0.52, 0.08, 0.5, 0.92];
  const flag = [0.3, 0.27, 0.52, 0.08];
  const roundTwo = arc(0.5, 0.3, 0.28, 0.22, 195, 400);
  const seven = [0.2, 0.1, 0.8, 0.1, 0.42, 0.92];
  const nineHead = arc(0.5, 0.32, 0.26, 0.24, 0, 360);
  const sixBelly = arc(0.5, 0.68, 0.26, 0.24, 180, 540);
  const fiveBelly = arc(0.48, 0.66, 0.29, 0.26, 230, 500);
  return [
    [[arc(0.5, 0.5, 0.3, 0.42, 0, 360)], [arc(0.5, 0.5, 0.22, 0.42, -60, 300)]],
    [[one], [[...flag, ...one.slice(2)]], [flag, one, [0.3, 0.92, 0.72, 0.92]]],
    [
      [[...roundTwo, 0.22, 0.92, 0.8, 0.92]],
      [[...roundTwo, ...curve(0.7, 0.46, 0.5, 0.75, 0.2, 0.9), 0.5, 0.84, 0.82, 0.92]],
    ],
    [
      [arc(0.46, 0.29, 0.26, 0.21, 210, 450), arc(0.46, 0.71, 0.29, 0.21, -90, 150)],
      [[0.22, 0.1, 0.74, 0.1, 0.46, 0.42], arc(0.46, 0.68, 0.29, 0.25, -90, 150)],
    ],
    [
      [[0.62, 0.92, 0.62, 0.08, 0.2, 0.62, 0.82, 0.62]],
      [
        [0.3, 0.1, 0.24, 0.56, 0.8, 0.56],
        [0.68, 0.2, 0.64, 0.92],
      ],
    ],
    [
      [[0.76, 0.1, 0.3, 0.1, 0.29, 0.46, ...fiveBelly]],
      [
        [0.3, 0.12, 0.29, 0.46, ...fiveBelly],
        [0.3, 0.12, 0.78, 0.08],
      ],
    ],
    [
      [[...curve(0.66, 0.08, 0.24, 0.2, 0.24, 0.68), ...sixBelly]],
      [[...curve(0.5, 0.08, 0.26, 0.4, 0.24, 0.68), ...sixBelly]],
    ],
    [[seven], [seven, [0.38, 0.5, 0.72, 0.5]]],
    [
      [arc(0.5, 0.29, 0.22, 0.2, 90, 450), arc(0.5, 0.71, 0.27, 0.22, -90, 270)],
      [[...arc(0.5, 0.3, 0.24, 0.2, 330, 90), ...arc(0.5, 0.7, 0.26, 0.22, -90, 200), 0.74, 0.3]],
    ],
    [[[...nineHead, 0.72, 0.92]], [[...nineHead, ...curve(0.76, 0.32, 0.8, 0.86, 0.36, 0.92)]]],
  ];
}
