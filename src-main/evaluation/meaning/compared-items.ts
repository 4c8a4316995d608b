// What a gallery compares: faces or templates, whose they are, and how many faces stand behind each.

import { ensure } from '../../common/errors.ts';
import type { Matrix } from '../../common/matrix.ts';
import { ensureUnitRows } from '../similarity.ts';
import { bandOf, type FaceBand } from './face-bands.ts';

/** The subject of an item that nobody has named. */
export const UNKNOWN_SUBJECT = -1;

/** N faces or templates as the gallery searches them. */
export interface ComparedItems {
  /** N × D unit rows. */
  readonly vectors: Matrix;
  /** Whose each is, any whole number from 0, or UNKNOWN_SUBJECT. */
  readonly subjects: ArrayLike<number>;
  /**
   * Items of one group share a face or a view (one track's faces, one photograph on both sides): two of them are never a
   * genuine pair, and unknown items of one group count as one person.
   */
  readonly groups: ArrayLike<number>;
  /** Faces fused into each, from 1. */
  readonly faces: ArrayLike<number>;
}

/** Throws `bad-data` or `not-finite` with the name of the side. */
export function ensureItems(items: ComparedItems, side: string): void {
  const { vectors, subjects, groups, faces } = items;
  ensure(
    subjects.length === vectors.rows && groups.length === vectors.rows && faces.length === vectors.rows,
    'bad-data',
    `each of the ${vectors.rows} ${side} embeddings needs a subject, a group and a number of faces; there are ` +
      `${subjects.length}, ${groups.length} and ${faces.length}`,
  );
  for (let item = 0; item < vectors.rows; item++) {
    ensure(
      faces[item] >= 1,
      'bad-data',
      `${side} embedding ${item} has ${faces[item]} faces behind it, not 1 or more`,
    );
    const subject = subjects[item];
    const isSubject = Number.isInteger(subject) && subject >= UNKNOWN_SUBJECT;
    ensure(
      isSubject,
      'bad-data',
      `${side} embedding ${item} has subject ${subject}, not a whole number from 0 or -1`,
    );
  }
  ensureUnitRows(vectors, side);
}

/** Rows of each band. */
export function rowsByBand(
  items: ComparedItems,
  isWanted: (row: number) => boolean,
): Record<FaceBand, number[]> {
  const rows: Record<FaceBand, number[]> = { 0: [], 1: [], 2: [], 3: [] };
  for (let row = 0; row < items.vectors.rows; row++) {
    if (isWanted(row)) rows[bandOf(items.faces[row])].push(row);
  }
  return rows;
}

/** How many different subjects are known. */
export function countSubjects({ subjects }: ComparedItems): number {
  const known = new Set<number>();
  for (let row = 0; row < subjects.length; row++)
    if (subjects[row] !== UNKNOWN_SUBJECT) known.add(subjects[row]);
  return known.size;
}
