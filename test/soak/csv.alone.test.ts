import { suite } from "../harness/suite.ts";
import { below, MB, runScript } from "./run-script.ts";

/**
 * Node 24 lets V8's young generation grow to twice what Node 20 allows, and whether it does so within a run is chance (RSS 200 or
 * 320 MB). What it reserves for short-lived objects is nothing the library keeps: both run with Node 20's limit.
 */
const YOUNG_GENERATION = ["--max-semi-space-size=16"];

suite("memory of streams", (test) => {
  test("fit on a CSV file of 200 MB: RSS stays under 300 MB, every row is seen, and the model learns", () => {
    const { bytes, rows, steps, rss, seconds, worst } = runScript("csv-stream.ts", [], YOUNG_GENERATION) as Record<
      string,
      number
    >;
    console.log(`${(bytes! / seconds! / 1e6).toFixed(0)} MB/s, at most ${(rss! / MB).toFixed(0)} MB`);
    below("RSS", rss!, 300 * MB);
    if (steps !== Math.ceil(rows! / 1024)) throw new Error(`expected ${Math.ceil(rows! / 1024)} steps, got ${steps}`);
    if (!(worst! < 0.01)) throw new Error(`weights: expected those of the rows within 0.01, got ${worst} off`);
  });
});
