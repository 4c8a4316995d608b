// Verification of a model on LFW pairs: which embeddings stand on which side, then the scores.

import { ensure } from '../../common/errors.ts';
import { type Matrix, matrix } from '../../common/matrix.ts';
import type { ProgressToken } from '../../common/progress.ts';
import {
  adapt,
  embedOnline,
  type FaceBnSettings,
  type StatisticsByNorm,
} from '../../engine/adaptation/face-bn.ts';
import { createEmbedder } from '../../engine/embed.ts';
import type { Runtime } from '../../engine/runtime/load.ts';
import type { Teacher } from '../../engine/teacher/onnx-teacher.ts';
import { fuseFlipped } from '../../evaluation/similarity.ts';
import type { VerificationResult } from '../../evaluation/verification.ts';
import { type CameraShift, shiftCamera } from '../../imaging/camera-shift.ts';
import { mirror, type RgbImage } from '../../imaging/image.ts';
import { BicubicResizer } from '../../imaging/resample.ts';
import {
  type EvaluationSet,
  embedDegraded,
  type Scenario,
  type Sides,
  scorePairs,
  teacherSide,
} from './evaluation-set.ts';
import type { OpenStudent } from './student.ts';

/** How batch-norm statistics are chosen: training's own, a saved profile, or FaceBN on the evaluated faces themselves. */
export type StatisticsChoice =
  | { readonly kind: 'training' }
  | { readonly kind: 'profile' }
  | { readonly kind: 'adapted'; readonly settings: FaceBnSettings }
  | { readonly kind: 'online'; readonly settings: FaceBnSettings };

export interface VerifyOptions {
  readonly hrBackbone: 'teacher' | 'student';
  readonly flipFusion: boolean;
  readonly statistics: StatisticsChoice;
}

/** Embeddings of both sides by a student. With `hrBackbone: student` the full-resolution side is resampled to its input. */
export function studentSides(
  runtime: Runtime,
  student: OpenStudent,
  set: EvaluationSet,
  options: VerifyOptions,
  progress: ProgressToken,
): Sides {
  const { spec, teacherDigest } = student.trained.card;
  ensure(
    spec.resolutionPx === set.resolutionPx,
    'bad-usage',
    `the student sees ${spec.resolutionPx} px faces, the evaluation set has ${set.resolutionPx} px`,
  );
  ensure(
    teacherDigest !== null || options.hrBackbone === 'student',
    'bad-usage',
    'this network had no teacher: use --hr-backbone student',
  );
  const lr = embedLr(runtime, student, set, options, progress);
  return { lr, hr: options.hrBackbone === 'teacher' ? teacherSide(set, options.flipFusion) : lr };
}

function embedLr(
  runtime: Runtime,
  student: OpenStudent,
  set: EvaluationSet,
  { statistics, flipFusion }: VerifyOptions,
  progress: ProgressToken,
): Matrix {
  const { network } = student;
  const training = student.trained.statistics;
  if (statistics.kind === 'online') {
    const embedNow = (pixels: Uint8Array) =>
      embedOnline(runtime, network, training, pixels, statistics.settings);
    return embedDegraded(set, { embedNow }, flipFusion);
  }
  const chosen = chooseStatistics();
  const embedder = createEmbedder(runtime, student.trained, chosen);
  try {
    return embedDegraded(set, embedder, flipFusion);
  } finally {
    embedder.dispose();
  }

  function chooseStatistics(): StatisticsByNorm {
    if (statistics.kind === 'adapted') {
      return adapt(runtime, network, training, set.pixels.plain, statistics.settings, progress).statistics;
    }
    if (statistics.kind === 'training') return training;
    ensure(student.profile !== null, 'bad-usage', 'no FaceBN profile was given');
    return student.profile.statistics;
  }
}

/** The baseline model_I: the teacher itself, fed with degraded faces that are upsampled to its input. */
export async function teacherSides(
  teacher: Teacher,
  set: EvaluationSet,
  flipFusion: boolean,
  progress: ProgressToken,
): Promise<Sides> {
  const size = { width: set.resolutionPx, height: set.resolutionPx };
  const { inputSizePx, embeddingSize } = teacher.card;
  const enlarge = new BicubicResizer(size, { width: inputSizePx, height: inputSizePx });
  const faces = splitFaces(set.pixels.plain, set.resolutionPx).map((face) => enlarge.resize(face));
  const embedAll = async (images: readonly RgbImage[], stageName: string): Promise<Matrix> => {
    const stage = progress.stage(stageName, images.length, 'faces');
    const rows = new Float32Array(images.length * embeddingSize);
    for (let first = 0; first < images.length; first += 64) {
      progress.throwIfCancelled();
      const batch = images.slice(first, first + 64);
      (await teacher.embed(batch)).forEach((row, offset) => {
        rows.set(row, (first + offset) * embeddingSize);
      });
      stage.advance(batch.length);
    }
    return matrix(rows, embeddingSize);
  };
  const plain = await embedAll(faces, 'teacher on upsampled faces');
  const lr = flipFusion
    ? fuseFlipped(plain, await embedAll(faces.map(mirror), 'teacher on mirrored faces'))
    : plain;
  return { lr, hr: teacherSide(set, flipFusion) };
}

/** The same set as a shifted camera would have delivered its degraded side; the full-resolution side stays. */
export async function shiftSet(set: EvaluationSet, shift: CameraShift): Promise<EvaluationSet> {
  const faces = splitFaces(set.pixels.plain, set.resolutionPx);
  const shifted = await Promise.all(faces.map((face, index) => shiftCamera(face, shift, index)));
  const joined = (images: readonly RgbImage[]): Uint8Array =>
    Buffer.concat(images.map((image) => image.data));
  return { ...set, pixels: { plain: joined(shifted), mirrored: joined(shifted.map(mirror)) } };
}

function splitFaces(pixels: Uint8Array, sizePx: number): RgbImage[] {
  const bytes = sizePx ** 2 * 3;
  return Array.from({ length: pixels.length / bytes }, (_, face) => ({
    width: sizePx,
    height: sizePx,
    data: pixels.subarray(face * bytes, (face + 1) * bytes),
  }));
}

export function verifySides(
  set: EvaluationSet,
  sides: Sides,
  scenarios: readonly Scenario[],
): Map<Scenario, VerificationResult> {
  return new Map(scenarios.map((scenario) => [scenario, scorePairs(set, sides, scenario)]));
}
