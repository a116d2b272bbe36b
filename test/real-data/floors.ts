import { readFileSync } from "node:fs";
import { assert } from "../harness/assert-close.ts";

/** Figures of one configuration. */
type Result = { readonly rows: readonly number[] } & { readonly [figure: string]: number | undefined };

const fixture = new URL("../fixtures/real-data.json", import.meta.url);

/** What Keras reached. */
export function kerasResult(name: string): Result {
  const { results } = JSON.parse(readFileSync(fixture, "utf8")) as { results: Record<string, Result> };
  const result = results[name];
  assert(result !== undefined, `real-data.json has no ${name}`);
  return result;
}

/** Prints both figures; both must be at most the floor. */
export function atMost(what: string, figure: number, floor: number, keras: number): void {
  console.log(`${what}: ${figure.toFixed(4)}, Keras ${keras.toFixed(4)}, at most ${floor}`);
  assert(keras <= floor, `${what}: Keras has ${keras}, the floor ${floor} is too low`);
  assert(figure <= floor, `${what}: expected at most ${floor}, got ${figure}; Keras has ${keras}`);
}

/** The same for figures that must be at least the floor. */
export function atLeast(what: string, figure: number, floor: number, keras: number): void {
  console.log(`${what}: ${figure.toFixed(4)}, Keras ${keras.toFixed(4)}, at least ${floor}`);
  assert(keras >= floor, `${what}: Keras has ${keras}, the floor ${floor} is too high`);
  assert(figure >= floor, `${what}: expected at least ${floor}, got ${figure}; Keras has ${keras}`);
}
