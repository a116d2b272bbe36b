/**
 * The house rules which a compiler does not check: who may import whom, what never occurs, and that everything has a test.
 * The drawing is docs/architecture.md; the rooms below are its table.
 */
import ts from "typescript";
import { assert, assertEqual } from "./harness/assert-close.ts";
import { filesUnder, type Import, importsOf, lineOf, parse, textOf, visit } from "./harness/sources.ts";
import { suite } from "./harness/suite.ts";

/** Floors from the ground up; a room may use those before it on its floor. "entries" are the files right in src/. */
const FLOORS: readonly (readonly string[])[] = [
  ["util"],
  ["runtime", "memory"],
  ["graph"],
  ["compile"],
  ["ops"],
  ["autodiff"],
  ["random", "initializers", "regularizers", "constraints", "activations", "losses", "metrics", "optimizers"],
  ["layers"],
  ["threads", "data", "io", "callbacks", "models", "tensorboard", "profile", "worker", "plot"],
  ["entries", "cli"],
];
const ROOMS = FLOORS.flatMap((rooms, floor) => rooms.map((room, place) => ({ room, floor, place })));

/** Libraries and built-ins the sources may import, and where. */
const LIBRARIES: Readonly<Record<string, RegExp>> = {
  "@assemblyscript/loader": /^src\/runtime\/load\.ts$/,
  "#wasm": /^src\/(runtime\/|index\.ts$)/,
  fflate: /^src\/(data|io)\//,
};

const MAX_LINES = 400;
const GENERATED = ["src/runtime/kernel-table.ts", "src/threads/kernel-splits.ts"];
const sources = filesUnder("src", ".ts");
const trees = new Map(sources.map((file) => [file, parse(file)]));
const imports = new Map([...trees].map(([file, tree]) => [file, importsOf(tree)]));

/** Fails unless the list is empty, and shows it. */
function none(list: readonly string[]): void {
  assert(list.length === 0, `${list.length} found: ${list.slice(0, 50).join(", ")}`);
}

function roomOf(file: string): (typeof ROOMS)[number] | undefined {
  const name = file.split("/").length === 2 ? "entries" : file.split("/")[1];
  return ROOMS.find(({ room }) => room === name);
}

/** What the trees contain that `matches` names, as `file:line what`. */
function findings(matches: (node: ts.Node, file: string) => string | undefined): string[] {
  const found: string[] = [];
  for (const [file, tree] of trees) {
    visit(tree, (node) => {
      const what = matches(node, file);
      if (what !== undefined) found.push(`${file}:${lineOf(tree, node)} ${what}`);
    });
  }
  return found;
}

/** Every import of src, judged; `rule` says what is wrong with it. */
function brokenImports(rule: (file: string, imported: Import) => string | undefined): string[] {
  return [...imports].flatMap(([file, list]) =>
    list.flatMap((imported) => {
      const wrong = rule(file, imported);
      return wrong === undefined ? [] : [`${file}:${imported.line} imports ${imported.specifier}: ${wrong}`];
    }),
  );
}

function wrongFloor(file: string, { target, kind }: Import): string | undefined {
  const from = roomOf(file);
  const to = target?.startsWith("src/") ? roomOf(target) : undefined;
  if (from === undefined || to === undefined || from.room === to.room) return undefined;
  if (to.floor > from.floor) return `${to.room} is a floor above ${from.room}`;
  const sameFloor = to.floor === from.floor && to.place > from.place;
  return sameFloor && kind === "value" ? `${to.room} comes after ${from.room} on their floor` : undefined;
}

function wrongLibrary(file: string, { specifier, target, kind }: Import): string | undefined {
  if (target !== undefined) return target.startsWith("src/") ? undefined : "outside src/";
  if (specifier.startsWith("node:")) {
    const allowed = kind !== "value" || file.startsWith("src/cli/");
    return allowed ? undefined : "built-ins of Node only by import() or in src/cli, so that pages can load the rest";
  }
  const place = LIBRARIES[specifier];
  if (place === undefined) return "not a library that is bundled";
  return place.test(file) || kind === "type" ? undefined : `only ${place}`;
}

/** The files a file needs at run time at once, itself included. */
function closureOf(entry: string): Set<string> {
  const reached = new Set<string>();
  const add = (file: string): void => {
    if (reached.has(file)) return;
    reached.add(file);
    for (const { target, kind } of imports.get(file) ?? []) if (target !== undefined && kind === "value") add(target);
  };
  add(entry);
  return reached;
}

/** One circle of value imports, or undefined. */
function findCircle(): string[] | undefined {
  const done = new Set<string>();
  const path: string[] = [];
  const walk = (file: string): string[] | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return undefined;
    path.push(file);
    for (const { target, kind } of imports.get(file) ?? []) {
      const circle = target !== undefined && kind === "value" ? walk(target) : undefined;
      if (circle !== undefined) return circle;
    }
    path.pop();
    done.add(file);
    return undefined;
  };
  for (const file of sources) {
    const circle = walk(file);
    if (circle !== undefined) return circle;
  }
  return undefined;
}

