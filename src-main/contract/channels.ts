// The one table that types both sides of the bridge. A row is a channel: the guard of its request, and the type of its
// response. To add one: a row here, a function in `ipc/handlers/`, a case in `test/unit/ipc/channels.test.ts`.

import * as v from 'valibot';
import { type AblationResult, ablationRequest } from './ablations.ts';
import {
  type AppFacts,
  type AppSettings,
  appSettings,
  FILE_CHOICES,
  type FolderListing,
  type Health,
} from './app.ts';
import {
  BENCHMARK_NAMES,
  type BenchmarkDetail,
  type BenchmarkList,
  type BenchmarkPlan,
  benchmarkRequest,
  type CellDetail,
  reportRequest,
} from './benchmarks.ts';
import {
  type AuditView,
  backUp,
  type CareView,
  calibration,
  embedding,
  type PurgePreviewView,
  purgeAsked,
  purgeOrder,
  retention,
  type SpaceLayers,
  spacePair,
  spaceReference,
} from './care.ts';
import {
  type CaseAudit,
  type CaseRow,
  type CaseView,
  caseExport,
  caseReference,
  caseSearch,
  newCase,
  newDecision,
  newNote,
  newState,
} from './cases.ts';
import { clipRequest } from './clips.ts';
import {
  type EnrolmentPlan,
  enrolmentPlan,
  enrolmentStart,
  failuresFile,
  type ImportFileRow,
  importFiles,
  importReference,
  type UnfinishedImportRow,
} from './enrolment.ts';
import type { GalleryOverview, GalleryRow } from './galleries.ts';
import {
  type ChangeRow,
  faceOrder,
  galleryChange,
  type SubjectRow,
  someFaces,
  subjectPage,
} from './gallery-browsing.ts';
import type { JobView } from './jobs.ts';
import type { ModelList } from './models.ts';
import {
  type ClusterPageView,
  clusterNaming,
  clusterPage,
  clusterSearch,
  doubtVerdict,
  galleryExport,
  galleryImport,
  type LabelsView,
  type LeftOutView,
  leftOutFile,
  leftOutPage,
  scoreMeasure,
  sideOfGallery,
  type TrackPageView,
  trackPage,
} from './people.ts';
import { sampleProbe } from './sample.ts';
import {
  type FaceGain,
  faceGroup,
  type GalleryFaceView,
  type ProbePictureView,
  probePicture,
  resultReference,
  type SearchView,
  searchRequest,
} from './search.ts';
import {
  absolutePath,
  faceBnSettings,
  galleryName,
  identifier,
  integer,
  line,
  nothing,
  runName,
  teacherName,
  within,
} from './shapes.ts';
import type {
  DataCheck,
  MinedSamples,
  PaceCheck,
  Presets,
  RunDetail,
  RunRow,
  SampleFace,
} from './training.ts';
import { trainingSettings } from './training-settings.ts';

export interface Channel<Schema extends v.GenericSchema, Response> {
  readonly request: Schema;
  /** Only a type: there is no value behind it. */
  readonly response?: Response;
}

function channel<Response>() {
  return <Schema extends v.GenericSchema>(request: Schema): Channel<Schema, Response> => ({ request });
}

const gallery = v.strictObject({ gallery: galleryName });

const job = v.strictObject({ job: identifier });

const trainingPlan = v.strictObject({
  data: absolutePath,
  /** An LFW folder; null trains without validation. */
  validation: v.nullable(absolutePath),
  teacher: v.nullable(teacherName),
  settings: trainingSettings,
});

