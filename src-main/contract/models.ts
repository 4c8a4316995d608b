// Models as the window sees them: teachers, students, FaceBN profiles, and what hangs on each.

import type { Validation } from './training.ts';
import type { TrainingSettings } from './training-settings.ts';

export interface Dependant {
  readonly kind: 'student' | 'profile' | 'gallery';
  readonly name: string;
}

export interface TeacherCard {
  readonly role: 'teacher';
  readonly name: string;
  readonly digest: string;
  readonly source: string;
  readonly licence: string;
  readonly inputSizePx: number;
  readonly channelOrder: 'rgb' | 'bgr';
  readonly pixelMean: number;
  readonly pixelScale: number;
  readonly embeddingSize: number;
  readonly batchSize: number;
  /** Ships with Glimpse and cannot be deleted. */
  readonly isDefault: boolean;
  readonly sizeBytes: number;
  readonly usedBy: readonly Dependant[];
}

export interface StudentCard {
  readonly role: 'student';
  /** The run that trained it. */
  readonly name: string;
  readonly digest: string;
  readonly depth: 18 | 50;
  readonly resolutionPx: number;
  readonly widthFactor: number;
  readonly embeddingSize: number;
  readonly trainedOn: { readonly root: string; readonly images: number; readonly identities: number };
  readonly teacherName: string | null;
  readonly epochs: number;
  readonly createdAt: string;
  readonly lastValidation: Validation | null;
  readonly settings: TrainingSettings;
  readonly sizeBytes: number;
  readonly usedBy: readonly Dependant[];
}

export interface ProfileCard {
  readonly name: string;
  readonly studentDigest: string;
  readonly source: string;
  readonly faces: number;
  readonly mode: 'calibrated' | 'pooled';
  readonly createdAt: string;
}

export interface ModelList {
  readonly teachers: readonly TeacherCard[];
  readonly students: readonly StudentCard[];
  readonly profiles: readonly ProfileCard[];
  /** Files that could not be read, one sentence each. */
  readonly problems: readonly string[];
}

export interface ExportResult {
  readonly file: string;
  readonly bytes: number;
  readonly model: string;
  readonly faceBnProfile: string | null;
}

/** All rates are shares of 1. */
export interface VerifyRow {
  readonly scenario: 'lr-lr' | 'lr-hr';
  readonly pairs: number;
  readonly accuracy: number | null;
  readonly accuracyStandardError: number | null;
  readonly bestThresholdAccuracy: number;
  readonly auc: number;
  readonly eer: number;
}

export interface VerifyResult {
  readonly model: string;
  readonly dataset: string;
  readonly resolutionPx: number;
  readonly adaptation: string;
  readonly leftOut: string | null;
  readonly rows: readonly VerifyRow[];
}

export interface LayerShift {
  readonly norm: string;
  readonly standardisedShift: number;
  /** Means over the channels: training, observed on the faces, adapted. */
  readonly mean: readonly [number, number, number];
  readonly variance: readonly [number, number, number];
}

export interface AdaptResult {
  readonly profile: string;
  readonly faces: number;
  readonly skipped: readonly string[];
  readonly layers: readonly LayerShift[];
}
