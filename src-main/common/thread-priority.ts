// How a thread makes way for the window, so that cards go on scrolling while it works.

import { readlinkSync } from 'node:fs';
import { constants, getPriority, setPriority } from 'node:os';

/**
 * From here on the calling thread gets what the window and the threads that answer it leave, and still more than a training. There is no
 * way back without privileges. On Linux, where priorities are a thread's own; elsewhere nothing happens.
 */
export function yieldThread(): void {
  const thread = threadNumber();
  const wanted = constants.priority.PRIORITY_BELOW_NORMAL;
  if (thread !== null && getPriority(thread) < wanted) setPriority(thread, wanted);
}

/** The calling thread's number at the system; null where that has no `/proc`. */
export function threadNumber(): number | null {
  try {
    return Number(/task\/(\d+)$/.exec(readlinkSync('/proc/thread-self'))?.[1] ?? Number.NaN) || null;
  } catch {
    return null;
  }
}
