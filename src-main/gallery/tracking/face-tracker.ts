// Links the faces of one camera over time into tracks: where a face is expected, and what it looks like.
//
// Rounds as in ByteTrack (Y. Zhang et al. 2022): sure detections first, then unsure ones by overlap alone, which carry a track
// through blur and shade but never begin one. Costs as in DeepSORT (N. Wojke et al. 2017): distance from the expected place,
// within a gate, together with the similarity of the embeddings. A mixed track spoils its template and a split one costs little,
// so in doubt a track ends.

import { ensure } from '../../common/errors.ts';
import { assignCheapest } from './assignment.ts';
import { intersectionOverUnion } from './box-motion.ts';
import { type Detection, LiveTrack, type Track, type TrackMember } from './live-track.ts';

export interface TrackedFrame {
  /** The caller's number of the frame; comes back in the members. */
  readonly frame: number;
  /** Not before the last frame. Where it is, the clock went back: all tracks end and new ones begin. */
  readonly timeMs: number;
  readonly detections: readonly Detection[];
}

export interface TrackerOptions {
  /** Cosine at or above which looks alone tell that it is the same person: the score at a small FMR in this space. */
  readonly sameAbove: number;
  /** Cosine below which it is someone else, however near: a low quantile of genuine scores. */
  readonly otherBelow: number;
  /** A face not seen for longer ends its track: the view is broken. Default 2000. */
  readonly longestGapMs?: number;
  /** Detections with at least this score begin tracks. Default 0.5. */
  readonly sureScore?: number;
}

/** χ² of 3 degrees of freedom, 99.9 %. */
const GATE = 16.27;
/** Beyond so many heights of uncertainty the place says nothing, and looks must. */
const MOST_UNCERTAINTY = 3;
/** Unsure detections continue a track from this overlap on. */
const LEAST_OVERLAP = 0.3;

interface Candidate {
  readonly index: number;
  readonly detection: Detection;
}

/** Frames go in, in order of time; tracks come out as they end. Memory grows with the open tracks alone. */
export class FaceTracker {
  readonly #options: Required<TrackerOptions>;
  #open: LiveTrack[] = [];
  #lastMs = Number.NEGATIVE_INFINITY;
  #dimension: number | null = null;

  constructor(options: TrackerOptions) {
    this.#options = { longestGapMs: 2000, sureScore: 0.5, ...options };
    const { sameAbove, otherBelow, longestGapMs } = this.#options;
    ensure(
      otherBelow < sameAbove,
      'bad-usage',
      `a tracker takes faces below ${otherBelow} for others and above ${sameAbove} for the same: the first must be lower`,
    );
    ensure(longestGapMs >= 0, 'bad-usage', `the longest gap of a track is 0 ms or more, not ${longestGapMs}`);
  }

  /** Links one frame's faces; returns the tracks that have ended. Throws `bad-data` for a box or embedding that is none. */
  push(frame: TrackedFrame): Track[] {
    this.#ensureValid(frame);
    const ended = frame.timeMs < this.#lastMs ? this.finish() : this.#endOlderThan(frame.timeMs);
    this.#lastMs = frame.timeMs;
    for (const track of this.#open) track.motion.advance(frame.timeMs);
    const all = frame.detections.map((detection, index) => ({ index, detection }));
    const sure = all.filter(({ detection }) => detection.score >= this.#options.sureScore);
    const unsure = all.filter(({ detection }) => detection.score < this.#options.sureScore);
    const first = this.#link(frame, this.#open, sure, (track, found) =>
      this.#costByPlaceAndLooks(track, found),
    );
    const second = this.#link(frame, first.tracks, unsure, costByOverlap);
    const third = this.#link(frame, second.tracks, first.candidates, (track, found) =>
      this.#costByLooks(track, found),
    );
    for (const { index, detection } of third.candidates) {
      this.#open.push(new LiveTrack(memberOf(frame, index), detection));
    }
    return ended;
  }

  /** Ends all tracks and returns them. */
  finish(): Track[] {
    const oldestFirst = this.#open.toSorted((a, b) => a.lastSeenMs - b.lastSeenMs);
    // The last one seen is nobody's predecessor, the one before may be its, and so on.
    const ended = oldestFirst.filter((track, at) => !this.#handOver(track, oldestFirst.slice(at + 1)));
    this.#open = [];
    this.#lastMs = Number.NEGATIVE_INFINITY;
    return ended.map((track) => track.close());
  }

  #endOlderThan(timeMs: number): Track[] {
    const isOver = (track: LiveTrack): boolean => timeMs - track.lastSeenMs > this.#options.longestGapMs;
    const over = this.#open.filter(isOver).sort((a, b) => a.lastSeenMs - b.lastSeenMs);
    this.#open = this.#open.filter((track) => !isOver(track));
    return over
      .filter((track, at) => !this.#handOver(track, [...over.slice(at + 1), ...this.#open]))
      .map((track) => track.close());
  }

  /**
   * A face that came back but looked too little like itself at first has begun a new track. When the old one ends, the two are
   * compared by all their faces, and the most similar of the tracks that began since takes it in. Says whether one did.
   */
  #handOver(ended: LiveTrack, others: readonly LiveTrack[]): boolean {
    const { sameAbove, longestGapMs } = this.#options;
    let best: LiveTrack | null = null;
    let highest = sameAbove;
    for (const other of others) {
      const gapMs = other.firstSeenMs - ended.lastSeenMs;
      const similarity = other.similarityOf(ended);
      if (gapMs <= 0 || gapMs > longestGapMs || similarity === null || similarity < highest) continue;
      best = other;
      highest = similarity;
    }
    best?.precede(ended);
    return best !== null;
  }

  /** Joins tracks and detections at the least cost; returns both sides' rest. */
  #link(
    frame: TrackedFrame,
    tracks: readonly LiveTrack[],
    candidates: readonly Candidate[],
    costOf: (track: LiveTrack, detection: Detection) => number,
  ): { tracks: LiveTrack[]; candidates: Candidate[] } {
    const costs = tracks.flatMap((track) => candidates.map(({ detection }) => costOf(track, detection)));
    const columns = assignCheapest(costs, tracks.length, candidates.length, 1);
    const taken = new Set<number>();
    columns.forEach((column, row) => {
      if (column === -1) return;
      const { index, detection } = candidates[column];
      tracks[row].add(memberOf(frame, index), detection);
      taken.add(column);
    });
    return {
      tracks: tracks.filter((_, row) => columns[row] === -1),
      candidates: candidates.filter((_, column) => !taken.has(column)),
    };
  }

