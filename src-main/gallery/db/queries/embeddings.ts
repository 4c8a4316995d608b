// Embeddings of faces, one per space and face, each with a checksum.

import { crc32 } from 'node:zlib';
import type { Database } from 'better-sqlite3';
import { GlimpseError } from '../../../common/errors.ts';
import { prepared } from '../prepared.ts';
import { fromBlob, toBlob } from '../vectors.ts';
import type { Space } from './spaces.ts';

export interface EmbeddingRow {
  readonly faceId: number;
  readonly vector: Float32Array;
}

/** Reads one face's embedding; null where there is none. Throws `bad-data` for a damaged one. */
export type EmbeddingReader = (faceId: number) => Float32Array | null;

type Stored = [faceId: number, vector: Buffer, checksum: number];

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

/** Throws `bad-data` where the bytes are not those that the checksum is of. */
export function ensureSame(faceId: number, blob: Buffer, checksum: number): void {
  if (crc32(blob) === checksum) return;
  throw new GlimpseError(
    'bad-data',
    `embedding of face ${faceId} is damaged: its checksum differs, restore a backup`,
  );
}
