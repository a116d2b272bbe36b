/** `init` of hornbeam/slim tells the files of the kernels apart, and all else from them. */
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { configure } from "../../src/configure.ts";
import { init } from "../../src/init.ts";
import { engine } from "../../src/memory/engine.ts";
import { tensor } from "../../src/ops/creation.ts";
import { supportsRelaxedSimd } from "../../src/runtime/probe.ts";
import { wasmFor } from "../../src/runtime/wasm-source.ts";
import { FormatError, StateError, ValueError } from "../../src/util/errors.ts";
import { settings } from "../../src/util/settings.ts";
import { assert, assertEqual, assertRejects } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

const place = (name: string): URL => new URL(`../../build/${name}.wasm`, import.meta.url);
const bytesOf = (name: string): Uint8Array => new Uint8Array(readFileSync(place(name)));

suite("init", (test) => {
  const [simd, relaxed] = [bytesOf("simd"), bytesOf("relaxed")];

  test("what is no file of kernels, or not a whole one, is a FormatError; what was given before stays", async () => {
    const before = settings().build;
    for (const part of [
      simd.subarray(0, -1),
      simd.subarray(0, 5000),
      new Uint8Array(0),
      new TextEncoder().encode("<html>"),
    ]) {
      const error = await assertRejects(
        () => init({ module: part }),
        FormatError,
        /^\[init\] expected the whole of simd\.wasm/,
      );
      assert(error.cause instanceof WebAssembly.CompileError, `cause ${error.cause}`);
    }
    const other =
      /^\[init\] expected simd\.wasm or relaxed\.wasm of this version, with \d+ kernels, got a module with 1\.$/;
    await assertRejects(() => init({ file: place("unpack") }), FormatError, other);
    await assertRejects(
      () => init({ module: new WebAssembly.Module(bytesOf("unpack") as BufferSource) }),
      FormatError,
      other,
    );
    assertEqual(settings().build, before);
  });

  test("a file that is not there is a FormatError with the place and the cause", async () => {
    assert(!existsSync("no/such.wasm"), "the file is not there");
    const error = await assertRejects(
      () => init({ file: "no/such.wasm" }),
      FormatError,
      /^\[init\] expected a file to read at "no\/such\.wasm", got: .*ENOENT/,
    );
    assertEqual((error.cause as { code?: string }).code, "ENOENT");
    const server = createServer((_, response) => response.writeHead(404).end()).listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/simd.wasm`;
    await assertRejects(() => init({ url }), FormatError, new RegExp(`"${url}", got: Error: status 404\\.$`));
    await new Promise((resolve) => server.close(resolve));
    // Nobody listens there any more.
    const gone = await assertRejects(() => init({ url }), FormatError, new RegExp(`"${url}", got: `));
    assert(gone.cause instanceof TypeError, `cause ${gone.cause}`);
  });

  test("the file says which build it is", async () => {
    await init({ module: simd });
    assertEqual([settings().build, engine().build], ["simd", "simd"]);
    assertEqual(tensor([1, 2]).add(1).arraySync(), [2, 3]);
    if (!supportsRelaxedSimd()) {
      await assertRejects(
        () => init({ module: relaxed }),
        FormatError,
        /relaxed\.wasm needs another engine\), got bytes that do not compile/,
      );
      await assertRejects(
        () => init({ module: relaxed, build: "relaxed" }),
        StateError,
        /expected one this engine can run, got "relaxed"/,
      );
      assertEqual(settings().build, "simd");
      return;
    }
    const wrong = (file: string): RegExp =>
      new RegExp(`^\\[init\\] build: expected "${file}", which the file is, got `);
    await assertRejects(() => init({ module: relaxed, build: "simd" }), ValueError, wrong("relaxed"));
    await assertRejects(() => init({ module: simd, build: "relaxed" }), ValueError, wrong("simd"));
    assertEqual(settings().build, "simd");
    configure({ deterministic: true });
    await assertRejects(
      () => init({ module: new Uint8Array(relaxed) }),
      ValueError,
      /build: expected "auto" or "simd"/,
    );
    configure({ deterministic: false });
    assertEqual([settings().build, wasmFor("relaxed") instanceof WebAssembly.Module], ["simd", false]);
    for (const options of [{ module: relaxed }, { module: new WebAssembly.Module(relaxed as BufferSource) }]) {
      await init(options);
      assertEqual([settings().build, engine().build], ["relaxed", "relaxed"]);
      assertEqual(tensor([1, 2]).add(1).arraySync(), [2, 3]);
    }
  });
});
