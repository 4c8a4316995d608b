// Ctrl-C and SIGTERM ask a command to stop; the second Ctrl-C ends the process at once.

export interface Interruption extends Disposable {
  readonly signal: AbortSignal;
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/**
 * Listens until disposed. The first signal aborts and gives the signals back to the system: so the second one kills,
 * even while a native call keeps JavaScript from running.
 */
export function listenForInterruption(
  target: NodeJS.Process,
  onInterrupted: (signal: NodeJS.Signals) => void,
): Interruption {
  const controller = new AbortController();
  function stopListening(): void {
    for (const signal of SIGNALS) target.off(signal, interrupt);
  }
  function interrupt(signal: NodeJS.Signals): void {
    stopListening();
    onInterrupted(signal);
    controller.abort(signal);
  }
  for (const signal of SIGNALS) target.on(signal, interrupt);
  return { signal: controller.signal, [Symbol.dispose]: stopListening };
}
