// Tracks of whole recordings: all frames of one camera, or of several mixed.

import { FaceTracker, type TrackedFrame, type TrackerOptions } from './face-tracker.ts';
import type { Track } from './live-track.ts';

export interface CameraFrame extends TrackedFrame {
  /** Any name; frames of different cameras are never linked. Null is a camera of its own. */
  readonly camera: string | null;
}

export interface CameraTrack extends Track {
  readonly camera: string | null;
}

/** Tracks of one camera's frames, given in order of time; by their start, at equal start as they were found. */
export function trackFrames(frames: Iterable<TrackedFrame>, options: TrackerOptions): Track[] {
  const tracker = new FaceTracker(options);
  const tracks: Track[] = [];
  for (const frame of frames) tracks.push(...tracker.push(frame));
  tracks.push(...tracker.finish());
  return tracks.sort((a, b) => a.startedMs - b.startedMs);
}

/** The same for frames of several cameras, each camera's in order of time however they are mixed. */
export function trackCameras(frames: Iterable<CameraFrame>, options: TrackerOptions): CameraTrack[] {
  const trackers = new Map<string | null, FaceTracker>();
  const tracks: CameraTrack[] = [];
  for (const frame of frames) {
    const tracker = trackers.get(frame.camera) ?? new FaceTracker(options);
    trackers.set(frame.camera, tracker);
    for (const track of tracker.push(frame)) tracks.push({ ...track, camera: frame.camera });
  }
  for (const [camera, tracker] of trackers) {
    for (const track of tracker.finish()) tracks.push({ ...track, camera });
  }
  return tracks.sort((a, b) => a.startedMs - b.startedMs);
}
