/** Writes op-graphs.json: what files of the models of op-graphs.ts hold. Then generate_op_configs.py reads it with Keras. */
import { writeFileSync } from "node:fs";
import { opGraphs, savedConfig } from "./op-graphs.ts";

const configs: unknown[] = [];
for (const make of opGraphs) configs.push(await savedConfig(make()));
writeFileSync(new URL("../fixtures/op-graphs.json", import.meta.url), `${JSON.stringify(configs)}\n`);
