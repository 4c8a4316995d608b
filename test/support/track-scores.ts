// How well tracks match the truth: identity switches and IDF1, by naive counting.

import type { Track } from '../../src-main/gallery/tracking/live-track.ts';

export interface TrackScores {
  /** How often a person's next face lies in another track than the one before; faces in no track are passed over. */
  readonly switches: number;
  /** E. Ristani et al. 2016: faces that lie in the one track that is matched to their person, over all of both sides. */
  readonly idf1: number;
  /** Tracks that hold faces of more than one person, or clutter. */
  readonly mixed: number;
  readonly tracks: number;
}

/** @param truth person of each detection of each frame, by the frames' numbers; −1 for clutter; at most 12 people */
export function scoreTracks(tracks: readonly Track[], truth: readonly (readonly number[])[]): TrackScores {
  const trackOf = new Map<string, number>();
  tracks.forEach(({ members }, track) => {
    for (const { frame, detection } of members) {
      const key = `${frame} ${detection}`;
      if (trackOf.has(key)) throw new Error(`detection ${key} lies in two tracks`);
      trackOf.set(key, track);
    }
  });
  const people = Math.max(-1, ...truth.flat()) + 1;
  const together = Array.from({ length: people }, () => new Array<number>(tracks.length).fill(0));
  const last = new Map<number, number>();
  let switches = 0;
  let faces = 0;
  truth.forEach((persons, frame) => {
    persons.forEach((person, detection) => {
      if (person === -1) return;
      faces++;
      const track = trackOf.get(`${frame} ${detection}`);
      if (track === undefined) return;
      together[person][track]++;
      if (last.has(person) && last.get(person) !== track) switches++;
      last.set(person, track);
    });
  });
  const mixed = tracks.filter(
    ({ members }) => new Set(members.map(({ frame, detection }) => truth[frame][detection])).size > 1,
  ).length;
  const idf1 = (2 * mostMatched(together, tracks.length)) / (faces + trackOf.size);
  return { switches, idf1, mixed, tracks: tracks.length };
}

/** The most faces that a pairing of people with tracks, one to one, can match: best over all sets of people, track by track. */
function mostMatched(together: readonly (readonly number[])[], tracks: number): number {
  const sets = 2 ** together.length;
  let best = new Float64Array(sets);
  for (let track = 0; track < tracks; track++) {
    const next = best.slice();
    for (let set = 0; set < sets; set++) {
      for (let person = 0; person < together.length; person++) {
        if ((set & (2 ** person)) === 0) continue;
        next[set] = Math.max(next[set], best[set - 2 ** person] + together[person][track]);
      }
    }
    best = next;
  }
  return best[sets - 1];
}
