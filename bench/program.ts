/** Runs benches on whatever engine this is. */
import { usableBuild } from "../src/runtime/load.ts";
import { changeSettings, type Settings, settings } from "../src/util/settings.ts";
import type { Bench, Comparison, Effort, Result } from "./bench.ts";
import { measure } from "./measure.ts";

/** What a *.bench.ts file exports, once it is asked for. */
export type BenchFile = () => Promise<{ benches?: readonly Bench[]; comparisons?: readonly Comparison[] }>;

/** Which benches are run, and how. */
export interface Options extends Effort {
  /** Parts of names, of which one must occur. */
  readonly filters: readonly string[];
  readonly build: Settings["build"];
}

/** What a run gives. */
export interface Report {
  /** The build of the kernels that ran. */
  readonly build: string;
  readonly results: readonly Result[];
}

/** Runs the benches of some files, one after another, and shows each as soon as it is measured. */
export async function runBenches(
  files: readonly BenchFile[],
  { filters, build, ...effort }: Options,
  show: (result: Result) => void | Promise<void>,
): Promise<Report> {
  changeSettings({ build });
  const wanted: (Bench | Comparison)[] = [];
  for (const load of files) {
    const { benches = [], comparisons = [] } = await load();
    wanted.push(...[...benches, ...comparisons].filter(({ name }) => filters.some((filter) => name.includes(filter))));
  }
  if (wanted.length === 0) throw new Error(`no benchmark matches ${filters.map((text) => `"${text}"`).join(" or ")}`);
  const results: Result[] = [];
  for (const each of wanted) {
    for (const result of await measure(each, effort)) {
      results.push(result);
      await show(result);
    }
  }
  return { build: usableBuild(settings()), results };
}
