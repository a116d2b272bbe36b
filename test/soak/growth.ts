import * as hb from "../../src/index.ts";
import { GROWTH_LIMIT } from "./run-script.ts";

export interface Bytes {
  rss: number;
  total: number;
}

/** Bytes held now. Collects until RSS stops falling: the engine gives pages back on threads of its own, on a loaded machine late. */
async function sample(): Promise<Bytes> {
  let rss = Number.POSITIVE_INFINITY;
  for (let quiet = 0; quiet < 5; quiet++) {
    (globalThis as { gc?: () => void }).gc!();
    await new Promise((resolve) => setTimeout(resolve, 20));
    const now = process.memoryUsage.rss();
    if (now < rss) [rss, quiet] = [now, 0];
  }
  return { rss, total: hb.memory().total };
}

/**
 * By how much memory grows over the last 80 % of a run, which `work` does. V8 and glibc keep the pages of what was freed, or give
 * them back, at moments of their own: with every heap's size as it was, RSS was 4 MB more once in 24 runs. That comes once, what
 * leaks with all work; so where RSS grows beyond the limit the work is done up to twice more, and the mean counts.
 */
export async function growth(work: () => unknown): Promise<Bytes> {
  const before = await sample();
  for (let times = 1; ; times++) {
    await work();
    const after = await sample();
    const rss = (after.rss - before.rss) / times;
    if (rss <= GROWTH_LIMIT || times === 3) return { rss, total: after.total - before.total };
  }
}
