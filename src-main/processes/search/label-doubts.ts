// Labels that look wrong, as pairs of tracks with what their score means; those that a person has found right are left out.

import { matrix } from '../../common/matrix.ts';
import type { ProgressToken } from '../../common/progress.ts';
import { Rng } from '../../common/rng.ts';
import { meaningOf } from '../../evaluation/meaning/result-meaning.ts';
import type { ScoreMeaning } from '../../evaluation/score-meaning.ts';
import { findLeastSimilarOfSame } from '../../evaluation/self-check.ts';
import type { ScoredPair } from '../../evaluation/top-pairs.ts';
import type { MeasuredOn } from '../../gallery/cases/case-items.ts';
import { type SettledDoubt, settledDoubts } from '../../gallery/db/queries/settled-doubts.ts';
import { subjectById } from '../../gallery/db/queries/subjects.ts';
import type { Gallery } from '../../gallery/gallery.ts';
import type { GalleryIndex } from '../../gallery/search/gallery-index.ts';
import { findLookAlikes } from './look-alikes.ts';
import { comparisonsOf } from './measured-meaning.ts';

/** One end of a doubtful pair. */
export interface DoubtfulTrack {
  readonly subject: string | null;
  readonly subjectId: number;
  readonly trackId: number;
  readonly faces: number;
}

export interface DoubtfulPair {
  readonly score: number;
  /** Share of pairs of different people that score as high; null where it was not measured, or is only bounded. */
  readonly fmr: number | null;
  readonly fmrInterval: { readonly low: number; readonly high: number } | null;
  readonly measuredOn: MeasuredOn | null;
  readonly left: DoubtfulTrack;
  readonly right: DoubtfulTrack;
}

export interface LabelDoubts {
  /** One person under two names? Merge them. */
  readonly alikeOfDifferent: readonly DoubtfulPair[];
  /** Two persons under one name? Move or split. */
  readonly unlikeOfSame: readonly DoubtfulPair[];
  /** Pairs that were left out because a person has found them right. */
  readonly settled: number;
}

const NO_SIZES = [0, 0, 0, 0] as const;
const PAIRS_OF_SUBJECT = 2;

/** Each list has at most `count` pairs. Only reads. Throws `cancelled`. */
export async function findLabelDoubts(
  gallery: Gallery,
  index: GalleryIndex,
  count: number,
  meaning: ScoreMeaning | null,
  progress: ProgressToken,
): Promise<LabelDoubts> {
  const { database } = gallery;
  const rows = index.trackTemplates();
  const { dimension } = index.space;
  const values = new Float32Array(rows.vectors.length * dimension);
  for (const [at, vector] of rows.vectors.entries()) values.set(vector, at * dimension);
  const items = { vectors: matrix(values, dimension), subjects: rows.subjects };
  const settled = settledDoubts(gallery);
  const isSettled = settledTest(settled);
  // Settled pairs must not take the places of others.
  const more = count + settled.length;
  const perSubject = PAIRS_OF_SUBJECT + mostOfOneSubject(settled);
  const unlikeCount = count * Math.ceil(perSubject / PAIRS_OF_SUBJECT) + settled.length;
  const alike = await findLookAlikes(items, more, progress);
  const unlike = await findLeastSimilarOfSame(
    items,
    Rng.seeded(1),
    { count: unlikeCount, perSubject },
    progress,
  );
  const trackAt = (row: number): DoubtfulTrack => ({
    subject: subjectById(database, rows.subjects[row])?.name ?? null,
    subjectId: rows.subjects[row],
    trackId: rows.tracks[row],
    faces: rows.faces[row],
  });
  const named = ({ left, right, score }: ScoredPair): DoubtfulPair => {
    const scored = { score, probeFaces: rows.faces[left], galleryFaces: rows.faces[right] };
    const rate = meaning === null ? null : meaningOf(meaning, scored, NO_SIZES).fmr;
    return {
      score,
      fmr: rate?.fmr ?? null,
      fmrInterval: rate?.interval ?? null,
      measuredOn: meaning === null ? null : comparisonsOf(meaning, scored),
      left: trackAt(left),
      right: trackAt(right),
    };
  };
  const unsettled = (pair: DoubtfulPair): boolean => !isSettled(pair);
  return {
    alikeOfDifferent: alike.map(named).filter(unsettled).slice(0, count),
    unlikeOfSame: atMostOfSubject(unlike.map(named).filter(unsettled)).slice(0, count),
    settled: settled.length,
  };
}

/** Two people are settled by any pair of their tracks; tracks of one person each by itself. */
export function settledTest(
  settled: readonly SettledDoubt[],
): (pair: Pick<DoubtfulPair, 'left' | 'right'>) => boolean {
  const key = (one: number | null, other: number | null): string =>
    [one ?? 0, other ?? 0].sort((left, right) => left - right).join();
  const people = new Set<string>();
  const tracks = new Set<string>();
  for (const { kind, one, other, oneSubject, otherSubject } of settled) {
    if (kind === 'alike') people.add(key(oneSubject, otherSubject));
    else tracks.add(key(one, other));
  }
  return ({ left, right }) =>
    left.subjectId === right.subjectId
      ? tracks.has(key(left.trackId, right.trackId))
      : people.has(key(left.subjectId, right.subjectId));
}

function mostOfOneSubject(settled: readonly SettledDoubt[]): number {
  const counts = new Map<number | null, number>();
  for (const { kind, oneSubject } of settled)
    if (kind === 'unlike') counts.set(oneSubject, (counts.get(oneSubject) ?? 0) + 1);
  return Math.max(0, ...counts.values());
}

function atMostOfSubject(pairs: readonly DoubtfulPair[]): DoubtfulPair[] {
  const counts = new Map<number, number>();
  return pairs.filter(({ left: { subjectId } }) => {
    const before = counts.get(subjectId) ?? 0;
    counts.set(subjectId, before + 1);
    return before < PAIRS_OF_SUBJECT;
  });
}
