// A gallery of made embeddings: known subjects to measure scores from, and unknown people seen at two cameras on two days.

import { createHash } from 'node:crypto';
import { normalise } from '../../src-main/common/matrix.ts';
import { ProgressToken } from '../../src-main/common/progress.ts';
import { Rng } from '../../src-main/common/rng.ts';
import { beginImport } from '../../src-main/gallery/db/queries/imports.ts';
import { activateSpace, ensureSpace, type Space } from '../../src-main/gallery/db/queries/spaces.ts';
import { enrolPictures, type PictureOutcome } from '../../src-main/gallery/enrol/pictures.ts';
import type { Gallery } from '../../src-main/gallery/gallery.ts';
import { computeMeaning, keepMeasured, stateOf } from '../../src-main/processes/search/measured-meaning.ts';
import { randomDirection } from './made-embeddings.ts';
import { madeFace, madePicture } from './made-gallery.ts';
import { tinyPng } from './tiny-png.ts';

const DIMENSION = 64;
const SCATTER = 0.65;

export interface MadeSighting {
  /** Any number: the same for the same person. */
  readonly person: number;
  readonly subject?: string;
  readonly camera?: string;
  readonly capturedAt?: number;
}

/** One face, one track each; faces of one person score about 0.7, others 0 ± 0.13. */
export async function enrolSightings(gallery: Gallery, sightings: readonly MadeSighting[]): Promise<Space> {
  const space = ensureSpace(
    gallery.database,
    {
      ...{ modelDigest: 'c'.repeat(64), profileDigest: null, preprocessing: 1, frameDigest: 'f'.repeat(64) },
      ...{ side: 'lr', dimension: DIMENSION },
    },
    1,
  );
  const pictures = sightings.map((sighting, at): PictureOutcome => {
    const centre = randomDirection(Rng.seeded(1, sighting.person), DIMENSION);
    const away = randomDirection(Rng.seeded(2, at), DIMENSION);
    const vector = normalise(centre.map((value, d) => value + SCATTER * away[d]));
    const cropFile = tinyPng(16, 16 + Math.floor(at / 250), at % 250);
    const face = madeFace(at, space, { embeddings: new Map([[space.id, vector]]), weight: 0.5, cropFile });
    const { subject = null, camera = null, capturedAt = null } = sighting;
    const sha256 = createHash('sha256').update(`sighting ${at}`).digest();
    const source = { sha256, path: `p${at}.jpg`, kind: 'crop', width: 16, height: 16 } as const;
    return madePicture(at, [face], { subject, camera, capturedAt, source });
  });
  const list = pictures.map((_, at) => ({ name: `p${at}.jpg`, item: {} }));
  const importId = beginImport(gallery.database, { kind: 'images', root: '/x', options: {} }, list, 1);
  await enrolPictures(gallery, importId, [space], pictures);
  activateSpace(gallery.database, space.id);
  return space;
}

/** Measures what scores mean from the known subjects. */
export async function measureSightings(gallery: Gallery, space: Space): Promise<void> {
  const spaces = { probes: space, answers: space };
  const meaning = await computeMeaning(gallery, spaces, null, ProgressToken.silent());
  keepMeasured(gallery, spaces, meaning, stateOf(gallery));
}
