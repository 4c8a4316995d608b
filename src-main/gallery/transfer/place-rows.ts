// Rows of an export into a gallery: numbers move up behind those that are there, files that are there already are left out.

import { crc32 } from 'node:zlib';
import type { Database, Statement } from 'better-sqlite3';
import { ensure } from '../../common/errors.ts';
import { cameraId } from '../db/queries/cameras.ts';
import { findSource } from '../db/queries/faces.ts';
import { toBlob } from '../db/vectors.ts';
import { MOST_ID } from '../search/row-attributes.ts';
import type { FaceLine, SourceLine, SubjectLine, TrackLine } from './rows.ts';

export interface PlacedCounts {
  readonly subjects: number;
  readonly tracks: number;
  readonly sources: number;
  readonly faces: number;
  /** Files whose content the gallery has; their faces are left out. */
  readonly duplicates: number;
}

/** Files of the export that are left out: their faces and embeddings are, too. */
export class RowPlacer {
  readonly #database: Database;
  /** What is added to each number; 0 in an empty gallery, which so gets the numbers of the first one. */
  readonly #moved: Readonly<Record<'subjects' | 'tracks' | 'sources' | 'faces', number>>;
  /** Subjects of the export who are there by name. */
  readonly #known = new Map<number, number>();
  readonly #cameras = new Map<string, number>();
  readonly #duplicates = new Set<number>();
  readonly #leftOut = new Set<number>();
  readonly #insert: Readonly<
    Record<'subject' | 'track' | 'source' | 'face' | 'tag' | 'embedding', Statement>
  >;
  readonly #hasFace: Statement;
  readonly #nameOwner: Statement;
  #faces = 0;

