// Several faces of one person as one vector: the quality-weighted mean of unit embeddings, renormalised.

import { ensure } from '../../common/errors.ts';
import { checkVector } from './vector-check.ts';

/** A mean shorter than this says nothing: its faces contradict each other. */
const LEAST_LENGTH = 1e-6;

/** One embedding and how much it counts. */
export interface WeightedEmbedding {
  /** D float32 of length 1. */
  readonly embedding: Float32Array;
  /** 0…1; null where unknown, which counts as the mean of the known ones. */
  readonly quality: number | null;
}

/** A fused vector and the faces behind it. */
export interface Template {
  /** D float32 of length 1. */
  readonly vector: Float32Array;
  readonly faces: number;
}

/**
 * Σ quality · embedding, scaled to length 1; equal weights where every quality is 0 or unknown. Throws `bad-data` for none,
 * mixed dimensions, other lengths than 1, qualities that are negative or no numbers, and embeddings that cancel out;
 * `not-finite` for NaN.
 */
export function fuseTemplate(faces: readonly WeightedEmbedding[]): Template {
  ensure(faces.length > 0, 'bad-data', 'a template needs at least one face');
  const dimension = faces[0].embedding.length;
  const weights = weightsOf(faces.map(({ quality }) => quality));
  const sum = new Float64Array(dimension);
  faces.forEach(({ embedding }, face) => {
    checkVector(`${face} of a template`, embedding, dimension);
    for (let index = 0; index < dimension; index++) sum[index] += weights[face] * embedding[index];
  });
  const length = Math.sqrt(sum.reduce((squares, value) => squares + value * value, 0));
  ensure(length > LEAST_LENGTH, 'bad-data', `the ${faces.length} faces of a template cancel out`);
  return { vector: Float32Array.from(sum, (value) => value / length), faces: faces.length };
}

/** Weights that sum to 1. */
function weightsOf(qualities: readonly (number | null)[]): number[] {
  const known = qualities.filter((quality) => quality !== null);
  for (const quality of known) {
    ensure(
      quality >= 0 && Number.isFinite(quality),
      'bad-data',
      `a face's quality is a number from 0 on, not ${quality}`,
    );
  }
  const knownSum = known.reduce((sum, quality) => sum + quality, 0);
  if (knownSum === 0) return qualities.map(() => 1 / qualities.length);
  const mean = knownSum / known.length;
  return qualities.map((quality) => (quality ?? mean) / (mean * qualities.length));
}
