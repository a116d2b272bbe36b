import { suite } from "../harness/suite.ts";
import { below, MB, runScript } from "./run-script.ts";

suite("memory of streams", (test) => {
  test("fit on a CSV file of 200 MB: RSS stays under 300 MB, every row is seen, and the model learns", () => {
    const { bytes, rows, steps, rss, seconds, worst } = runScript("csv-stream.ts", [], []) as Record<string, number>;
    console.log(`${(bytes! / seconds! / 1e6).toFixed(0)} MB/s, at most ${(rss! / MB).toFixed(0)} MB`);
    below("RSS", rss!, 300 * MB);
    if (steps !== Math.ceil(rows! / 1024)) throw new Error(`expected ${Math.ceil(rows! / 1024)} steps, got ${steps}`);
    if (!(worst! < 0.01)) throw new Error(`weights: expected those of the rows within 0.01, got ${worst} off`);
  });
});
