import * as hb from "../../src/index.ts";

/** Bytes held now. Collects until RSS stops falling: the engine gives pages back on threads of its own, on a loaded machine late. */
export async function sample(): Promise<{ rss: number; total: number }> {
  let rss = Number.POSITIVE_INFINITY;
  for (let quiet = 0; quiet < 5; quiet++) {
    (globalThis as { gc?: () => void }).gc!();
    await new Promise((resolve) => setTimeout(resolve, 20));
    const now = process.memoryUsage.rss();
    if (now < rss) [rss, quiet] = [now, 0];
  }
  return { rss, total: hb.memory().total };
}
