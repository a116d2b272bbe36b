import { readdirSync, readFileSync } from "node:fs";
import { kernelNames } from "../../src/runtime/kernel-table.ts";
import { AssertionFailure, assertEqual, assertThrows } from "../harness/assert-close.ts";
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

  test("the debug build checks sizes and alignment", () => {
    const debug = builds.find(({ name }) => name === "debug")!;
    const complaint = /assertion failed inside the debug build/;
    assertThrows(() => debug.kernels.f32_relu(65536, 65536, -1), AssertionFailure, complaint);
    assertThrows(() => debug.kernels.f32_relu(65538, 65536, 1), AssertionFailure, complaint);
    assertThrows(
      () => debug.kernels.f32_add(65536, 65536, 65536, 1, 1, 4, 0, 0, 2, 0, 0, 1),
      AssertionFailure,
      complaint,
    );
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
