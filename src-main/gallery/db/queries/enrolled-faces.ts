// Enrolled faces as probes: where they come from, and their embeddings in one space.

import type { Database } from 'better-sqlite3';
import { prepared } from '../prepared.ts';
import { checkedVector } from './embeddings.ts';
import type { Space } from './spaces.ts';

export interface EnrolledProbeFace {
  readonly id: number;
  readonly trackId: number;
  readonly subjectId: number | null;
  readonly sourcePath: string;
  /** SHA-256 of the source. */
  readonly sha256: Buffer;
  /** Of a video; null for a picture. */
  readonly frameIndex: number | null;
  /** In its picture or frame, from 0, and how many were enrolled of it. */
  readonly faceIndex: number;
  readonly facesInPicture: number;
  readonly sizePx: number;
  readonly weight: number;
  readonly reasons: readonly string[];
  readonly capturedAt: number | null;
  readonly crop: Buffer;
  readonly vector: Float32Array;
}

/** What is probed with: one face, a track's, or a subject's. */
export interface EnrolledReference {
  readonly kind: 'face' | 'track' | 'subject';
  readonly id: number;
}

/** Where the reading begins. Left to itself, SQLite begins with all embeddings of the space. */
const BEGINNINGS = {
  face: 'faces CROSS JOIN tracks ON tracks.id = faces.track_id AND faces.id = @id',
  track: 'faces CROSS JOIN tracks ON tracks.id = faces.track_id AND faces.track_id = @id',
  subject: 'tracks CROSS JOIN faces ON faces.track_id = tracks.id AND tracks.subject_id = @id',
} as const;

/** Faces that have an embedding in the space, tracks together, in order of time. */
export function enrolledFaces(
  database: Database,
  space: Pick<Space, 'id' | 'dimension'>,
  { kind, id }: EnrolledReference,
): EnrolledProbeFace[] {
  const rows = prepared(
    database,
    `SELECT faces.id, faces.track_id AS trackId, tracks.subject_id AS subjectId, sources.path AS sourcePath, sources.sha256,
       iif(sources.kind = 'video', faces.frame_index, NULL) AS frameIndex, faces.face_index AS faceIndex,
       (SELECT count(*) FROM faces AS others WHERE others.source_id = faces.source_id AND others.frame_index = faces.frame_index)
         AS facesInPicture,
       faces.size_px AS sizePx, faces.weight, faces.reasons, faces.captured_at AS capturedAt, faces.crop, embeddings.vector, embeddings.checksum
     FROM ${BEGINNINGS[kind]} CROSS JOIN sources ON sources.id = faces.source_id
     CROSS JOIN embeddings ON embeddings.face_id = faces.id AND embeddings.space_id = @space
     ORDER BY faces.track_id, faces.captured_at, faces.source_id, faces.frame_index, faces.id`,
  ).all({ space: space.id, id }) as (Omit<EnrolledProbeFace, 'reasons' | 'vector'> & {
    reasons: string;
    vector: Buffer;
    checksum: number;
  })[];
  return rows.map(({ reasons, vector, checksum, ...row }) => ({
    ...row,
    reasons: JSON.parse(reasons),
    vector: checkedVector([row.id, vector, checksum], space.dimension),
  }));
}
