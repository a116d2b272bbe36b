import type { KernelTable } from "../../src/runtime/kernel-table.ts";
import { assertBitEqual, assertClose, assertEqual } from "../harness/assert-close.ts";
import { type Area, type Buffer, floats, onEveryBuild, SIZES } from "../harness/kernels.ts";
import { suite } from "../harness/suite.ts";
import { lamb, RULES, stepped } from "../reference/kernels/optimizer.ts";

const RATE = 0.125;
const DECAY = 0.25;

type Step = (
  k: KernelTable,
  slots: readonly number[],
  w: number,
  g: number,
  n: number,
  cells: number,
  d: number,
) => void;

/** How the kernel of each rule is called. */
const CALLS: Readonly<Record<string, Step>> = {
  sgd: (k, _, w, ...rest) => k.f32_sgd(w, ...rest),
  sgdMomentum: (k, [m], w, ...rest) => k.f32_momentum(w, m!, ...rest),
  nesterov: (k, [m], w, ...rest) => k.f32_momentum(w, m!, ...rest),
  adam: (k, [m, v], w, ...rest) => k.f32_adam(w, m!, v!, ...rest),
  amsgrad: (k, [m, v, h], w, ...rest) => k.f32_amsgrad(w, m!, v!, h!, ...rest),
  rmsprop: (k, [v], w, ...rest) => k.f32_rmsprop(w, v!, w, w, ...rest),
  rmspropMomentum: (k, [v, m], w, ...rest) => k.f32_rmsprop(w, v!, m!, w, ...rest),
  rmspropCentered: (k, [v, a], w, ...rest) => k.f32_rmsprop(w, v!, w, a!, ...rest),
  rmspropBoth: (k, [v, m, a], w, ...rest) => k.f32_rmsprop(w, v!, m!, a!, ...rest),
  adagrad: (k, [s], w, ...rest) => k.f32_adagrad(w, s!, ...rest),
  adadelta: (k, [s, t], w, ...rest) => k.f32_adadelta(w, s!, t!, ...rest),
  adamax: (k, [m, u], w, ...rest) => k.f32_adamax(w, m!, u!, ...rest),
  nadam: (k, [m, v], w, ...rest) => k.f32_nadam(w, m!, v!, ...rest),
  ftrl: (k, [s, z], w, ...rest) => k.f32_ftrl(w, s!, z!, ...rest),
  ftrlPower: (k, [s, z], w, ...rest) => k.f32_ftrl(w, s!, z!, ...rest),
  lion: (k, [m], w, ...rest) => k.f32_lion(w, m!, ...rest),
};

const cellsOf = (area: Area, own: readonly number[], gate = 1): Buffer => area.f32([gate, RATE, 0, 0, 0, ...own]);

