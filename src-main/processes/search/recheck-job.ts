// A gallery looks at itself: what its scores mean, for every way it is searched, and which labels look wrong.

import { ensure, GlimpseError } from '../../common/errors.ts';
import type { ProgressToken } from '../../common/progress.ts';
import type { ComparedItems } from '../../evaluation/meaning/compared-items.ts';
import type { ScoreMeaning } from '../../evaluation/score-meaning.ts';
import {
  activeSpace,
  describeSpace,
  isSameSpace,
  type Side,
  type Space,
} from '../../gallery/db/queries/spaces.ts';
import type { Gallery } from '../../gallery/gallery.ts';
import { fillThreadsFor } from '../../gallery/search/fill-threads.ts';
import { GalleryIndex } from '../../gallery/search/gallery-index.ts';
import { findLabelDoubts, type LabelDoubts } from './label-doubts.ts';
import { type ComparedSpaces, computeMeaning, keepMeasured, stateOf, tracksOf } from './measured-meaning.ts';
import type { ReferenceSet } from './reference-set.ts';

/** The meaning of one way of searching: probes of a side against entries of a side. */
export interface DirectionMeaning {
  readonly probes: Side;
  readonly answers: Side;
  readonly meaning: ScoreMeaning;
}

export interface RecheckReport extends LabelDoubts {
  readonly gallery: string;
  readonly meanings: readonly DirectionMeaning[];
  /** Why a direction was not measured, one sentence each: only where `isMeaningOptional`. */
  readonly unmeasured: readonly string[];
}

/** What was computed, and what has to be known to keep it. */
export interface ComputedRecheck {
  readonly report: RecheckReport;
  readonly measured: readonly (ComparedSpaces & { readonly meaning: ScoreMeaning })[];
  /** The gallery's, when the measuring began. */
  readonly state: string;
}

export interface RecheckRequest {
  /** Whose embeddings the lists of doubtful labels go by. */
  readonly side: Side;
  /** Pairs of each list. */
  readonly count: number;
  /** One per side, for galleries of fewer than 100 known subjects. */
  readonly references: readonly ReferenceSet[];
  /** Doubts are looked for, too, where too few people are known to measure what their scores mean. Default: no. */
  readonly isMeaningOptional?: boolean;
}

/** Computes and keeps what scores mean. Throws what `computeRecheck` throws. */
export async function recheckGallery(
  gallery: Gallery,
  request: RecheckRequest,
  progress: ProgressToken,
): Promise<RecheckReport> {
  const computed = await computeRecheck(gallery, request, progress);
  keepRecheck(gallery, computed);
  return computed.report;
}

/** The meanings that were measured go into the gallery, each with its record. */
export function keepRecheck(gallery: Gallery, { measured, state }: ComputedRecheck): void {
  for (const { meaning, ...spaces } of measured) keepMeasured(gallery, spaces, meaning, state);
}

/**
 * Measures each side against itself and, where both sides are enrolled in one frame, each against the other. Throws `bad-data`
 * where the wanted side is empty or too few people are known, `bad-usage` for a reference set of another space, `cancelled`.
 * Only reads.
 */
export async function computeRecheck(
  gallery: Gallery,
  { side, count, references, isMeaningOptional = false }: RecheckRequest,
  progress: ProgressToken,
): Promise<ComputedRecheck> {
  const state = stateOf(gallery);
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
  const measured: (ComparedSpaces & { meaning: ScoreMeaning })[] = [];
  const unmeasured: string[] = [];
  for (const probes of indexes) {
    for (const answers of indexes) {
      if (!areComparable(probes, answers)) continue;
      const people = referenceOf(probes.space);
      const reference = people && { people, tracks: () => tracksOf(answers) };
      const spaces = { probes: probes.space, answers: answers.space };
      try {
        const meaning = await computeMeaning(gallery, spaces, reference, progress);
        measured.push({ ...spaces, meaning });
      } catch (error) {
        const isTooFew = error instanceof GlimpseError && error.code === 'bad-data';
        if (!isMeaningOptional || !isTooFew) throw error;
        unmeasured.push(error.message);
      }
    }
  }
  const index = indexes.find(({ space }) => space.side === side) as GalleryIndex;
  const own = measured.find(({ probes, answers }) => probes === index.space && answers === index.space);
  const doubts = await findLabelDoubts(gallery, index, count, own?.meaning ?? null, progress);
  const meanings = measured.map(({ probes, answers, meaning }) => ({
    ...{ probes: probes.side, answers: answers.side, meaning },
  }));
  return { report: { gallery: gallery.name, meanings, unmeasured, ...doubts }, measured, state };
}

/** In one frame, and of the same faces: while a space is being filled its sides differ. */
function areComparable(left: GalleryIndex, right: GalleryIndex): boolean {
  return left.space.frameDigest === right.space.frameDigest && left.faces === right.faces;
}
