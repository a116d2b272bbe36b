/**
 * Two sides take turns in one run. Each round times one short run of each side and a fixed loop of arithmetic; the ratio of
 * a round is that of its two sides, so that the machine's moods meet both alike. Where the loop shows that the machine was
 * too uneven, everything is done again.
 */
import Benchmark from "benchmark";

export const ROUNDS = 9;
const TRIES = 5;
/** Spread of the calibration loop beyond which a run is repeated. */
const NOISE = 0.1;
const SECONDS = Number(process.env.BENCH_SECONDS ?? 0.25);

export const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];
export const quartile = (list, q) => [...list].sort((a, b) => a - b)[Math.round((list.length - 1) * q)];

/**
 * Seconds a run of `step` takes. Both sides are timed call by call where one must be waited for: the median of single calls
 * does not see the slices other processes take, that of long loops does.
 */
async function time(step, waits) {
  await step();
  if (!waits) {
    const benchmark = new Benchmark({
      fn: step,
      maxTime: SECONDS,
      minSamples: 3,
      minTime: Math.min(0.05, SECONDS / 3),
    });
    benchmark.run();
    if (benchmark.error) throw benchmark.error;
    return median(benchmark.stats.sample);
  }
  const times = [];
  const end = performance.now() + SECONDS * 1000;
  while (times.length < 3 || performance.now() < end) {
    const start = performance.now();
    await step();
    times.push((performance.now() - start) / 1000);
  }
  return median(times);
}

/** A loop that costs the same at all times on an undisturbed machine. */
function calibration() {
  const start = performance.now();
  let x = 0.5;
  for (let i = 0; i < 4e6; i++) x = x * 0.999999 + 1e-7;
  if (x === 0) throw new Error("never");
  return performance.now() - start;
}

/** Times both sides until a quiet run; gives medians, the ratio theirs / ours with its quartiles, and whether it was noisy. */
export async function comparePair(ours, theirs) {
  for (const side of [ours, theirs]) {
    const end = performance.now() + 500;
    for (let i = 0; i < 5 || performance.now() < end; i++) await side();
  }
  const waits = [ours(), theirs()].some((result) => result instanceof Promise);
  let result;
  for (let attempt = 1; attempt <= TRIES; attempt++) {
    const rounds = [];
    for (let round = 0; round < ROUNDS; round++) {
      const before = calibration();
      const sides = round % 2 === 0 ? [ours, theirs] : [theirs, ours];
      const times = [await time(sides[0], waits), await time(sides[1], waits)];
      if (round % 2 === 1) times.reverse();
      rounds.push({ times, calibration: Math.min(before, calibration()) });
    }
    const ratios = rounds.map(({ times: [a, b] }) => b / a);
    const loops = rounds.map((round) => round.calibration);
    const noise = (Math.max(...loops) - Math.min(...loops)) / median(loops);
    result = {
      ours: median(rounds.map(({ times }) => times[0])),
      theirs: median(rounds.map(({ times }) => times[1])),
      ratio: median(ratios),
      low: quartile(ratios, 0.25),
      high: quartile(ratios, 0.75),
      noise,
      noisy: noise > NOISE,
      attempt,
    };
    if (!result.noisy) break;
  }
  return result;
}

/** Fails unless two results agree: nobody shall time a wrong answer. */
export function assertAlike(name, ours, theirs, tolerance = 1e-3) {
  const [a, b] = [ours, theirs].map((values) => (typeof values === "number" ? [values] : values));
  let worst = 0;
  let scale = 0;
  for (let i = 0; i < b.length; i++) {
    worst = Math.max(worst, Math.abs(a[i] - b[i]));
    scale = Math.max(scale, Math.abs(b[i]));
  }
  if (a.length !== b.length || !(worst <= tolerance * scale)) {
    throw new Error(`${name}: results differ by ${worst} of ${scale} (${a.length} and ${b.length} numbers)`);
  }
}
