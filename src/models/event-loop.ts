/** Resolves after other tasks (input, timers, messages, network) have had their turn. */
function nextTask(): Promise<void> {
  const immediate = Reflect.get(globalThis, "setImmediate") as ((then: () => void) => void) | undefined;
  return new Promise((resolve) => {
    if (immediate !== undefined) return void immediate(resolve);
    // Pages hold timers back (4 ms each, a second in the background); messages come at once.
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      // An open port keeps some hosts alive.
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

/**
 * Makes a function that gives the event loop a turn when enough time has passed since it had the last one: a frame in a
 * page, more where nobody draws. It returns a promise only then: awaiting nothing costs a microtask that a short step
 * would feel.
 */
export function eventLoopGate(): () => Promise<void> | undefined {
  const budget = typeof document === "undefined" ? 50 : 16;
  let last = performance.now();
  const turn = async (): Promise<void> => {
    await nextTask();
    last = performance.now();
  };
  return () => (performance.now() - last < budget ? undefined : turn());
}
