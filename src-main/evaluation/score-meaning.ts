// What a score means in one gallery: measured from pairs of different subjects in it, apart for each number of faces behind
// the two sides, and kept as plain JSON.

import { setImmediate as nextTurn } from 'node:timers/promises';
import { ensure } from '../common/errors.ts';
import { ProgressToken } from '../common/progress.ts';
import type { Rng } from '../common/rng.ts';
import {
  type ComparedItems,
  countSubjects,
  ensureItems,
  rowsByBand,
  UNKNOWN_SUBJECT,
} from './meaning/compared-items.ts';
import { ALL_BANDS, type FaceBand } from './meaning/face-bands.ts';
import { type GenuinePairs, sampleGenuinePairs } from './meaning/genuine-pairs.ts';
import { type ImpostorCurve, impostorCurve } from './meaning/impostor-curve.ts';
import {
  type CellSide,
  DEFAULT_PAIR_LIMITS,
  type ImpostorPairs,
  type PairLimits,
  sampleImpostorPairs,
} from './meaning/impostor-pairs.ts';
import { type LikelihoodCurve, likelihoodCurve } from './meaning/likelihood-ratio.ts';
import { type FittedTail, fitTail } from './meaning/tail-fit.ts';

/** Rises when the JSON's shape does. */
export const SCORE_MEANING_VERSION = 1;

/**
 * Where the impostor pairs came from. `gallery`: known subjects of it against each other. `reference`: people of a reference
 * set against everything enrolled, which takes for granted that none of them is in the gallery; their photographs
 * come from elsewhere, so that pairs under one camera may score higher than these.
 */
export type ImpostorSource = 'gallery' | 'reference';

/** Scores of templates of one band against templates of another. */
export interface MeaningCell {
  readonly probeBand: FaceBand;
  readonly galleryBand: FaceBand;
  readonly impostors: ImpostorCurve;
  /** Null where it was not foretold well enough, or there are too few pairs to tell. */
  readonly tail: FittedTail | null;
  /** Null without genuine pairs of enough subjects. */
  readonly likelihood: LikelihoodCurve | null;
  /** Scores of one person's pairs at every hundredth, ascending; absent in what was measured before there was such. */
  readonly genuine?: readonly number[] | null;
}

/** Plain JSON. */
export interface ScoreMeaning {
  readonly version: number;
  readonly source: ImpostorSource;
  /** Both sides were the same items: a cell holds for its bands either way round and is there once. */
  readonly symmetric: boolean;
  readonly cells: readonly MeaningCell[];
}

export interface MeaningRequest {
  /** What is searched: faces, track templates or subject templates, as the search compares them. */
  readonly gallery: ComparedItems;
  /** The same people as a probe shows them, when that differs (LR probes of an HR gallery). Default: the gallery itself. */
  readonly probes?: ComparedItems;
  /** People who are not in the gallery, as probes; their subjects are theirs alone. */
  readonly reference?: ComparedItems;
  /** Default: the gallery's own known subjects if there are 100, else the reference set if there is one. */
  readonly source?: ImpostorSource;
  readonly limits?: Partial<PairLimits>;
  readonly rng: Rng;
}

/** Fewer people than this on either side say nothing about people at large: such a cell is left out. */
export const FEWEST_PEOPLE = 20;
/** With so many known subjects a gallery needs no reference set. */
export const PEOPLE_FOR_OWN_MEASURE = 100;
const GENUINE_PER_SUBJECT = 10;
const FEWEST_GENUINE_SUBJECTS = 10;

/**
 * Measures every cell that has people enough. About one second and 50 MB for each million pairs of 512 dimensions, one
 * million a cell by default, however large the gallery. Gives way to other work between cells. Throws `bad-data` when no cell can be
 * measured or the items are malformed, `not-finite` for NaN, `cancelled`.
 */
export async function measureScoreMeaning(
  request: MeaningRequest,
  progress = ProgressToken.silent(),
): Promise<ScoreMeaning> {
  const { gallery, rng } = request;
  ensureItems(gallery, 'gallery');
  if (request.probes !== undefined) ensureItems(request.probes, 'probe');
  if (request.reference !== undefined) ensureItems(request.reference, 'reference');
  const source = request.source ?? chooseSource(request);
  const limits = { ...DEFAULT_PAIR_LIMITS, ...request.limits };
  const sides = source === 'gallery' ? knownSides(request) : referenceSides(request);
  const genuine = knownSides(request);
  const symmetric = sides.probe.items === sides.gallery.items;
  const cells: MeaningCell[] = [];
  const stage = progress.stage('measuring scores', ALL_BANDS.length ** 2, 'comparisons');
  for (const probeBand of ALL_BANDS) {
    for (const galleryBand of ALL_BANDS) {
      stage.advance();
      if (symmetric && galleryBand < probeBand) continue;
      progress.throwIfCancelled();
      await nextTurn();
      const impostors = sampleCell(sides, probeBand, galleryBand, limits, rng);
      if (impostors === null) continue;
      const pairs = sampleGenuinePairs(
        { items: genuine.probe.items, rows: genuine.probe.rows[probeBand] },
        { items: genuine.gallery.items, rows: genuine.gallery.rows[galleryBand] },
        GENUINE_PER_SUBJECT,
        rng,
      );
      cells.push({ probeBand, galleryBand, ...curvesOf(impostors, pairs, rng) });
    }
  }
  ensure(
    cells.length > 0,
    'bad-data',
    source === 'gallery'
      ? `a gallery of ${countSubjects(gallery)} known subjects cannot say what its scores mean: that takes ` +
          `${FEWEST_PEOPLE} known subjects, or a reference set of as many people`
      : `${countPeople(sides.probe)} people of a reference set against ${countPeople(sides.gallery)} tracks and people of the ` +
          `gallery cannot say what scores mean: that takes ${FEWEST_PEOPLE} of each`,
  );
  return { version: SCORE_MEANING_VERSION, source, symmetric, cells };
}

