// Embeddings of faces, one per space and face, each with a checksum.

import { crc32 } from 'node:zlib';
import type { Database } from 'better-sqlite3';
import { GlimpseError } from '../../../common/errors.ts';
import { checkVector } from '../../vector-check.ts';
import { prepared } from '../prepared.ts';
import { fromBlob, toBlob, valuesOf } from '../vectors.ts';
import type { Space } from './spaces.ts';

export interface EmbeddingRow {
  readonly faceId: number;
  readonly vector: Float32Array;
}

/** Reads one face's embedding; null where there is none. Throws `bad-data` for a damaged one. */
export type EmbeddingReader = (faceId: number) => Float32Array | null;

type Stored = [faceId: number, vector: Buffer, checksum: number];

const ROWS_PER_SLICE = 1024;

/** Writes or replaces embeddings in one space; each is checked. The caller's transaction, or one of its own, holds them. */
export function putEmbeddings(
  database: Database,
  space: Pick<Space, 'id' | 'dimension'>,
  entries: readonly EmbeddingRow[],
): void {
  const put = prepared(
    database,
    `INSERT INTO embeddings (space_id, face_id, vector, checksum) VALUES (?, ?, ?, ?)
     ON CONFLICT (space_id, face_id) DO UPDATE SET vector = excluded.vector, checksum = excluded.checksum`,
  );
  database.transaction(() => {
    for (const { faceId, vector } of entries) {
      const blob = toBlob(vector, space.dimension, `of face ${faceId}`);
      put.run(space.id, faceId, blob, crc32(blob));
    }
  })();
}

/** Which faces' embeddings: those whose numbers lie in it, both ends included. */
export interface FaceRange {
  readonly first: number;
  readonly last: number;
}

const ALL_FACES: FaceRange = { first: 0, last: Number.MAX_SAFE_INTEGER };

/**
 * Embeddings of a space in order of their faces, some thousand at a time; `take` has to check the vectors, which agree
 * with their checksums. Others may write between two slices. Throws `bad-data` for a damaged one.
 */
export function* embeddingSlices(
  database: Database,
  space: Pick<Space, 'id' | 'dimension'>,
  rowsPerSlice: number,
  take: (faceId: number, vector: Float32Array) => void,
  { first, last }: FaceRange = ALL_FACES,
): Generator<number> {
  const slice = database
    .prepare(
      `SELECT face_id, vector, checksum FROM embeddings WHERE space_id = ? AND face_id BETWEEN ? AND ?
       ORDER BY face_id LIMIT ?`,
    )
    .raw();
  for (let from = first; ; ) {
    const rows = slice.all(space.id, from, last, rowsPerSlice) as Stored[];
    for (const [faceId, blob, checksum] of rows) {
      const vector = valuesOf(blob, space.dimension, `of face ${faceId}`);
      ensureSame(faceId, blob, checksum);
      take(faceId, vector);
    }
    if (rows.length > 0) yield rows.length;
    if (rows.length < rowsPerSlice) return;
    from = rows[rows.length - 1][0] + 1;
  }
}

/** All embeddings of a space in order of their faces; each is checked. Throws `bad-data` for a damaged one. */
export function* readEmbeddings(
  database: Database,
  space: Pick<Space, 'id' | 'dimension'>,
): Generator<EmbeddingRow> {
  const rows: EmbeddingRow[] = [];
  const take = (faceId: number, vector: Float32Array): void => {
    checkVector(`of face ${faceId}`, vector, space.dimension);
    rows.push({ faceId, vector });
  };
  for (const _ of embeddingSlices(database, space, ROWS_PER_SLICE, take)) yield* rows.splice(0);
}

export function embeddingReader(database: Database, space: Pick<Space, 'id' | 'dimension'>): EmbeddingReader {
  const find = database
    .prepare('SELECT face_id, vector, checksum FROM embeddings WHERE space_id = ? AND face_id = ?')
    .raw();
  return (faceId) => {
    const row = find.get(space.id, faceId) as Stored | undefined;
    return row === undefined ? null : checkedVector(row, space.dimension);
  };
}

/** A stored embedding as a vector: a flipped bit must not become somebody's face. */
export function checkedVector([faceId, blob, checksum]: Stored, dimension: number): Float32Array {
  ensureSame(faceId, blob, checksum);
  return fromBlob(blob, dimension, `of face ${faceId}`);
}

function ensureSame(faceId: number, blob: Buffer, checksum: number): void {
  if (crc32(blob) === checksum) return;
  throw new GlimpseError(
    'bad-data',
    `embedding of face ${faceId} is damaged: its checksum differs, restore a backup`,
  );
}
