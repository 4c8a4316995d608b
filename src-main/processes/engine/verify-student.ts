// Verification of a student on LFW pairs, as the window asks for it.

import type { ProgressToken } from '../../common/progress.ts';
import type { VerifyResult, VerifyRow } from '../../contract/models.ts';
import { describePairsLeftOut } from '../../datasets/lfw.ts';
import type { FaceBnSettings } from '../../engine/adaptation/face-bn.ts';
import { verifySides } from '../jobs/verify-job.ts';
import { embedModelSides } from '../jobs/verify-model.ts';

export async function verifyStudent(
  request: { readonly student: string; readonly dataset: string; readonly faceBn: FaceBnSettings | null },
  dataFolder: string,
  progress: ProgressToken,
): Promise<VerifyResult> {
  const { student, dataset, faceBn } = request;
  const { set, sides, model } = await embedModelSides(
    {
      root: dataset,
      model: student,
      resolutionPx: null,
      teacher: null,
      scenario: 'both',
      missingImages: 'refuse',
      profilePath: null,
      camera: null,
      options: {
        hrBackbone: 'teacher',
        flipFusion: false,
        statistics: faceBn === null ? { kind: 'training' } : { kind: 'adapted', settings: faceBn },
      },
      dataFolder,
      callerFolder: dataFolder,
    },
    progress,
  );
  const rows = [...verifySides(set, sides, ['lr-lr', 'lr-hr'])].map(([scenario, result]): VerifyRow => {
    const { pairs, accuracy, accuracyStandardError, bestThresholdAccuracy, auc, eer } = result;
    return { scenario, pairs, accuracy, accuracyStandardError, bestThresholdAccuracy, auc, eer };
  });
  return {
    model,
    dataset,
    resolutionPx: set.resolutionPx,
    adaptation: faceBn === null ? 'no FaceBN' : `FaceBN ${faceBn.mode}`,
    leftOut: describePairsLeftOut(set.pairs, set.unreadable),
    rows,
  };
}
