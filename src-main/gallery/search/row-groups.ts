// What counts as one answer: a face, a track, or a subject, as one number per row.

import type { Block } from './block.ts';

/**
 * `face`: every row for itself. `track`: the rows of a track together. `subject`: the rows of a subject together; those of
 * nobody known by track. A row without a track stands for itself.
 */
export type GroupBy = 'face' | 'track' | 'subject';

/** Gives the group of a row; equal numbers are equal groups. */
export type GroupOf = (block: Block, offset: number, row: number) => number;

/** Subjects, tracks and rows are all below 2³²: one range for each. */
const TRACKS = 2 ** 32;
const ROWS = 2 ** 33;

function trackOf(block: Block, offset: number, row: number): number {
  const track = block.tracks[offset];
  return track === 0 ? ROWS + row : TRACKS + track;
}

function subjectOf(block: Block, offset: number, row: number): number {
  return block.subjects[offset] || trackOf(block, offset, row);
}

export function groupingOf(groupBy: GroupBy): GroupOf {
  if (groupBy === 'face') return (_block, _offset, row) => ROWS + row;
  return groupBy === 'track' ? trackOf : subjectOf;
}

/** Same person as far as the gallery knows: for the margin to the next one. */
export const identityOf: GroupOf = subjectOf;
