// Options that say how frames or a video are read, for enrolment and for probes.

import { statSync } from 'node:fs';
import type { Command } from 'commander';
import { ensure } from '../common/errors.ts';
import { parseCapturedAt } from '../datasets/sources/captured-at.ts';
import { isVideoFile, type OpenedFrames, openFramesOrigin } from '../processes/frames/open-origin.ts';
import { integerParser, numberParser } from './option-parsers.ts';

export interface FrameOptions {
  readonly frames: boolean;
  readonly video: boolean;
  readonly fps?: number;
  readonly every: number;
  readonly capturedAt?: string;
  readonly leastChange: number;
}

export function declareFrames(command: Command): void {
  command
    .option('--frames', "the folder holds one camera's frames in order of time: they become tracks", false)
    .option(
      '--fps <rate>',
      'frames a second of the folder (default: times from names or EXIF)',
      numberParser(0.001, 1000),
    )
    .option('--video', 'the file is a video, whatever its name', false)
    .option('--every <n>', 'of a video, every n-th frame', integerParser(1, 100_000), 1)
    .option('--captured-at <time>', 'when the first frame was taken (ISO 8601, UTC)')
    .option(
      '--least-change <levels>',
      'leave out frames that change less than this in grey levels against the last kept one; 0 keeps all',
      numberParser(0, 255),
      6,
    );
}

/** Whether sources are frames or a video. Throws `bad-usage` for options that do not fit. */
export function isFrames(sources: readonly string[], options: FrameOptions): boolean {
  const [first, ...others] = sources;
  const isAny = options.frames || isVideoFile(first) || (options.video && !isFolder(first));
  ensure(
    !isAny || others.length === 0,
    'bad-usage',
    'frames and videos are read one folder or file at a time: each is one camera\u2019s',
  );
  ensure(
    isAny || (options.fps === undefined && options.capturedAt === undefined),
    'bad-usage',
    '--fps and --captured-at are for --frames and videos; of pictures a manifest says when they were taken',
  );
  return isAny;
}

export async function openFrames([path]: readonly string[], options: FrameOptions): Promise<OpenedFrames> {
  const { capturedAt, fps, every } = options;
  const startedAtMs = capturedAt === undefined ? null : parseCapturedAt(capturedAt);
  ensure(
    capturedAt === undefined || startedAtMs !== null,
    'bad-usage',
    `--captured-at is a time such as 2026-01-31T18:00:00Z, not ${JSON.stringify(capturedAt)}`,
  );
  const kind = options.frames ? 'frames' : 'video';
  return openFramesOrigin(path, { kind, framesPerSecond: fps ?? null, everyNth: every, startedAtMs });
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
