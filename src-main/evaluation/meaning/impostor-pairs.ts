// Cross-subject pairs of one cell, sampled in bounded time and memory. A search for someone who is not enrolled compares a random
// person with every item of the gallery, so on the probe side all people count alike, on the gallery side all items.

import { dot, rowOf } from '../../common/matrix.ts';
import type { Rng } from '../../common/rng.ts';
import type { ComparedItems } from './compared-items.ts';

/** Scores of M pairs, and the two people of each as dense indices 0 … people − 1. */
export interface ImpostorPairs {
  readonly scores: Float64Array;
  readonly probePeople: Int32Array;
  readonly galleryPeople: Int32Array;
  readonly people: number;
}

/** One side of a cell. */
export interface CellSide {
  readonly items: ComparedItems;
  /** The items of this cell's band. */
  readonly rows: readonly number[];
  /** The person of a row; the same key on both sides is the same person, whose pairs are left out. */
  readonly personOf: (row: number) => number;
}

export interface PairLimits {
  /** About so many pairs at most (up to half more, where that takes all there are). */
  readonly pairs: number;
  /** Probe-side items of one person, so that people with many count no more than others. */
  readonly probesPerPerson: number;
  /** Probe-side items in all. */
  readonly probes: number;
}

export const DEFAULT_PAIR_LIMITS: PairLimits = { pairs: 1_000_000, probesPerPerson: 4, probes: 20_000 };

/**
 * All cross-subject pairs of the chosen probe items, or about `limits.pairs` of them: for each probe item equally many
 * gallery items, none twice. A pair that could be drawn both ways round (both sides the same items) is drawn once. Time
 * O(pairs × D), memory 16 bytes a pair.
 */
export function sampleImpostorPairs(
  probe: CellSide,
  gallery: CellSide,
  limits: PairLimits,
  rng: Rng,
): ImpostorPairs {
  const people = new Map<number, number>();
  const probeRows = chooseProbes(probe, limits, rng);
  const galleryRows = gallery.rows;
  const probePerson = probeRows.map((row) => indexOf(people, probe.personOf(row)));
  const galleryPerson = Int32Array.from(galleryRows, (row) => indexOf(people, gallery.personOf(row)));
  const isSameSide = probe.items === gallery.items;
  const chosen = new Set(isSameSide ? probeRows : []);
  // Of pairs that could be drawn both ways round half are left out below.
  const bothWays = galleryRows.reduce((count, row) => count + (chosen.has(row) ? 1 : 0), 0);
  const kept = 1 - bothWays / (2 * galleryRows.length);
  const takesAll = probeRows.length * galleryRows.length * kept <= 1.5 * limits.pairs;
  const each = takesAll ? galleryRows.length : Math.ceil(limits.pairs / (probeRows.length * kept));
  const scores = new Float64Array(probeRows.length * each);
  const probePeople = new Int32Array(scores.length);
  const galleryPeople = new Int32Array(scores.length);
  let filled = 0;
  probeRows.forEach((probeRow, index) => {
    const vector = rowOf(probe.items.vectors, probeRow);
    const start = rng.int(galleryRows.length);
    const stride = takesAll ? 1 : strideOver(galleryRows.length, rng);
    for (let step = 0, at = start; step < each; step++, at = (at + stride) % galleryRows.length) {
      const galleryRow = galleryRows[at];
      if (galleryPerson[at] === probePerson[index]) continue;
      if (isSameSide && galleryRow < probeRow && chosen.has(galleryRow)) continue;
      scores[filled] = dot(vector, rowOf(gallery.items.vectors, galleryRow));
      probePeople[filled] = probePerson[index];
      galleryPeople[filled] = galleryPerson[at];
      filled++;
    }
  });
  return {
    scores: scores.slice(0, filled),
    probePeople: probePeople.slice(0, filled),
    galleryPeople: galleryPeople.slice(0, filled),
    people: people.size,
  };
}

/** Up to so many items of each person, and of those up to so many in all, at random. */
function chooseProbes({ rows, personOf }: CellSide, limits: PairLimits, rng: Rng): number[] {
  const shuffled = rng.shuffle([...rows]);
  const taken = new Map<number, number>();
  const chosen: number[] = [];
  for (const row of shuffled) {
    if (chosen.length === limits.probes) break;
    const person = personOf(row);
    const count = taken.get(person) ?? 0;
    if (count >= limits.probesPerPerson) continue;
    taken.set(person, count + 1);
    chosen.push(row);
  }
  return chosen;
}

/** A step that visits every index of a ring once before it comes back: one with no divisor in common with its size. */
function strideOver(size: number, rng: Rng): number {
  for (;;) {
    const stride = 1 + rng.int(size - 1);
    if (greatestCommonDivisor(stride, size) === 1) return stride;
  }
}

function greatestCommonDivisor(left: number, right: number): number {
  return right === 0 ? left : greatestCommonDivisor(right, left % right);
}

function indexOf(people: Map<number, number>, person: number): number {
  const known = people.get(person);
  if (known !== undefined) return known;
  people.set(person, people.size);
  return people.size - 1;
}