/** The cell that holds for a comparison, or null when it was not measured; no other cell stands in for it. */
export function cellFor(
  { cells, symmetric }: ScoreMeaning,
  probeBand: FaceBand,
  galleryBand: FaceBand,
): MeaningCell | null {
  const [first, second] =
    symmetric && galleryBand < probeBand ? [galleryBand, probeBand] : [probeBand, galleryBand];
  return cells.find((cell) => cell.probeBand === first && cell.galleryBand === second) ?? null;
}

interface BandedSide {
  readonly items: ComparedItems;
  readonly rows: Record<FaceBand, number[]>;
  readonly personOf: (row: number) => number;
}

interface BothSides {
  readonly probe: BandedSide;
  readonly gallery: BandedSide;
}

function chooseSource({ gallery, reference }: MeaningRequest): ImpostorSource {
  if (reference === undefined) return 'gallery';
  return countSubjects(gallery) >= PEOPLE_FOR_OWN_MEASURE ? 'gallery' : 'reference';
}

/** Named items alone: nothing says that two unknown faces are different people. */
function knownSides({ gallery, probes = gallery }: MeaningRequest): BothSides {
  const side = (items: ComparedItems): BandedSide => ({
    items,
    rows: rowsByBand(items, (row) => items.subjects[row] !== UNKNOWN_SUBJECT),
    personOf: (row) => items.subjects[row],
  });
  const gallerySide = side(gallery);
  return { probe: probes === gallery ? gallerySide : side(probes), gallery: gallerySide };
}

/** Strangers against everyone. An unknown group counts as a person of its own, for want of better knowledge. */
function referenceSides({ gallery, reference }: MeaningRequest): BothSides {
  ensure(
    reference !== undefined,
    'bad-usage',
    'measuring against a reference set needs a reference set, none was given',
  );
  // Three families of keys that never meet: people of the reference set, subjects and unknown groups of the gallery.
  return {
    probe: {
      items: reference,
      rows: rowsByBand(reference, () => true),
      personOf: (row) =>
        reference.subjects[row] === UNKNOWN_SUBJECT
          ? 4 * reference.groups[row] + 3
          : 4 * reference.subjects[row],
    },
    gallery: {
      items: gallery,
      rows: rowsByBand(gallery, () => true),
      personOf: (row) =>
        gallery.subjects[row] === UNKNOWN_SUBJECT
          ? 4 * gallery.groups[row] + 2
          : 4 * gallery.subjects[row] + 1,
    },
  };
}

function countPeople({ rows, personOf }: BandedSide): number {
  return new Set(ALL_BANDS.flatMap((band) => rows[band].map(personOf))).size;
}

function sampleCell(
  { probe, gallery }: BothSides,
  probeBand: FaceBand,
  galleryBand: FaceBand,
  limits: PairLimits,
  rng: Rng,
): ImpostorPairs | null {
  const sideOf = ({ items, rows, personOf }: BandedSide, band: FaceBand): CellSide => ({
    items,
    rows: rows[band],
    personOf,
  });
  const probeSide = sideOf(probe, probeBand);
  const gallerySide = sideOf(gallery, galleryBand);
  for (const { rows, personOf } of [probeSide, gallerySide]) {
    if (new Set(rows.map(personOf)).size < FEWEST_PEOPLE) return null;
  }
  return sampleImpostorPairs(probeSide, gallerySide, limits, rng);
}

function curvesOf(
  sample: ImpostorPairs,
  genuine: GenuinePairs,
  rng: Rng,
): Omit<MeaningCell, 'probeBand' | 'galleryBand'> {
  const impostors = impostorCurve(sample);
  const genuineSubjects = new Set(genuine.subjects).size;
  const likelihood =
    genuineSubjects < FEWEST_GENUINE_SUBJECTS
      ? null
      : likelihoodCurve({
          genuine: genuine.scores,
          genuineSubjects,
          impostor: sample.scores,
          effectiveImpostors: impostors.effectivePairs[0],
        });
  const isShown = genuineSubjects >= FEWEST_GENUINE_SUBJECTS;
  return {
    impostors,
    tail: fitTail(sample, impostors, rng),
    likelihood,
    genuine: isShown ? hundredthsOf(genuine.scores) : null,
  };
}

/** The least score, the score at each hundredth, the greatest. */
function hundredthsOf(scores: Float64Array): number[] {
  const sorted = scores.slice().sort();
  return Array.from({ length: 101 }, (_, share) => sorted[Math.round((share / 100) * (sorted.length - 1))]);
}
