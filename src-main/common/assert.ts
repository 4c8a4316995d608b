// Checks of our own invariants: a failure here is a bug in Glimpse, never bad input.

/** Throws with the message unless the condition holds. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`assertion failed: ${message}`);
}

/** Throws unless both shapes are equal; the message shows both. */
export function assertShape(actual: readonly number[], expected: readonly number[], what: string): void {
  const equal = actual.length === expected.length && actual.every((size, axis) => size === expected[axis]);
  assert(equal, `${what} has shape [${actual.join(', ')}], expected [${expected.join(', ')}]`);
}
