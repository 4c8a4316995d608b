// Faces and the files they come from.

import type { Database } from 'better-sqlite3';
import { prepared, preparedValue } from '../prepared.ts';

export type SourceKind = 'image' | 'crop' | 'frame' | 'video';

export interface NewSource {
  readonly sha256: Uint8Array;
  readonly path: string;
  readonly kind: SourceKind;
  readonly width: number;
  readonly height: number;
}

export interface NewFace {
  readonly trackId: number;
  readonly sourceId: number;
  readonly frameIndex: number;
  readonly faceIndex: number;
  readonly box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
  /** Five points, x and y in turn; null for a crop taken as it is. */
  readonly landmarks: Float32Array | null;
  /** SHA-256 of the stored PNG. */
  readonly crop: Uint8Array;
  readonly sizePx: number;
  readonly sharpness: number;
  readonly turn: number | null;
  readonly rollDegrees: number | null;
  readonly detectionScore: number | null;
  readonly weight: number;
  readonly reasons: readonly string[];
  readonly capturedAt: number | null;
  readonly tags: readonly string[];
}

/** A face with what is known around it. */
export interface Face {
  readonly id: number;
  readonly trackId: number;
  readonly subjectId: number | null;
  readonly subjectName: string | null;
  readonly camera: string | null;
  readonly sourcePath: string;
  readonly frameIndex: number;
  readonly box: NewFace['box'];
  /** x and y of five points in turn; null for a crop taken as it is. */
  readonly landmarks: readonly number[] | null;
  readonly crop: Buffer;
  readonly sizePx: number;
  readonly sharpness: number;
  readonly turn: number | null;
  readonly detectionScore: number | null;
  readonly weight: number;
  readonly reasons: readonly string[];
  readonly capturedAt: number | null;
  readonly tags: readonly string[];
}

/** The number of the source with this content; null where it was never enrolled. */
export function findSource(database: Database, sha256: Uint8Array): number | null {
  const id = preparedValue(database, 'SELECT id FROM sources WHERE sha256 = ?').get(sha256);
  return (id as number | undefined) ?? null;
}

export function insertSource(database: Database, source: NewSource, at: number): number {
  const { lastInsertRowid } = prepared(
    database,
    'INSERT INTO sources (sha256, path, kind, width, height, enrolled_at) VALUES (@sha256, @path, @kind, @width, @height, @at)',
  ).run({ ...source, at });
  return Number(lastInsertRowid);
}

export function insertFace(database: Database, face: NewFace, at: number): number {
  const { box, landmarks, reasons, tags, ...rest } = face;
  const { lastInsertRowid } = prepared(
    database,
    `INSERT INTO faces (track_id, source_id, frame_index, face_index, box_x, box_y, box_width, box_height, landmarks, crop,
         size_px, sharpness, turn, roll_degrees, detection_score, weight, reasons, captured_at, created_at)
       VALUES (@trackId, @sourceId, @frameIndex, @faceIndex, @x, @y, @width, @height, @landmarks, @crop,
         @sizePx, @sharpness, @turn, @rollDegrees, @detectionScore, @weight, @reasons, @capturedAt, @at)`,
  ).run({
    ...rest,
    ...box,
    landmarks: landmarks && Buffer.from(landmarks.slice().buffer),
    reasons: JSON.stringify(reasons),
    at,
  });
  const id = Number(lastInsertRowid);
  const tag = prepared(database, 'INSERT INTO tags (face_id, tag) VALUES (?, ?) ON CONFLICT DO NOTHING');
  for (const name of tags) tag.run(id, name);
  return id;
}

interface FaceRow extends Omit<Face, 'box' | 'landmarks' | 'reasons' | 'tags'> {
  readonly landmarks: Buffer | null;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly reasons: string;
  readonly tags: string;
}

