// test/fixtures/losses.json with its tensors in Glimpse's layout: relation weights are [R, D] in the file, [D, R] here.

import type { Tensor2D } from '@tensorflow/tfjs-node-gpu';
import type { Tf } from '../../src-main/engine/runtime/load.ts';
import { flat } from './close.ts';
import { readFixture } from './fixtures.ts';

type Rows = number[][];

/** Names of the fixture's trained inputs, in the order that `trainedOf` gives them. */
export const TRAINED_NAMES = [
  'studentEmbeddings',
  'studentClassWeights',
  'teacherRelationFirst',
  'teacherRelationSecond',
  'studentRelationFirst',
  'studentRelationSecond',
] as const;
export type TrainedName = (typeof TRAINED_NAMES)[number];

export interface LossesFixture {
  readonly settings: Record<
    | 'scale'
    | 'angularMargin'
    | 'temperature'
    | 'tau'
    /** Z. */
    | 'noise'
    | 'instanceWeight'
    | 'relationWeight'
    | 'embeddingWeight',
    number
  >;
  readonly inputs: Record<TrainedName | 'teacherBank' | 'teacherClassWeights' | 'negativeIndices', Rows> &
    Record<'labels' | 'faceIndices' | 'partnerIndices', number[]>;
  /** −1 where a face has no partner. */
  readonly lonelyPartnerIndices: number[];
  readonly intermediate: Record<
    'studentCosines' | 'studentRelations' | 'positiveRelations' | 'negativeCosines',
    Rows
  > & { readonly firstBatchNoise: number };
  readonly outputs: Record<
    | 'classification'
    | 'instanceTeacherWeight'
    | 'instanceWeightOne'
    | 'relation'
    | 'relationWithLonelyFaces'
    | 'embedding'
    | 'total',
    { readonly value: number; readonly gradients: Partial<Record<TrainedName, Rows>> }
  >;
}

export function readLossesFixture(): LossesFixture {
  return readFixture<LossesFixture>('losses.json');
}

/** The six trained inputs; relation weights transposed to [D, R]. */
export function trainedOf(tf: Tf, { inputs }: LossesFixture): Tensor2D[] {
  return TRAINED_NAMES.map((name) => tf.tensor2d(inOurLayout(name, inputs[name])));
}

/** The fixture's gradient in our layout, flat; null where the term does not depend on that input. */
export function expectedGradient(
  fixture: LossesFixture,
  term: keyof LossesFixture['outputs'],
  name: TrainedName,
): number[] | null {
  const rows = fixture.outputs[term].gradients[name];
  return rows === undefined ? null : flat(inOurLayout(name, rows));
}

/** The bank's rows at `faces`. */
export function bankRows(fixture: LossesFixture, faces: readonly number[]): Rows {
  return faces.map((face) => fixture.inputs.teacherBank[face]);
}

function inOurLayout(name: TrainedName, rows: Rows): Rows {
  return name.includes('Relation') ? transposed(rows) : rows;
}

function transposed(rows: Rows): Rows {
  return rows[0].map((_, column) => rows.map((row) => row[column]));
}
