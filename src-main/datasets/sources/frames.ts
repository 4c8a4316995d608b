// A folder of one camera's frames, in time order.

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ensure, GlimpseError } from '../../common/errors.ts';
import { isImageName, printable } from '../entries.ts';
import { type SourceItem, UNKNOWN_ORIGIN } from './source-item.ts';

export interface FrameTiming {
  readonly camera: string | null;
  /** When the first frame was taken, milliseconds since 1970; null where nobody knows. */
  readonly startedAtMs: number | null;
  readonly framesPerSecond: number;
}

/** Frames sorted by the numbers in their names (`f9` before `f10`). Throws `not-found`, and `bad-dataset` where there is none. */
export async function listFrames(folder: string, timing: FrameTiming): Promise<SourceItem[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    throw new GlimpseError('not-found', `${printable(folder)} is not a readable folder of frames`, {
      cause: error,
    });
  });
  const byNumber = new Intl.Collator('en', { numeric: true });
  const frames = names.filter((name) => isImageName(name) && !name.startsWith('.')).sort(byNumber.compare);
  ensure(frames.length > 0, 'bad-dataset', `${printable(folder)} holds no frames`);
  return frames.map((name, index) => ({
    ...UNKNOWN_ORIGIN,
    path: join(folder, name),
    name,
    camera: timing.camera,
    capturedAtMs: capturedAt(timing, index),
  }));
}

/** When frame `index` (from 0) was taken. */
export function capturedAt({ startedAtMs, framesPerSecond }: FrameTiming, index: number): number | null {
  return startedAtMs === null ? null : startedAtMs + Math.round((index * 1000) / framesPerSecond);
}
