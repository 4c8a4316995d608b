// A batch of pictures to what is enrolled of them: read, faces found or taken as crops, embedded. The command line's import and the
// window's both go through here, so both enrol the same.

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs';
import { promisify } from 'node:util';
import { messageOf } from '../../common/errors.ts';
import { decodesInFlight } from '../../datasets/image-report.ts';
import { mapInFlight } from '../../datasets/in-flight.ts';
import type { SourceItem } from '../../datasets/sources/source-item.ts';
import type { DecodePicture } from '../../engine/runtime/picture-decoder.ts';
import type { ImportItem } from '../../gallery/db/queries/imports.ts';
import type { PictureOutcome } from '../../gallery/enrol/pictures.ts';
import { type FaceFinder, mainFace } from '../../imaging/face-finder.ts';
import type { RgbImage } from '../../imaging/image.ts';
import { findFaces, type PictureFace, takeCrop, toEnrolledFace } from './picture-faces.ts';

/** A third of the processor time of the one in fs/promises, for files this small (EXPERIMENTS.md). */
const readPictureFile = promisify(readFile);

/** Crops are small: enough of them wait for a processor while this thread embeds and writes. */
const CROPS_IN_FLIGHT = 32;

/** A picture that was read, with its digest, size and faces; or why it was not. */
export type PictureReading =
  | { readonly kind: 'failed'; readonly position: number; readonly reason: string }
  | {
      readonly kind: 'read';
      readonly position: number;
      readonly item: SourceItem;
      readonly sha256: Buffer;
      readonly width: number;
      readonly height: number;
      readonly faces: readonly PictureFace[];
      /** Which face the picture's subject names; -1 where there is none. */
      readonly named: number;
    };

/** Unit embeddings of crops, one list per space, by the space's number. */
export type EmbedCrops = (
  crops: readonly RgbImage[],
) => Promise<readonly { readonly spaceId: number; readonly vectors: readonly Float32Array[] }[]>;

/** `finder` null takes each picture as a face crop, as it is. What cannot be read comes back with its reason. */
export function readPictureBatch(
  items: readonly ImportItem[],
  finder: FaceFinder | null,
  decode: DecodePicture,
): Promise<PictureReading[]> {
  const inFlight = finder === null ? CROPS_IN_FLIGHT : decodesInFlight();
  return mapInFlight(items, inFlight, (item) => readPicture(item, finder, decode));
}

async function readPicture(
  { position, item }: ImportItem,
  finder: FaceFinder | null,
  decode: DecodePicture,
): Promise<PictureReading> {
  const source = item as SourceItem;
  try {
    const bytes = await readPictureFile(source.path);
    const sha256 = createHash('sha256').update(bytes).digest();
    const picture = await decode(bytes, source.name);
    const { width, height } = picture;
    const read = { kind: 'read', position, item: source, sha256, width, height } as const;
    if (finder === null) return { ...read, faces: [await takeCrop(picture, bytes, source.name)], named: 0 };
    const faces = await findFaces(finder, picture);
    const main = mainFace(faces, picture);
    return { ...read, faces, named: main === null ? -1 : faces.indexOf(main) };
  } catch (error) {
    return { kind: 'failed', position, reason: messageOf(error).replace(/\s+/g, ' ') };
  }
}

/** As the gallery takes them. */
export async function embedPictureBatch(
  batch: readonly PictureReading[],
  embed: EmbedCrops,
  asCrops: boolean,
): Promise<PictureOutcome[]> {
  const crops = batch.flatMap((reading) =>
    reading.kind === 'read' ? reading.faces.map(({ crop }) => crop) : [],
  );
  const embeddings = crops.map(() => new Map<number, Float32Array>());
  for (const { spaceId, vectors } of crops.length === 0 ? [] : await embed(crops)) {
    for (const [at, vector] of vectors.entries()) embeddings[at].set(spaceId, vector);
  }
  let next = 0;
  return batch.map((reading) => {
    if (reading.kind === 'failed') return reading;
    const { position, item, sha256, width, height } = reading;
    const faces = reading.faces.map((face, at) =>
      toEnrolledFace(face, embeddings[next++], at === reading.named),
    );
    const { subject, camera, tags, track, capturedAtMs: capturedAt, path } = item;
    const kind = asCrops ? 'crop' : 'image';
    const source = { sha256, path, kind, width, height } as const;
    return { kind: 'read', position, source, subject, camera, capturedAt, tags, track, faces };
  });
}
