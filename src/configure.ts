import { changeSettings, type Settings, settings } from "./util/settings.ts";

/**
 * Changes how computations run from the next step on, and returns the settings in force.
 *
 * `build`: "simd" (equal bits everywhere), "relaxed" (fused multiply-add where the engine has it) or "auto" (default: the
 * faster the engine has); `deterministic`: true makes "auto" mean "simd" and forbids "relaxed"; `debug`: 0–5, see CONTRIBUTING.md; `memoryLimit`: bytes of variables kept in
 * linear memory; `plan`, `fuse`: false switches sharing of memory, or fusion, off; `threads`: how many share a step, after
 * `enableThreads` of `hornbeam/threads`.
 *
 * @throws ValueError for an unknown name or unusable value; then nothing has changed. StateError for threads > 1 before `enableThreads`.
 */
export function configure(changes: Partial<Settings> = {}): Settings {
  changeSettings(changes);
  return { ...settings() };
}
