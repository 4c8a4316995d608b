// Both sides of a verification by a student or by the teacher itself: opens what is needed, embeds, closes it.

import { ensure } from '../../common/errors.ts';
import { cacheFolderOf } from '../../common/files.ts';
import type { ProgressToken } from '../../common/progress.ts';
import type { ModelCard } from '../../engine/models/student-file.ts';
import { loadRuntime } from '../../engine/runtime/load.ts';
import { DEFAULT_TEACHER } from '../../engine/teacher/default-teacher.ts';
import type { Teacher } from '../../engine/teacher/onnx-teacher.ts';
import type { CameraShift } from '../../imaging/camera-shift.ts';
import { type EvaluationSet, openEvaluationSet, type Scenario, type Sides } from './evaluation-set.ts';
import { openStudent } from './student.ts';
import { openTeacher } from './teachers.ts';
import { shiftSet, studentSides, teacherSides, type VerifyOptions } from './verify-job.ts';

export interface VerifyRequest {
  /** LFW folder: pairs.txt beside the images. */
  readonly root: string;
  /** A run by name, a student file, or `teacher` for the baseline on upsampled faces. */
  readonly model: string;
  /** Null: what the student sees, or 16 px. */
  readonly resolutionPx: number | null;
  /** Null: the student's own. */
  readonly teacher: string | null;
  readonly scenario: 'both' | Scenario;
  readonly missingImages: 'refuse' | 'skip';
  readonly profilePath: string | null;
  readonly camera: CameraShift | null;
  readonly options: VerifyOptions;
  readonly dataFolder: string;
  readonly callerFolder: string;
}

export interface EmbeddedSides {
  readonly set: EvaluationSet;
  readonly sides: Sides;
  /** What the model is called in a report. */
  readonly model: string;
}

const DEFAULT_RESOLUTION_PX = 16;

export async function embedModelSides(
  request: VerifyRequest,
  progress: ProgressToken,
): Promise<EmbeddedSides> {
  const { root, options, missingImages, dataFolder, callerFolder, profilePath } = request;
  // The teacher alone needs no TensorFlow.
  const runtime = request.model === 'teacher' ? null : loadRuntime();
  const student =
    runtime &&
    (await openStudent(runtime, request.model, { dataFolder, callerFolder, profile: profilePath }));
  const card = student?.trained.card ?? null;
  const resolutionPx = card?.spec.resolutionPx ?? request.resolutionPx ?? DEFAULT_RESOLUTION_PX;
  ensure(
    request.resolutionPx === null || request.resolutionPx === resolutionPx,
    'bad-usage',
    `the student sees ${resolutionPx} px faces: --resolution ${request.resolutionPx} does not fit`,
  );
  const teacher = await openTeacher(dataFolder, request.teacher ?? card?.teacherName ?? DEFAULT_TEACHER.name);
  try {
    const needsOwnTeacher = request.scenario !== 'lr-lr' && options.hrBackbone === 'teacher';
    if (card !== null && needsOwnTeacher) ensureSameSpace(card, teacher);
    const cacheFolder = cacheFolderOf(dataFolder);
    const plain = await openEvaluationSet(
      { root, teacher, resolutionPx, cacheFolder, missingImages },
      progress,
    );
    const set = request.camera === null ? plain : await shiftSet(plain, request.camera);
    const sides: Sides =
      student === null || runtime === null
        ? await teacherSides(teacher, set, options.flipFusion, progress)
        : studentSides(runtime, student, set, options, progress);
    return { sides, set, model: card?.name ?? `${teacher.card.name} (model_I)` };
  } finally {
    student?.dispose();
    await teacher.dispose();
  }
}

/** A student's embeddings can be held against those of the teacher it learned from, and no other's. */
function ensureSameSpace({ name, teacherName, teacherDigest }: ModelCard, teacher: Teacher): void {
  ensure(
    teacherDigest === null || teacherDigest === teacher.card.digest,
    'bad-usage',
    `${name} learned from teacher ${teacherName} (SHA-256 ${teacherDigest?.slice(0, 12)}…), whose embeddings ` +
      `${teacher.card.name} (${teacher.card.digest.slice(0, 12)}…) does not share: name that teacher, or use --hr-backbone student`,
  );
}
