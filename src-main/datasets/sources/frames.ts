// A folder of one camera's frames, in time order: by rate, by the times in their names, or by their EXIF data.

import { readdir, readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { ensure, GlimpseError } from '../../common/errors.ts';
import { readExifTime } from '../../imaging/exif-time.ts';
import { isImageName, kindOfEntry, type LeftOut, printable } from '../entries.ts';
import { mapInFlight } from '../in-flight.ts';
import { spreadOverSeconds, timeOfName } from './frame-times.ts';

export interface FrameTiming {
  /** When the first frame was taken, milliseconds since 1970; null where nobody knows. */
  readonly startedAtMs: number | null;
  /** Null takes the times from the names, or else from EXIF data. */
  readonly framesPerSecond: number | null;
}

export interface FrameFile {
  /** Absolute. */
  readonly path: string;
  readonly name: string;
  /** Since the first frame. */
  readonly timeMs: number;
  /** Milliseconds since 1970; null where nobody knows. */
  readonly capturedAtMs: number | null;
}

export interface FrameList {
  readonly frames: readonly FrameFile[];
  readonly leftOut: readonly LeftOut[];
  /** Where the times come from. */
  readonly timing: 'rate' | 'names' | 'exif';
}

const READS_IN_FLIGHT = 8;

/**
 * Frames by rate go by the numbers in their names (`f9` before `f10`); others by their times. Throws `not-found`, and
 * `bad-dataset` for a folder without frames, or whose frames carry no time while no rate is given.
 */
export async function listFrames(folder: string, timing: FrameTiming): Promise<FrameList> {
  const { names, leftOut } = await frameNames(folder);
  const { framesPerSecond } = timing;
  if (framesPerSecond !== null) {
    const times = names.map((_, index) => Math.round((index * 1000) / framesPerSecond));
    return { frames: toFrames(folder, names, times, timing.startedAtMs), leftOut, timing: 'rate' };
  }
  const { moments, source } = await momentsOf(folder, names);
  const order = [...names.keys()].sort((left, right) => moments[left] - moments[right] || left - right);
  const sorted = spreadOverSeconds(order.map((at) => moments[at]));
  const [first] = sorted;
  // A start that was given corrects a camera's wrong clock.
  const startedAtMs = timing.startedAtMs ?? first;
  const inOrder = order.map((at) => names[at]);
  const times = sorted.map((time) => time - first);
  return { frames: toFrames(folder, inOrder, times, startedAtMs), leftOut, timing: source };
}

function toFrames(
  folder: string,
  names: readonly string[],
  times: readonly number[],
  startedAtMs: number | null,
): FrameFile[] {
  return names.map((name, at) => ({
    path: join(folder, name),
    name,
    timeMs: times[at],
    capturedAtMs: startedAtMs === null ? null : startedAtMs + times[at],
  }));
}

async function frameNames(folder: string): Promise<{ names: string[]; leftOut: LeftOut[] }> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    throw new GlimpseError('not-found', `${printable(folder)} is not a readable folder of frames`, {
      cause: error,
    });
  });
  const boundary = await realpath(folder);
  const names: string[] = [];
  const leftOut: LeftOut[] = [];
  for (const entry of entries) {
    if (entry.name.startsWith('.')) continue;
    const kind = await kindOfEntry(entry, join(folder, entry.name), boundary);
    if (kind.kind === 'neither') leftOut.push({ path: entry.name, reason: kind.reason });
    else if (kind.kind === 'folder')
      leftOut.push({ path: entry.name, reason: 'is a folder: a folder of frames is one camera’s' });
    else if (!isImageName(entry.name)) leftOut.push({ path: entry.name, reason: 'has no image ending' });
    else names.push(entry.name);
  }
  ensure(names.length > 0, 'bad-dataset', `${printable(folder)} holds no frames`);
  return { names: names.sort(new Intl.Collator('en', { numeric: true }).compare), leftOut };
}

/** All names must carry a time, or all pictures: half a clock would put the others anywhere. */
async function momentsOf(
  folder: string,
  names: readonly string[],
): Promise<{ moments: number[]; source: 'names' | 'exif' }> {
  const byName = names.map(timeOfName);
  if (byName.every((time) => time !== null)) return { moments: byName, source: 'names' };
  const read = async (name: string): Promise<number | null> =>
    readExifTime(await readFile(join(folder, name)));
  const byExif = await mapInFlight(names, READS_IN_FLIGHT, read);
  const without = byExif.indexOf(null);
  ensure(
    without === -1,
    'bad-dataset',
    `${printable(names[without] ?? '')} in ${printable(folder)} has no time in its name or EXIF data: ` +
      'say how many frames there are a second with --fps',
  );
  return { moments: byExif.map((time) => time ?? 0), source: 'exif' };
}
