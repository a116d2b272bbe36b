/** Trains with workers and ends: nothing may keep the process alive. */
import * as hb from "../../src/index.ts";
import { enableThreads } from "../../src/threads/index.ts";

await enableThreads({ threads: 3, workerUrl: process.argv[2]! });
const a = hb.ones([512, 512]);
for (let i = 0; i < 20; i++) a.matMul(a);
await new Promise((resolve) => setTimeout(resolve, 200));
a.matMul(a);
console.log("done");
