// Clips as probes: a video or a folder of frames, read as a job; its tracks are listed, and one is looked for.

import * as v from 'valibot';
import type { ProbeFaceView } from './search.ts';
import { absolutePath, galleryName, integer, within } from './shapes.ts';

export const clipRequest = v.strictObject({
  gallery: galleryName,
  /** A video file, or a folder that holds one camera's frames. */
  path: absolutePath,
  /** By whose model the faces are told apart. */
  side: v.picklist(['lr', 'hr']),
  /** Of a folder; null takes the times from names or EXIF data. */
  framesPerSecond: v.nullable(within(0.001, 1000)),
  /** Of a video. */
  everyNth: integer(1, 100_000),
});
export type ClipAsked = v.InferOutput<typeof clipRequest>;

export interface ClipTrackView {
  /** From 1, the longest first. */
  readonly number: number;
  readonly faces: number;
  /** Since the clip's beginning. */
  readonly startedMs: number;
  readonly endedMs: number;
  readonly widestPx: number;
  /** The faces that are fused, spread over its time: a probe names them by this picture and their number. */
  readonly picture: string;
  readonly chosen: readonly ProbeFaceView[];
  /** The best of them, from 1. */
  readonly best: number;
}

/** There while the host runs: faces of probes are never written. */
export interface ClipView {
  readonly gallery: string;
  readonly name: string;
  readonly tracks: readonly ClipTrackView[];
  readonly notes: readonly string[];
}
