// FaceBN on a folder of faces: read, degrade, adapt, save the profile.

import { join } from 'node:path';
import { ensure, GlimpseError } from '../../common/errors.ts';
import type { ProgressToken } from '../../common/progress.ts';
import { type FaceDataset, fingerprintOf, listIdentityFolders } from '../../datasets/identity-folders.ts';
import { isLfwFolder, readLfwPairs } from '../../datasets/lfw.ts';
import { adapt, type FaceBnSettings } from '../../engine/adaptation/face-bn.ts';
import { type LayerShift, layerShifts, saveProfile } from '../../engine/adaptation/profile-file.ts';
import type { Runtime } from '../../engine/runtime/load.ts';
import { ALIGNED_SIZE_PX, readAlignedFace } from '../../engine/teacher/view-cache.ts';
import { BicubicResizer } from '../../imaging/resample.ts';
import type { OpenStudent } from './student.ts';

export interface AdaptRequest {
  readonly student: OpenStudent;
  readonly root: string;
  readonly settings: FaceBnSettings;
  /** Null: a name of its own in `profilesFolder`. */
  readonly outPath: string | null;
  readonly profilesFolder: string;
}

export interface AdaptReport {
  readonly profile: string;
  readonly faces: number;
  readonly skipped: readonly string[];
  readonly sourceFingerprint: string;
  readonly settings: FaceBnSettings;
  readonly layers: readonly LayerShift[];
}

type ImageList = Pick<FaceDataset, 'root' | 'paths'>;

export async function runAdaptation(
  runtime: Runtime,
  request: AdaptRequest,
  progress: ProgressToken,
): Promise<AdaptReport> {
  const { student, settings, root } = request;
  const { resolutionPx } = student.trained.card.spec;
  const images = await listImages(root);
  const sourceFingerprint = await fingerprintOf(images, progress);
  const { pixels, skipped } = await readDegraded(images, resolutionPx, progress);
  ensure(pixels.length > 0, 'bad-dataset', `${root} has no readable face`);
  const adaptation = adapt(runtime, student.network, student.trained.statistics, pixels, settings, progress);
  const name = `${student.trained.card.name}-${settings.mode}-${sourceFingerprint.slice(0, 8)}`;
  const path = request.outPath ?? join(request.profilesFolder, `${name}.glimpse`);
  await saveProfile(path, {
    ...adaptation,
    header: {
      version: 1,
      name,
      studentDigest: student.digest,
      sourceFingerprint,
      source: root,
      faces: adaptation.faces,
      settings,
      createdAt: new Date().toISOString(),
    },
  });
  const layers = layerShifts(student.trained.statistics, adaptation);
  return { profile: path, faces: adaptation.faces, skipped, sourceFingerprint, settings, layers };
}

/** An LFW folder's pairs name its images; any other folder is read as identity/image. */
async function listImages(root: string): Promise<ImageList> {
  if (!(await isLfwFolder(root))) return listIdentityFolders(root);
  const { imageRoot, images } = await readLfwPairs(root, { missingImages: 'skip' });
  return { root: imageRoot, paths: images };
}

/** [N × r × r × 3] bytes of every readable face, in the list's order. */
async function readDegraded(
  images: ImageList,
  resolutionPx: number,
  progress: ProgressToken,
): Promise<{ pixels: Uint8Array; skipped: string[] }> {
  const side = { width: ALIGNED_SIZE_PX, height: ALIGNED_SIZE_PX };
  const degrade = new BicubicResizer(side, { width: resolutionPx, height: resolutionPx });
  const faces: Uint8Array[] = [];
  const skipped: string[] = [];
  const stage = progress.stage('reading faces', images.paths.length, 'faces');
  for (let index = 0; index < images.paths.length; index++) {
    progress.throwIfCancelled();
    try {
      faces.push(degrade.resize(await readAlignedFace(images, index)).data);
    } catch (error) {
      if (!(error instanceof GlimpseError) || error.code !== 'bad-image') throw error;
      skipped.push(error.message);
    }
    stage.advance();
  }
  return { pixels: Buffer.concat(faces), skipped };
}
