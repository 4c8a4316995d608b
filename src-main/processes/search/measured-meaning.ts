// What scores mean in a gallery's space: measured once, kept with the gallery, old as soon as the gallery changes.

import { matrix } from '../../common/matrix.ts';
import { Rng } from '../../common/rng.ts';
import { drawTemplates } from '../../evaluation/meaning/drawn-templates.ts';
import { bandOf } from '../../evaluation/meaning/face-bands.ts';
import { parseScoreMeaning } from '../../evaluation/meaning/meaning-json.ts';
import type { GallerySizes } from '../../evaluation/meaning/result-meaning.ts';
import { measureScoreMeaning, type ScoreMeaning } from '../../evaluation/score-meaning.ts';
import type { Gallery } from '../../gallery/gallery.ts';
import type { GalleryIndex } from '../../gallery/search/gallery-index.ts';

export interface MeasuredMeaning {
  readonly meaning: ScoreMeaning;
  /** Faces and subjects have changed since. */
  readonly isOld: boolean;
}

const SEED = 1;

/**
 * Templates of 1, 2, 4 and 8 faces of known subjects against those of other subjects: so many of each as the gallery's faces
 * give. Throws `bad-data` where too few subjects are known.
 */
export function measureMeaning(gallery: Gallery, index: GalleryIndex): ScoreMeaning {
  const { vectors, subjects, weights } = index.knownFaces();
  const { dimension, id } = index.space;
  const values = new Float32Array(vectors.length * dimension);
  for (const [at, vector] of vectors.entries()) values.set(vector, at * dimension);
  const rng = Rng.seeded(SEED);
  const items = drawTemplates(matrix(values, dimension), subjects, rng, { weights });
  const meaning = measureScoreMeaning({ gallery: items, rng });
  gallery.change(() => {
    const put = gallery.database.prepare(
      'INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
    );
    put.run(meaningKey(id), JSON.stringify(meaning));
    put.run(stateKey(id), stateOf(gallery));
    gallery.record('scores.measured', { space: id, cells: meaning.cells.length });
  });
  return meaning;
}

/** Null where it was never measured. */
export function readMeaning(gallery: Gallery, spaceId: number): MeasuredMeaning | null {
  const read = gallery.database.prepare('SELECT value FROM meta WHERE key = ?').pluck();
  const text = read.get(meaningKey(spaceId)) as string | undefined;
  if (text === undefined) return null;
  return { meaning: parseScoreMeaning(text), isOld: read.get(stateKey(spaceId)) !== stateOf(gallery) };
}

/** How many entries of each band a search compares a probe with, from the faces behind each. */
export function bandSizes(facesBehindEntries: readonly number[]): GallerySizes {
  const sizes: [number, number, number, number] = [0, 0, 0, 0];
  for (const faces of facesBehindEntries) sizes[bandOf(faces)]++;
  return sizes;
}

function meaningKey(spaceId: number): string {
  return `meaning:${spaceId}`;
}

function stateKey(spaceId: number): string {
  return `meaning-state:${spaceId}`;
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
