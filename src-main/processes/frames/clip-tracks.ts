// Who appears in a clip: its tracks, each by the faces that say the most of it.

import { ensure } from '../../common/errors.ts';
import type { ProgressToken } from '../../common/progress.ts';
import type { TrackerOptions } from '../../gallery/tracking/face-tracker.ts';
import type { Track } from '../../gallery/tracking/live-track.ts';
import { SceneTracker } from '../../gallery/tracking/scene-tracker.ts';
import type { Box } from '../../imaging/box.ts';
import type { FiveLandmarks } from '../../imaging/landmarks.ts';
import { spreadFaces } from '../search/spread-faces.ts';
import type { FrameSource } from './frame-source.ts';
import { type FrameFace, type FrameLooks, type FrameReading, readWindows } from './frame-windows.ts';

export interface ClipFace {
  readonly path: string;
  /** Of the file, hex. */
  readonly sha256: string;
  /** The frame's number, from 0. */
  readonly frame: number;
  readonly timeMs: number;
  /** In its frame, from 1, surest first. */
  readonly face: number;
  readonly facesInFrame: number;
  readonly box: Box;
  readonly landmarks: FiveLandmarks | null;
  readonly sizePx: number;
  readonly weight: number;
  readonly reasons: readonly string[];
  readonly cropFile: Uint8Array;
  readonly embedding: Float32Array;
}

export interface ClipTrack {
  /** From 1, the longest first. */
  readonly number: number;
  /** How many faces it has. */
  readonly faces: number;
  readonly startedMs: number;
  readonly endedMs: number;
  readonly widestPx: number;
  /** Spread over its time, the best of each moment. */
  readonly chosen: readonly ClipFace[];
}

/**
 * Reads a whole clip. Memory: the faces of tracks that are still open, and a few of each that has ended. Throws `not-found` for a
 * clip without a face, `cancelled`, and what its source throws.
 */
export async function readClipTracks(
  source: FrameSource,
  looks: FrameLooks,
  options: TrackerOptions,
  progress: ProgressToken,
): Promise<ClipTrack[]> {
  const tracker = new SceneTracker(options);
  const facesOf = new Map<number, ClipFace[]>();
  const tracks: ClipTrack[] = [];
  const close = (ended: readonly Track[]): void => {
    for (const { members } of ended) {
      const faces = members.map(({ frame, detection }) => (facesOf.get(frame) as ClipFace[])[detection]);
      tracks.push({
        number: 0,
        faces: faces.length,
        startedMs: faces[0].timeMs,
        endedMs: faces[faces.length - 1].timeMs,
        widestPx: Math.max(...faces.map(({ sizePx }) => sizePx)),
        chosen: spreadFaces(faces),
      });
      for (const face of faces) dropFace(facesOf, face);
    }
  };
  const stage = progress.stage('reading the clip', source.frames ?? 0, 'frames');
  for await (const window of readWindows(source, { position: 0, lastKept: null }, looks, progress)) {
    for (const reading of window) {
      const { position: frame, timeMs } = reading.frame;
      if (reading.kind === 'near-duplicate') close(tracker.stillAt(timeMs));
      if (reading.kind !== 'read') continue;
      const faces = clipFaces(reading);
      if (faces.length > 0) facesOf.set(frame, faces);
      const detections = faces.map(({ box, embedding }, at) => ({
        box,
        embedding,
        score: reading.faces[at].detectionScore ?? 1,
      }));
      close(tracker.see({ frame, timeMs, detections }));
    }
    stage.advance(window.length);
  }
  close(tracker.finish());
  ensure(tracks.length > 0, 'not-found', 'no face was found in the clip');
  return tracks
    .sort(
      (left, right) =>
        lengthOf(right) - lengthOf(left) || right.faces - left.faces || left.startedMs - right.startedMs,
    )
    .map((track, at) => ({ ...track, number: at + 1 }));
}

function lengthOf({ startedMs, endedMs }: ClipTrack): number {
  return endedMs - startedMs;
}

function clipFaces({ frame, sha256, faces }: Extract<FrameReading, { kind: 'read' }>): ClipFace[] {
  return faces.map(({ box, landmarks, quality, weight, cropFile, embeddings }: FrameFace, at) => ({
    path: frame.path,
    sha256: sha256.toString('hex'),
    frame: frame.position,
    timeMs: frame.timeMs,
    face: at + 1,
    facesInFrame: faces.length,
    box,
    landmarks,
    sizePx: quality.sizePx,
    weight,
    reasons: quality.reasons,
    cropFile,
    embedding: embeddings[0],
  }));
}

/** A frame is forgotten with the last of its faces: indexes into it stay good until then. */
function dropFace(facesOf: Map<number, ClipFace[]>, { frame, face }: ClipFace): void {
  const faces = facesOf.get(frame);
  if (faces === undefined) return;
  delete faces[face - 1];
  if (!faces.some((other) => other !== undefined)) facesOf.delete(frame);
}
