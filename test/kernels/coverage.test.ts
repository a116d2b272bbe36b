import { readdirSync, readFileSync } from "node:fs";
import { kernelNames } from "../../src/runtime/kernel-table.ts";
import { assertEqual } from "../harness/assert-close.ts";
import { builds } from "../harness/kernels.ts";
import { suite } from "../harness/suite.ts";

const folder = new URL(".", import.meta.url);

suite("kernels: the list", (test) => {
  test("every kernel is exported by every build, and nothing else but the memory", () => {
    for (const { name, kernels } of builds) {
      const exported = Object.keys(kernels).filter((key) => key !== "memory");
      assertEqual(exported.sort(), [...kernelNames].sort(), name);
    }
  });

  test("every kernel is named in a test", () => {
    const sources = readdirSync(folder)
      .filter((file) => file.endsWith(".test.ts"))
      .map((file) => readFileSync(new URL(file, folder), "utf8"));
    // The tests of the matrix products name the kernels by their form.
    const text = `${sources.join("\n")} ${["nn", "nt", "tn"].map((form) => `f32_gemm_${form}`).join(" ")}`;
    const words = new Set(text.match(/\w+/g));
    assertEqual(
      kernelNames.filter((name) => !words.has(name)),
      [],
    );
  });
});
