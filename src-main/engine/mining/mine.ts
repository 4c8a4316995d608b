// Pre-selection of instance relations (aird-method.md): checks the input, then mines positives and negatives.

import { ensure } from '../../common/errors.ts';
import { type Matrix, rowOf } from '../../common/matrix.ts';
import type { ProgressToken } from '../../common/progress.ts';
import type { Tf } from '../runtime/load.ts';
import { mineHardNegatives } from './hard-negatives.ts';
import { groupByIdentity, groupSize, type IdentityGroups } from './identity-groups.ts';
import { orderPositives, type Positives } from './positives.ts';
import { drawRandomNegatives } from './random-negatives.ts';

/** The numbers of negatives n that the paper compares (Fig. 6). */
export const NEGATIVE_COUNTS = [64, 128, 256, 512, 1024] as const;

export const SAMPLINGS = ['hard', 'random'] as const;
export type Sampling = (typeof SAMPLINGS)[number];

export interface MiningOptions {
  /** Faces of other identities kept per face (n). */
  readonly negatives: number;
  readonly sampling: Sampling;
  /** Seed of random sampling; hard sampling does not read it. */
  readonly seed: number;
  /** At most this many positives are kept per face, the hardest ones. */
  readonly positivesCap: number;
}

/** What mining found: `negatives` is N × `negativesPerFace` face numbers, row-major. */
export interface MinedRelations {
  readonly faces: number;
  readonly negativesPerFace: number;
  readonly negatives: Int32Array;
  readonly positives: Positives;
}

const LENGTH_TOLERANCE = 1e-3;

/**
 * Mines teacher embeddings (N unit rows) with their labels (N). Deterministic: the same input and options give the
 * same result on one device. Throws `bad-dataset` where a face has too few faces of other identities,
 * `bad-data` where a row is not a unit vector, `cancelled` between blocks.
 */
export async function mineRelations(
  tf: Tf,
  embeddings: Matrix,
  labels: Int32Array,
  options: MiningOptions,
  progress: ProgressToken,
): Promise<MinedRelations> {
  ensure(
    labels.length === embeddings.rows,
    'bad-data',
    `mining got ${embeddings.rows} embeddings but ${labels.length} labels: there must be one label per face`,
  );
  checkCount('number of negatives', options.negatives);
  checkCount('cap on positives', options.positivesCap);
  checkUnitRows(embeddings);
  const groups = groupByIdentity(labels);
  checkEnoughOthers(groups, options.negatives);
  const positives = await orderPositives(tf, embeddings, groups, options.positivesCap, progress);
  const negatives =
    options.sampling === 'hard'
      ? await mineHardNegatives(tf, embeddings, groups, options.negatives, progress)
      : drawRandomNegatives(groups, options.negatives, options.seed);
  return { faces: embeddings.rows, negativesPerFace: options.negatives, negatives, positives };
}

function checkCount(what: string, value: number): void {
  ensure(
    Number.isInteger(value) && value >= 1,
    'bad-usage',
    `the ${what} must be a whole number ≥ 1, not ${value}`,
  );
}

function checkUnitRows(embeddings: Matrix): void {
  for (let row = 0; row < embeddings.rows; row++) {
    let squares = 0;
    const values = rowOf(embeddings, row);
    for (let column = 0; column < values.length; column++) squares += values[column] * values[column];
    ensure(
      Math.abs(Math.sqrt(squares) - 1) <= LENGTH_TOLERANCE,
      'bad-data',
      `the teacher embedding of face ${row} has length ${Math.sqrt(squares)}: mining needs unit vectors`,
    );
  }
}

function checkEnoughOthers(groups: IdentityGroups, negatives: number): void {
  const faces = groups.groupOf.length;
  for (let group = 0; group + 1 < groups.offsets.length; group++) {
    const others = faces - groupSize(groups, group);
    ensure(
      others >= negatives,
      'bad-dataset',
      `face ${groups.order[groups.offsets[group]]} has ${others} faces of other identities, fewer than the ${negatives} negatives asked for: ask for fewer or add identities`,
    );
  }
}
