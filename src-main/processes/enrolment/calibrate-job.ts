// FaceBN on a gallery: statistics from its own crops, a space of their own, every face embedded anew from what is stored.
// Until the new space is whole the old one answers; killed, the same command goes on.

import { join } from 'node:path';
import { ensure } from '../../common/errors.ts';
import { sha256 } from '../../common/files.ts';
import type { ProgressToken } from '../../common/progress.ts';
import { adapt, type FaceBnSettings } from '../../engine/adaptation/face-bn.ts';
import { saveProfile } from '../../engine/adaptation/profile-file.ts';
import type { Runtime } from '../../engine/runtime/load.ts';
import { putEmbeddings } from '../../gallery/db/queries/embeddings.ts';
import { putProfile } from '../../gallery/db/queries/profiles.ts';
import {
  activateSpace,
  countEmbeddings,
  ensureSpace,
  facesWithout,
  type Space,
} from '../../gallery/db/queries/spaces.ts';
import type { Gallery } from '../../gallery/gallery.ts';
import { decodeImage } from '../../imaging/decode.ts';
import type { RgbImage } from '../../imaging/image.ts';
import type { OpenStudent } from '../jobs/student.ts';
import { type CropEmbedder, sized } from './crop-embedder.ts';

/** More faces than these add nothing to the statistics of a channel (EXPERIMENTS.md: 64 do), and take memory. */
const MOST_ADAPTED_FACES = 20_000;
const FACES_PER_BATCH = 256;

/** Estimates a profile from a gallery's crops, or one camera's, and saves it. Throws `bad-data` where there are too few. */
export async function calibrateProfile(
  runtime: Runtime,
  gallery: Gallery,
  student: OpenStudent,
  options: {
    readonly settings: FaceBnSettings;
    readonly camera: string | null;
    readonly profilesFolder: string;
  },
  progress: ProgressToken,
): Promise<{ path: string; faces: number }> {
  const { settings, camera, profilesFolder } = options;
  const crops = cropsOf(gallery, camera);
  const where = camera === null ? gallery.name : `camera ${camera} of ${gallery.name}`;
  ensure(
    crops.length >= settings.minBatch,
    'bad-data',
    `${where} has ${crops.length} faces, and FaceBN takes ${settings.minBatch} or more`,
  );
  const { resolutionPx } = student.trained.card.spec;
  const stage = progress.stage('reading crops', crops.length, 'faces');
  const faces: Uint8Array[] = [];
  for (const digest of crops) {
    progress.throwIfCancelled();
    faces.push(sized(await readCrop(gallery, digest), resolutionPx).data);
    stage.advance();
  }
  const pixels = Buffer.concat(faces);
  const adaptation = adapt(runtime, student.network, student.trained.statistics, pixels, settings, progress);
  const sourceFingerprint = sha256(...crops);
  const name = `${student.trained.card.name}-${gallery.name}${camera === null ? '' : `-${camera}`}-${sourceFingerprint.slice(0, 8)}`;
  const path = join(profilesFolder, `${name.replace(/[^\p{L}\p{N}._-]/gu, '_')}.glimpse`);
  await saveProfile(path, {
    ...adaptation,
    header: {
      version: 1,
      name,
      studentDigest: student.digest,
      sourceFingerprint,
      source: where,
      faces: adaptation.faces,
      settings,
      createdAt: new Date(gallery.acting.now()).toISOString(),
    },
  });
  return { path, faces: adaptation.faces };
}

/** Embeds every face that a space lacks from its stored crop, then lets the space answer. */
export async function fillSpace(
  gallery: Gallery,
  embedder: CropEmbedder,
  progress: ProgressToken,
): Promise<Space> {
  const { database } = gallery;
  const space = gallery.change(() => {
    if (embedder.profile !== null) putProfile(database, embedder.profile, gallery.acting.now());
    return ensureSpace(database, embedder.space, gallery.acting.now());
  });
  const total = database.prepare('SELECT count(*) FROM faces').pluck().get() as number;
  const stage = progress.stage('embedding anew', total, 'faces', countEmbeddings(database, space.id));
  for (let after = 0; ; ) {
    progress.throwIfCancelled();
    const missing = facesWithout(database, space.id, FACES_PER_BATCH, after);
    if (missing.length === 0) break;
    after = missing[missing.length - 1].id;
    const crops = await Promise.all(missing.map(({ crop }) => readCrop(gallery, crop)));
    const vectors = await embedder.embed(crops);
    const entries = missing.map(({ id }, at) => ({ faceId: id, vector: vectors[at] }));
    gallery.change(() => putEmbeddings(database, space, entries));
    stage.advance(missing.length);
  }
  gallery.change(() => {
    activateSpace(database, space.id);
    gallery.record('space.activated', { space: space.id, profile: embedder.space.profileDigest });
  });
  return space;
}

function cropsOf({ database }: Gallery, camera: string | null): Buffer[] {
  return database
    .prepare(
      `SELECT faces.crop FROM faces JOIN tracks ON tracks.id = faces.track_id LEFT JOIN cameras ON cameras.id = tracks.camera_id
       WHERE ? IS NULL OR cameras.name = ? ORDER BY faces.id LIMIT ?`,
    )
    .pluck()
    .all(camera, camera, MOST_ADAPTED_FACES) as Buffer[];
}

async function readCrop(gallery: Gallery, digest: Buffer): Promise<RgbImage> {
  return decodeImage(gallery.crops.read(digest), gallery.crops.pathOf(digest));
}
