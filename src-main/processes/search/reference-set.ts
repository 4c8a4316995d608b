// A reference set: people who are known not to be in a gallery, embedded as its probes are.

import { join } from 'node:path';
import { ensure, GlimpseError } from '../../common/errors.ts';
import type { ProgressToken } from '../../common/progress.ts';
import { listIdentityFolders } from '../../datasets/identity-folders.ts';
import { decodesInFlight } from '../../datasets/image-report.ts';
import { mapInFlight } from '../../datasets/in-flight.ts';
import type { ComparedItems } from '../../evaluation/meaning/compared-items.ts';
import type { SpaceKey } from '../../gallery/db/queries/spaces.ts';
import { decodeImageFile } from '../../imaging/decode.ts';
import { type FaceFinder, mainFace } from '../../imaging/face-finder.ts';
import type { RgbImage } from '../../imaging/image.ts';
import type { CropEmbedder } from '../enrolment/crop-embedder.ts';
import { findFaces } from '../enrolment/picture-faces.ts';
import { referenceItems } from './measured-meaning.ts';

export interface ReferenceSet {
  readonly space: SpaceKey;
  readonly items: ComparedItems;
  /** Faces that were embedded, and pictures that could not be read or showed no face. */
  readonly faces: number;
  readonly leftOut: number;
}

const PICTURES_PER_BATCH = 128;

/** Faces of a reference set as one embedder sees each of them. */
export interface ReferenceFaces {
  /** Whose face each is, by a number for each folder. */
  readonly people: readonly number[];
  /** By embedder, one per face. */
  readonly vectors: readonly (readonly Float32Array[])[];
  readonly leftOut: number;
}

/** Embeds a reference set by each embedder, ready to be measured with. Throws as `readReferenceFaces`. */
export async function readReferenceSet(
  root: string,
  embedders: readonly CropEmbedder[],
  finder: FaceFinder | null,
  progress: ProgressToken,
): Promise<ReferenceSet[]> {
  const { people, vectors, leftOut } = await readReferenceFaces(root, embedders, finder, progress);
  return embedders.map(({ space }, at) => ({
    space,
    items: referenceItems(vectors[at], people, space.dimension),
    faces: people.length,
    leftOut,
  }));
}

/**
 * Embeds identity folders by each embedder. Pictures that cannot be read or show no face are left out.
 * @param finder null takes each picture as a face crop
 * Throws `not-found`, `bad-dataset`, `bad-data` where nothing is left or there are more than `most` pictures, and `cancelled`.
 */
export async function readReferenceFaces(
  root: string,
  embedders: readonly Pick<CropEmbedder, 'embed'>[],
  finder: FaceFinder | null,
  progress: ProgressToken,
  most = Number.POSITIVE_INFINITY,
): Promise<ReferenceFaces> {
  const { paths, labels } = await listIdentityFolders(root);
  ensure(
    paths.length <= most,
    'bad-data',
    `${root} has ${paths.length} pictures, and a reference set has at most ${most} here: choose a folder with fewer people`,
  );
  const stage = progress.stage('reading the reference set', paths.length, 'files');
  const people: number[] = [];
  const vectors: Float32Array[][] = embedders.map(() => []);
  for (let first = 0; first < paths.length; first += PICTURES_PER_BATCH) {
    progress.throwIfCancelled();
    const batch = paths.slice(first, first + PICTURES_PER_BATCH);
    const read = await mapInFlight(batch, decodesInFlight(), (path) => faceOf(join(root, path), finder));
    const crops: RgbImage[] = [];
    for (const [at, crop] of read.entries()) {
      if (crop === null) continue;
      crops.push(crop);
      people.push(labels[first + at]);
    }
    for (const [at, embedder] of embedders.entries())
      if (crops.length > 0) vectors[at].push(...(await embedder.embed(crops)));
    stage.advance(batch.length);
  }
  ensure(people.length > 0, 'bad-data', `no picture of ${root} shows a face that can be read`);
  return { people, vectors, leftOut: paths.length - people.length };
}

async function faceOf(path: string, finder: FaceFinder | null): Promise<RgbImage | null> {
  try {
    const picture = await decodeImageFile(path);
    if (finder === null) return picture;
    const faces = await findFaces(finder, picture);
    const main = mainFace(faces, picture);
    return main?.crop ?? null;
  } catch (error) {
    if (error instanceof GlimpseError) return null;
    throw error;
  }
}
