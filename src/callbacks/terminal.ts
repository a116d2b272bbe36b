/** Where progress is shown. */
export interface Terminal {
  /** A screen that a line can be rewritten on. */
  readonly interactive: boolean;
  readonly columns: number;
  write(text: string): void;
}

interface StdoutLike {
  isTTY?: boolean;
  columns?: number;
  write(text: string): unknown;
}

/** The process's standard output in Node and Deno; undefined in pages and workers, where nothing is shown. */
export function findTerminal(): Terminal | undefined {
  try {
    const process: unknown = Reflect.get(globalThis, "process");
    const stdout = (process as { stdout?: StdoutLike } | undefined)?.stdout;
    if (stdout === undefined || stdout === null || typeof stdout.write !== "function") return undefined;
    return {
      interactive: stdout.isTTY === true,
      columns: stdout.columns ?? 80,
      write: (text) => void stdout.write(text),
    };
  } catch {
    // Some hosts define `process` with getters that throw; progress is not worth an error.
    return undefined;
  }
}
