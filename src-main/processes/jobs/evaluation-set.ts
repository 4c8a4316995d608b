// LFW pairs ready for a network: degraded faces, mirrored too, and the teacher's embeddings of the originals.

import type { Matrix } from '../../common/matrix.ts';
import { matrix } from '../../common/matrix.ts';
import type { ProgressToken } from '../../common/progress.ts';
import { type FaceDataset, fingerprintOf } from '../../datasets/identity-folders.ts';
import { type LfwPairs, readLfwPairs } from '../../datasets/lfw.ts';
import type { Embedder } from '../../engine/embed.ts';
import type { Teacher } from '../../engine/teacher/onnx-teacher.ts';
import { ensureViews } from '../../engine/teacher/view-cache.ts';
import { fuseFlipped, pairSimilarities } from '../../evaluation/similarity.ts';
import { evaluateVerification, type VerificationResult } from '../../evaluation/verification.ts';
import { DEFAULT_VIEW_RECIPE } from '../../imaging/views.ts';

/** One row per unique image. */
export interface EvaluationSet {
  readonly pairs: LfwPairs;
  readonly fingerprint: string;
  readonly resolutionPx: number;
  /** [U × r × r × 3] bytes, plain and mirrored. */
  readonly pixels: { readonly plain: Uint8Array; readonly mirrored: Uint8Array };
  /** The teacher's unit embeddings of the full-resolution images. */
  readonly teacher: { readonly plain: Matrix; readonly mirrored: Matrix };
}

export interface EvaluationSetRequest {
  readonly root: string;
  readonly teacher: Teacher;
  readonly resolutionPx: number;
  readonly cacheFolder: string;
  readonly missingImages: 'refuse' | 'skip';
}

export async function openEvaluationSet(
  request: EvaluationSetRequest,
  progress: ProgressToken,
): Promise<EvaluationSet> {
  const pairs = await readLfwPairs(request.root, { missingImages: request.missingImages });
  const dataset: FaceDataset = {
    root: pairs.imageRoot,
    identities: [],
    paths: pairs.images,
    labels: new Int32Array(pairs.images.length),
  };
  const fingerprint = await fingerprintOf(dataset, progress);
  const [plain, mirrored] = await ensureViews(
    { ...request, dataset, fingerprint, recipe: DEFAULT_VIEW_RECIPE, teacherViews: 1 },
    progress,
  );
  const { embeddingSize } = request.teacher.card;
  return {
    pairs,
    fingerprint,
    resolutionPx: request.resolutionPx,
    pixels: { plain: plain.pixels, mirrored: mirrored.pixels },
    teacher: {
      plain: matrix(plain.embeddings, embeddingSize),
      mirrored: matrix(mirrored.embeddings, embeddingSize),
    },
  };
}

export type Scenario = 'lr-lr' | 'lr-hr';

/** Embeddings of the degraded side and of the full-resolution side of each pair. */
export interface Sides {
  readonly lr: Matrix;
  readonly hr: Matrix;
}

/** LR-LR: both faces degraded. LR-HR: the first one degraded, the second one at full resolution. */
export function scorePairs(set: EvaluationSet, sides: Sides, scenario: Scenario): VerificationResult {
  const right = scenario === 'lr-lr' ? sides.lr : sides.hr;
  return evaluateVerification(pairSimilarities(sides.lr, right, set.pairs.pairs), set.pairs.pairs);
}

/** Embeds the degraded faces; with flip fusion the mean of a face and its mirror image. */
export function embedDegraded(
  set: EvaluationSet,
  embedder: Pick<Embedder, 'embed'>,
  flipFusion: boolean,
): Matrix {
  const plain = embedder.embed(set.pixels.plain);
  return flipFusion ? fuseFlipped(plain, embedder.embed(set.pixels.mirrored)) : plain;
}

export function teacherSide(set: EvaluationSet, flipFusion: boolean): Matrix {
  return flipFusion ? fuseFlipped(set.teacher.plain, set.teacher.mirrored) : set.teacher.plain;
}
