/** Buffers for the kernel benchmarks: the build that models run on too, and numbers that are not zeros. */
import type { KernelTable } from "../../src/runtime/kernel-table.ts";
import { usableBuild } from "../../src/runtime/load.ts";
import { settings } from "../../src/util/settings.ts";
import { Area, type Buffer, builds, floats as random } from "../../test/harness/kernels.ts";

const name = usableBuild(settings());
const build = builds.find((each) => each.name === name)!;

/** Whether products use fused multiply-add. */
export const relaxed: boolean = name === "relaxed";
export const kernels: KernelTable = build.kernels;
const area = new Area(build);

/** `n` floats in [low, high). */
export const numbers = (n: number, low = -2, high = 2): Buffer => area.f32(random(n, n, low, high));
/** `n` elements that the kernel writes before it reads them. */
export const space = (n: number): Buffer => area.empty(n);
/** These floats. */
export const floats = (...values: number[]): Buffer => area.f32(values);
/** Unsigned integers: keys and cells. */
export const words = (...values: number[]): Buffer => area.u32(values);