suite("architecture: imports", (test) => {
  test("every source file stands in a known room", () => {
    none(sources.filter((file) => roomOf(file) === undefined));
  });
  test("imports go to the own room, a room before it on its floor, or a lower floor", () => {
    none(brokenImports(wrongFloor));
  });
  test("values are never imported in a circle", () => {
    none(findCircle() ?? []);
  });
  test("libraries are imported where the house has them: the loader in one file, Node's modules never in the core", () => {
    none(brokenImports(wrongLibrary));
  });
  test("every relative import names a file, with its extension", () => {
    const missing = brokenImports((_, { target }) =>
      target !== undefined && !sources.includes(target) ? "no such file" : undefined,
    );
    none(missing);
  });
  test("hornbeam/data, tensorboard and plot hold nothing of the core at run time", () => {
    const core = [...closureOf("src/data/index.ts")].filter((file) => !/^src\/(data|util)\//.test(file));
    none(core);
    none([...closureOf("src/tensorboard/index.ts")].filter((file) => !/^src\/(tensorboard|util)\//.test(file)));
    none([...closureOf("src/plot/index.ts")].filter((file) => !/^src\/(plot|util)\//.test(file)));
    // Settings are state: a second copy, in data.js, would never hear of `configure`.
    assertEqual(closureOf("src/data/index.ts").has("src/util/settings.ts"), false);
  });
});

/** Top-level await, wherever it hides: not inside a function. */
function isTopLevelAwait(node: ts.Node): boolean {
  if (!ts.isAwaitExpression(node) && !(ts.isForOfStatement(node) && node.awaitModifier !== undefined)) return false;
  for (let parent: ts.Node | undefined = node.parent; parent !== undefined; parent = parent.parent) {
    if (ts.isFunctionLike(parent)) return false;
  }
  return true;
}

function runsText(node: ts.Node): boolean {
  if (!ts.isCallExpression(node) && !ts.isNewExpression(node)) return false;
  return ts.isIdentifier(node.expression) && ["eval", "Function"].includes(node.expression.text);
}

/** A call whose result nobody keeps, at the top of a module: a side effect of importing it. */
function isLooseStatement(node: ts.Node): boolean {
  return ts.isExpressionStatement(node) && ts.isSourceFile(node.parent);
}

suite("architecture: what never occurs in src", (test) => {
  test("no any", () => {
    none(findings((node) => (node.kind === ts.SyntaxKind.AnyKeyword ? "any" : undefined)));
  });
  test("no top-level await, and no statement that works at import (sideEffects is false)", () => {
    const wrong = findings((node, file) => {
      if (isTopLevelAwait(node)) return "top-level await";
      return isLooseStatement(node) && !file.startsWith("src/cli/") ? "a statement that runs at import" : undefined;
    }).filter((text) => !text.startsWith("src/cli/"));
    none(wrong);
  });
  test("no eval, no new Function", () => {
    none(findings((node) => (runsText(node) ? "runs text as code" : undefined)));
  });
  test("no WeakRef, no FinalizationRegistry: memory never waits for the collector", () => {
    const names = ["WeakRef", "FinalizationRegistry"];
    none(findings((node) => (ts.isIdentifier(node) && names.includes(node.text) ? node.text : undefined)));
  });
  test("no test left out or run alone", () => {
    const wrong = filesUnder("test", ".test.ts", ".suite.ts").filter((file) =>
      /\b(test|tests)\.(only|skip)\(/.test(textOf(file)),
    );
    none(wrong);
  });
  test(`files have at most ${MAX_LINES} lines, generated ones excepted`, () => {
    const files = ["src", "test", "assembly", "bench", "examples", "scripts"].flatMap((folder) =>
      filesUnder(folder, ".ts", ".mjs"),
    );
    const long = files
      .filter((file) => !GENERATED.includes(file))
      .map((file) => ({ file, lines: textOf(file).split("\n").length - 1 }))
      .filter(({ lines }) => lines > MAX_LINES)
      .map(({ file, lines }) => `${file}: ${lines} lines`);
    none(long);
  });
});

const testText = filesUnder("test", ".test.ts", ".suite.ts")
  .filter((file) => file !== "test/architecture.test.ts")
  .map(textOf)
  .join("\n");

const mentioned = (pattern: string): boolean => new RegExp(pattern).test(testText);
const escaped = (name: string): string => name.replace(/[$.]/g, "\\$&");

/** The literals of `static className = "…"`. */
function classNames(): { name: string; file: string }[] {
  const found: { name: string; file: string }[] = [];
  for (const [file, tree] of trees) {
    visit(tree, (node) => {
      if (!ts.isPropertyDeclaration(node) || node.name.getText(tree) !== "className") return;
      if (node.initializer !== undefined && ts.isStringLiteral(node.initializer))
        found.push({ name: node.initializer.text, file });
    });
  }
  return found;
}

// Kernels have the same check in test/kernels/coverage.test.ts.
suite("architecture: everything has a test", (test) => {
  // Ops: test/ops/complete.test.ts asks for a case with an oracle for each record.
  test("every class with a className is used in a test, by that name or by its factory's", () => {
    const untested = classNames().filter(({ name }) => {
      const factory = name.charAt(0).toLowerCase() + name.slice(1);
      return !mentioned(`\\b${escaped(name)}\\b|\\.${escaped(factory)}\\(`);
    });
    none(untested.map(({ name, file }) => `${name} (${file})`));
  });
  test("the parts of the house that tests rely on are there", () => {
    assertEqual([sources.length > 50, classNames().length > 5], [true, true]);
  });
});
