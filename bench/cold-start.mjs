/**
 * A cold start, in milliseconds since before the import of the package: `imported`, and `predicted`, when the first
 * prediction of W1 is there; `processor` (Node on Linux) is what of that its main thread had a processor, which other work on
 * the machine changes less. `plan` is what the first prediction of a 20-layer network takes after that, its plan included.
 * Runs once for each process or page; `npm run bench -- --filter cold` makes many.
 */
const onNode = globalThis.process?.versions?.node !== undefined && globalThis.Deno === undefined;
const { readFileSync } = onNode ? await import("node:fs") : {};
/** Milliseconds; the first number of the file is nanoseconds. */
const processorTime = () => Number.parseInt(readFileSync("/proc/self/schedstat", "latin1"), 10) / 1e6;
const processorBefore = globalThis.process?.platform === "linux" && onNode ? processorTime() : undefined;

const start = performance.now();
const hb = await import(onNode ? "../dist/node/index.js" : "../dist/index.js");
const imported = performance.now() - start;
const { dense, batchNormalization } = hb.layers;
const w1 = hb.sequential({
  layers: [
    hb.input({ shape: [10] }),
    dense({ units: 64, activation: "relu" }),
    batchNormalization(),
    dense({ units: 10, activation: "softmax" }),
  ],
});
w1.predict(hb.ones([1, 10])).dataSync();
const predicted = performance.now() - start;
const processor = processorBefore && processorTime() - processorBefore;

const hidden = Array.from({ length: 20 }, () => dense({ units: 32, activation: "relu" }));
const deep = hb.sequential({ layers: [hb.input({ shape: [32] }), ...hidden] });
const before = performance.now();
deep.predict(hb.ones([1, 32])).dataSync();
const plan = performance.now() - before;

globalThis.HORNBEAM_RESULT = { imported, predicted, ...(processor && { processor }), plan };
console.log(JSON.stringify(globalThis.HORNBEAM_RESULT));
