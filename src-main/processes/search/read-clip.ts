// A clip as the engine reads it for the window: who appears in it, each by the faces that say the most.

import type { ProgressToken } from '../../common/progress.ts';
import type { SpaceKey } from '../../gallery/db/queries/spaces.ts';
import type { TrackerOptions } from '../../gallery/tracking/face-tracker.ts';
import type { OpenModels, ProbeModel } from '../engine/open-models.ts';
import { type ClipTrack, readClipTracks } from '../frames/clip-tracks.ts';
import { folderSource, videoSource } from '../frames/frame-source.ts';
import { isVideoFile, openFramesOrigin } from '../frames/open-origin.ts';

export interface ClipRequest {
  readonly path: string;
  readonly framesPerSecond: number | null;
  readonly everyNth: number;
  readonly model: ProbeModel;
  readonly tracking: TrackerOptions;
}

export interface ReadClip {
  readonly isVideo: boolean;
  readonly space: SpaceKey;
  /** The longest first. */
  readonly tracks: readonly ClipTrack[];
  readonly notes: readonly string[];
}

/** In grey levels: the command line's default. */
const LEAST_CHANGE = 6;

/** Throws `not-found` for a clip without a face, `cancelled`, and what reading frames or a video throws. */
export async function readClip(
  open: OpenModels,
  { path, framesPerSecond, everyNth, model, tracking }: ClipRequest,
  progress: ProgressToken,
): Promise<ReadClip> {
  const kind = isVideoFile(path) ? 'video' : 'frames';
  const { origin } = await openFramesOrigin(path, { kind, framesPerSecond, everyNth, startedAtMs: null });
  const source =
    origin.kind === 'video'
      ? videoSource(origin.path, { ...origin, startedAtMs: null })
      : folderSource(origin.files);
  const finder = await open.finder();
  return open.use(model, async (embedder) => {
    const looks = { finder, embedders: [embedder], leastChange: LEAST_CHANGE };
    const tracks = await readClipTracks(source, looks, tracking, progress);
    return { isVideo: origin.kind === 'video', space: embedder.space, tracks, notes: source.notes };
  });
}
