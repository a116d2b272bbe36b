/** The project's own source files as syntax trees, for tests about the code itself. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

/** The repository's folder. */
export const repository: string = fileURLToPath(new URL("../..", import.meta.url));

/** All files under a folder of the repository whose path ends in one of the endings, sorted, with forward slashes. */
export function filesUnder(folder: string, ...endings: string[]): string[] {
  const found: string[] = [];
  const walk = (path: string): void => {
    if (!existsSync(path)) return;
    for (const name of readdirSync(path)) {
      const inner = join(path, name);
      if (name === "node_modules") continue;
      if (statSync(inner).isDirectory()) walk(inner);
      else if (endings.some((ending) => name.endsWith(ending)))
        found.push(relative(repository, inner).replaceAll("\\", "/"));
    }
  };
  walk(join(repository, folder));
  return found.sort();
}

/** The text of a file of the repository. */
export function textOf(file: string): string {
  return readFileSync(join(repository, file), "utf8");
}

/** The syntax tree of a file of the repository. */
export function parse(file: string): ts.SourceFile {
  return ts.createSourceFile(file, textOf(file), ts.ScriptTarget.ES2022, true);
}

/** One `import` or `export … from` (or `import("…")`) of a file. */
export interface Import {
  /** As written. */
  specifier: string;
  /** The file of the repository it names, for relative imports. */
  target: string | undefined;
  kind: "value" | "type" | "dynamic";
  line: number;
}

/** Everything a file imports. */
export function importsOf(source: ts.SourceFile): Import[] {
  const found: Import[] = [];
  visit(source, (node) => {
    const described = describeImport(node);
    if (described === undefined) return;
    const [literal, kind] = described;
    const target = literal.text.startsWith(".")
      ? relative(repository, resolve(repository, dirname(source.fileName), literal.text)).replaceAll("\\", "/")
      : undefined;
    found.push({ specifier: literal.text, target, kind, line: lineOf(source, node) });
  });
  return found;
}

function describeImport(node: ts.Node): [ts.StringLiteral, Import["kind"]] | undefined {
  if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
    return [node.moduleSpecifier, node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword ? "type" : "value"];
  }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined && ts.isStringLiteral(node.moduleSpecifier)) {
    return [node.moduleSpecifier, node.isTypeOnly ? "type" : "value"];
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument) && ts.isStringLiteral(node.argument.literal)) {
    return [node.argument.literal, "type"];
  }
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    const [argument] = node.arguments;
    if (argument !== undefined && ts.isStringLiteral(argument)) return [argument, "dynamic"];
  }
  return undefined;
}

/** Calls `use` for every node of a tree. */
export function visit(node: ts.Node, use: (node: ts.Node) => void): void {
  use(node);
  ts.forEachChild(node, (child) => visit(child, use));
}

/** The line a node begins on, from 1. */
export function lineOf(source: ts.SourceFile, node: ts.Node): number {
  return source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
}
