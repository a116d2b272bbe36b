import { layOut, type Size } from "../../src/plot/layout.ts";
import { assert, assertEqual } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

interface Graph {
  readonly sizes: Size[];
  readonly parents: number[][];
}

function randomGraph(seed: number): Graph {
  let state = seed;
  const next = (n: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
  const count = 1 + next(30);
  const parents = Array.from({ length: count }, (_, i) => {
    const wanted = Array.from({ length: i === 0 ? 0 : next(4) }, () => next(i));
    return [...new Set(wanted)];
  });
  return { sizes: parents.map(() => ({ width: 40 + next(200), height: 30 + next(60) })), parents };
}

/** Points of the curves which the picture draws: upright parts, and bends between them. */
function pointsOf(way: readonly { x: number; y: number; end: number }[]): [number, number][] {
  return way.flatMap((step, i) => {
    const upright = i === way.length - 1 ? [] : [0, 0.5, 1].map((t) => [step.x, step.y + t * (step.end - step.y)]);
    const after = way[i + 1];
    const bend = after === undefined ? [] : Array.from({ length: 11 }, (_, k) => bendAt(step, after, k / 10));
    return [...upright, ...bend] as [number, number][];
  });
}

/** Bézier's curve (x0, y0), (x0, middle), (x1, middle), (x1, y1). */
function bendAt(from: { x: number; end: number }, to: { x: number; y: number }, t: number): [number, number] {
  const [s, middle] = [1 - t, (from.end + to.y) / 2];
  const [a, b, c, d] = [s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t];
  return [a * from.x + b * from.x + c * to.x + d * to.x, a * from.end + b * middle + c * middle + d * to.y];
}

suite("layout of graphs", (test) => {
  test("boxes never overlap, arrows point down and pass no box", () => {
    for (let seed = 1; seed <= 300; seed++) {
      const { sizes, parents } = randomGraph(seed);
      const { places, way, width, height } = layOut(sizes, parents, 40);
      const boxes = places.map(({ x, y }, i) => {
        const { width, height } = sizes[i]!;
        return { left: x - width / 2, right: x + width / 2, top: y, bottom: y + height };
      });
      boxes.forEach((a, i) => {
        assert(
          a.left >= -1e-6 && a.right <= width + 1e-6 && a.top >= 40 && a.bottom <= height + 1e-6,
          `seed ${seed}: outside`,
        );
        for (const b of boxes.slice(i + 1)) {
          const apart =
            a.right + 20 <= b.left || b.right + 20 <= a.left || a.bottom + 20 <= b.top || b.bottom + 20 <= a.top;
          assert(apart, `seed ${seed}: boxes overlap`);
        }
      });
      parents.forEach((list, to) => {
        for (const from of list) {
          const points = pointsOf(way(from, to));
          const [source, target] = [boxes[from]!, boxes[to]!];
          assert(source.bottom < target.top, `seed ${seed}: an arrow upwards`);
          assertEqual([points[0]![1], points.at(-1)![1]], [source.bottom, target.top]);
          for (const [x, y] of points) {
            const hit = boxes.findIndex(
              (box) => x > box.left && x < box.right && y > box.top + 1e-6 && y < box.bottom - 1e-6,
            );
            assert(hit < 0, `seed ${seed}: the arrow ${from} → ${to} passes box ${hit}`);
          }
        }
      });
    }
  });

  test("a chain stands in one line, a way past it stands beside, an input right above its first use", () => {
    const size = { width: 100, height: 40 };
    // 0 → 1 → 2 → 3, 0 → 3, 4 → 5 with 3 → 5
    const { places, way } = layOut(Array(6).fill(size), [[], [0], [1], [2, 0], [], [3, 4]], 0);
    const xs = places.map(({ x }) => Math.round(x));
    assertEqual([xs[1], xs[2]], [xs[0], xs[0]]);
    // Two that feed one stand on either side of it.
    assert(Math.abs(xs[3]! + xs[4]! - 2 * xs[5]!) <= 1 && xs[4]! > xs[3]!, `${xs}`);
    assertEqual(
      places.map(({ y }) => y),
      [0, 80, 160, 240, 240, 320],
    );
    const passes = way(0, 3)
      .slice(1, -1)
      .map(({ x }) => x - places[1]!.x);
    assertEqual(passes.length, 2);
    assert(
      passes.every((x) => Math.abs(x) >= 54 && Math.abs(x) <= 90),
      `beside by ${passes}`,
    );
  });

  test("nothing, one box, and thousands in reasonable time", () => {
    assertEqual(layOut([], [], 40).height, 40);
    assertEqual(layOut([{ width: 50, height: 20 }], [[]], 40).places, [{ x: 25, y: 40, end: 60 }]);
    const size = { width: 80, height: 40 };
    const start = performance.now();
    const residual = Array.from({ length: 3000 }, (_, i) => (i === 0 ? [] : i % 10 === 0 ? [i - 1, i - 10] : [i - 1]));
    const { height, width } = layOut(
      residual.map(() => size),
      residual,
      0,
    );
    assertEqual(height, 3000 * 80 - 40);
    assert(width < 400, `width ${width}`);
    layOut(
      residual.map(() => size),
      residual.map(() => []),
      0,
    );
    assert(performance.now() - start < 10_000, "thousands of boxes take longer than ten seconds");
  });
});
