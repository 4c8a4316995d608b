// What can be asked of the engine process, and what it announces.

import type { DoctorReport, EngineFacts } from '../../contract/app.ts';
import type {
  BenchmarkAsked,
  BenchmarkDetail,
  BenchmarkList,
  BenchmarkName,
  BenchmarkPlan,
  BenchmarkResult,
  CellDetail,
} from '../../contract/benchmarks.ts';
import type { SourcePlan } from '../../contract/enrolment.ts';
import type { AdaptResult, ExportResult, ModelList, VerifyResult } from '../../contract/models.ts';
import type {
  DataCheck,
  MinedSamples,
  PaceCheck,
  Presets,
  RunDetail,
  RunRow,
  SampleFace,
  TrainingEvent,
  TrainingResult,
} from '../../contract/training.ts';
import type { TrainingSettings } from '../../contract/training-settings.ts';
import type { FaceBnSettings } from '../../engine/adaptation/face-bn.ts';
import type { TeacherImport } from '../../engine/teacher/teacher-store.ts';
import type { SpaceKey } from '../../gallery/db/queries/spaces.ts';
import type { ReportFile } from '../benchmark/write-report.ts';
import type { SentOutcome } from '../gallery/enrolment-service.ts';
import type { DrawnSample } from '../sample/draw-sample.ts';
import type { ClipRequest, ReadClip } from '../search/read-clip.ts';
import type { CropMethods } from './crop-handlers.ts';
import type { FrameWindow, WindowRequest } from './frame-reader.ts';
import type { ProbeModel } from './open-models.ts';
import type { PictureBatch } from './picture-embedder.ts';
import type { EmbeddedProbe, ProbeRequest } from './probe-embedder.ts';
import type { ReadReference, ReferenceRequest } from './reference-reader.ts';
import type { SourceRequest } from './source-plan.ts';

export interface TrainingPlan {
  readonly data: string;
  readonly validation: string | null;
  readonly teacher: string | null;
  readonly settings: TrainingSettings;
}

export interface TrainRequest {
  readonly run: string;
  readonly plan: TrainingPlan | null;
  /** An earlier sitting was begun. */
  readonly resumes: boolean;
}

export interface ReportParams {
  readonly result: string;
  readonly files: readonly ReportFile[];
  readonly aggregatesOnly: boolean;
}

export interface Vitals {
  readonly rssMb: number;
}

/** A plan, and what its check has found. */
export interface PaceQuestion {
  readonly plan: TrainingPlan;
  readonly images: number;
  readonly identities: number;
}

export interface EngineService {
  readonly methods: {
    readonly hello: { readonly params: null; readonly result: EngineFacts };
    readonly doctor: { readonly params: null; readonly result: DoctorReport };
    readonly presets: { readonly params: null; readonly result: Presets };
    readonly checkData: { readonly params: TrainingPlan; readonly result: DataCheck };
    readonly checkPace: { readonly params: PaceQuestion; readonly result: PaceCheck };
    readonly samples: {
      readonly params: { readonly data: string; readonly settings: TrainingSettings; readonly draw: number };
      readonly result: readonly SampleFace[];
    };
    /** Faces of a run with what was mined for them, read from the dataset's cache: nothing is mined. */
    readonly minedSamples: {
      readonly params: { readonly run: string; readonly draw: number };
      readonly result: MinedSamples;
    };
    /** A new run by its plan; without one, or where an earlier sitting has made the run, goes on with the run's own settings. */
    readonly train: {
      readonly params: TrainRequest;
      readonly result: TrainingResult;
    };
    /** Makes a new run that starts at a checkpoint of another; `train` then goes on with it. */
    readonly branch: {
      readonly params: {
        readonly source: string;
        readonly checkpoint: 'last' | 'best';
        readonly run: string;
        readonly settings: TrainingSettings;
      };
      readonly result: null;
    };
    readonly runs: { readonly params: null; readonly result: readonly RunRow[] };
    readonly run: { readonly params: { readonly run: string }; readonly result: RunDetail };
    readonly models: { readonly params: null; readonly result: ModelList };
    readonly importTeacher: { readonly params: TeacherImport; readonly result: { readonly name: string } };
    readonly export: {
      readonly params: { readonly student: string; readonly file: string; readonly profile: string | null };
      readonly result: ExportResult;
    };
    readonly verify: {
      readonly params: {
        readonly student: string;
        readonly dataset: string;
        readonly faceBn: FaceBnSettings | null;
      };
      readonly result: VerifyResult;
    };
    readonly adapt: {
      readonly params: { readonly student: string; readonly data: string; readonly settings: FaceBnSettings };
      readonly result: AdaptResult;
    };
    readonly benchmarks: { readonly params: null; readonly result: BenchmarkList };
    readonly locateBenchmark: {
      readonly params: { readonly protocol: BenchmarkName; readonly path: string | null };
      readonly result: BenchmarkList;
    };
    readonly planBenchmark: { readonly params: BenchmarkAsked; readonly result: BenchmarkPlan };
    /** The same request goes on where an earlier one was stopped, from its cache. */
    readonly runBenchmark: { readonly params: BenchmarkAsked; readonly result: BenchmarkResult };
    readonly benchmarkResult: {
      readonly params: { readonly result: string };
      readonly result: BenchmarkDetail;
    };
    readonly benchmarkCell: {
      readonly params: { readonly result: string; readonly cell: string };
      readonly result: CellDetail;
    };
    /** PDF by an installed Chromium. */
    readonly writeReport: { readonly params: ReportParams; readonly result: null };
    /** The drawn people of the sample project, found and embedded. */
    readonly drawSample: { readonly params: null; readonly result: DrawnSample };
    /** One of its probe pictures, from 1. */
    readonly drawSampleProbe: {
      readonly params: { readonly at: number };
      readonly result: { readonly name: string; readonly bytes: Uint8Array };
    };
    readonly readClip: { readonly params: ClipRequest; readonly result: ReadClip };
    readonly embed: { readonly params: ProbeRequest; readonly result: EmbeddedProbe };
    /** The embedding spaces that models would fill. */
    readonly spacesOf: {
      readonly params: { readonly models: readonly ProbeModel[] };
      readonly result: readonly SpaceKey[];
    };
    readonly planSource: { readonly params: SourceRequest; readonly result: SourcePlan };
    /** One small batch of an enrolment. */
    readonly embedPictures: { readonly params: PictureBatch; readonly result: readonly SentOutcome[] };
    readonly readReference: { readonly params: ReferenceRequest; readonly result: ReadReference };
    /** One window of an enrolment of frames. */
    readonly readFrames: { readonly params: WindowRequest; readonly result: FrameWindow };
    /** Lets go of a video that was left in the middle. */
    readonly endFrames: { readonly params: null; readonly result: null };
  } & CropMethods;
  readonly events: {
    readonly training: { readonly run: string; readonly event: TrainingEvent };
    readonly vitals: Vitals;
  };
}
