import { classNameOf, internalsOf, isLayer } from "../../layers/internals.ts";
import type { Layer } from "../../layers/layer.ts";
import { ownWeights } from "../../layers/tracking.ts";
import type { Variable } from "../../ops/variable.ts";
import { SeedGenerator } from "../../random/seed-generator.ts";
import { snakeCase } from "../../util/names.ts";
import { isPlainObject } from "../../util/structure.ts";

/**
 * The path of each variable below a layer as Keras's weight files have it: `layers/dense_1/vars/0`. It is made of names of
 * classes and attributes, not of names of layers, so that the same model made again has the same paths. Seeds' states,
 * which Keras does not keep, are at `<path of the layer>/seed_generator/vars/0`.
 */
export function weightPaths(root: Layer): Map<Variable, string> {
  const paths = new Map<Variable, string>();
  const seen = new Set<unknown>([root]);
  const add = (path: string, variables: readonly Variable[]): void => {
    variables.forEach((variable, i) => {
      if (!paths.has(variable)) paths.set(variable, `${path}vars/${i}`);
    });
  };
  const visit = (value: unknown, path: string): void => {
    if (typeof value !== "object" || value === null || ArrayBuffer.isView(value) || seen.has(value)) return;
    seen.add(value);
    if (isLayer(value)) walk(value, path);
    else if (value instanceof SeedGenerator) add(path, [value.state]);
    else if (Array.isArray(value)) visitAll(value, path);
    else if (isPlainObject(value)) visitAll(Object.values(value), path);
  };
  // Members of a list or dict are called after their classes, numbered where several are of one.
  const visitAll = (members: readonly unknown[], path: string): void => {
    const counts = new Map<string, number>();
    for (const member of members) {
      if (typeof member !== "object" || member === null) continue;
      const name = Array.isArray(member) || isPlainObject(member) ? "container" : snakeCase(classNameOf(member));
      const count = counts.get(name) ?? 0;
      counts.set(name, count + 1);
      visit(member, `${path}${count === 0 ? name : `${name}_${count}`}/`);
    }
  };
  const walk = (layer: Layer, path: string): void => {
    add(path, ownWeights(layer));
    visitAll(internalsOf(layer).graphLayers?.() ?? [], `${path}layers/`);
    const attributes = Object.entries(layer).map(([key, value]) => [snakeCase(key), value] as const);
    for (const [key, value] of attributes.sort(([a], [b]) => (a < b ? -1 : 1))) visit(value, `${path}${key}/`);
  };
  walk(root, "");
  return paths;
}
