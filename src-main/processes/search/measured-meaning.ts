// What scores mean in a gallery: measured once for each way of searching it, kept with the gallery, old as soon as it changes.

import { matrix } from '../../common/matrix.ts';
import type { ProgressToken } from '../../common/progress.ts';
import { Rng } from '../../common/rng.ts';
import type { ComparedItems } from '../../evaluation/meaning/compared-items.ts';
import { drawTemplates } from '../../evaluation/meaning/drawn-templates.ts';
import { bandLabel, bandOf } from '../../evaluation/meaning/face-bands.ts';
import { parseScoreMeaning } from '../../evaluation/meaning/meaning-json.ts';
import type { GallerySizes, ScoredResult } from '../../evaluation/meaning/result-meaning.ts';
import {
  cellFor,
  measureScoreMeaning,
  PEOPLE_FOR_OWN_MEASURE,
  type ScoreMeaning,
} from '../../evaluation/score-meaning.ts';
import type { MeasuredOn } from '../../gallery/cases/case-items.ts';
import { type KnownFaces, readKnownFaces } from '../../gallery/db/queries/known-faces.ts';
import type { Space } from '../../gallery/db/queries/spaces.ts';
import type { Gallery } from '../../gallery/gallery.ts';
import { fillThreadsFor } from '../../gallery/search/fill-threads.ts';
import { GalleryIndex } from '../../gallery/search/gallery-index.ts';

export interface MeasuredMeaning {
  readonly meaning: ScoreMeaning;
  /** Faces and subjects have changed since. */
  readonly isOld: boolean;
}

/** Which embeddings a probe has, and which answer it: the same space twice, or one of each side in the same frame. */
export interface Direction {
  readonly probeSpace: number;
  readonly answerSpace: number;
}

/** The spaces of a direction. */
export interface ComparedSpaces {
  readonly probes: Space;
  readonly answers: Space;
}

/** People who are not in the gallery, embedded in the probes' space, and every track of the answering space. */
export interface MeaningReference {
  readonly people: ComparedItems;
  readonly tracks: () => ComparedItems;
}

const SEED = 1;
/** Known faces that are looked at: more do not narrow the intervals by much, and take memory. */
const MOST_KNOWN_FACES = 100_000;

/**
 * Templates of 1, 2, 4 and 8 faces of known subjects against those of other subjects, so many of each as the gallery's faces
 * give; in a gallery of fewer than 100 known subjects, people of a reference set against every track instead. Only reads.
 * Throws `bad-data` where too few people are known and there is no reference set, and `cancelled`.
 */
export async function computeMeaning(
  { database }: Gallery,
  { probes, answers }: ComparedSpaces,
  reference: MeaningReference | null,
  progress: ProgressToken,
): Promise<ScoreMeaning> {
  // The same draw in every space that holds the same faces: the two sides of a gallery then show the same templates.
  const known = (space: Space): KnownFaces =>
    readKnownFaces(database, space, MOST_KNOWN_FACES, Rng.seeded(SEED, MOST_KNOWN_FACES));
  const ofAnswers = known(answers);
  const isReferenceNeeded = new Set(ofAnswers.subjects).size < PEOPLE_FOR_OWN_MEASURE;
  const rng = Rng.seeded(SEED);
  return measureScoreMeaning(
    reference !== null && isReferenceNeeded
      ? { gallery: reference.tracks(), reference: reference.people, source: 'reference', rng }
      : {
          gallery: templatesOf(ofAnswers),
          ...(probes.id === answers.id ? {} : { probes: templatesOf(known(probes)) }),
          source: 'gallery',
          rng,
        },
    progress,
  );
}

/**
 * In a transaction of its own, with its record.
 * @param state the gallery's, by `stateOf`, when the measuring began: what has changed since makes the meaning old
 */
export function keepMeasured(
  gallery: Gallery,
  { probes, answers }: ComparedSpaces,
  meaning: ScoreMeaning,
  state: string,
): void {
  const direction = { probeSpace: probes.id, answerSpace: answers.id };
  gallery.change(() => {
    keepMeaning(gallery, direction, meaning, state);
    gallery.record('scores.measured', { ...direction, source: meaning.source, cells: meaning.cells.length });
  });
}

