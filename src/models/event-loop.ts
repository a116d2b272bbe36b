/** Milliseconds of work after which others get a turn: a frame in a page, more where nobody draws. */
const PAGE_BUDGET = 16;
const OTHER_BUDGET = 50;

type Immediate = (callback: () => void) => unknown;

/** Resolves after other tasks (input, timers, messages, network) have had their turn. */
function nextTask(): Promise<void> {
  const immediate: unknown = Reflect.get(globalThis, "setImmediate");
  if (typeof immediate === "function") return new Promise((resolve) => void (immediate as Immediate)(resolve));
  if (typeof MessageChannel === "undefined") return new Promise((resolve) => setTimeout(resolve, 0));
  // Pages hold timers back (4 ms each, a second in the background); messages come at once.
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      // An open port keeps some hosts alive.
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

/** Gives the event loop a turn when enough time has passed since it had the last one. */
export class EventLoopGate {
  readonly #budget: number = typeof document === "undefined" ? OTHER_BUDGET : PAGE_BUDGET;
  #last: number = performance.now();

  /** A promise when it is time, else undefined: awaiting nothing costs a microtask that a short step would feel. */
  pause(): Promise<void> | undefined {
    return performance.now() - this.#last < this.#budget ? undefined : this.#turn();
  }

  async #turn(): Promise<void> {
    await nextTask();
    this.#last = performance.now();
  }
}