  constructor(database: Database) {
    this.#database = database;
    const highest = (table: string): number =>
      database.prepare(`SELECT ifnull(max(id), 0) FROM ${table}`).pluck().get() as number;
    this.#moved = {
      subjects: highest('subjects'),
      tracks: highest('tracks'),
      sources: highest('sources'),
      faces: highest('faces'),
    };
    this.#nameOwner = database.prepare('SELECT id FROM subjects WHERE name = ?').pluck();
    this.#hasFace = database.prepare('SELECT 1 FROM faces WHERE id = ?');
    this.#insert = {
      subject: database.prepare(
        'INSERT INTO subjects (id, name, note, created_at) VALUES (@id, @name, @note, @createdAt)',
      ),
      track: database.prepare(
        `INSERT INTO tracks (id, subject_id, camera_id, origin, label, created_at)
         VALUES (@id, @subjectId, @cameraId, @origin, @label, @createdAt)`,
      ),
      source: database.prepare(
        `INSERT INTO sources (id, sha256, path, kind, width, height, enrolled_at)
         VALUES (@id, @sha256, @path, @kind, @width, @height, @enrolledAt)`,
      ),
      face: database.prepare(
        `INSERT INTO faces (id, track_id, source_id, frame_index, face_index, box_x, box_y, box_width, box_height, landmarks,
           crop, size_px, sharpness, turn, roll_degrees, detection_score, weight, reasons, captured_at, created_at)
         VALUES (@id, @trackId, @sourceId, @frameIndex, @faceIndex, @x, @y, @width, @height, @landmarks,
           @crop, @sizePx, @sharpness, @turn, @rollDegrees, @detectionScore, @weight, @reasons, @capturedAt, @createdAt)`,
      ),
      tag: database.prepare('INSERT INTO tags (face_id, tag) VALUES (?, ?) ON CONFLICT DO NOTHING'),
      embedding: database.prepare(
        'INSERT INTO embeddings (space_id, face_id, vector, checksum) VALUES (?, ?, ?, ?)',
      ),
    };
  }

  subject({ id, ...row }: SubjectLine): void {
    const owner = row.name === null ? undefined : (this.#nameOwner.get(row.name) as number | undefined);
    if (owner !== undefined && owner <= this.#moved.subjects) this.#known.set(id, owner);
    else this.#insert.subject.run({ ...row, id: this.#placed('subjects', id) });
  }

  track({ id, subjectId, camera, ...row }: TrackLine): void {
    this.#insert.track.run({
      ...row,
      id: this.#placed('tracks', id),
      subjectId: subjectId === null ? null : (this.#known.get(subjectId) ?? subjectId + this.#moved.subjects),
      cameraId: camera === null ? null : this.#camera(camera),
    });
  }

  source({ id, sha256, ...row }: SourceLine): void {
    const digest = Buffer.from(sha256, 'hex');
    const known = findSource(this.#database, digest);
    if (known !== null && known <= this.#moved.sources) this.#duplicates.add(id);
    else this.#insert.source.run({ ...row, id: this.#placed('sources', id), sha256: digest });
  }

  face({ id, trackId, sourceId, box, landmarks, crop, reasons, tags, ...row }: FaceLine): void {
    if (this.#duplicates.has(sourceId)) {
      this.#leftOut.add(id);
      return;
    }
    const [x, y, width, height] = box;
    const placed = this.#placed('faces', id);
    this.#insert.face.run({
      ...row,
      id: placed,
      trackId: trackId + this.#moved.tracks,
      sourceId: sourceId + this.#moved.sources,
      x,
      y,
      width,
      height,
      landmarks: landmarks && Buffer.from(Float32Array.from(landmarks).buffer),
      crop: Buffer.from(crop, 'hex'),
      reasons: JSON.stringify(reasons),
    });
    for (const tag of tags) this.#insert.tag.run(placed, tag);
    this.#faces++;
  }

  /** Throws `bad-data` for NaN, another length than 1, and a face that is not in the export. */
  embedding(
    space: { readonly id: number; readonly dimension: number },
    faceId: number,
    vector: Float32Array,
  ): void {
    if (this.#leftOut.has(faceId)) return;
    const placed = faceId + this.#moved.faces;
    ensure(
      faceId > 0 && this.#hasFace.get(placed) !== undefined,
      'bad-data',
      `the export has an embedding of face ${faceId}, and no such face`,
    );
    const blob = toBlob(vector, space.dimension, `of face ${faceId}`);
    this.#insert.embedding.run(space.id, placed, blob, crc32(blob));
  }

  /** Takes away tracks and subjects of which every face was left out, and says what has come. */
  finish(): PlacedCounts {
    const { subjects, tracks, sources } = this.#moved;
    const run = (sql: string, ...values: number[]): void => {
      this.#database.prepare(sql).run(...values);
    };
    if (this.#leftOut.size > 0) {
      run(
        'DELETE FROM tracks WHERE id > ? AND NOT EXISTS (SELECT 1 FROM faces WHERE track_id = tracks.id)',
        tracks,
      );
      run(
        'DELETE FROM subjects WHERE id > ? AND NOT EXISTS (SELECT 1 FROM tracks WHERE subject_id = subjects.id)',
        subjects,
      );
    }
    const countAfter = (table: string, id: number): number =>
      this.#database.prepare(`SELECT count(*) FROM ${table} WHERE id > ?`).pluck().get(id) as number;
    return {
      subjects: countAfter('subjects', subjects),
      tracks: countAfter('tracks', tracks),
      sources: countAfter('sources', sources),
      faces: this.#faces,
      duplicates: this.#duplicates.size,
    };
  }

  /** Throws `bad-data` for a number that an index could not hold. */
  #placed(table: 'subjects' | 'tracks' | 'sources' | 'faces', id: number): number {
    const placed = id + this.#moved[table];
    ensure(
      placed <= MOST_ID,
      'bad-data',
      `row ${id} of the export's ${table} would get the number ${placed}, and ${MOST_ID} is the highest`,
    );
    return placed;
  }

  #camera(name: string): number {
    const known = this.#cameras.get(name);
    if (known !== undefined) return known;
    const id = cameraId(this.#database, name);
    this.#cameras.set(name, id);
    return id;
  }
}
