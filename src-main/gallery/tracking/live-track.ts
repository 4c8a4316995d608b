// A track that is still open: its faces so far, its expected place, and what it looks like.

import { type Box, BoxMotion } from './box-motion.ts';

/** One face found in one frame. */
export interface Detection {
  readonly box: Box;
  /** The detector's, 0 … 1. */
  readonly score: number;
  /** Unit embedding in the gallery's space; null when there is none, then place alone decides. */
  readonly embedding: Float32Array | null;
}

/** A face of a track, by the frame's number and the detection's index in it. */
export interface TrackMember {
  readonly frame: number;
  readonly detection: number;
  readonly timeMs: number;
}

/** One person's faces in one camera's unbroken view, in order of time. */
export interface Track {
  readonly members: readonly TrackMember[];
  readonly startedMs: number;
  readonly endedMs: number;
}

/** Share of a track's looks that stays with each new face: about the last twenty count. */
const LOOKS_KEPT = 0.95;

export class LiveTrack {
  readonly motion: BoxMotion;
  #members: TrackMember[];
  #looks: Float64Array | null = null;
  #looksWeight = 0;

  constructor(member: TrackMember, detection: Detection) {
    this.motion = new BoxMotion(detection.box, member.timeMs);
    this.#members = [member];
    this.#remember(detection);
  }

  add(member: TrackMember, detection: Detection): void {
    this.motion.correct(detection.box);
    this.#members.push(member);
    this.#remember(detection);
  }

  get firstSeenMs(): number {
    return this.#members[0].timeMs;
  }

  get lastSeenMs(): number {
    return this.#members[this.#members.length - 1].timeMs;
  }

  /**
   * Average cosine of an embedding with the track's faces, the later ones weighing more; null when either has none. An
   * average, not the cosine with their mean: it lies where scores of single faces do, only closer together, so that thresholds
   * for single faces hold however long the track is.
   */
  similarityTo(embedding: Float32Array | null): number | null {
    if (embedding === null || this.#looks === null) return null;
    let product = 0;
    for (let d = 0; d < embedding.length; d++) product += embedding[d] * this.#looks[d];
    return product / this.#looksWeight;
  }

  /** The same average over both tracks' faces. */
  similarityOf(other: LiveTrack): number | null {
    if (this.#looks === null || other.#looks === null) return null;
    let product = 0;
    for (let d = 0; d < this.#looks.length; d++) product += this.#looks[d] * other.#looks[d];
    return product / (this.#looksWeight * other.#looksWeight);
  }

  /** Takes in the faces of a track that ended before this one began. */
  precede(earlier: LiveTrack): void {
    this.#members = [...earlier.#members, ...this.#members];
  }

  close(): Track {
    return { members: this.#members, startedMs: this.firstSeenMs, endedMs: this.lastSeenMs };
  }

  #remember({ embedding, score }: Detection): void {
    if (embedding === null) return;
    this.#looks ??= new Float64Array(embedding.length);
    for (let d = 0; d < embedding.length; d++)
      this.#looks[d] = LOOKS_KEPT * this.#looks[d] + score * embedding[d];
    this.#looksWeight = LOOKS_KEPT * this.#looksWeight + score;
  }
}
