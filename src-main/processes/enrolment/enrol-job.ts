// Enrolment: pictures of an import, batch by batch, into a gallery. Killed at any moment, it goes on where it was.

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { messageOf } from '../../common/errors.ts';
import type { ProgressToken } from '../../common/progress.ts';
import { decodesInFlight } from '../../datasets/image-report.ts';
import { mapInFlight } from '../../datasets/in-flight.ts';
import type { SourceItem } from '../../datasets/sources/source-item.ts';
import {
  beginImport,
  countItems,
  failedItems,
  findUnfinished,
  type ImportCounts,
  type ImportItem,
  itemsToDo,
} from '../../gallery/db/queries/imports.ts';
import type { Space } from '../../gallery/db/queries/spaces.ts';
import { enrolPictures, type PictureOutcome } from '../../gallery/enrol/pictures.ts';
import type { Gallery } from '../../gallery/gallery.ts';
import { decodeImage } from '../../imaging/decode.ts';
import { type FaceFinder, mainFace } from '../../imaging/face-finder.ts';
import type { CropEmbedder } from './crop-embedder.ts';
import { closeImport, openSpaces } from './import-spaces.ts';
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

export interface EnrolReport extends ImportCounts {
  readonly importId: number;
  /** Files of this import that an earlier sitting had done already. */
  readonly resumedAt: number;
  readonly failures: readonly { readonly name: string; readonly reason: string }[];
}

const PICTURES_PER_BATCH = 128;

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
  const { database } = gallery;
  const spaces = openSpaces(gallery, request.embedders);
  const importId = openImport(gallery, request, spaces);
  const before = countItems(database, importId);
  const total = request.items.length;
  const resumedAt = total - before.todo;
  const stage = progress.stage('enrolling', total, 'files', resumedAt);
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
    const outcomes = await withEmbeddings(batch, request.embedders, spaces, request.finder === null);
    await enrolPictures(gallery, importId, spaces, outcomes);
    stage.advance(batch.length);
  }
  const counts = closeImport(gallery, importId, spaces);
  return { importId, resumedAt, ...counts, failures: failedItems(database, importId) };
}

function openImport(
  gallery: Gallery,
  { kind, root, items, finder }: EnrolRequest,
  spaces: readonly Space[],
): number {
  const options = { asCrops: finder === null, spaces: spaces.map(({ id }) => id), files: items.length };
  const unfinished = findUnfinished(gallery.database, { kind, root, options });
  return gallery.change(() => {
    if (unfinished !== null) {
      gallery.record('enrolment.resumed', { importId: unfinished.id });
      return unfinished.id;
    }
    const list = items.map((item) => ({ name: item.name, item }));
    const id = beginImport(gallery.database, { kind, root, options }, list, gallery.acting.now());
    // Not the root: a folder's name may be a person's, and the log is never purged.
    gallery.record('enrolment.started', { importId: id, kind, ...options });
    return id;
  });
}

async function readBatch(
  gallery: Gallery,
  importId: number,
  { finder }: EnrolRequest,
  after: number,
): Promise<Reading[]> {
  const items = itemsToDo(gallery.database, importId, after, PICTURES_PER_BATCH);
  return mapInFlight(items, decodesInFlight(), (item) => readPicture(item, finder));
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
