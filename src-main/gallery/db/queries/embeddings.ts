// Embeddings of faces, one per space and face.

import type { Database } from 'better-sqlite3';
import { fromBlob, toBlob } from '../vectors.ts';
import type { Space } from './spaces.ts';

/** Writes or replaces embeddings in one space; each is checked. The caller's transaction, or one of its own, holds them. */
export function putEmbeddings(
  database: Database,
  space: Pick<Space, 'id' | 'dimension'>,
  entries: readonly { readonly faceId: number; readonly vector: Float32Array }[],
): void {
  const put = database.prepare(
    `INSERT INTO embeddings (space_id, face_id, vector) VALUES (?, ?, ?)
     ON CONFLICT (space_id, face_id) DO UPDATE SET vector = excluded.vector`,
  );
  database.transaction(() => {
    for (const { faceId, vector } of entries)
      put.run(space.id, faceId, toBlob(vector, space.dimension, `of face ${faceId}`));
  })();
}

/** All embeddings of a space in order of their faces, a few thousand rows at a time; each is checked. */
export function* readEmbeddings(
  database: Database,
  space: Pick<Space, 'id' | 'dimension'>,
): Generator<{ readonly faceId: number; readonly vector: Float32Array }> {
  const rows = database
    .prepare('SELECT face_id AS faceId, vector FROM embeddings WHERE space_id = ? ORDER BY face_id')
    .iterate(space.id) as IterableIterator<{ faceId: number; vector: Buffer }>;
  for (const { faceId, vector } of rows)
    yield { faceId, vector: fromBlob(vector, space.dimension, `of face ${faceId}`) };
}
