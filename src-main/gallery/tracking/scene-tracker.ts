// Tracks of one camera whose still frames were left out: while nothing moved, the faces of the last kept frame were still there.

import { FaceTracker, type TrackedFrame, type TrackerOptions } from './face-tracker.ts';
import type { Track, TrackMember } from './live-track.ts';

export class SceneTracker {
  readonly #tracker: FaceTracker;
  #last: TrackedFrame | null = null;
  #stillUntilMs: number | null = null;

  constructor(options: TrackerOptions) {
    this.#tracker = new FaceTracker(options);
  }

  /** A kept frame; returns the tracks that have ended. */
  see(frame: TrackedFrame): Track[] {
    const ended = [...this.#repeatLast(), ...this.#tracker.push(frame)];
    this.#last = frame;
    return ended.map(withoutRepeats);
  }

  /** A frame was left out because it showed what the last kept one did. */
  stillAt(timeMs: number): void {
    this.#stillUntilMs = timeMs;
  }

  finish(): Track[] {
    return [...this.#repeatLast(), ...this.#tracker.finish()].map(withoutRepeats);
  }

  /** Else someone who stands still for longer than a gap would come out as two. */
  #repeatLast(): Track[] {
    const timeMs = this.#stillUntilMs;
    this.#stillUntilMs = null;
    if (timeMs === null || this.#last === null || timeMs <= this.#last.timeMs) return [];
    const { frame, detections } = this.#last;
    return this.#tracker.push({ frame, timeMs, detections });
  }
}

/** A repeated face is one face, at the time when it was seen. */
function withoutRepeats(track: Track): Track {
  const seen = new Set<string>();
  const members = track.members.filter(({ frame, detection }: TrackMember) => {
    const key = `${frame}/${detection}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
  return { ...track, members };
}
