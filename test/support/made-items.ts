// Made faces as items of a gallery, and the exact FMR of faces in random directions.

import { betaCumulative, betaQuantile } from '../../src-main/evaluation/beta.ts';
import type { ComparedItems } from '../../src-main/evaluation/meaning/compared-items.ts';
import type { CellSide } from '../../src-main/evaluation/meaning/impostor-pairs.ts';
import type { MadeFaces } from './made-embeddings.ts';

/** Every face an item of its own group. */
export function itemsOf({ vectors, subjects }: MadeFaces): ComparedItems {
  return {
    vectors,
    subjects,
    groups: Int32Array.from(subjects, (_, face) => face),
    faces: new Int32Array(subjects.length).fill(1),
  };
}

export function cellSideOf(items: ComparedItems): CellSide {
  return {
    items,
    rows: Array.from({ length: items.vectors.rows }, (_, row) => row),
    personOf: (row) => items.subjects[row],
  };
}

/**
 * Chance that two independent directions of D dimensions have at least this cosine: (1 − cosine) / 2 is a beta variable. Made
 * faces of different subjects are such, however their faces scatter.
 */
export function exactFmr(score: number, dimension: number): number {
  return betaCumulative((1 - score) / 2, (dimension - 1) / 2, (dimension - 1) / 2);
}

export function exactScore(fmr: number, dimension: number): number {
  return 1 - 2 * betaQuantile(fmr, (dimension - 1) / 2, (dimension - 1) / 2);
}
