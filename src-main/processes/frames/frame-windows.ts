// Frames to faces with embeddings, a window of frames at a time: what shows nothing new is left out, the rest is looked at.

import { messageOf } from '../../common/errors.ts';
import type { ProgressToken } from '../../common/progress.ts';
import { mapInFlight } from '../../datasets/in-flight.ts';
import { NearDuplicateFilter } from '../../gallery/tracking/near-duplicate.ts';
import type { FaceFinder } from '../../imaging/face-finder.ts';
import type { RgbImage } from '../../imaging/image.ts';
import { greyThumbnail } from '../../imaging/thumbnail.ts';
import type { CropEmbedder } from '../enrolment/crop-embedder.ts';
import { findFaces, type PictureFace } from '../enrolment/picture-faces.ts';
import type { Frame, FrameSource } from './frame-source.ts';

export interface FrameFace extends PictureFace {
  /** One per embedder. */
  readonly embeddings: readonly Float32Array[];
}

export type FrameReading = { readonly frame: Omit<Frame, 'load'> } & (
  | { readonly kind: 'near-duplicate' }
  | { readonly kind: 'failed'; readonly reason: string }
  | {
      readonly kind: 'read';
      readonly sha256: Buffer;
      readonly width: number;
      readonly height: number;
      readonly faces: readonly FrameFace[];
    }
);

export interface FrameLooks {
  readonly finder: FaceFinder;
  readonly embedders: readonly Pick<CropEmbedder, 'embed'>[];
  /** Frames that change less than this, in grey levels, against the last one that was kept are left out; 0 keeps all. */
  readonly leastChange: number;
}

/** Where a reading goes on: the first frame that is wanted, and the last one before it that was kept. */
export interface FrameStart {
  readonly position: number;
  readonly lastKept: number | null;
}

/** Seen frames of a window: what a kill costs, and what is embedded together. */
export const FRAMES_PER_WINDOW = 32;
/** Decoded frames held at a time, and their pixels: finding faces uses all processors anyway. */
const FRAMES_HELD = 4;
const PIXELS_HELD = 32_000_000;

type Looked =
  | Exclude<FrameReading, { kind: 'read' }>
  | (Omit<Extract<FrameReading, { kind: 'read' }>, 'faces'> & { readonly faces: readonly PictureFace[] });

/**
 * Windows begin at `start.position` and every 32 seen frames, so that a reading that goes on at a window's beginning sees and embeds
 * exactly what an unbroken one does. Memory: a few frames, and the crops of one window.
 */
export async function* readWindows(
  source: FrameSource,
  start: FrameStart,
  looks: FrameLooks,
  progress: Pick<ProgressToken, 'throwIfCancelled'>,
): AsyncGenerator<FrameReading[]> {
  const filter = new NearDuplicateFilter({ leastChange: looks.leastChange });
  let window: Looked[] = [];
  let held: { frame: Frame; image: RgbImage; sha256: Buffer; at: number }[] = [];
  const lookAtHeld = async (): Promise<void> => {
    const found = await mapInFlight(held, FRAMES_HELD, ({ image }) => findFaces(looks.finder, image));
    held.forEach(({ frame, image, sha256, at }, index) => {
      const { width, height } = image;
      window[at] = { frame: plain(frame), kind: 'read', sha256, width, height, faces: found[index] };
    });
    held = [];
  };
  for await (const frame of source.open(start.lastKept ?? start.position)) {
    progress.throwIfCancelled();
    const isWanted = frame.position >= start.position;
    const loaded = await frame.load().catch((error: unknown) => messageOf(error).replace(/\s+/g, ' '));
    if (typeof loaded === 'string') {
      if (isWanted) window.push({ frame: plain(frame), kind: 'failed', reason: loaded });
    } else if (!isWanted) {
      // The last kept frame is seen again: the filter compares with it. Those between were not kept.
      if (frame.position === start.lastKept) filter.keeps(greyThumbnail(loaded.image));
    } else if (filter.keeps(greyThumbnail(loaded.image))) {
      held.push({ frame, ...loaded, at: window.length });
      window.push({ frame: plain(frame), kind: 'near-duplicate' });
    } else {
      window.push({ frame: plain(frame), kind: 'near-duplicate' });
    }
    const isFull = window.length === FRAMES_PER_WINDOW;
    const pixels = held.reduce((sum, { image }) => sum + image.width * image.height, 0);
    if (isFull || held.length === FRAMES_HELD || pixels >= PIXELS_HELD) await lookAtHeld();
    if (!isFull) continue;
    yield await withEmbeddings(window, looks.embedders);
    window = [];
  }
  await lookAtHeld();
  if (window.length > 0) yield await withEmbeddings(window, looks.embedders);
}

/** Without its loader, which may hold a decoded picture. */
function plain({ load: _, ...frame }: Frame): Omit<Frame, 'load'> {
  return frame;
}

async function withEmbeddings(
  window: readonly Looked[],
  embedders: FrameLooks['embedders'],
): Promise<FrameReading[]> {
  const crops = window.flatMap((looked) =>
    looked.kind === 'read' ? looked.faces.map(({ crop }) => crop) : [],
  );
  const vectors: Float32Array[][] = [];
  for (const embedder of embedders) vectors.push(crops.length === 0 ? [] : await embedder.embed(crops));
  let next = 0;
  return window.map((looked) => {
    if (looked.kind !== 'read') return looked;
    const faces = looked.faces.map((face) => {
      const at = next++;
      return { ...face, embeddings: vectors.map((ofOne) => ofOne[at]) };
    });
    return { ...looked, faces };
  });
}
