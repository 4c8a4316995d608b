// A process that imports into a gallery, embeds it anew, or purges a subject, and may be killed or run out of disk at it.

import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { GlimpseError } from '../../src-main/common/errors.ts';
import { ProgressToken } from '../../src-main/common/progress.ts';
import { itemsToDo } from '../../src-main/gallery/db/queries/imports.ts';
import { subjectByName } from '../../src-main/gallery/db/queries/subjects.ts';
import { beginEnrolment, finishEnrolment } from '../../src-main/gallery/enrol/enrolment.ts';
import { enrolPictures } from '../../src-main/gallery/enrol/pictures.ts';
import { Gallery } from '../../src-main/gallery/gallery.ts';
import { purgeFaces } from '../../src-main/gallery/purge/purge.ts';
import { decodeImage } from '../../src-main/imaging/decode.ts';
import type { CropEmbedder } from '../../src-main/processes/enrolment/crop-embedder.ts';
import { fillSpace } from '../../src-main/processes/enrolment/fill-space.ts';
import { letAnswer, storeIn } from '../../src-main/processes/enrolment/space-store.ts';
import { embedStored } from '../../src-main/processes/enrolment/stored-crops.ts';
import { DIMENSION, madeFace, madePicture, madeVector } from './made-gallery.ts';
import { tinyPng } from './tiny-png.ts';

export type FaultJob = 'import' | 'embed' | 'purge';

export const PICTURES = 120;
const PICTURES_PER_BATCH = 12;
/** In the name, path, tag and crops of what is purged. */
export const MARKED_SUBJECT = 'Zebedee-the-marker';

export const OLD_SPACE = {
  modelDigest: 'a'.repeat(64),
  profileDigest: null,
  preprocessing: 1,
  frameDigest: 'f'.repeat(64),
  side: 'lr',
  dimension: DIMENSION,
} as const;
export const NEW_SPACE = { ...OLD_SPACE, modelDigest: 'b'.repeat(64) } as const;

const ACTING = { actor: 'child', now: Date.now };

/** Goes on where an earlier one was killed. */
export async function runFaultJob(job: FaultJob, folder: string): Promise<void> {
  const gallery = Gallery.open(folder, ACTING);
  try {
    if (job === 'import') await importAll(gallery);
    if (job === 'embed') await embedAnew(gallery);
    if (job === 'purge') {
      const subject = subjectByName(gallery.database, MARKED_SUBJECT);
      if (subject !== null) purgeFaces(gallery, { kind: 'subject', subjectId: subject.id });
    }
  } finally {
    if (gallery.database.open) gallery.close();
  }
}

async function importAll(gallery: Gallery): Promise<void> {
  const items = Array.from({ length: PICTURES }, (_, number) => ({
    name: `p${number}.jpg`,
    item: { number },
  }));
  const start = {
    kind: 'folder',
    root: '/x',
    items,
    asCrops: true,
    spaces: [{ space: OLD_SPACE, profile: null }],
  };
  const { importId, spaces } = beginEnrolment(gallery, start);
  for (let after = -1; ; ) {
    const batch = itemsToDo(gallery.database, importId, after, PICTURES_PER_BATCH);
    if (batch.length === 0) break;
    after = batch[batch.length - 1].position;
    const outcomes = batch.map(({ position }) => {
      const isMarked = position % 4 === 0;
      const face = madeFace(position, spaces[0], { cropFile: tinyPng(8 + position, 8, position) });
      const tags = isMarked ? [`tag ${MARKED_SUBJECT}`] : [];
      const subject = isMarked ? MARKED_SUBJECT : `subject ${position % 3}`;
      return { ...madePicture(position, [face], { subject, tags }), position };
    });
    await enrolPictures(gallery, importId, spaces, outcomes);
  }
  finishEnrolment(gallery, importId, spaces);
}

async function embedAnew(gallery: Gallery): Promise<void> {
  const embedder = madeEmbedder();
  const embed = embedStored(gallery.crops, embedder);
  const { space } = await fillSpace(storeIn(gallery), embedder, embed, ProgressToken.silent());
  letAnswer(gallery, space.id);
}

/** Another vector for each crop, by its width: what matters here is what is stored when. */
function madeEmbedder(): CropEmbedder {
  return {
    space: NEW_SPACE,
    profile: null,
    decode: decodeImage,
    embed: async (crops) => crops.map(({ width }) => madeVector(10_000 + width)),
    dispose: async () => {},
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , job, folder] = process.argv;
  process.send?.('started');
  try {
    await runFaultJob(job as FaultJob, folder);
  } catch (error) {
    if (!(error instanceof GlimpseError)) throw error;
    process.stderr.write(`${basename(folder)}: ${error.code}: ${error.message}\n`);
    process.exitCode = 1;
  }
  process.disconnect?.();
}
