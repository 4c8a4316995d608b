// A trained student as an ONNX file, batch norms folded in, with training's statistics or a FaceBN profile's.

import { stat } from 'node:fs/promises';
import { sha256OfFile } from '../../common/files.ts';
import { loadProfile } from '../../engine/adaptation/profile-file.ts';
import { exportStudent } from '../../engine/export/export-student.ts';
import { foldNetwork } from '../../engine/models/fold.ts';
import { loadNetwork } from '../../engine/models/student-file.ts';

export interface ExportRequest {
  readonly studentPath: string;
  readonly outPath: string;
  /** Null folds in the statistics of training. */
  readonly profilePath: string | null;
  readonly glimpseVersion: string;
}

export interface ExportReport {
  readonly file: string;
  readonly bytes: number;
  readonly model: string;
  /** SHA-256 of the student's file. */
  readonly modelDigest: string;
  /** Side of the input; a student that sees its faces upsampled does that itself. */
  readonly resolution: number;
  readonly embeddingSize: number;
  readonly faceBnProfile: string | null;
}

export async function runExport({
  studentPath,
  outPath,
  profilePath,
  glimpseVersion,
}: ExportRequest): Promise<ExportReport> {
  const [trained, modelDigest] = [await loadNetwork(studentPath), await sha256OfFile(studentPath)];
  const profile = profilePath === null ? null : await loadProfile(profilePath, trained, modelDigest);
  const { name, spec } = trained.card;
  const faceBnProfile = profile?.header.name ?? null;
  const network = foldNetwork(trained, profile?.statistics);
  await exportStudent(outPath, network, { glimpseVersion, modelDigest, faceBnProfile });
  return {
    file: outPath,
    bytes: (await stat(outPath)).size,
    model: name,
    modelDigest,
    resolution: spec.resolutionPx,
    embeddingSize: spec.embeddingSize,
    faceBnProfile,
  };
}
