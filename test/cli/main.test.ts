import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readArguments, UsageError } from "../../src/cli/arguments.ts";
import { loadData } from "../../src/cli/load.ts";
import { assertClose, assertEqual, assertThrows } from "../harness/assert-close.ts";
import { testRandom } from "../harness/finite-difference.ts";
import { suite } from "../harness/suite.ts";

/** Runs `body` in a folder that is removed afterwards. */
function inFolder<T>(body: (path: (name: string) => string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "hornbeam-"));
  try {
    return body((name) => join(folder, name));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A table of two clouds of points, one per class. */
function table(rows: number, seed: number): string {
  const random = testRandom(seed);
  const lines = Array.from({ length: rows }, (_, i) => {
    const shift = i % 2 === 0 ? 0 : 40;
    return [random() * 50 + shift, random() * 5, random() - 9, i % 2 === 0 ? "left" : "right"].join();
  });
  return ["a,b,c,side", ...lines].join("\n");
}

suite("the main job: command line", (test) => {
  test("defaults, and every option", () => {
    const none = { dir: undefined, train: undefined, test: undefined, epochs: undefined };
    assertEqual(readArguments([]), { data: "digits", ...none, seed: 42, target: 97 });
    const csv = ["--data", "csv", "--train", "a", "--test", "b", "--epochs", "3", "--seed", "7", "--target", "50"];
    const expected = { data: "csv", dir: undefined, train: "a", test: "b", epochs: 3, seed: 7, target: 50 };
    assertEqual(readArguments(csv), expected);
    assertEqual(readArguments(["--data", "idx", "--dir", "d"])?.target, undefined);
    assertEqual(readArguments(["--help"]), undefined);
  });

  test("what cannot be understood is said clearly", () => {
    const refused: [string, RegExp][] = [
      ["--data mnist", /--data: expected digits, idx or csv, got "mnist"/],
      ["--data idx", /expected --dir FOLDER/],
      ["--data csv --train a", /expected --train FILE and --test FILE/],
      ["--dir x", /--dir: expected --data idx beside it/],
      ["--epoch 3", /--epoch: .*Did you mean "epochs"/],
      ["--epochs 0", /--epochs: expected a whole number from 1/],
      ["--seed x", /--seed: expected a whole number/],
      ["--target 101", /--target: expected a percentage/],
      ["more", /Unexpected argument/],
    ];
    for (const [line, text] of refused) assertThrows(() => readArguments(line.split(" ")), UsageError, text);
  });

  test("missing files, folders and columns", () => {
    const job = { epochs: 1, seed: 0, target: undefined, dir: undefined, train: undefined, test: undefined };
    inFolder((path) => {
      assertThrows(() => loadData({ ...job, data: "idx", dir: path("none") }), UsageError, /there is no folder/);
      assertThrows(() => loadData({ ...job, data: "idx", dir: path("") }), UsageError, /train-images-idx3-ubyte or/);
      writeFileSync(path("train.csv"), table(20, 1));
      writeFileSync(path("narrow.csv"), "1,left\n2,right\n");
      const csv = { ...job, data: "csv", train: path("train.csv") } as const;
      assertThrows(() => loadData({ ...csv, test: path("none") }), UsageError, /--test: there is no file/);
      assertThrows(() => loadData({ ...csv, test: path("narrow.csv") }), UsageError, /expected 4 columns/);
    });
  });

  test("tables are scaled by the range of the training table", () => {
    inFolder((path) => {
      writeFileSync(path("train.csv"), "0,10,x\n4,20,y\n");
      writeFileSync(path("test.csv"), "2,30,y\n");
      const job = { epochs: 1, seed: 0, target: undefined, dir: undefined };
      const split = loadData({ ...job, data: "csv", train: path("train.csv"), test: path("test.csv") });
      assertClose(split.training.x, [
        [0, 0],
        [1, 1],
      ]);
      assertClose(split.heldBack.x, [[0.5, 2]]);
      assertEqual([[...split.heldBack.y], split.classes], [[1], ["x", "y"]]);
    });
  });
});

suite("the main job: runs", (test) => {
  const run = (...args: string[]): { status: number | null; stdout: string; stderr: string } => {
    const root = fileURLToPath(new URL("../..", import.meta.url));
    const command = ["--import", "tsx", join(root, "src/cli/main.ts"), ...args];
    return spawnSync(process.execPath, command, { cwd: root, encoding: "utf8" });
  };

  test("trains on tables, reports both models, shows the flag; fails below the target", () => {
    inFolder((path) => {
      writeFileSync(path("train.csv"), table(300, 1));
      writeFileSync(path("test.csv"), table(100, 2));
      const files = ["--data", "csv", "--train", path("train.csv"), "--test", path("test.csv")];
      const { status, stdout, stderr } = run(...files, "--epochs", "4", "--target", "70");
      assertEqual([status, stderr.replace(/^npm .*$/m, "").trim()], [0, ""]);
      const parts = [
        /Epoch 4\/4/,
        /linear softmax on the same split\s+\d/,
        /units dropped by "dropout"/,
        /\(moving\).*\(batch\)/,
      ];
      assertEqual(
        parts.map((part) => part.test(stdout)),
        parts.map(() => true),
      );
      const failed = run(...files, "--epochs", "1", "--target", "100");
      assertEqual([failed.status, /below the target of 100 %/.test(failed.stderr)], [1, true]);
    });
  });

  test("a usage error is told apart by its exit code", () => {
    const { status, stderr } = run("--data", "x");
    assertEqual([status, /npm start -- --data idx --dir FOLDER/.test(stderr)], [2, true]);
  });
});
