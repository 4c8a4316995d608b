// What scores mean in a gallery: measured once for each way of searching it, kept with the gallery, old as soon as it changes.

import { matrix } from '../../common/matrix.ts';
import type { ProgressToken } from '../../common/progress.ts';
import { Rng } from '../../common/rng.ts';
import type { ComparedItems } from '../../evaluation/meaning/compared-items.ts';
import { drawTemplates } from '../../evaluation/meaning/drawn-templates.ts';
import { bandOf } from '../../evaluation/meaning/face-bands.ts';
import { parseScoreMeaning } from '../../evaluation/meaning/meaning-json.ts';
import type { GallerySizes } from '../../evaluation/meaning/result-meaning.ts';
import {
  measureScoreMeaning,
  PEOPLE_FOR_OWN_MEASURE,
  type ScoreMeaning,
} from '../../evaluation/score-meaning.ts';
import type { Gallery } from '../../gallery/gallery.ts';
import type { GalleryIndex } from '../../gallery/search/gallery-index.ts';

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

const SEED = 1;

/**
 * Templates of 1, 2, 4 and 8 faces of known subjects against those of other subjects, so many of each as the gallery's faces
 * give; in a gallery of fewer than 100 known subjects, people of a reference set against every track instead. Kept with the
 * gallery. Throws `bad-data` where too few people are known and there is no reference set, and `cancelled`.
 * @param probes the index of the space that probes are embedded in
 * @param answers the index of the space that answers them, often the same
 * @param reference people who are not in the gallery, embedded in the probes' space
 */
export async function measureMeaning(
  gallery: Gallery,
  { probes, answers }: { readonly probes: GalleryIndex; readonly answers: GalleryIndex },
  reference: ComparedItems | null,
  progress: ProgressToken,
): Promise<ScoreMeaning> {
  const known = answers.knownFaces();
  const isReferenceNeeded = reference !== null && new Set(known.subjects).size < PEOPLE_FOR_OWN_MEASURE;
  const rng = Rng.seeded(SEED);
  const meaning = await measureScoreMeaning(
    isReferenceNeeded
      ? { gallery: tracksOf(answers), reference, source: 'reference', rng }
      : {
          gallery: templatesOf(answers),
          ...(probes === answers ? {} : { probes: templatesOf(probes) }),
          source: 'gallery',
          rng,
        },
    progress,
  );
  const direction = { probeSpace: probes.space.id, answerSpace: answers.space.id };
  gallery.change(() => {
    const put = gallery.database.prepare(
      'INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
    );
    put.run(meaningKey(direction), JSON.stringify(meaning));
    put.run(stateKey(direction), stateOf(gallery));
    gallery.record('scores.measured', { ...direction, source: meaning.source, cells: meaning.cells.length });
  });
  return meaning;
}

/** Null where it was never measured. */
export function readMeaning(gallery: Gallery, direction: Direction): MeasuredMeaning | null {
  const read = gallery.database.prepare('SELECT value FROM meta WHERE key = ?').pluck();
  const text = read.get(meaningKey(direction)) as string | undefined;
  if (text === undefined) return null;
  return { meaning: parseScoreMeaning(text), isOld: read.get(stateKey(direction)) !== stateOf(gallery) };
}

/** How many entries of each band a search compares a probe with, from the entries by the faces behind them. */
export function bandSizes(entriesByFaces: ReadonlyMap<number, number>): GallerySizes {
  const sizes: [number, number, number, number] = [0, 0, 0, 0];
  for (const [faces, entries] of entriesByFaces) sizes[bandOf(faces)] += entries;
  return sizes;
}

/**
 * The same draw for every space that holds the same faces: the two sides of a gallery then show the same templates, and two
 * that share a photograph are in one group.
 */
function templatesOf(index: GalleryIndex): ComparedItems {
  const { vectors, subjects, weights } = index.knownFaces();
  return drawTemplates(packed(vectors, index.space.dimension), subjects, Rng.seeded(SEED), { weights });
}

function tracksOf(index: GalleryIndex): ComparedItems {
  const { vectors, subjects, faces, tracks } = index.trackTemplates();
  return { vectors: packed(vectors, index.space.dimension), subjects, groups: tracks, faces };
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
function stateOf({ database }: Gallery): string {
  const row = database
    .prepare(
      `SELECT (SELECT count(*) || ':' || ifnull(max(id), 0) FROM faces) || '/' ||
         (SELECT count(*) || ':' || ifnull(max(id), 0) || ':' || count(undone_at) FROM changes)`,
    )
    .pluck()
    .get();
  return String(row);
}