suite("kernels: optimizers", (test) => {
  for (const [name, each] of Object.entries(RULES)) {
    test(`${name}: float64 at every multiple of four, weight decay first; a closed gate leaves all as it is`, () => {
      onEveryBuild((kernels, area) => {
        for (const n of SIZES.filter((size) => size % 4 === 0)) {
          const states = [-2, ...each.slots].map((low, i) => area.f32(floats(n, i + 1, low, 2)));
          const g = area.f32(floats(n, 9));
          const before = states.map((state) => state.values());
          const [w, ...slots] = states.map(({ ptr }) => ptr) as [number, ...number[]];
          const run = (gate: number): void =>
            CALLS[name]!(kernels, slots, w, g.ptr, n, cellsOf(area, each.own, gate).ptr, DECAY);
          run(0);
          states.forEach((state, i) => {
            assertBitEqual(state.f32, before[i]!, "gate");
          });
          run(1);
          stepped(each, before, g.f32, RATE, DECAY).forEach((expected, i) => {
            assertClose(states[i]!.f32, expected, { rtol: 2e-6, atol: 2e-6, what: `${n} elements, state ${i}` });
          });
        }
      });
    });
  }

  test("f32_lamb: float64 at every size, with a norm of 0, with a closed gate", () => {
    const own = [0.3, 0.1, 0.01, 1e-3, 0.2];
    onEveryBuild((kernels, area) => {
      for (const n of SIZES) {
        for (const [scale, gate] of [
          [1, 0],
          [1, 1],
          [0, 1],
        ] as const) {
          const w = area.f32(floats(n, 1).map((x) => x * scale));
          const [m, v] = [area.f32(floats(n, 2)), area.f32(floats(n, 3, 0, 2))];
          const [g, room] = [area.f32(floats(n, 4)), area.empty(n)];
          const states = [w, m, v];
          const before = states.map((state) => state.values());
          const cells = cellsOf(area, own, gate);
          kernels.f32_lamb(w.ptr, m.ptr, v.ptr, g.ptr, room.ptr, n, cells.ptr, DECAY);
          const expected = gate === 0 ? before : lamb(before, g.f32, RATE, DECAY, own);
          expected.forEach((values, i) => {
            assertClose(states[i]!.f32, values, { rtol: 5e-6, atol: 5e-6, what: `${n} elements, state ${i}` });
          });
        }
      }
    });
  });

  test("f32_ema: the average moves; the variable takes it where the cell says so, whatever the gate", () => {
    onEveryBuild((kernels, area) => {
      for (const n of SIZES) {
        for (const overwrite of [0, 1]) {
          const [w, average] = [area.f32(floats(n, 1)), area.f32(floats(n, 2))];
          const [before, old] = [w.values(), average.values()];
          const cells = area.f32([0, RATE, 0.75, 0.25, overwrite]);
          kernels.f32_ema(w.ptr, average.ptr, n, cells.ptr);
          const expected = Array.from(old, (value, i) => 0.75 * value + 0.25 * before[i]!);
          assertClose(average.f32, expected);
          assertClose(w.f32, overwrite === 1 ? expected : before);
        }
      }
    });
  });

  test("f32_lion knows no direction of 0 and keeps NaN; f32_ftrl makes weights exactly 0", () => {
    onEveryBuild((kernels, area) => {
      const [w, m, g] = [
        [1, 1, 1, 1],
        [0, 0, 0, 0],
        [0, 3, -1e-30, Number.NaN],
      ].map((values) => area.f32(values));
      kernels.f32_lion(w!.ptr, m!.ptr, g!.ptr, 4, cellsOf(area, [0.5, 0.5, 0.5, 0.5]).ptr, 0);
      assertEqual([...w!.f32], [1, 0.875, 1.125, Number.NaN]);
      const [x, s, z] = [area.f32([1, 1, 1, 1]), area.f32([0.1, 0.1, 0.1, 0.1]), area.f32([0, 0, 0, 0])];
      const dx = area.f32([0.125, 4, -0.125, 4]);
      kernels.f32_ftrl(x.ptr, s.ptr, z.ptr, dx.ptr, 4, cellsOf(area, [0, 100, 0, 0.5]).ptr, 0);
      assertEqual([...x.f32], [0, 0, 0, 0]);
    });
  });

  test("f32_sgd, f32_momentum: Keras's numbers (OP-01 to OP-03)", () => {
    const START = [1, 2, 3, 4];
    onEveryBuild((kernels, area) => {
      const g = area.f32([1, 6, 7, 2]);
      const cells = (...own: number[]): number => area.f32([1, 0.5, 0, 0, 0, ...own]).ptr;
      const three = (step: (w: Buffer, m: Buffer) => void): number[] => {
        const [w, m] = [area.f32(START), area.f32([0, 0, 0, 0])];
        for (let i = 0; i < 3; i++) step(w, m);
        return [...w.f32];
      };
      assertClose(
        three((w) => kernels.f32_sgd(w.ptr, g.ptr, 4, cells(), 0)),
        [-0.5, -7, -7.5, 1],
      );
      assertClose(
        three((w, m) => kernels.f32_momentum(w.ptr, m.ptr, g.ptr, 4, cells(0.9, 0), 0)),
        [-1.805, -14.83, -16.635, -1.61],
      );
      assertClose(
        three((w, m) => kernels.f32_momentum(w.ptr, m.ptr, g.ptr, 4, cells(0.9, 1), 0)),
        [-3.0245, -22.147, -25.1715, -4.049],
      );
    });
  });
});