/** As measured on what the gallery held in a state, by `stateOf`. In the caller's transaction. */
export function keepMeaning(
  gallery: Gallery,
  direction: Direction,
  meaning: ScoreMeaning,
  state: string,
): void {
  const put = gallery.database.prepare(
    'INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
  );
  put.run(meaningKey(direction), JSON.stringify(meaning));
  put.run(stateKey(direction), state);
}

/** Null where it was never measured. */
export function readMeaning(gallery: Gallery, direction: Direction): MeasuredMeaning | null {
  const read = gallery.database.prepare('SELECT value FROM meta WHERE key = ?').pluck();
  const text = read.get(meaningKey(direction)) as string | undefined;
  if (text === undefined) return null;
  return { meaning: parseScoreMeaning(text), isOld: read.get(stateKey(direction)) !== stateOf(gallery) };
}

/** What the FMR of such a result was measured on. */
export function comparisonsOf(
  meaning: ScoreMeaning,
  { probeFaces, galleryFaces }: ScoredResult,
): MeasuredOn | null {
  const [probeBand, galleryBand] = [bandOf(probeFaces), bandOf(galleryFaces)];
  const cell = cellFor(meaning, probeBand, galleryBand);
  if (cell === null) return null;
  const { pairs, people } = cell.impostors;
  return {
    source: meaning.source,
    probeFaces: bandLabel(probeBand),
    galleryFaces: bandLabel(galleryBand),
    pairs,
    people,
  };
}

/** How many entries of each band a search compares a probe with, from the entries by the faces behind them. */
export function bandSizes(entriesByFaces: ReadonlyMap<number, number>): GallerySizes {
  const sizes: [number, number, number, number] = [0, 0, 0, 0];
  for (const [faces, entries] of entriesByFaces) sizes[bandOf(faces)] += entries;
  return sizes;
}

/** Two templates that share a photograph are in one group, whatever side they are of. */
function templatesOf({ vectors, subjects, weights }: KnownFaces): ComparedItems {
  return drawTemplates(vectors, subjects, Rng.seeded(SEED), { weights });
}

/** Every track of a gallery: what people of a reference set are compared with. */
export function tracksOf(index: GalleryIndex): ComparedItems {
  const { vectors, subjects, faces, tracks } = index.trackTemplates();
  return { vectors: packed(vectors, index.space.dimension), subjects, groups: tracks, faces };
}

/** Embedded faces of people who are not in the gallery. */
export interface ReferenceVectors {
  /** Whose face each is. */
  readonly people: readonly number[];
  /** One after another. */
  readonly vectors: Float32Array;
}

/** Of faces that another process has embedded, against every track of the answering space. */
export async function referenceOf(
  { database }: Gallery,
  answers: Space,
  { people, vectors }: ReferenceVectors,
  progress: ProgressToken,
): Promise<MeaningReference> {
  const index = await GalleryIndex.load(database, answers, progress, { loadingThreads: fillThreadsFor });
  const items = drawTemplates(matrix(vectors, answers.dimension), people, Rng.seeded(SEED));
  return { people: items, tracks: () => tracksOf(index) };
}

/** Embedded people of a reference set, some faces of each, as templates of every size that they give. */
export function referenceItems(
  vectors: readonly Float32Array[],
  people: readonly number[],
  dimension: number,
): ComparedItems {
  return drawTemplates(packed(vectors, dimension), people, Rng.seeded(SEED));
}

function packed(vectors: readonly Float32Array[], dimension: number): ReturnType<typeof matrix> {
  const values = new Float32Array(vectors.length * dimension);
  for (const [at, vector] of vectors.entries()) values.set(vector, at * dimension);
  return matrix(values, dimension);
}

function meaningKey({ probeSpace, answerSpace }: Direction): string {
  return `meaning:${probeSpace}:${answerSpace}`;
}

function stateKey(direction: Direction): string {
  return `${meaningKey(direction)}:state`;
}

/** Changes whenever faces come or go, or somebody moves, merges or splits. */
export function stateOf({ database }: Gallery): string {
  const row = database
    .prepare(
      `SELECT (SELECT count(*) || ':' || ifnull(max(id), 0) FROM faces) || '/' ||
         (SELECT count(*) || ':' || ifnull(max(id), 0) || ':' || count(undone_at) FROM changes)`,
    )
    .pluck()
    .get();
  return String(row);
}
