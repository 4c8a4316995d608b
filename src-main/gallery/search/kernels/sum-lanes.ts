// Four vectors of partial sums into one vector of four sums: each kernel's last step.

import { type Code, get, type Local, sequence, set, v128 } from './encode.ts';

/** Leaves [Σ first, Σ second, Σ third, Σ fourth] on the stack; overwrites the first and third local. */
export function sumLanes(
  add: (left: Code, right: Code) => Code,
  [first, second, third, fourth]: readonly Local[],
): Code {
  // [a0 + a2, b0 + b2, a1 + a3, b1 + b3]
  const pairSums = (left: Local, right: Local): Code =>
    add(v128.pick32(get(left), get(right), [0, 4, 1, 5]), v128.pick32(get(left), get(right), [2, 6, 3, 7]));
  return sequence(
    set(first, pairSums(first, second)),
    set(third, pairSums(third, fourth)),
    add(v128.pick32(get(first), get(third), [0, 1, 4, 5]), v128.pick32(get(first), get(third), [2, 3, 6, 7])),
  );
}
