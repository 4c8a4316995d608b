// When two faces of a recording are one person's for certain, and when they are surely not: by what scores mean in the gallery.

import { scoreAtFmr } from '../../evaluation/meaning/false-match-rate.ts';
import { cellFor } from '../../evaluation/score-meaning.ts';
import type { Space } from '../../gallery/db/queries/spaces.ts';
import type { Gallery } from '../../gallery/gallery.ts';
import type { TrackerOptions } from '../../gallery/tracking/face-tracker.ts';
import { readMeaning } from '../search/measured-meaning.ts';

/** One in a thousand strangers looks as alike: a face that comes back within two seconds is hardly compared with as many. */
const SAME_AT_FMR = 1e-3;
/** A third of all strangers look as alike; the faces of one view are much more so. */
const OTHER_AT_FMR = 0.3;
/** Where nothing was measured yet: a little stricter than those scores of our students at 16 px. */
export const UNMEASURED: TrackerOptions = { sameAbove: 0.5, otherBelow: 0.1 };

export function trackerOptions(gallery: Gallery, space: Space): TrackerOptions {
  const measured = readMeaning(gallery, { probeSpace: space.id, answerSpace: space.id });
  const cell = measured === null ? null : cellFor(measured.meaning, 0, 0);
  if (cell === null) return UNMEASURED;
  const same = scoreAtFmr(cell.impostors, cell.tail, SAME_AT_FMR);
  const other = scoreAtFmr(cell.impostors, cell.tail, OTHER_AT_FMR);
  if (same.kind !== 'supported' || other.kind !== 'supported') return UNMEASURED;
  return { sameAbove: same.threshold, otherBelow: other.threshold };
}
