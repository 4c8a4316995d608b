// Enrolment: pictures of an import, batch by batch, into a gallery. Killed at any moment, it goes on where it was.

import type { ProgressToken } from '../../common/progress.ts';
import type { SourceItem } from '../../datasets/sources/source-item.ts';
import { itemsToDo } from '../../gallery/db/queries/imports.ts';
import type { Space } from '../../gallery/db/queries/spaces.ts';
import { beginEnrolment, type EnrolmentReport, finishEnrolment } from '../../gallery/enrol/enrolment.ts';
import { enrolPictures, type PictureOutcome } from '../../gallery/enrol/pictures.ts';
import type { Gallery } from '../../gallery/gallery.ts';
import type { FaceFinder } from '../../imaging/face-finder.ts';
import type { RgbImage } from '../../imaging/image.ts';
import { type CropEmbedder, decoderOf } from './crop-embedder.ts';
import {
  type EmbedCrops,
  embedPictureBatch,
  type PictureReading,
  readPictureBatch,
} from './picture-batch.ts';
import type { PictureSourceKind } from './picture-sources.ts';

export interface EnrolRequest {
  /** What kind of source, and where: an unfinished import of the same is gone on with. */
  readonly kind: PictureSourceKind;
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

/** The student takes 48 faces a thread at once: whole portions for 1, 2 and 4 threads. */
const PICTURES_PER_BATCH = 192;

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
  const embed: EmbedCrops = (crops) => embedAll(crops, embedders, spaces);
  const store = async (outcomes: readonly PictureOutcome[]): Promise<void> => {
    await enrolPictures(gallery, importId, spaces, outcomes);
    stage.advance(outcomes.length);
  };
  // Three batches are under way: one is read, one embedded, one stored.
  let after = -1;
  let reading = readBatch(gallery, importId, request, after);
  let storing = Promise.resolve();
  try {
    for (;;) {
      const batch = await reading;
      if (batch.length === 0) break;
      after = batch[batch.length - 1].position;
      progress.throwIfCancelled();
      reading = readBatch(gallery, importId, request, after);
      reading.catch(() => {});
      const outcomes = await embedPictureBatch(batch, embed, finder === null);
      await storing;
      storing = store(outcomes);
      storing.catch(() => {});
    }
  } finally {
    // Whatever has ended this, a batch that is being stored is stored.
    await storing;
  }
  return { importId, resumedAt, ...finishEnrolment(gallery, importId, spaces) };
}

async function readBatch(
  gallery: Gallery,
  importId: number,
  { finder, embedders }: EnrolRequest,
  after: number,
): Promise<PictureReading[]> {
  const items = itemsToDo(gallery.database, importId, after, PICTURES_PER_BATCH);
  return readPictureBatch(items, finder, decoderOf(embedders));
}

async function embedAll(
  crops: readonly RgbImage[],
  embedders: readonly CropEmbedder[],
  spaces: readonly Space[],
): ReturnType<EmbedCrops> {
  const rows: Awaited<ReturnType<EmbedCrops>>[number][] = [];
  for (const [index, embedder] of embedders.entries())
    rows.push({ spaceId: spaces[index].id, vectors: await embedder.embed(crops) });
  return rows;
}
