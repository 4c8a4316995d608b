// Tracks of one camera whose still frames were left out: while nothing moved, the faces of the last kept frame were still there.

import { FaceTracker, type TrackedFrame, type TrackerOptions } from './face-tracker.ts';
import type { Track } from './live-track.ts';

/** Frame of faces that are only taken to be there still. */
const REPEATED = -1;

export class SceneTracker {
  readonly #tracker: FaceTracker;
  #last: TrackedFrame | null = null;

  constructor(options: TrackerOptions) {
    this.#tracker = new FaceTracker(options);
  }

  /** A kept frame, numbered from 0; returns the tracks that have ended. */
  see(frame: TrackedFrame): Track[] {
    this.#last = frame;
    return withoutRepeats(this.#tracker.push(frame));
  }

  /**
   * A frame was left out because it showed what the last kept one did: the tracker sees that one's faces again, or someone who stands
   * still for longer than a gap would come out as two. Returns the tracks that have ended.
   */
  stillAt(timeMs: number): Track[] {
    if (this.#last === null) return [];
    const { detections } = this.#last;
    return withoutRepeats(this.#tracker.push({ frame: REPEATED, timeMs, detections }));
  }

  finish(): Track[] {
    return withoutRepeats(this.#tracker.finish());
  }
}

/** Each face is in one track once, at the time when it was seen. */
function withoutRepeats(tracks: readonly Track[]): Track[] {
  return tracks
    .map((track) => ({ ...track, members: track.members.filter(({ frame }) => frame !== REPEATED) }))
    .filter(({ members }) => members.length > 0);
}
