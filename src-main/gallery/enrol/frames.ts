// Frames with their faces into the gallery: each face on a track of its own, until the whole source is there and is linked.

import { GlimpseError } from '../../common/errors.ts';
import { findSource, insertSource, type NewSource } from '../db/queries/faces.ts';
import { type ImportItem, recordItem, type SettledItem } from '../db/queries/imports.ts';
import type { Space } from '../db/queries/spaces.ts';
import { insertTrack } from '../db/queries/tracks.ts';
import type { Gallery } from '../gallery.ts';
import { type EnrolledFace, insertFaces } from './faces.ts';

/** What is kept of a frame in its import's list; of the times depend the tracks. */
export interface FrameItem {
  readonly path: string;
  /** Since the first frame. */
  readonly timeMs: number;
  readonly capturedAtMs: number | null;
}

export type FrameOutcome = Pick<ImportItem, 'position' | 'name'> & { readonly item: FrameItem } & (
    | { readonly kind: 'near-duplicate' }
    | { readonly kind: 'failed'; readonly reason: string }
    | { readonly kind: 'read'; readonly source: NewSource; readonly faces: readonly EnrolledFace[] }
  );

export const NEAR_DUPLICATE = 'shows what the frame before it did';

export interface FrameTarget {
  readonly importId: number;
  readonly spaces: readonly Space[];
  readonly cameraId: number | null;
}

/** Marks the tracks that an unfinished import has left to link. */
export function provisionalLabel(importId: number): string {
  return `import ${importId}, not linked yet`;
}

/**
 * Enrols a window of frames, whole or not at all. A frame whose file is enrolled already is a duplicate and adds nothing; frames of
 * a video share their file. A frame that the database refuses (a NaN embedding) fails alone.
 */
export async function enrolFrames(
  gallery: Gallery,
  target: FrameTarget,
  outcomes: readonly FrameOutcome[],
): Promise<void> {
  const cropFiles = outcomes.flatMap((outcome) =>
    outcome.kind === 'read' ? outcome.faces.map(({ cropFile }) => cropFile) : [],
  );
  const digests = await gallery.crops.putAll(cropFiles);
  let next = 0;
  gallery.change(() => {
    for (const outcome of outcomes) {
      const crops = outcome.kind === 'read' ? digests.slice(next, next + outcome.faces.length) : [];
      next += crops.length;
      recordItem(gallery.database, target.importId, outcome, settle(gallery, target, outcome, crops));
    }
  });
}

function settle(
  gallery: Gallery,
  target: FrameTarget,
  outcome: FrameOutcome,
  crops: readonly Buffer[],
): SettledItem {
  if (outcome.kind === 'near-duplicate') return { state: 'duplicate', faces: 0, reason: NEAR_DUPLICATE };
  if (outcome.kind === 'failed') return { state: 'failed', faces: 0, reason: outcome.reason };
  const { source, faces } = outcome;
  const known = findSource(gallery.database, source.sha256);
  if (known !== null && source.kind === 'frame')
    return { state: 'duplicate', faces: 0, reason: 'the same content is enrolled already' };
  try {
    // A savepoint: what this frame has written goes when it fails, the window stays.
    gallery.database.transaction(() => insertFrame(gallery, target, outcome, crops, known))();
  } catch (error) {
    if (!(error instanceof GlimpseError)) throw error;
    return { state: 'failed', faces: 0, reason: error.message };
  }
  return { state: faces.length === 0 ? 'no-face' : 'done', faces: faces.length, reason: null };
}

function insertFrame(
  gallery: Gallery,
  { importId, spaces, cameraId }: FrameTarget,
  { source, faces, position, item }: Extract<FrameOutcome, { kind: 'read' }>,
  crops: readonly Buffer[],
  known: number | null,
): void {
  const { database, acting } = gallery;
  const sourceId = known ?? insertSource(database, source, acting.now());
  const origin = { sourceId, frameIndex: position, capturedAt: item.capturedAtMs, tags: [] };
  const label = provisionalLabel(importId);
  insertFaces(gallery, spaces, origin, faces, crops, () =>
    insertTrack(database, { subjectId: null, cameraId, origin: 'tracker', label }, acting.now()),
  );
}