  /** Below 1 within the gate, half by distance and half by looks; Infinity for someone else. */
  #costByPlaceAndLooks(track: LiveTrack, { box, embedding }: Detection): number {
    if (track.motion.uncertainty > MOST_UNCERTAINTY) return Number.POSITIVE_INFINITY;
    const distance = track.motion.distanceTo(box);
    const similarity = track.similarityTo(embedding);
    if (distance > GATE || (similarity !== null && similarity < this.#options.otherBelow)) {
      return Number.POSITIVE_INFINITY;
    }
    const place = distance / GATE;
    if (similarity === null) return place;
    const { sameAbove, otherBelow } = this.#options;
    const looks = Math.min(1, Math.max(0, (sameAbove - similarity) / (sameAbove - otherBelow)));
    return (place + looks) / 2;
  }

  /** For tracks whose place is no longer known: the same person by looks alone. */
  #costByLooks(track: LiveTrack, { embedding }: Detection): number {
    if (track.motion.uncertainty <= MOST_UNCERTAINTY) return Number.POSITIVE_INFINITY;
    const similarity = track.similarityTo(embedding);
    if (similarity === null || similarity < this.#options.sameAbove) return Number.POSITIVE_INFINITY;
    return (1 - similarity) / 2;
  }

  #ensureValid({ frame, timeMs, detections }: TrackedFrame): void {
    ensure(Number.isFinite(timeMs), 'bad-data', `frame ${frame} has the time ${timeMs}, not a finite number`);
    for (const { box, score, embedding } of detections) {
      const { x, y, width, height } = box;
      const isBox = [x, y, width, height].every(Number.isFinite) && width > 0 && height > 0;
      ensure(isBox, 'bad-data', `frame ${frame} has a box of ${width}×${height} px at ${x}, ${y}`);
      ensure(
        score >= 0 && score <= 1,
        'bad-data',
        `frame ${frame} has a detection score of ${score}, not 0 … 1`,
      );
      if (embedding === null) continue;
      this.#dimension ??= embedding.length;
      ensure(
        embedding.length === this.#dimension && embedding.every(Number.isFinite),
        'bad-data',
        `frame ${frame} has an embedding that is not ${this.#dimension} finite numbers`,
      );
    }
  }
}

/** Unsure detections: their embeddings are of blurred faces, so overlap with the expected box must do. */
function costByOverlap(track: LiveTrack, { box }: Detection): number {
  if (track.motion.uncertainty > MOST_UNCERTAINTY) return Number.POSITIVE_INFINITY;
  const overlap = intersectionOverUnion(track.motion.box, box);
  return overlap < LEAST_OVERLAP ? Number.POSITIVE_INFINITY : 1 - overlap;
}

function memberOf({ frame, timeMs }: TrackedFrame, detection: number): TrackMember {
  return { frame, detection, timeMs };
}
