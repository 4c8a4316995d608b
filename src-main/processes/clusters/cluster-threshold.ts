// From which score on two unknown tracks are taken for one person: the score at a small FMR, as it was measured in the gallery.

import { ensure, GlimpseError } from '../../common/errors.ts';
import { bandLabel, bandOf, type FaceBand } from '../../evaluation/meaning/face-bands.ts';
import { scoreAtFmr } from '../../evaluation/meaning/false-match-rate.ts';
import { cellFor } from '../../evaluation/score-meaning.ts';
import type { Space } from '../../gallery/db/queries/spaces.ts';
import type { Gallery } from '../../gallery/gallery.ts';
import { readMeaning } from '../search/measured-meaning.ts';

export interface ClusterThreshold {
  readonly score: number;
  /** Null for a score that was given. */
  readonly fmr: number | null;
  /** What a reader must know of it, one sentence each. */
  readonly notes: readonly string[];
}

/** Tried in turn where no FMR is asked for: the strictest that the measurement supports. */
const USUAL_FMRS = [1e-5, 1e-4, 1e-3];

/** By `USUAL_FMRS`, as `clusterThreshold`. */
export function usualClusterThreshold(
  gallery: Gallery,
  space: Space,
  facesBehindTracks: readonly number[],
): ClusterThreshold {
  for (const [at, fmr] of USUAL_FMRS.entries()) {
    try {
      return clusterThreshold(gallery, space, fmr, facesBehindTracks);
    } catch (error) {
      const isLast = at === USUAL_FMRS.length - 1;
      if (isLast || !(error instanceof GlimpseError) || error.code !== 'unsupported') throw error;
    }
  }
  throw new Error('unreachable: the last one throws');
}

/**
 * The strictest of the thresholds of all comparisons that occur: templates of many faces score higher than single faces, so each
 * pair of tracks keeps the FMR, most of them more than that. Throws `bad-data` where it was not measured, `unsupported` where not as far.
 */
export function clusterThreshold(
  gallery: Gallery,
  space: Space,
  targetFmr: number,
  facesBehindTracks: readonly number[],
): ClusterThreshold {
  const measured = readMeaning(gallery, { probeSpace: space.id, answerSpace: space.id });
  ensure(
    measured !== null,
    'bad-data',
    `what scores mean was not measured in ${gallery.name}: \`glimpse gallery recheck ${gallery.name}\` (with a reference set ` +
      'where nobody is known), or give --threshold',
  );
  const bands = [...new Set(facesBehindTracks.map(bandOf))].sort();
  const found: number[] = [];
  const unmeasured: string[] = [];
  for (const [at, left] of bands.entries())
    for (const right of bands.slice(at)) {
      const cell = cellFor(measured.meaning, left, right) ?? cellFor(measured.meaning, right, left);
      if (cell === null) {
        unmeasured.push(pairLabel(left, right));
        continue;
      }
      const point = scoreAtFmr(cell.impostors, cell.tail, targetFmr);
      ensure(
        point.kind === 'supported',
        'unsupported',
        point.kind === 'refused' ? `${point.reason}: ask for a larger FMR (--fmr)` : '',
      );
      found.push(point.threshold);
    }
  ensure(
    found.length > 0,
    'bad-data',
    `no comparison of ${unmeasured.join(', ')} faces was measured in ${gallery.name}: give --threshold`,
  );
  return {
    score: Math.max(...found),
    fmr: targetFmr,
    notes: [
      ...(measured.isOld
        ? ['the gallery has changed since the meaning of its scores was measured: measure it again']
        : []),
      ...(unmeasured.length > 0 ? [`not measured: ${unmeasured.join(', ')} faces`] : []),
    ],
  };
}

function pairLabel(left: FaceBand, right: FaceBand): string {
  return `${bandLabel(left)} with ${bandLabel(right)}`;
}
