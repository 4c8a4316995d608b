// LFW pairs ready for a network: degraded faces, mirrored too, and the teacher's embeddings of the originals.

import { assert } from '../../common/assert.ts';
import type { Matrix } from '../../common/matrix.ts';
import { matrix } from '../../common/matrix.ts';
import type { ProgressToken } from '../../common/progress.ts';
import type { LeftOut } from '../../datasets/entries.ts';
import { type FaceDataset, fingerprintOf } from '../../datasets/identity-folders.ts';
import { type LfwPairs, readLfwPairs, withoutImages, withUsedImages } from '../../datasets/lfw.ts';
import { findUnreadable } from '../../datasets/readable.ts';
import type { Embedder } from '../../engine/embed.ts';
import type { Teacher } from '../../engine/teacher/onnx-teacher.ts';
import { ensureViews } from '../../engine/teacher/view-cache.ts';
import { fuseFlipped, pairSimilarities } from '../../evaluation/similarity.ts';
import { evaluateVerification, type VerificationResult } from '../../evaluation/verification.ts';
import { DEFAULT_VIEW_RECIPE } from '../../imaging/views.ts';

/** One row per unique image. */
export interface EvaluationSet {
  readonly pairs: LfwPairs;
  /** Images that did not decode; their pairs are left out. */
  readonly unreadable: readonly LeftOut[];
  readonly fingerprint: string;
  readonly resolutionPx: number;
  /** [U × r × r × 3] bytes, plain and mirrored. */
  readonly pixels: { readonly plain: Uint8Array; readonly mirrored: Uint8Array };
  /** The teacher's unit embeddings of the full-resolution images; null without a teacher. */
  readonly teacher: { readonly plain: Matrix; readonly mirrored: Matrix } | null;
}

export interface EvaluationSetRequest {
  readonly root: string;
  readonly teacher: Teacher | null;
  readonly resolutionPx: number;
  readonly cacheFolder: string;
  readonly missingImages: 'refuse' | 'skip';
}

/**
 * Reads the pairs, and makes or loads what the teacher says of their images. Pairs with an image that does not decode are
 * left out. Throws `bad-dataset` for absent images unless they are skipped, and for a fold that has no pair left.
 */
export async function openEvaluationSet(
  request: EvaluationSetRequest,
  progress: ProgressToken,
): Promise<EvaluationSet> {
  const listed = await readLfwPairs(request.root, { missingImages: request.missingImages });
  const files = { root: listed.imageRoot, paths: listed.images };
  // It covers unreadable images too: which ones are left out follows from it.
  const fingerprint = await fingerprintOf(files, progress);
  const unreadable = await findUnreadable(files, fingerprint, request.cacheFolder, progress);
  const pairs = withoutUnreadablePairs(listed, unreadable);
  const dataset: FaceDataset = {
    root: pairs.imageRoot,
    identities: [],
    paths: pairs.images,
    labels: new Int32Array(pairs.images.length),
  };
  const [plain, mirrored] = await ensureViews(
    { ...request, dataset, fingerprint, recipe: DEFAULT_VIEW_RECIPE, teacherViews: 1 },
    progress,
  );
  const embeddingSize = request.teacher?.card.embeddingSize;
  return {
    pairs,
    unreadable,
    fingerprint,
    resolutionPx: request.resolutionPx,
    pixels: { plain: plain.pixels, mirrored: mirrored.pixels },
    teacher:
      embeddingSize === undefined
        ? null
        : {
            plain: matrix(plain.embeddings, embeddingSize),
            mirrored: matrix(mirrored.embeddings, embeddingSize),
          },
  };
}

/** Throws `bad-dataset` for a fold that has no pair left. */
export function withoutUnreadablePairs(lfw: LfwPairs, unreadable: readonly LeftOut[]): LfwPairs {
  if (unreadable.length === 0) return lfw;
  const gone = new Set(unreadable.map(({ path }) => lfw.images.indexOf(path)));
  return withUsedImages(withoutImages(lfw, gone));
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
  embedder: Pick<Embedder, 'embedNow'>,
  flipFusion: boolean,
): Matrix {
  const plain = embedder.embedNow(set.pixels.plain);
  return flipFusion ? fuseFlipped(plain, embedder.embedNow(set.pixels.mirrored)) : plain;
}

export function teacherSide({ teacher }: EvaluationSet, flipFusion: boolean): Matrix {
  assert(teacher !== null, 'the full-resolution side needs a teacher');
  return flipFusion ? fuseFlipped(teacher.plain, teacher.mirrored) : teacher.plain;
}
