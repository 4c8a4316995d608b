// Pictures with their faces into the gallery: crops first, then all rows of a batch in one transaction.

import { GlimpseError } from '../../common/errors.ts';
import { cameraId } from '../db/queries/cameras.ts';
import { findSource, insertSource, type NewSource } from '../db/queries/faces.ts';
import { settleItem } from '../db/queries/imports.ts';
import type { Space } from '../db/queries/spaces.ts';
import { subjectId } from '../db/queries/subjects.ts';
import { findManifestTrack, insertTrack, type NewTrack, type TrackOrigin } from '../db/queries/tracks.ts';
import type { Gallery } from '../gallery.ts';
import { type EnrolledFace, insertFaces } from './faces.ts';

/** What became of one file of an import. */
export type PictureOutcome =
  | { readonly kind: 'failed'; readonly position: number; readonly reason: string }
  | {
      readonly kind: 'read';
      readonly position: number;
      readonly source: NewSource;
      readonly subject: string | null;
      readonly camera: string | null;
      readonly capturedAt: number | null;
      readonly tags: readonly string[];
      /** The manifest's own name of the track, or null: each face then gets a track to itself. */
      readonly track: string | null;
      readonly faces: readonly EnrolledFace[];
    };

export interface BatchCounts {
  readonly faces: number;
  readonly done: number;
  readonly duplicates: number;
  readonly withoutFace: number;
  readonly failed: number;
}

/**
 * Enrols a batch of an import's files, whole or not at all; a file whose content is there already is a duplicate and adds
 * nothing. A picture that the database refuses (a NaN embedding) fails alone.
 */
export async function enrolPictures(
  gallery: Gallery,
  importId: number,
  spaces: readonly Space[],
  outcomes: readonly PictureOutcome[],
): Promise<BatchCounts> {
  const cropFiles = outcomes.flatMap((outcome) =>
    outcome.kind === 'read' ? outcome.faces.map(({ cropFile }) => cropFile) : [],
  );
  const digests = await gallery.crops.putAll(cropFiles);
  let next = 0;
  const counts = { faces: 0, done: 0, duplicates: 0, withoutFace: 0, failed: 0 };
  gallery.change(() => {
    for (const outcome of outcomes) {
      const crops = outcome.kind === 'read' ? digests.slice(next, next + outcome.faces.length) : [];
      next += crops.length;
      const settled = settle(gallery, spaces, outcome, crops);
      settleItem(gallery.database, importId, outcome.position, settled);
      counts.faces += settled.faces;
      if (settled.state === 'done') counts.done++;
      if (settled.state === 'duplicate') counts.duplicates++;
      if (settled.state === 'no-face') counts.withoutFace++;
      if (settled.state === 'failed') counts.failed++;
    }
  });
  return counts;
}

function settle(
  gallery: Gallery,
  spaces: readonly Space[],
  outcome: PictureOutcome,
  crops: readonly Buffer[],
): Parameters<typeof settleItem>[3] {
  if (outcome.kind === 'failed') return { state: 'failed', faces: 0, reason: outcome.reason };
  const { database } = gallery;
  if (findSource(database, outcome.source.sha256) !== null)
    return { state: 'duplicate', faces: 0, reason: 'the same content is enrolled already' };
  try {
    // A savepoint: what this picture has written goes when it fails, the batch stays.
    database.transaction(() => insertPicture(gallery, spaces, outcome, crops))();
  } catch (error) {
    // What SQLite itself refuses (a full disk, a damaged file) is no fault of the picture.
    if (!(error instanceof GlimpseError)) throw error;
    return { state: 'failed', faces: 0, reason: error.message };
  }
  return outcome.faces.length === 0
    ? { state: 'no-face', faces: 0, reason: null }
    : { state: 'done', faces: outcome.faces.length, reason: null };
}

function insertPicture(
  gallery: Gallery,
  spaces: readonly Space[],
  picture: Extract<PictureOutcome, { kind: 'read' }>,
  crops: readonly Buffer[],
): void {
  const { database, acting } = gallery;
  const at = acting.now();
  const { subject, camera, capturedAt, tags, track: label, faces } = picture;
  const sourceId = insertSource(database, picture.source, at);
  const cameraNumber = camera === null ? null : cameraId(database, camera);
  const origin: TrackOrigin = label === null ? 'single' : 'manifest';
  insertFaces(gallery, spaces, { sourceId, frameIndex: 0, capturedAt, tags }, faces, crops, ({ isNamed }) => {
    const owner = isNamed && subject !== null ? subjectId(database, subject, at) : null;
    const track: NewTrack = { subjectId: owner, cameraId: cameraNumber, origin, label };
    const known = origin === 'manifest' ? findManifestTrack(database, track) : null;
    return known ?? insertTrack(database, track, at);
  });
}
