// For each face, n faces of other identities drawn uniformly without replacement: the control of Fig. 6.

import { Rng } from '../../common/rng.ts';
import { type IdentityGroups, membersOf } from './identity-groups.ts';

/**
 * N × `negatives` face numbers in random order. Each face draws from its own stream of (`seed`, face), so the draw
 * does not depend on the order of work. Every face must have that many faces of other identities.
 */
export function drawRandomNegatives(groups: IdentityGroups, negatives: number, seed: number): Int32Array {
  const faces = groups.groupOf.length;
  const result = new Int32Array(faces * negatives);
  const drawnBy = new Int32Array(faces).fill(-1);
  for (let face = 0; face < faces; face++) {
    const members = membersOf(groups, groups.groupOf[face]);
    const others = faces - members.length;
    const rng = Rng.seeded(seed, face);
    const drawn = result.subarray(face * negatives, (face + 1) * negatives);
    // Floyd's sampling: each step draws from one position more, and takes that position itself on a repeat.
    for (let step = 0; step < negatives; step++) {
      const newest = others - negatives + step;
      const position = rng.int(newest + 1);
      const chosen = drawnBy[position] === face ? newest : position;
      drawnBy[chosen] = face;
      drawn[step] = faceAt(chosen, members);
    }
    rng.shuffle(drawn);
  }
  return result;
}

/** The face at a position among all faces that are not members (ascending). */
function faceAt(position: number, members: Int32Array): number {
  let low = 0;
  let high = members.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (members[middle] - middle <= position) low = middle + 1;
    else high = middle;
  }
  return position + low;
}
