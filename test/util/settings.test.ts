import { ValueError } from "../../src/util/errors.ts";
import type { Settings } from "../../src/util/settings.ts";
import { assertEqual, assertThrows } from "../harness/assert-close.ts";
import { suite } from "../harness/suite.ts";

let copies = 0;

/** What a fresh copy of the module reads from an environment. */
async function read(variables: Readonly<Record<string, string>>): Promise<() => Readonly<Settings>> {
  const copy = (await import(
    `../../src/util/settings.ts?copy=${++copies}`
  )) as typeof import("../../src/util/settings.ts");
  return () => {
    const names = ["BUILD", "DEBUG", "PLAN", "FUSE"].map((name) => `HORNBEAM_${name}`);
    const before = names.map((name) => process.env[name]);
    for (const name of names) delete process.env[name];
    Object.assign(process.env, variables);
    try {
      return copy.settings();
    } finally {
      for (const [i, name] of names.entries()) {
        if (before[i] === undefined) delete process.env[name];
        else process.env[name] = before[i];
      }
    }
  };
}

suite("settings: the environment", (test) => {
  test("nothing, or empty texts, are the defaults", async () => {
    const none = (await read({}))();
    assertEqual([none.build, none.debug, none.plan, none.fuse], ["auto", 0, true, true]);
    assertEqual({ ...(await read({ HORNBEAM_BUILD: "", HORNBEAM_DEBUG: "" }))() }, { ...none });
  });
  test("each switch", async () => {
    const variables = { HORNBEAM_BUILD: "simd", HORNBEAM_DEBUG: "3", HORNBEAM_PLAN: "0", HORNBEAM_FUSE: "0" };
    const { build, debug, plan, fuse } = (await read(variables))();
    assertEqual([build, debug, plan, fuse], ["simd", 3, false, false]);
  });
  test("a value that means nothing is named, not passed over", async () => {
    const build = await read({ HORNBEAM_BUILD: "smid" });
    assertThrows(
      build,
      ValueError,
      /HORNBEAM_BUILD: expected one of auto, simd, relaxed, got "smid"\. Did you mean "simd"/,
    );
    for (const debug of ["x", "7", "-1", "1.5"]) {
      assertThrows(
        await read({ HORNBEAM_DEBUG: debug }),
        ValueError,
        /HORNBEAM_DEBUG: expected an integer in \[0, 5\]/,
      );
    }
  });
});
