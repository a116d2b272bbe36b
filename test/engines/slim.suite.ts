/** hornbeam/slim: the same package without kernels, which are given to it. */
import * as hb from "hornbeam";
import simd from "hornbeam/simd.wasm";
import * as slim from "hornbeam/slim";
import { assert, assertEqual, assertRejects, assertThrows } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

suite("hornbeam/slim", (test) => {
  test("has every name of hornbeam, and init", () => {
    const names = Object.keys(slim);
    assertEqual(
      Object.keys(hb).filter((name) => !names.includes(name)),
      [],
    );
    assertEqual(typeof slim.init, "function");
    assert(slim.ShapeError === hb.ShapeError, "the error classes are shared");
  });
  test("before init, using it is a StateError that says what to do", () => {
    assertThrows(() => slim.tensor([1]).add(1).dataSync(), slim.StateError, /init/);
  });
  test("init with nothing useful is an error", async () => {
    await assertRejects(() => slim.init({} as never), slim.HornbeamError, /url|module|file/);
    await assertRejects(() => slim.init(undefined as never), slim.ValueError, /options: expected an object/);
    await assertRejects(() => slim.init({ urll: "x" } as never), slim.ValueError, /Did you mean "url"/);
    const buffer = new ArrayBuffer(8) as never;
    await assertRejects(
      () => slim.init({ module: buffer }),
      slim.ValueError,
      /module: expected a WebAssembly.Module or a/,
    );
  });
  test("works after init, and refuses tensors and layers of the other copy", async () => {
    await slim.init({ module: new WebAssembly.Module(simd as BufferSource) });
    assertEqual(slim.tensor([1, 2]).add(1).arraySync(), [2, 3]);
    const input = slim.input({ shape: [2] });
    assertThrows(() => slim.layers.dense({ units: 1 }).apply(hb.tensor([[1, 2]]) as never), slim.HornbeamError, /copy/);
    assertThrows(() => hb.layers.dense({ units: 1 }).apply(input as never), hb.HornbeamError, /copy/);
  });
});
