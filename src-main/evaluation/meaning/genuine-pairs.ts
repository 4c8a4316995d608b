// Same-subject pairs of one cell that share neither a face nor a view, bounded per subject.

import { dot, rowOf } from '../../common/matrix.ts';
import type { Rng } from '../../common/rng.ts';
import { type ComparedItems, UNKNOWN_SUBJECT } from './compared-items.ts';

/** Scores of pairs, and how many subjects they come from. */
export interface GenuinePairs {
  readonly scores: Float64Array;
  /** Subject of each pair. */
  readonly subjects: Float64Array;
}

export interface GenuineSide {
  readonly items: ComparedItems;
  readonly rows: readonly number[];
}

/** Up to `perSubject` pairs of each known subject, at random; a pair counts once, whichever way round. */
export function sampleGenuinePairs(
  probe: GenuineSide,
  gallery: GenuineSide,
  perSubject: number,
  rng: Rng,
): GenuinePairs {
  const galleryRows = rowsBySubject(gallery);
  const isSameSide = probe.items === gallery.items;
  const scores: number[] = [];
  const subjects: number[] = [];
  for (const [subject, probeRows] of rowsBySubject(probe)) {
    const others = galleryRows.get(subject) ?? [];
    const taken = new Set<number>();
    // As many tries as it takes to see most of the pairs of a small subject, and never more.
    for (let tries = 0; tries < 8 * perSubject && taken.size < perSubject; tries++) {
      const left = probeRows[rng.int(probeRows.length)];
      const right = others.length === 0 ? left : others[rng.int(others.length)];
      if (probe.items.groups[left] === gallery.items.groups[right]) continue;
      const isSwapped = isSameSide && right < left;
      const key = isSwapped
        ? right * probe.items.vectors.rows + left
        : left * gallery.items.vectors.rows + right;
      if (taken.has(key)) continue;
      taken.add(key);
      scores.push(dot(rowOf(probe.items.vectors, left), rowOf(gallery.items.vectors, right)));
      subjects.push(subject);
    }
  }
  return { scores: Float64Array.from(scores), subjects: Float64Array.from(subjects) };
}

function rowsBySubject({ items, rows }: GenuineSide): Map<number, number[]> {
  const bySubject = new Map<number, number[]>();
  for (const row of rows) {
    const subject = items.subjects[row];
    if (subject === UNKNOWN_SUBJECT) continue;
    const known = bySubject.get(subject);
    if (known === undefined) bySubject.set(subject, [row]);
    else known.push(row);
  }
  return bySubject;
}
