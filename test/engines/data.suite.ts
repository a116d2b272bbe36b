/** hornbeam/data beside hornbeam: two bundles whose errors are the same classes. */
import * as hb from "hornbeam";
import * as data from "hornbeam/data";
import { assert, assertEqual, assertThrows } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

suite("hornbeam/data", (test) => {
  test("names", () => {
    const exported: Record<string, unknown> = { ...data };
    assertEqual(
      ["csv", "idx", "syntheticDigits"].filter((name) => typeof exported[name] !== "function"),
      [],
    );
  });
  test("an IDX array of bytes", () => {
    const bytes = new Uint8Array([0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6]);
    const { shape, data: values } = data.idx(bytes) as unknown as { shape: number[]; data: ArrayLike<number> };
    assertEqual(
      [shape, [...Array.from(values)]],
      [
        [2, 3],
        [1, 2, 3, 4, 5, 6],
      ],
    );
  });
  test("errors are hornbeam's own classes", () => {
    const error = assertThrows(() => data.idx(new Uint8Array([1, 2, 3])), hb.FormatError);
    assert(error instanceof hb.HornbeamError);
  });
});
