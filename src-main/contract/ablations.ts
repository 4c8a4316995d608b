// The paper's ablation (its Table V) as one job: the terms of the loss one after the other, then FaceBN on the last.

import * as v from 'valibot';
import type { VerifyRow } from './models.ts';
import { absolutePath, runName, teacherName } from './shapes.ts';
import { trainingSettings } from './training-settings.ts';

export const ABLATION_ROWS = ['cls', 'cls-iid', 'cls-rid', 'cls-iid-rid', 'face-bn'] as const;
export type AblationRowName = (typeof ABLATION_ROWS)[number];

/** As a training, but with a validation set and a teacher: a row is a student and its accuracies. */
export const ablationRequest = v.strictObject({
  /** Runs are called by it and their row. */
  name: runName,
  plan: v.strictObject({
    data: absolutePath,
    validation: absolutePath,
    teacher: teacherName,
    settings: trainingSettings,
  }),
});
export type AblationAsked = v.InferOutput<typeof ablationRequest>;

export interface AblationRow {
  readonly row: AblationRowName;
  /** The run that was trained; the last row shares that of the one before. */
  readonly run: string;
  readonly accuracies: readonly VerifyRow[];
}

export interface AblationResult {
  readonly name: string;
  /** Those that are done, in the order of the table. */
  readonly rows: readonly AblationRow[];
}
