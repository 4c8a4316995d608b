// How long background work makes way for what a person waits for.

import { constants, setPriority } from 'node:os';

/**
 * The lowest priority, for this process: it gets what others leave. Threads take it from the one that starts them, so this
 * has to be called before TensorFlow starts its own.
 */
export function yieldToOthers(): void {
  setPriority(constants.priority.PRIORITY_LOW);
}
