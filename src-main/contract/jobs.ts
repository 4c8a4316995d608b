// Long work as the window sees it.

import type { AblationResult } from './ablations.ts';
import type { DoctorReport } from './app.ts';
import type { BenchmarkResult, ReportResult } from './benchmarks.ts';
import type {
  BackUpResult,
  CalibrateResult,
  CompareSpacesResult,
  EmbedResult,
  PurgeResult,
  VerifyGalleryResult,
} from './care.ts';
import type { ClipView } from './clips.ts';
import type { EnrolmentResult } from './enrolment.ts';
import type { AdaptResult, ExportResult, VerifyResult } from './models.ts';
import type {
  ClusterResult,
  GalleryImportResult,
  LabelCheckResult,
  PackageResult,
  ScoreMeaningResult,
} from './people.ts';
import type { SampleResult } from './sample.ts';
import type { TrainingResult } from './training.ts';

export const JOB_STATES = [
  'queued',
  'running',
  'pausing',
  'paused',
  'stopping',
  'stopped',
  'interrupted',
  'failed',
  'done',
] as const;
export type JobState = (typeof JOB_STATES)[number];

export interface JobProgress {
  readonly stage: string;
  readonly done: number;
  readonly total: number;
  readonly unit: string;
  readonly etaSeconds: number | null;
}

/** Job kind → what it ends with. A process that brings jobs of its own adds its rows here. */
export interface JobResults {
  readonly train: TrainingResult;
  readonly verify: VerifyResult;
  readonly adapt: AdaptResult;
  readonly export: ExportResult;
  readonly 'import-teacher': { readonly name: string };
  readonly doctor: DoctorReport;
  readonly benchmark: BenchmarkResult;
  readonly report: ReportResult;
  readonly calibrate: CalibrateResult;
  readonly embed: EmbedResult;
  readonly 'compare-spaces': CompareSpacesResult;
  readonly 'verify-gallery': VerifyGalleryResult;
  readonly 'back-up': BackUpResult;
  readonly purge: PurgeResult;
  readonly sample: SampleResult;
  readonly clip: ClipView;
  readonly ablation: AblationResult;
  readonly enrol: EnrolmentResult;
  readonly clusters: ClusterResult;
  readonly 'label-check': LabelCheckResult;
  readonly 'score-meaning': ScoreMeaningResult;
  readonly 'gallery-export': PackageResult;
  readonly 'gallery-import': GalleryImportResult;
  readonly 'case-export': PackageResult;
}

export type JobKindName = keyof JobResults;

export type JobOutcome = {
  [K in JobKindName]: { readonly kind: K; readonly value: JobResults[K] };
}[JobKindName];

export interface JobView {
  readonly id: string;
  readonly kind: JobKindName;
  /** What it works on: a run, a model, a file. */
  readonly subject: string;
  readonly state: JobState;
  readonly progress: JobProgress | null;
  readonly createdAt: string;
  readonly endedAt: string | null;
  /** Why it failed or was interrupted. */
  readonly message: string | null;
  readonly outcome: JobOutcome | null;
  readonly canPause: boolean;
  readonly canResume: boolean;
  readonly canCancel: boolean;
}
