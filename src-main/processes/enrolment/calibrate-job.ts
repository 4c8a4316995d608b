// FaceBN on a gallery: statistics from its own stored crops, as a profile that a new space is embedded by.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ensure } from '../../common/errors.ts';
import { sha256 } from '../../common/files.ts';
import type { ProgressToken } from '../../common/progress.ts';
import { adapt, type FaceBnSettings } from '../../engine/adaptation/face-bn.ts';
import { readProfileHeader, saveProfile } from '../../engine/adaptation/profile-file.ts';
import type { Runtime } from '../../engine/runtime/load.ts';
import { createPictureDecoder } from '../../engine/runtime/picture-decoder.ts';
import type { CropStore } from '../../gallery/db/crops.ts';
import type { OpenStudent } from '../jobs/student.ts';
import { sized } from './crop-embedder.ts';
import { readCrop } from './stored-crops.ts';

export interface CalibrationSource {
  readonly gallery: string;
  /** Null for all of its cameras. */
  readonly camera: string | null;
  readonly crops: CropStore;
  /** SHA-256 of each crop, hex, in order. */
  readonly digests: readonly string[];
}

export interface CalibrationPlan {
  readonly settings: FaceBnSettings;
  readonly profilesFolder: string;
  readonly createdAt: Date;
}

export interface CalibratedProfile {
  readonly path: string;
  readonly faces: number;
}

/**
 * Estimates a profile and saves it. The same student, faces and settings give the file that is there already, so that a killed
 * calibration goes on in the space that it had begun. Throws `bad-data` where there are too few faces.
 */
export async function calibrateProfile(
  runtime: Runtime,
  student: OpenStudent,
  source: CalibrationSource,
  { settings, profilesFolder, createdAt }: CalibrationPlan,
  progress: ProgressToken,
): Promise<CalibratedProfile> {
  const { gallery, camera, digests } = source;
  const where = camera === null ? gallery : `camera ${camera} of ${gallery}`;
  ensure(
    digests.length >= settings.minBatch,
    'bad-data',
    `${where} has ${digests.length} faces, and FaceBN takes ${settings.minBatch} or more`,
  );
  const sourceFingerprint = sha256(...digests.map((digest) => Buffer.from(digest, 'hex')));
  const share = settings.mode === 'pooled' ? settings.lambda : settings.gamma;
  const { card } = student.trained;
  const name = [card.name, gallery, camera, settings.mode, share, sourceFingerprint.slice(0, 8)]
    .filter((part) => part !== null)
    .join('-');
  const path = join(profilesFolder, `${name.replace(/[^\p{L}\p{N}._-]/gu, '_')}.glimpse`);
  const header = {
    version: 1,
    name,
    studentDigest: student.digest,
    sourceFingerprint,
    source: where,
    settings,
  } as const;
  const known = await facesOfSame(path, header);
  if (known !== null) return { path, faces: known };
  const pixels = await readPixels(runtime, source, card.spec.resolutionPx, progress);
  const adaptation = adapt(runtime, student.network, student.trained.statistics, pixels, settings, progress);
  await saveProfile(path, {
    ...adaptation,
    header: { ...header, faces: adaptation.faces, createdAt: createdAt.toISOString() },
  });
  return { path, faces: adaptation.faces };
}

/** The number of faces of a profile that says the same; null where there is none, or it cannot be read. */
async function facesOfSame(path: string, wanted: object): Promise<number | null> {
  if (!existsSync(path)) return null;
  const header = await readProfileHeader(path).catch(() => null);
  if (header === null) return null;
  const { faces, createdAt: _, ...rest } = header;
  return sameText(rest, wanted) ? faces : null;
}

function sameText(left: object, right: object): boolean {
  const sorted = (value: object): string =>
    JSON.stringify(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));
  return sorted(left) === sorted(right);
}

async function readPixels(
  runtime: Runtime,
  { crops, digests }: CalibrationSource,
  resolutionPx: number,
  progress: ProgressToken,
): Promise<Buffer> {
  const stage = progress.stage('reading crops', digests.length, 'faces');
  const decode = createPictureDecoder(runtime);
  const faces: Uint8Array[] = [];
  for (const digest of digests) {
    progress.throwIfCancelled();
    faces.push(sized(await readCrop(crops, digest, decode), resolutionPx).data);
    stage.advance();
  }
  return Buffer.concat(faces);
}
