// Where frames come from, one after the other in order of time: a folder or a video.

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { FrameFile } from '../../datasets/sources/frames.ts';
import { decodeImage } from '../../imaging/decode.ts';
import type { RgbImage } from '../../imaging/image.ts';
import { videoFrames } from '../video/video-frames.ts';

/** A frame before anybody has looked at it. */
export interface Frame extends FrameFile {
  /** Its number: in the folder's order, or in the video. */
  readonly position: number;
  /** Throws for a file that is no picture. */
  load(): Promise<{ readonly image: RgbImage; readonly sha256: Buffer }>;
}

export interface FrameSource {
  readonly kind: 'frame' | 'video';
  /** Frames from a position on. */
  open(from: number): AsyncIterable<Frame>;
  /** How many there are; null where nobody knows. */
  readonly frames: number | null;
  /** What a reader must know of the source, one sentence each; complete once it is read. */
  readonly notes: readonly string[];
}

export function folderSource(files: readonly FrameFile[]): FrameSource {
  return {
    kind: 'frame',
    frames: files.length,
    notes: [],
    async *open(from) {
      for (let position = from; position < files.length; position++) {
        const file = files[position];
        yield { ...file, position, load: () => loadFile(file) };
      }
    },
  };
}

async function loadFile({ path, name }: FrameFile): Promise<{ image: RgbImage; sha256: Buffer }> {
  const bytes = await readFile(path);
  return { image: await decodeImage(bytes, name), sha256: createHash('sha256').update(bytes).digest() };
}

export interface VideoSourceOptions {
  readonly sha256: Buffer;
  readonly framesPerSecond: number;
  /** Frames of the whole video; null where its container does not say. */
  readonly frames: number | null;
  readonly everyNth: number;
  /** When the video begins, milliseconds since 1970; null where nobody knows. */
  readonly startedAtMs: number | null;
}

export function videoSource(path: string, options: VideoSourceOptions): FrameSource {
  const { sha256, framesPerSecond, everyNth, startedAtMs } = options;
  const notes: string[] = [];
  return {
    kind: 'video',
    frames: options.frames === null ? null : Math.ceil(options.frames / everyNth),
    notes,
    async *open(from) {
      const onEarlyEnd = (complaint: string): void => {
        notes.push(`${path} ends early or is damaged, what could be read of it was: ${complaint}`);
      };
      for await (const frame of videoFrames(path, framesPerSecond, { everyNth, from, onEarlyEnd })) {
        const { index: position, timeMs, image } = frame;
        const capturedAtMs = startedAtMs === null ? null : startedAtMs + timeMs;
        const load = async (): Promise<{ image: RgbImage; sha256: Buffer }> => ({ image, sha256 });
        yield { path, name: `frame ${position}`, position, timeMs, capturedAtMs, load };
      }
    },
  };
}