const SELECT_FACE = `
  SELECT faces.id, faces.track_id AS trackId, tracks.subject_id AS subjectId, subjects.name AS subjectName,
    cameras.name AS camera, sources.path AS sourcePath, faces.frame_index AS frameIndex,
    faces.box_x AS x, faces.box_y AS y, faces.box_width AS width, faces.box_height AS height, faces.landmarks, faces.crop,
    faces.size_px AS sizePx, faces.sharpness, faces.turn, faces.detection_score AS detectionScore, faces.weight,
    faces.reasons, faces.captured_at AS capturedAt,
    (SELECT json_group_array(tag) FROM tags WHERE face_id = faces.id) AS tags
  FROM faces JOIN tracks ON tracks.id = faces.track_id JOIN sources ON sources.id = faces.source_id
  LEFT JOIN subjects ON subjects.id = tracks.subject_id LEFT JOIN cameras ON cameras.id = tracks.camera_id`;

export function faceById(database: Database, id: number): Face | null {
  const row = prepared(database, `${SELECT_FACE} WHERE faces.id = ?`).get(id);
  return row === undefined ? null : toFace(row as FaceRow);
}

/** Faces after a number, in order of their numbers: a page of a list. */
export function listFaces(database: Database, options: { after: number; limit: number }): Face[] {
  const rows = database.prepare(`${SELECT_FACE} WHERE faces.id > ? ORDER BY faces.id LIMIT ?`);
  return (rows.all(options.after, options.limit) as FaceRow[]).map(toFace);
}

/** In the order of the numbers that were given; those that are gone are left out. */
export function facesByIds(database: Database, ids: readonly number[]): Face[] {
  const find = prepared(database, `${SELECT_FACE} WHERE faces.id = ?`);
  return ids.flatMap((id) => {
    const row = find.get(id) as FaceRow | undefined;
    return row === undefined ? [] : [toFace(row)];
  });
}

/** What a search shows of a face: less to read than all of it, and a search shows hundreds. */
export interface FaceGlance
  extends Pick<Face, 'camera' | 'sourcePath' | 'sizePx' | 'weight' | 'reasons' | 'capturedAt'> {}

/** Null for a face that is gone. */
export function glanceAtFace(database: Database, id: number): FaceGlance | null {
  const row = prepared(
    database,
    `SELECT cameras.name AS camera, sources.path AS sourcePath, faces.size_px AS sizePx, faces.weight, faces.reasons, faces.captured_at AS capturedAt
     FROM faces JOIN tracks ON tracks.id = faces.track_id JOIN sources ON sources.id = faces.source_id
     LEFT JOIN cameras ON cameras.id = tracks.camera_id WHERE faces.id = ?`,
  ).get(id) as (Omit<FaceGlance, 'reasons'> & { readonly reasons: string }) | undefined;
  return row === undefined ? null : { ...row, reasons: JSON.parse(row.reasons) };
}

/** SHA-256 of a face's crop, hex; null for a face that is gone. */
export function cropOfFace(database: Database, id: number): string | null {
  const crop = preparedValue(database, 'SELECT crop FROM faces WHERE id = ?').get(id) as Buffer | undefined;
  return crop?.toString('hex') ?? null;
}

export function facesOfTrack(database: Database, trackId: number): Face[] {
  const rows = database.prepare(`${SELECT_FACE} WHERE faces.track_id = ? ORDER BY faces.id`).all(trackId);
  return (rows as FaceRow[]).map(toFace);
}

export function countFaces(database: Database): number {
  return database.prepare('SELECT count(*) FROM faces').pluck().get() as number;
}

function toFace({ x, y, width, height, landmarks, reasons, tags, ...rest }: FaceRow): Face {
  return {
    ...rest,
    box: { x, y, width, height },
    landmarks: landmarks && numbersOf(landmarks),
    reasons: JSON.parse(reasons),
    tags: JSON.parse(tags),
  };
}

/** Of little-endian floats, as they are stored. */
export function numbersOf(floats: Buffer): number[] {
  return Array.from({ length: floats.length / 4 }, (_, at) => floats.readFloatLE(at * 4));
}
