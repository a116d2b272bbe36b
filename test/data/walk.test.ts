/** Walks that fail or are closed while others are still under way. */

import { bytePieces } from "../../src/data/file-source.ts";
import { Dataset } from "../../src/data/index.ts";
import { END, sideBySide, type Walk } from "../../src/data/walk.ts";
import { ValueError } from "../../src/util/errors.ts";
import { assert, assertEqual, assertRejects, assertThrows } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** A walk that throws at once, or rejects later. */
function failing(message: string, milliseconds?: number, settled = (): void => {}): Walk<unknown> {
  const fail = (): never => {
    settled();
    throw new TypeError(message);
  };
  return { next: () => (milliseconds === undefined ? fail() : pause(milliseconds).then(fail)) };
}

/** The rejections that nobody hears meanwhile. */
async function unheard(run: () => Promise<void>): Promise<unknown[]> {
  const reasons: unknown[] = [];
  const listen = (reason: unknown): void => void reasons.push(reason);
  process.on("unhandledRejection", listen);
  try {
    await run();
    await pause(10);
  } finally {
    process.off("unhandledRejection", listen);
  }
  return reasons;
}

suite("data: walks", (test) => {
  test("side by side: an error thrown at once waits for those under way, and theirs is heard", async () => {
    const reasons = await unheard(async () => {
      let settled = false;
      const later = failing("later", 5, () => {
        settled = true;
      });
      await assertRejects(async () => sideBySide([later, failing("at once")]).next(), TypeError, /at once/);
      assert(settled, "the walk that was under way has ended");
    });
    assertEqual(reasons, []);
  });

  test("side by side: an error stays synchronous where no walk is under way", () => {
    const values = { next: () => 1 };
    assertThrows(() => void sideBySide([values, failing("at once")]).next(), TypeError, /at once/);
  });

  test("side by side: all are closed, also where closing one fails", async () => {
    const closed: string[] = [];
    const walks = ["a", "b", "c"].map((name) => ({
      next: () => 1,
      close(): void {
        closed.push(name);
        if (name !== "b") throw new TypeError(name);
      },
    }));
    await assertRejects(async () => sideBySide(walks).close!(), TypeError, /^a$/);
    assertEqual(closed, ["a", "b", "c"]);
  });

  test("a source that opens after its walk was closed is closed, unread", async () => {
    let closed = 0;
    let read = 0;
    let open = (): void => {};
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    const pieces = {
      [Symbol.iterator]: () => ({
        next: () => ({ done: read++ > 0, value: "a,b\n" }),
        return: () => ({ done: true, value: closed++ }),
      }),
    };
    const walk = bytePieces(() => opened.then(() => pieces as Iterable<string>), "csv").open();
    const first = walk.next();
    await walk.close!();
    assertEqual(closed, 0);
    open();
    assertEqual(await first, new Uint8Array(0));
    assertEqual([(await walk.next()) === END, closed, read], [true, 1, 0]);
  });

  test("the body of an answer that is an error is let go", async () => {
    const { fetch } = globalThis;
    let cancelled = 0;
    globalThis.fetch = async () =>
      new Response(new ReadableStream({ pull: () => pause(1000), cancel: () => void cancelled++ }), { status: 404 });
    try {
      const rows = Dataset.fromCsv("https://example.org/rows.csv").toArray();
      await assertRejects(rows, ValueError, /rows\.csv.*status 404/);
    } finally {
      globalThis.fetch = fetch;
    }
    assertEqual(cancelled, 1);
  });
});
