// Reads a gallery's rows in order of their numbers, some at a time: a million faces are never in memory at once.

import type { Database } from 'better-sqlite3';
import { checkedVector } from '../db/queries/embeddings.ts';
import { numbersOf } from '../db/queries/faces.ts';
import type { FaceLine, ProfileEntry, SourceLine, SubjectLine, TrackLine } from './rows.ts';

const ROWS_PER_PAGE = 1000;

interface Numbered {
  readonly id: number;
}

/** `sql` has the columns, tables and joins; `id` is the column that orders the pages. */
function* pagesOf<Row extends Numbered>(database: Database, sql: string, id: string): Generator<Row[]> {
  const page = database.prepare(`${sql} WHERE ${id} > ? ORDER BY ${id} LIMIT ${ROWS_PER_PAGE}`);
  let last = 0;
  for (;;) {
    const rows = page.all(last) as Row[];
    if (rows.length === 0) return;
    yield rows;
    last = rows[rows.length - 1].id;
  }
}

export function readSubjects(database: Database): Generator<SubjectLine[]> {
  return pagesOf(database, 'SELECT id, name, note, created_at AS createdAt FROM subjects', 'id');
}

export function readTracks(database: Database): Generator<TrackLine[]> {
  const sql = `SELECT tracks.id, subject_id AS subjectId, cameras.name AS camera, origin, label, created_at AS createdAt
    FROM tracks LEFT JOIN cameras ON cameras.id = camera_id`;
  return pagesOf(database, sql, 'tracks.id');
}

export function readSources(database: Database): Generator<SourceLine[]> {
  const sql = `SELECT id, lower(hex(sha256)) AS sha256, path, kind, width, height, enrolled_at AS enrolledAt FROM sources`;
  return pagesOf(database, sql, 'id');
}

/** A face as its line, with what people want to read beside it. */
export interface FaceWithNames extends FaceLine {
  readonly subject: string | null;
  readonly camera: string | null;
  readonly path: string;
  readonly sourceSha256: string;
}

interface FaceRow extends Omit<FaceWithNames, 'box' | 'landmarks' | 'reasons' | 'tags'> {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly landmarks: Buffer | null;
  readonly reasons: string;
  readonly tags: string;
}

export function* readFaces(database: Database): Generator<FaceWithNames[]> {
  const sql = `SELECT faces.id, track_id AS trackId, source_id AS sourceId, frame_index AS frameIndex, face_index AS faceIndex,
      box_x AS x, box_y AS y, box_width AS width, box_height AS height, landmarks, lower(hex(crop)) AS crop, size_px AS sizePx,
      sharpness, turn, roll_degrees AS rollDegrees, detection_score AS detectionScore, weight, reasons,
      captured_at AS capturedAt, faces.created_at AS createdAt,
      (SELECT json_group_array(tag ORDER BY tag) FROM tags WHERE face_id = faces.id) AS tags,
      subjects.name AS subject, cameras.name AS camera, sources.path, lower(hex(sources.sha256)) AS sourceSha256
    FROM faces JOIN tracks ON tracks.id = track_id JOIN sources ON sources.id = source_id
    LEFT JOIN subjects ON subjects.id = tracks.subject_id LEFT JOIN cameras ON cameras.id = tracks.camera_id`;
  for (const rows of pagesOf<FaceRow>(database, sql, 'faces.id')) {
    yield rows.map(({ x, y, width, height, landmarks, reasons, tags, ...rest }) => ({
      ...rest,
      box: [x, y, width, height],
      landmarks: landmarks && numbersOf(landmarks),
      reasons: JSON.parse(reasons) as string[],
      tags: JSON.parse(tags) as string[],
    }));
  }
}

/** Every crop that a face names, once. */
export function* readCropDigests(database: Database): Generator<Buffer[]> {
  const page = database
    .prepare(`SELECT DISTINCT crop FROM faces WHERE crop > ? ORDER BY crop LIMIT ${ROWS_PER_PAGE}`)
    .pluck();
  let last: Uint8Array = new Uint8Array(0);
  for (;;) {
    const crops = page.all(last) as Buffer[];
    if (crops.length === 0) return;
    yield crops;
    last = crops[crops.length - 1];
  }
}

/** A space's embeddings as little-endian bytes, with their faces; each is checked. */
export function* readVectors(
  database: Database,
  space: { readonly id: number; readonly dimension: number },
): Generator<{ readonly faceId: number; readonly bytes: Buffer }[]> {
  const page = database.prepare(
    `SELECT face_id AS faceId, vector, checksum FROM embeddings WHERE space_id = ? AND face_id > ? ORDER BY face_id LIMIT ${ROWS_PER_PAGE}`,
  );
  let last = 0;
  for (;;) {
    const rows = page.all(space.id, last) as {
      faceId: number;
      vector: Buffer;
      checksum: number;
    }[];
    if (rows.length === 0) return;
    for (const { faceId, vector, checksum } of rows)
      checkedVector([faceId, vector, checksum], space.dimension);
    yield rows.map(({ faceId, vector }) => ({ faceId, bytes: vector }));
    last = rows[rows.length - 1].faceId;
  }
}

/** Profiles that a space was made with. */
export function readProfiles(database: Database): ProfileEntry[] {
  const rows = database
    .prepare(
      `SELECT digest, model_digest AS modelDigest, name, content FROM profiles
       WHERE digest IN (SELECT profile_digest FROM spaces) ORDER BY digest`,
    )
    .all() as (Omit<ProfileEntry, 'content'> & { content: Buffer })[];
  return rows.map(({ content, ...rest }) => ({ ...rest, content: content.toString('base64') }));
}
