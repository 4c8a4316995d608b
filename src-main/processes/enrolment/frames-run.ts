// An enrolment of frames over the processes: windows are read by the engine, stored by the gallery process, and linked there at the end.
// Runs in the host, which only passes windows on.

import type { ProgressToken } from '../../common/progress.ts';
import type { EnrolmentAsked, EnrolmentResult } from '../../contract/enrolment.ts';
import type { EngineService } from '../engine/engine-service.ts';
import type { NumberedFrame, WindowSource } from '../engine/frame-reader.ts';
import type { SideModel } from '../engine/picture-embedder.ts';
import type { FrameStart } from '../frames/frame-windows.ts';
import type { FramesBegun, SentFrame } from '../gallery/enrolment-service.ts';
import type { NamedGalleries } from '../gallery/named-galleries.ts';
import type { Supervised } from '../supervised.ts';

interface Tools {
  readonly engine: Supervised<EngineService>;
  readonly galleries: NamedGalleries;
}

/** As long as the windows of the engine: with the same ones a killed import sees what an unbroken one does. */
const FRAMES_PER_WINDOW = 32;

/** A cancelled or killed one keeps whole windows; run again it goes on from there. Throws `cancelled` and `lost-process`. */
export async function runFrames(
  { engine, galleries }: Tools,
  asked: EnrolmentAsked,
  begun: FramesBegun,
  models: readonly SideModel[],
  progress: ProgressToken,
): Promise<EnrolmentResult> {
  const { gallery } = asked;
  const { importId, spaces, cameraId, resumedAt } = begun;
  const { signal, sink } = progress;
  let { start, lastKept } = begun;
  const notes = new Set(begun.notes);
  const read = async (): Promise<readonly SentFrame[]> => {
    const source = await nextSource(galleries, gallery, begun, start, lastKept);
    if (source === null) return [];
    const { leastChange } = asked.frames;
    const window = await engine.call('readFrames', { source, models, leastChange }, { signal });
    lastKept = lastKeptOf(window.frames) ?? lastKept;
    start = window.next;
    for (const note of window.notes) notes.add(note);
    return window.frames;
  };
  const stage = progress.stage('enrolling', begun.frames ?? 0, 'frames', resumedAt);
  try {
    for (let reading = read(); ; ) {
      const frames = await reading;
      if (frames.length === 0) break;
      progress.throwIfCancelled();
      // The engine reads the next window while this one is stored.
      reading = read();
      reading.catch(() => {});
      await galleries.call(gallery, 'enrolFrames', { importId, spaces, cameraId, frames });
      stage.advance(frames.length);
    }
  } finally {
    // A process that has gone has let go of everything.
    await engine.call('endFrames', null).catch(() => {});
  }
  const under = { onProgress: sink, signal };
  const report = await galleries.call(gallery, 'finishFrames', { importId, spaces }, under);
  return {
    ...{ gallery, import: importId, root: asked.paths[0], files: report.frames, resumedAt },
    ...{ faces: report.faces, done: report.done, tracks: report.tracks },
    ...{ duplicates: report.duplicate, withoutFace: report['no-face'], failed: report.failed },
    ...{ leftOut: begun.leftOut, leftOutCount: begun.leftOut.length, notes: [...notes] },
  };
}

/** Null at the end of a folder. */
async function nextSource(
  galleries: NamedGalleries,
  gallery: string,
  { importId, video }: FramesBegun,
  start: FrameStart,
  lastKept: NumberedFrame | null,
): Promise<WindowSource | null> {
  if (video !== null) return { kind: 'video', ...video, start };
  const after = start.position - 1;
  const page = { importId, after, limit: FRAMES_PER_WINDOW };
  const items = await galleries.call(gallery, 'enrolmentItems', page);
  if (items.length === 0) return null;
  const files = items.map(({ position, name, item }) => ({
    ...(item as Omit<NumberedFrame, 'position' | 'name'>),
    position,
    name,
  }));
  return { kind: 'frames', files, lastKept };
}

/** What the next frame is held against: the last one that was looked at. */
function lastKeptOf(frames: readonly SentFrame[]): NumberedFrame | null {
  const kept = frames.filter(({ kind }) => kind === 'read').pop();
  return kept === undefined ? null : { ...kept.item, position: kept.position, name: kept.name };
}

/** Of a video whose content is known. */
export function knownVideo({ gallery, paths: [root] }: EnrolmentAsked): EnrolmentResult {
  return {
    ...{ gallery, import: null, root, files: 0, faces: 0, done: 0, duplicates: 1, withoutFace: 0 },
    ...{ failed: 0, leftOut: [], leftOutCount: 0, resumedAt: 0, tracks: 0, notes: [] },
  };
}
