// Which pairs of people the sampled pairs of faces belong to: a dense index for each, in typed arrays.

/** @returns per pair a dense index of its two people, whichever way round, and how many there are */
export function indexDyads(
  first: Int32Array,
  second: Int32Array,
): { readonly dyadOf: Int32Array; readonly dyads: number } {
  const pairs = first.length;
  let size = 16;
  while (size < 2 * pairs) size *= 2;
  // Open addressing: a slot holds the number of a dyad + 1, whose people stand in low and high.
  const slots = new Int32Array(size);
  const low = new Int32Array(pairs);
  const high = new Int32Array(pairs);
  const dyadOf = new Int32Array(pairs);
  let dyads = 0;
  for (let pair = 0; pair < pairs; pair++) {
    const a = Math.min(first[pair], second[pair]);
    const b = Math.max(first[pair], second[pair]);
    let slot = hashOf(a, b) & (size - 1);
    while (slots[slot] !== 0 && (low[slots[slot] - 1] !== a || high[slots[slot] - 1] !== b)) {
      slot = (slot + 1) & (size - 1);
    }
    if (slots[slot] === 0) {
      low[dyads] = a;
      high[dyads] = b;
      dyads++;
      slots[slot] = dyads;
    }
    dyadOf[pair] = slots[slot] - 1;
  }
  return { dyadOf, dyads };
}

function hashOf(a: number, b: number): number {
  let hash = Math.imul(a ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(b + 0x7f4a7c15, 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 15), 0x27d4eb2f);
  return (hash ^ (hash >>> 13)) >>> 0;
}
