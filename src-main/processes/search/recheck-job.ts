// A gallery looks at itself: what its scores mean, for every way it is searched, and which labels look wrong.

import { ensure } from '../../common/errors.ts';
import { matrix } from '../../common/matrix.ts';
import type { ProgressToken } from '../../common/progress.ts';
import { Rng } from '../../common/rng.ts';
import type { ComparedItems } from '../../evaluation/meaning/compared-items.ts';
import type { ScoreMeaning } from '../../evaluation/score-meaning.ts';
import { findLeastSimilarOfSame, findMostSimilarOfDifferent } from '../../evaluation/self-check.ts';
import type { ScoredPair } from '../../evaluation/top-pairs.ts';
import {
  activeSpace,
  describeSpace,
  isSameSpace,
  type Side,
  type Space,
} from '../../gallery/db/queries/spaces.ts';
import { subjectById } from '../../gallery/db/queries/subjects.ts';
import type { Gallery } from '../../gallery/gallery.ts';
import { fillThreadsFor } from '../../gallery/search/fill-threads.ts';
import { GalleryIndex } from '../../gallery/search/gallery-index.ts';
import { measureMeaning, tracksOf } from './measured-meaning.ts';
import type { ReferenceSet } from './reference-set.ts';

/** The meaning of one way of searching: probes of a side against entries of a side. */
export interface DirectionMeaning {
  readonly probes: Side;
  readonly answers: Side;
  readonly meaning: ScoreMeaning;
}

/** One end of a doubtful pair. */
export interface DoubtfulTrack {
  readonly subject: string | null;
  readonly trackId: number;
}

export interface DoubtfulPair {
  readonly score: number;
  readonly left: DoubtfulTrack;
  readonly right: DoubtfulTrack;
}

export interface RecheckReport {
  readonly gallery: string;
  readonly meanings: readonly DirectionMeaning[];
  /** One person under two names? Merge them. */
  readonly alikeOfDifferent: readonly DoubtfulPair[];
  /** Two persons under one name? Move or split. */
  readonly unlikeOfSame: readonly DoubtfulPair[];
}

export interface RecheckRequest {
  /** Whose embeddings the lists of doubtful labels go by. */
  readonly side: Side;
  /** Pairs of each list. */
  readonly count: number;
  /** One per side, for galleries of fewer than 100 known subjects. */
  readonly references: readonly ReferenceSet[];
}

/**
 * Measures each side against itself and, where both sides are enrolled in one frame, each against the other. Throws `bad-data`
 * where the wanted side is empty or too few people are known, `bad-usage` for a reference set of another space, `cancelled`.
 */
export async function recheckGallery(
  gallery: Gallery,
  { side, count, references }: RecheckRequest,
  progress: ProgressToken,
): Promise<RecheckReport> {
  const spaces = (['lr', 'hr'] as const)
    .map((each) => activeSpace(gallery.database, each))
    .filter((space) => space !== null);
  ensure(
    spaces.some((space) => space.side === side),
    'bad-data',
    `${gallery.name} has no faces on the ${side} side yet`,
  );
  const referenceOf = ({ side }: Space): ComparedItems | null =>
    references.find(({ space }) => space.side === side)?.items ?? null;
  for (const { space } of references) {
    const active = spaces.find((each) => each.side === space.side);
    ensure(
      active !== undefined && isSameSpace(active, space),
      'bad-usage',
      `the reference set was embedded by ${describeSpace(space)}, and searches of ${gallery.name} are answered by ` +
        `${spaces.map(describeSpace).join(' and by ')}`,
    );
  }
  const indexes: GalleryIndex[] = [];
  for (const space of spaces)
    indexes.push(
      await GalleryIndex.load(gallery.database, space, progress, { loadingThreads: fillThreadsFor }),
    );
  const meanings: DirectionMeaning[] = [];
  for (const probes of indexes) {
    for (const answers of indexes) {
      if (!areComparable(probes, answers)) continue;
      const people = referenceOf(probes.space);
      const reference = people && { people, tracks: () => tracksOf(answers) };
      const spaces = { probes: probes.space, answers: answers.space };
      const meaning = await measureMeaning(gallery, spaces, reference, progress);
      meanings.push({ probes: probes.space.side, answers: answers.space.side, meaning });
    }
  }
  const index = indexes.find(({ space }) => space.side === side) as GalleryIndex;
  return { gallery: gallery.name, meanings, ...(await findDoubtful(gallery, index, count, progress)) };
}

/** In one frame, and of the same faces: while a space is being filled its sides differ. */
function areComparable(left: GalleryIndex, right: GalleryIndex): boolean {
  return left.space.frameDigest === right.space.frameDigest && left.faces === right.faces;
}

async function findDoubtful(
  gallery: Gallery,
  index: GalleryIndex,
  count: number,
  progress: ProgressToken,
): Promise<Pick<RecheckReport, 'alikeOfDifferent' | 'unlikeOfSame'>> {
  const rows = index.trackTemplates();
  const { dimension } = index.space;
  const values = new Float32Array(rows.vectors.length * dimension);
  for (const [at, vector] of rows.vectors.entries()) values.set(vector, at * dimension);
  const items = { vectors: matrix(values, dimension), subjects: rows.subjects };
  const alike = await findMostSimilarOfDifferent(items, { count }, progress);
  const unlike = await findLeastSimilarOfSame(items, Rng.seeded(1), { count }, progress);
  const trackAt = (row: number): DoubtfulTrack => ({
    subject: subjectById(gallery.database, rows.subjects[row])?.name ?? null,
    trackId: rows.tracks[row],
  });
  const named = ({ left, right, score }: ScoredPair): DoubtfulPair => ({
    score,
    left: trackAt(left),
    right: trackAt(right),
  });
  return { alikeOfDifferent: alike.map(named), unlikeOfSame: unlike.map(named) };
}
