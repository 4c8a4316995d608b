// Batches of a training epoch: which faces, which view of each, which partner and negatives. A seed and a position fix them.

import { normalise } from '../../common/matrix.ts';
import { Rng } from '../../common/rng.ts';
import type { MinedRelations } from '../mining/mine.ts';
import type { View } from '../teacher/view-cache.ts';

/** All that training reads: N faces of K identities, seen in several views. */
export interface TrainingData {
  /** Identity index of each face [N]. */
  readonly labels: Int32Array;
  readonly classes: number;
  /** At least one; view 0 is the plain face, view 1 (if any) its mirror image. */
  readonly views: readonly View[];
  readonly resolutionPx: number;
  readonly embeddingSize: number;
  /** Null where the relation term is off. */
  readonly mined: MinedRelations | null;
}

/** Plain arrays of one batch of B faces; P of them have a partner. */
export interface Batch {
  readonly faces: Int32Array;
  /** [B, r, r, 3], scaled (v − 127.5) / 127.5. */
  readonly pixels: Float32Array;
  /** [B]. */
  readonly labels: Int32Array;
  /** [B, D]; empty without a teacher. */
  readonly teacher: Float32Array;
  readonly relations: RelationIndices | null;
}

export interface RelationIndices {
  /** Rows of the batch that have a partner [P]. */
  readonly rows: Int32Array;
  /** Face number of each one's partner [P]. */
  readonly partners: Int32Array;
  /** Every negative's face number, once [U]. */
  readonly others: Int32Array;
  /** Positions in `others` [P, n]. */
  readonly negatives: Int32Array;
}

/** Partners are drawn from this many hardest faces of the same identity. */
export const HARDEST_PARTNERS = 4;
const EPOCH_STREAM = 1;
const STEP_STREAM = 2;

export class BatchSource {
  readonly data: TrainingData;
  readonly batchSize: number;
  readonly stepsPerEpoch: number;
  readonly #seed: number;
  readonly #usableViews: number[];
  #order: Int32Array = new Int32Array(0);
  #orderEpoch = -1;

  constructor(data: TrainingData, options: { batchSize: number; flip: boolean; seed: number }) {
    this.data = data;
    this.batchSize = Math.min(options.batchSize, data.labels.length);
    this.stepsPerEpoch = Math.floor(data.labels.length / this.batchSize);
    this.#seed = options.seed;
    const isMirror = (view: number) => view === 1;
    this.#usableViews = data.views.map((_, view) => view).filter((view) => options.flip || !isMirror(view));
  }

  /** The batch at a position; faces beyond the last whole batch of an epoch wait for another epoch. */
  at(epoch: number, step: number): Batch {
    const order = this.#orderOf(epoch);
    const faces = order.slice(step * this.batchSize, (step + 1) * this.batchSize);
    const rng = Rng.seeded(this.#seed, STEP_STREAM, epoch, step);
    const { views, labels, resolutionPx, embeddingSize } = this.data;
    const pixelCount = resolutionPx ** 2 * 3;
    const pixels = new Float32Array(faces.length * pixelCount);
    const isTaught = hasTeacher(this.data);
    const teacher = new Float32Array(isTaught ? faces.length * embeddingSize : 0);
    faces.forEach((face, row) => {
      const view = views[this.#usableViews[rng.int(this.#usableViews.length)]];
      const bytes = view.pixels.subarray(face * pixelCount, (face + 1) * pixelCount);
      for (let i = 0; i < pixelCount; i++) pixels[row * pixelCount + i] = (bytes[i] - 127.5) / 127.5;
      const embedding = view.embeddings.subarray(face * embeddingSize, (face + 1) * embeddingSize);
      if (isTaught) teacher.set(embedding, row * embeddingSize);
    });
    return {
      faces,
      pixels,
      labels: faces.map((face) => labels[face]),
      teacher,
      relations: this.#relations(faces, rng),
    };
  }

  #orderOf(epoch: number): Int32Array {
    if (this.#orderEpoch !== epoch) {
      const identity = Int32Array.from(this.data.labels, (_, face) => face);
      this.#order = Rng.seeded(this.#seed, EPOCH_STREAM, epoch).shuffle(identity);
      this.#orderEpoch = epoch;
    }
    return this.#order;
  }

  #relations(faces: Int32Array, rng: Rng): RelationIndices | null {
    const { mined } = this.data;
    if (mined === null) return null;
    const { offsets, indices } = mined.positives;
    const count = mined.negativesPerFace;
    const rows = faces.map((_, row) => row).filter((row) => offsets[faces[row] + 1] > offsets[faces[row]]);
    const partners = rows.map((row) => {
      const first = offsets[faces[row]];
      const available = Math.min(offsets[faces[row] + 1] - first, HARDEST_PARTNERS);
      return indices[first + rng.int(available)];
    });
    const negatives = new Int32Array(rows.length * count);
    const positionOf = new Map<number, number>();
    rows.forEach((row, at) => {
      for (let k = 0; k < count; k++) {
        const face = mined.negatives[faces[row] * count + k];
        const position = positionOf.get(face) ?? positionOf.size;
        if (position === positionOf.size) positionOf.set(face, position);
        negatives[at * count + k] = position;
      }
    });
    return { rows, partners, others: Int32Array.from(positionOf.keys()), negatives };
  }
}

export function hasTeacher({ views }: TrainingData): boolean {
  return views[0].embeddings.length > 0;
}

/**
 * The normalised mean plain embedding of each identity, mirror image included where there is one: C_t, [K, D];
 * null without a teacher.
 */
export function teacherClassWeights(data: TrainingData): Float32Array | null {
  const { labels, classes, embeddingSize } = data;
  if (!hasTeacher(data)) return null;
  const weights = new Float32Array(classes * embeddingSize);
  for (const { embeddings } of data.views.slice(0, 2)) {
    labels.forEach((label, face) => {
      for (let i = 0; i < embeddingSize; i++) {
        weights[label * embeddingSize + i] += embeddings[face * embeddingSize + i];
      }
    });
  }
  for (let label = 0; label < classes; label++) {
    normalise(weights.subarray(label * embeddingSize, (label + 1) * embeddingSize));
  }
  return weights;
}