export const CHANNELS = {
  'app.facts': channel<AppFacts>()(nothing),
  'app.health': channel<Health>()(nothing),
  'app.restart-engine': channel<null>()(nothing),
  'settings.read': channel<AppSettings>()(nothing),
  'settings.write': channel<AppSettings>()(v.partial(appSettings)),
  'files.browse': channel<FolderListing>()(
    /** `path` null is the home folder; files are listed by their ending alone. */
    v.strictObject({ path: v.nullable(absolutePath), files: v.picklist(FILE_CHOICES) }),
  ),
  'doctor.start': channel<JobView>()(nothing),

  'jobs.list': channel<readonly JobView[]>()(nothing),
  'jobs.pause': channel<JobView>()(job),
  'jobs.resume': channel<JobView>()(job),
  'jobs.cancel': channel<JobView>()(job),
  'jobs.dismiss': channel<null>()(job),

  'galleries.list': channel<readonly GalleryRow[]>()(nothing),
  /** Makes an empty one and opens it. */
  'galleries.create': channel<GalleryOverview>()(gallery),
  'galleries.open': channel<GalleryOverview>()(gallery),
  'galleries.close': channel<null>()(gallery),
  /** This one and the rows below open the gallery where it is not open. */
  'gallery.overview': channel<GalleryOverview>()(gallery),
  /** Lets another complete space answer on its side. */
  'gallery.activate-space': channel<GalleryOverview>()(spaceReference),
  /** FaceBN on its own crops, in a space of its own; what answers goes on answering. */
  'gallery.calibrate': channel<JobView>()(calibration),
  /** Every face embedded by another model, in a space of its own. */
  'gallery.embed': channel<JobView>()(embedding),
  'gallery.compare-spaces': channel<JobView>()(spacePair),
  'gallery.delete-space': channel<GalleryOverview>()(spaceReference),
  'gallery.space-layers': channel<SpaceLayers>()(spaceReference),
  'gallery.verify': channel<JobView>()(gallery),
  'gallery.audit': channel<AuditView>()(gallery),
  'gallery.back-up': channel<JobView>()(backUp),
  'gallery.care': channel<CareView>()(gallery),
  'gallery.set-retention': channel<CareView>()(retention),
  /** Counts; nothing goes. */
  'gallery.preview-purge': channel<PurgePreviewView>()(purgeAsked),
  'gallery.purge': channel<JobView>()(purgeOrder),

  'gallery.cameras': channel<readonly { readonly name: string; readonly faces: number }[]>()(gallery),
  /** Measures what scores mean on the gallery's own people, or where few are known by a reference set. */
  'gallery.measure-scores': channel<JobView>()(scoreMeasure),

  /** Numbers of all faces in an order: a grid of a million jumps anywhere in it. */
  'gallery.face-order': channel<readonly number[]>()(faceOrder),
  'gallery.faces': channel<readonly GalleryFaceView[]>()(someFaces),
  'gallery.subjects': channel<readonly SubjectRow[]>()(subjectPage),
  /** The number by which it is undone. */
  'gallery.change': channel<{ readonly change: number }>()(galleryChange),
  'gallery.changes': channel<readonly ChangeRow[]>()(gallery),

  /** Lists what was chosen, looks at some of it, says what an enrolment will do and take. */
  'enrolment.plan': channel<EnrolmentPlan>()(enrolmentPlan),
  'enrolment.start': channel<JobView>()(enrolmentStart),
  /** Imports that were left unfinished, and that no job is at. */
  'enrolment.unfinished': channel<readonly UnfinishedImportRow[]>()(gallery),
  'enrolment.resume': channel<JobView>()(importReference),
  /** Ends one as it is. */
  'enrolment.end': channel<null>()(importReference),
  'enrolment.files': channel<readonly ImportFileRow[]>()(importFiles),
  /** What could not be enrolled, as CSV. */
  'enrolment.save-failures': channel<{ readonly rows: number }>()(failuresFile),
  'gallery.tracks': channel<TrackPageView>()(trackPage),
  'gallery.find-clusters': channel<JobView>()(clusterSearch),
  /** What was found last, less what has been named since. */
  'gallery.clusters': channel<ClusterPageView>()(clusterPage),
  'gallery.name-cluster': channel<{ readonly change: number }>()(clusterNaming),
  'gallery.check-labels': channel<JobView>()(sideOfGallery),
  'gallery.labels': channel<LabelsView | null>()(gallery),
  'gallery.settle-doubt': channel<null>()(doubtVerdict),
  'gallery.left-out': channel<LeftOutView>()(leftOutPage),
  'gallery.save-left-out': channel<{ readonly rows: number }>()(leftOutFile),
  'gallery.export': channel<JobView>()(galleryExport),
  'galleries.import': channel<JobView>()(galleryImport),

  'probe.add': channel<ProbePictureView>()(probePicture),
  /** Reads a clip; the job ends with its tracks. */
  'clip.read': channel<JobView>()(clipRequest),
  'search.run': channel<SearchView>()(searchRequest),
  'search.face-gains': channel<readonly FaceGain[]>()(resultReference),
  /** The faces behind an answer, in the order of their track. */
  'search.faces': channel<readonly GalleryFaceView[]>()(faceGroup),

  /** Makes a gallery of drawn people, for somebody who has no data. */
  'sample.start': channel<JobView>()(nothing),
  /** A drawn probe picture, found and embedded as any other. */
  'sample.probe': channel<ProbePictureView>()(sampleProbe),
  /** Takes the whole sample away; the answer restores it. */
  'sample.remove': channel<{ readonly item: string }>()(gallery),

  'cases.list': channel<readonly CaseRow[]>()(gallery),
  'cases.create': channel<CaseView>()(newCase),
  'cases.read': channel<CaseView>()(caseReference),
  'cases.add-note': channel<CaseView>()(newNote),
  'cases.add-search': channel<{ readonly probeItem: number; readonly searchItem: number }>()(caseSearch),
  'cases.decide': channel<CaseView>()(newDecision),
  'cases.set-state': channel<CaseView>()(newState),
  'cases.audit': channel<CaseAudit>()(caseReference),
  'cases.export': channel<JobView>()(caseExport),

  'training.presets': channel<Presets>()(nothing),
  'training.check': channel<DataCheck>()(trainingPlan),
  'training.pace': channel<PaceCheck>()(
    v.strictObject({
      images: integer(2, 100_000_000),
      identities: integer(1, 100_000_000),
      plan: trainingPlan,
    }),
  ),
  'training.samples': channel<readonly SampleFace[]>()(
    v.strictObject({ data: absolutePath, settings: trainingSettings, draw: integer(0, 1_000_000) }),
  ),
  'training.start': channel<JobView>()(v.strictObject({ run: runName, plan: trainingPlan })),
  'training.resume': channel<JobView>()(v.strictObject({ run: runName })),
  'training.branch': channel<JobView>()(
    v.strictObject({
      source: runName,
      checkpoint: v.picklist(['last', 'best']),
      run: runName,
      settings: trainingSettings,
    }),
  ),
  /** Trains and verifies the rows of the paper's ablation. */
  'training.ablate': channel<JobView>()(ablationRequest),
  'training.ablations': channel<readonly AblationResult[]>()(nothing),
  'runs.list': channel<readonly RunRow[]>()(nothing),
  /** Faces of a run with the positives and negatives mined for them; `draw` chooses others. */
  'runs.mined': channel<MinedSamples>()(v.strictObject({ run: runName, draw: integer(0, 1_000_000) })),
  'runs.read': channel<RunDetail>()(v.strictObject({ run: runName })),

  'models.list': channel<ModelList>()(nothing),
  'models.import': channel<JobView>()(
    v.strictObject({
      modelPath: absolutePath,
      name: teacherName,
      licence: line,
      channelOrder: v.picklist(['rgb', 'bgr']),
      pixelMean: within(-1000, 1000),
      pixelScale: within(1e-3, 1e6),
    }),
  ),
  'models.export': channel<JobView>()(
    v.strictObject({
      student: runName,
      file: v.pipe(absolutePath, v.endsWith('.onnx', 'the file ends in .onnx')),
      profile: v.nullable(line),
    }),
  ),
  'models.verify': channel<JobView>()(
    v.strictObject({
      student: runName,
      dataset: absolutePath,
      faceBn: v.nullable(faceBnSettings),
    }),
  ),
  'models.adapt': channel<JobView>()(
    v.strictObject({ student: runName, data: absolutePath, settings: faceBnSettings }),
  ),
  'benchmarks.list': channel<BenchmarkList>()(nothing),
  /** Where a benchmark's data lie; null forgets it. */
  'benchmarks.locate': channel<BenchmarkList>()(
    v.strictObject({ protocol: v.picklist(BENCHMARK_NAMES), path: v.nullable(absolutePath) }),
  ),
  'benchmarks.plan': channel<BenchmarkPlan>()(benchmarkRequest),
  'benchmarks.start': channel<JobView>()(benchmarkRequest),
  'benchmarks.read': channel<BenchmarkDetail>()(v.strictObject({ result: runName })),
  'benchmarks.cell': channel<CellDetail>()(v.strictObject({ result: runName, cell: line })),
  'benchmarks.report': channel<JobView>()(reportRequest),
  /** Takes a model, a run or a benchmark's result away; the answer restores it. */
  'trash.put': channel<{ readonly item: string }>()(
    v.variant('kind', [
      v.strictObject({ kind: v.literal('run'), name: runName }),
      v.strictObject({ kind: v.literal('teacher'), name: teacherName }),
      v.strictObject({ kind: v.literal('benchmark'), name: runName }),
    ]),
  ),
  'trash.restore': channel<null>()(v.strictObject({ item: identifier })),
} as const;

export type ChannelName = keyof typeof CHANNELS;
export type Request<C extends ChannelName> = v.InferOutput<(typeof CHANNELS)[C]['request']>;
export type Response<C extends ChannelName> = Exclude<(typeof CHANNELS)[C]['response'], undefined>;

export const CHANNEL_NAMES = Object.keys(CHANNELS) as readonly ChannelName[];

export function isChannel(name: unknown): name is ChannelName {
  return typeof name === 'string' && Object.hasOwn(CHANNELS, name);
}
