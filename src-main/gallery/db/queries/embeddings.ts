// Embeddings of faces, one per space and face, each with a checksum.

import { crc32 } from 'node:zlib';
import type { Database } from 'better-sqlite3';
import { ensure } from '../../../common/errors.ts';
import { fromBlob, toBlob } from '../vectors.ts';
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
  const put = database.prepare(
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

/** All embeddings of a space in order of their faces; each is checked. Others may write between two slices. */
export function* embeddingSlices(
  database: Database,
  space: Pick<Space, 'id' | 'dimension'>,
  rowsPerSlice: number,
): Generator<readonly EmbeddingRow[]> {
  const slice = database
    .prepare(
      'SELECT face_id, vector, checksum FROM embeddings WHERE space_id = ? AND face_id > ? ORDER BY face_id LIMIT ?',
    )
    .raw();
  for (let after = -1; ; ) {
    const rows = slice.all(space.id, after, rowsPerSlice) as Stored[];
    if (rows.length === 0) return;
    yield rows.map((row) => ({ faceId: row[0], vector: checked(row, space.dimension) }));
    after = rows[rows.length - 1][0];
  }
}

/** The same, one by one. */
export function* readEmbeddings(
  database: Database,
  space: Pick<Space, 'id' | 'dimension'>,
): Generator<EmbeddingRow> {
  for (const rows of embeddingSlices(database, space, ROWS_PER_SLICE)) yield* rows;
}

export function embeddingReader(database: Database, space: Pick<Space, 'id' | 'dimension'>): EmbeddingReader {
  const find = database
    .prepare('SELECT face_id, vector, checksum FROM embeddings WHERE space_id = ? AND face_id = ?')
    .raw();
  return (faceId) => {
    const row = find.get(space.id, faceId) as Stored | undefined;
    return row === undefined ? null : checked(row, space.dimension);
  };
}

/** A flipped bit must not become somebody's face. */
function checked([faceId, blob, checksum]: Stored, dimension: number): Float32Array {
  const vector = fromBlob(blob, dimension, `of face ${faceId}`);
  ensure(
    crc32(blob) === checksum,
    'bad-data',
    `embedding of face ${faceId} is damaged: its checksum differs, restore a backup`,
  );
  return vector;
}
