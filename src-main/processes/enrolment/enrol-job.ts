// Enrolment: pictures of an import, batch by batch, into a gallery. Killed at any moment, it goes on where it was.

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { messageOf } from '../../common/errors.ts';
import type { ProgressToken } from '../../common/progress.ts';
import { decodesInFlight } from '../../datasets/image-report.ts';
import { mapInFlight } from '../../datasets/in-flight.ts';
import type { SourceItem } from '../../datasets/sources/source-item.ts';
import { type ImportItem, itemsToDo } from '../../gallery/db/queries/imports.ts';
import type { Space } from '../../gallery/db/queries/spaces.ts';
import { beginEnrolment, type EnrolmentReport, finishEnrolment } from '../../gallery/enrol/enrolment.ts';
import { enrolPictures, type PictureOutcome } from '../../gallery/enrol/pictures.ts';
import type { Gallery } from '../../gallery/gallery.ts';
import { decodeImage } from '../../imaging/decode.ts';
import { type FaceFinder, mainFace } from '../../imaging/face-finder.ts';
import type { CropEmbedder } from './crop-embedder.ts';
import { findFaces, type PictureFace, takeCrop, toEnrolledFace } from './picture-faces.ts';

export interface EnrolRequest {
  /** What kind of source, and where: an unfinished import of the same is gone on with. */
  readonly kind: 'folder' | 'manifest' | 'list' | 'images';
  readonly root: string;
  readonly items: readonly SourceItem[];
  /** Null takes each picture as a face crop, as it is. */
  readonly finder: FaceFinder | null;
  /** One per side that is filled. */
  readonly embedders: readonly CropEmbedder[];
}

export interface EnrolReport extends EnrolmentReport {
  readonly importId: number;
  /** Files of this import that an earlier sitting had done already. */
  readonly resumedAt: number;
}

const PICTURES_PER_BATCH = 128;
const CROPS_IN_FLIGHT = 32;

/** A picture that was read, with its digest, size and faces; or why it was not. */
type Reading =
  | { readonly kind: 'failed'; readonly position: number; readonly reason: string }
  | {
      readonly kind: 'read';
      readonly position: number;
      readonly item: SourceItem;
      readonly sha256: Buffer;
      readonly width: number;
      readonly height: number;
      readonly faces: readonly PictureFace[];
      readonly named: number;
    };

/** A cancelled enrolment keeps whole batches and throws `cancelled`; the same request goes on from there. */
export async function enrol(
  gallery: Gallery,
  request: EnrolRequest,
  progress: ProgressToken,
): Promise<EnrolReport> {
  const { kind, root, items, finder, embedders } = request;
  const { importId, spaces, resumedAt } = beginEnrolment(gallery, {
    kind,
    root,
    items: items.map((item) => ({ name: item.name, item })),
    asCrops: finder === null,
    spaces: embedders.map(({ space, profile }) => ({ space, profile })),
  });
  const stage = progress.stage('enrolling', items.length, 'files', resumedAt);
  let after = -1;
  let reading = readBatch(gallery, importId, request, after);
  for (;;) {
    const batch = await reading;
    if (batch.length === 0) break;
    after = batch[batch.length - 1].position;
    progress.throwIfCancelled();
    // The next pictures are decoded while these are embedded and written.
    reading = readBatch(gallery, importId, request, after);
    reading.catch(() => {});
    const outcomes = await withEmbeddings(batch, embedders, spaces, finder === null);
    await enrolPictures(gallery, importId, spaces, outcomes);
    stage.advance(batch.length);
  }
  return { importId, resumedAt, ...finishEnrolment(gallery, importId, spaces) };
}

async function readBatch(
  gallery: Gallery,
  importId: number,
  { finder }: EnrolRequest,
  after: number,
): Promise<Reading[]> {
  const items = itemsToDo(gallery.database, importId, after, PICTURES_PER_BATCH);
  // Crops are small: enough of them wait for a processor while this thread embeds and writes.
  const inFlight = finder === null ? CROPS_IN_FLIGHT : decodesInFlight();
  return mapInFlight(items, inFlight, (item) => readPicture(item, finder));
}

async function readPicture({ position, item }: ImportItem, finder: FaceFinder | null): Promise<Reading> {
  const source = item as SourceItem;
  try {
    const bytes = await readFile(source.path);
    const sha256 = createHash('sha256').update(bytes).digest();
    const picture = await decodeImage(bytes, source.name);
    const { width, height } = picture;
    const read = { kind: 'read', position, item: source, sha256, width, height } as const;
    if (finder === null) return { ...read, faces: [await takeCrop(picture, source.name)], named: 0 };
    const faces = await findFaces(finder, picture);
    const main = mainFace(faces, picture);
    return { ...read, faces, named: main === null ? -1 : faces.indexOf(main) };
  } catch (error) {
    return { kind: 'failed', position, reason: messageOf(error).replace(/\s+/g, ' ') };
  }
}

async function withEmbeddings(
  batch: readonly Reading[],
  embedders: readonly CropEmbedder[],
  spaces: readonly Space[],
  asCrops: boolean,
): Promise<PictureOutcome[]> {
  const crops = batch.flatMap((reading) =>
    reading.kind === 'read' ? reading.faces.map(({ crop }) => crop) : [],
  );
  const embeddings = crops.map(() => new Map<number, Float32Array>());
  for (const [index, embedder] of embedders.entries()) {
    const vectors = crops.length === 0 ? [] : await embedder.embed(crops);
    for (const [at, vector] of vectors.entries()) embeddings[at].set(spaces[index].id, vector);
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
    return {
      kind: 'read',
      position,
      source: { sha256, path, kind, width, height },
      subject,
      camera,
      capturedAt,
      tags,
      track,
      faces,
    };
  });
}
