import type { Node, Value } from "../graph/node.ts";
import type { BufferRef, KernelIO } from "../graph/op.ts";
import type { KernelTable } from "../runtime/kernel-table.ts";
import { ValueError } from "../util/errors.ts";
import { sizeOf } from "../util/shape.ts";

/** One kernel call: plain numbers, so that a plan is data but for the rare call of JavaScript. */
export interface Command {
  readonly kernel: keyof KernelTable | "host";
  /** What is called instead of a kernel. */
  readonly host?: () => number;
  readonly args: readonly number[];
  readonly node: Node | undefined;
  /** Set when the call's result tells whether values are fit for use. */
  readonly check?: KernelIO<unknown>;
}

/** Collects kernel calls instead of running them. */
export class Recorder {
  readonly commands: Command[] = [];
  readonly table: KernelTable;
  node: Node | undefined = undefined;
  #check: KernelIO<unknown> | undefined = undefined;

  constructor(kernels: KernelTable) {
    const table: Record<string, (...args: number[]) => number> = {};
    for (const kernel of Object.keys(kernels) as (keyof KernelTable)[]) {
      table[kernel] = (...args) => {
        const check = this.#check;
        this.commands.push(
          check === undefined ? { kernel, args, node: this.node } : { kernel, args, node: this.node, check },
        );
        return -1;
      };
    }
    this.table = table as unknown as KernelTable;
  }

  /** Records a call of JavaScript. */
  host(run: () => void): void {
    const host = (): number => {
      run();
      return -1;
    };
    this.commands.push({ kernel: "host", args: [], node: this.node, host });
  }

  /** Records a node's check. */
  check(node: Node, io: KernelIO<unknown>): void {
    this.node = node;
    this.#check = io;
    node.record.check?.run(this.table, io as KernelIO<Node["attrs"]>);
    this.#check = undefined;
  }
}

/** What a kernel call sees of a value at an address. */
export function bufferRef(value: Value, ptr: number): BufferRef {
  return { shape: value.shape, dtype: value.dtype, ptr, size: sizeOf(value.shape) };
}

/** Words of workspace a node's kernels need. */
export function workspaceOf({ record, inputs, outputs, attrs }: Node, kernels: KernelTable): number {
  return record.workspace?.(kernels, inputs, outputs, attrs) ?? 0;
}

/** The error of a failed check. */
export function checkError(node: Node, io: KernelIO<unknown>, index: number, words: Int32Array): ValueError {
  const check = node.record.check!;
  const where = node.label === "" ? "" : ` (in ${node.label})`;
  const value = words[(io.inputs[check.input]!.ptr >>> 2) + index]!;
  return new ValueError(`[${node.record.name}] ${check.message(index, value, io as KernelIO<Node["attrs"]>)}${where}`);
}

/** A kernel, whatever its arguments. */
export type Kernel = (...args: number[]) => number;

/** Calls a kernel without spreading for the usual numbers of arguments: 8 ns against 30 ns a call. */
export function call(kernel: Kernel, a: readonly number[]): number {
  switch (a.length) {
    case 3:
      return kernel(a[0]!, a[1]!, a[2]!);
    case 4:
      return kernel(a[0]!, a[1]!, a[2]!, a[3]!);
    case 5:
      return kernel(a[0]!, a[1]!, a[2]!, a[3]!, a[4]!);
    case 6:
      return kernel(a[0]!, a[1]!, a[2]!, a[3]!, a[4]!, a[5]!);
    case 7:
      return kernel(a[0]!, a[1]!, a[2]!, a[3]!, a[4]!, a[5]!, a[6]!);
    case 8:
      return kernel(a[0]!, a[1]!, a[2]!, a[3]!, a[4]!, a[5]!, a[6]!, a[7]!);
    case 9:
      return kernel(a[0]!, a[1]!, a[2]!, a[3]!, a[4]!, a[5]!, a[6]!, a[7]!, a[8]!);
    case 10:
      return kernel(a[0]!, a[1]!, a[2]!, a[3]!, a[4]!, a[5]!, a[6]!, a[7]!, a[8]!, a[9]!);
    case 11:
      return kernel(a[0]!, a[1]!, a[2]!, a[3]!, a[4]!, a[5]!, a[6]!, a[7]!, a[8]!, a[9]!, a[10]!);
    case 12:
      return kernel(a[0]!, a[1]!, a[2]!, a[3]!, a[4]!, a[5]!, a[6]!, a[7]!, a[8]!, a[9]!, a[10]!, a[11]!);
    case 13:
      return kernel(a[0]!, a[1]!, a[2]!, a[3]!, a[4]!, a[5]!, a[6]!, a[7]!, a[8]!, a[9]!, a[10]!, a[11]!, a[12]!);
    default:
      return kernel(...a);
  }
}
