/** Callbacks in every engine: hornbeam/tensorboard beside hornbeam, with sinks, and where there are no files. */
import * as hb from "hornbeam";
import { tensorBoard } from "hornbeam/tensorboard";
import { assert, assertEqual, assertRejects, assertThrows } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

const inPage = "document" in globalThis;

async function train(callbacks: hb.CallbackHooks | hb.CallbackHooks[]): Promise<void> {
  const model = hb.sequential({ layers: [hb.input({ shape: [1] }), hb.layers.dense({ units: 1 })] });
  model.compile({ optimizer: "sgd", loss: "mse" });
  await model.fit([[1], [2]], [[1], [2]], { epochs: 2, callbacks, verbose: 0 });
}

suite("callbacks in this engine", (test) => {
  test("sinks take text and bytes; errors are of the same classes", async () => {
    let text = "";
    const write = (part: string): void => {
      text += part;
    };
    const sizes: number[] = [];
    const logDir = { write: (bytes: Uint8Array) => void sizes.push(bytes.length) };
    await train([hb.callbacks.csvLogger({ filename: { write } }), tensorBoard({ logDir, histogramFreq: 1 })]);
    assertEqual(
      text.split("\r\n").map((line) => line.split(",")[0]),
      ["epoch", "0", "1", ""],
    );
    assert(sizes.length === 2 && sizes.every((size) => size > 100), `sizes ${sizes}`);
    assertThrows(() => tensorBoard({ logDir: "" }), hb.ValueError, /logDir: expected a path/);
  });

  test("where there are no files, a path is refused with what to give instead", async () => {
    if (!inPage) return assertEqual(inPage, false);
    const text = /expected a sink to write to: there is no file system here/;
    await assertRejects(train(hb.callbacks.csvLogger({ filename: "log.csv" })), hb.StateError, text);
    await assertRejects(train(tensorBoard()), hb.StateError, text);
  });
});
