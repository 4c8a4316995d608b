// A folder of frames or a video as what is enrolled of it: its frames with their times, and what a person must know of those.

import { statSync } from 'node:fs';
import { sha256OfFile } from '../../common/files.ts';
import type { LeftOut } from '../../datasets/entries.ts';
import { listFrames } from '../../datasets/sources/frames.ts';
import { probeVideo } from '../video/video-frames.ts';
import type { FramesOrigin } from './enrol-frames-job.ts';

const VIDEO_NAME =
  /\.(mp4|m4v|mov|mkv|webm|avi|mpe?g|ts|mts|m2ts|wmv|asf|flv|3gp|ogv|mxf|dav|h264|h265|hevc|mjpe?g|mjpg)$/i;

export interface OriginOptions {
  readonly kind: FramesOrigin['kind'];
  /** Of a folder; null takes the times from names or EXIF data. */
  readonly framesPerSecond: number | null;
  /** Of a video. */
  readonly everyNth: number;
  /** When the first frame was taken, milliseconds since 1970; null where nobody knows. */
  readonly startedAtMs: number | null;
}

export interface OpenedFrames {
  readonly origin: FramesOrigin;
  readonly startedAtMs: number | null;
  readonly leftOut: readonly LeftOut[];
  readonly notes: readonly string[];
}

/** By its name; a folder is none, whatever it is called. */
export function isVideoFile(path: string): boolean {
  return VIDEO_NAME.test(path) && statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true;
}

/** Throws what reading the folder's names, or looking into the video, throws. */
export async function openFramesOrigin(path: string, options: OriginOptions): Promise<OpenedFrames> {
  const { kind, startedAtMs, framesPerSecond, everyNth } = options;
  if (kind === 'frames') {
    const { frames, leftOut } = await listFrames(path, { startedAtMs, framesPerSecond });
    return { origin: { kind, folder: path, files: frames }, startedAtMs, leftOut, notes: [] };
  }
  const { madeAtMs, ...facts } = await probeVideo(path);
  const sha256 = Buffer.from(await sha256OfFile(path), 'hex');
  const notes = undatedNotes(madeAtMs, startedAtMs);
  const origin = {
    kind,
    path,
    sha256,
    framesPerSecond: facts.framesPerSecond,
    frames: facts.frames,
    everyNth,
  } as const;
  return { origin, startedAtMs, leftOut: [], notes };
}

/** What a person must know of a video whose beginning nobody has said. */
export function undatedNotes(madeAtMs: number | null, startedAtMs: number | null): string[] {
  if (startedAtMs !== null || madeAtMs === null) return [];
  const made = new Date(madeAtMs).toISOString();
  return [
    `the video says that it was made at ${made}, which may be its beginning, its end or a wrong clock: ` +
      'say when it begins (--captured-at) where you know better, else its faces have no time',
  ];
}
