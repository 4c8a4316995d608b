// Which space answers a probe.

import { ensure } from '../../common/errors.ts';
import {
  activeSpace,
  describeSpace,
  isSameSpace,
  type Side,
  type Space,
  type SpaceKey,
} from '../db/queries/spaces.ts';
import type { Gallery } from '../gallery.ts';

/**
 * The space that answers such a probe: the active one of the same model and profile, else the active one of the other side in
 * the same frame (LR probe, HR gallery, or the reverse). Throws `bad-usage` with what the gallery has.
 */
export function spaceFor({ database, name }: Gallery, probe: SpaceKey): Space {
  const own = activeSpace(database, probe.side);
  if (own !== null && isSameSpace(own, probe)) return own;
  const otherSide: Side = probe.side === 'lr' ? 'hr' : 'lr';
  const other = activeSpace(database, otherSide);
  if (other !== null && other.frameDigest === probe.frameDigest) return other;
  const has = [own, other].filter((space) => space !== null);
  ensure(has.length > 0, 'bad-data', `${name} has no faces to search among yet: enrol some`);
  ensure(
    false,
    'bad-usage',
    `${name} was embedded by ${has.map(describeSpace).join(' and by ')}, and the probe by ${describeSpace(probe)}: ` +
      'their scores mean nothing together',
  );
}
