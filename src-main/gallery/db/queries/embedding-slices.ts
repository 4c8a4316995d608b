// Embeddings of a space a slice at a time, in order of their faces: how all of them are read.

import type { Database } from 'better-sqlite3';
import { checkVector } from '../../vector-check.ts';
import { sizeError, toHostOrder } from '../vectors.ts';
import { type EmbeddingRow, ensureSame } from './embeddings.ts';
import type { Space } from './spaces.ts';

/** Which faces' embeddings: those whose numbers lie in it, both ends included. */
export interface FaceRange {
  readonly first: number;
  readonly last: number;
}

const ALL_FACES: FaceRange = { first: 0, last: Number.MAX_SAFE_INTEGER };
const ROWS_PER_SLICE = 256;

/** Lists of numbers as JSON, and the vectors one after the other; null where there is no row. */
type Slice = [faceIds: string, checksums: string, sizes: string, vectors: Buffer | null];

/**
 * A slice is one row of SQL: a Buffer for each embedding takes longer than reading it (EXPERIMENTS.md). A blob as text and back
 * is the same bytes in a UTF-8 database, which a gallery is; in another one the checksums would differ.
 */
const SLICE = `
  SELECT json_group_array(face_id), json_group_array(checksum), json_group_array(length(vector)),
    CAST(group_concat(CAST(vector AS TEXT), '') AS BLOB)
  FROM (SELECT face_id, checksum, vector FROM embeddings WHERE space_id = ? AND face_id BETWEEN ? AND ? ORDER BY face_id LIMIT ?)`;

/**
 * `take` has to check the vectors, which agree with their checksums, and to copy what it keeps: the next one comes in the same
 * memory. Others may write between two slices. Throws `bad-data` for a damaged one.
 */
export function* embeddingSlices(
  database: Database,
  space: Pick<Space, 'id' | 'dimension'>,
  rowsPerSlice: number,
  take: (faceId: number, vector: Float32Array) => void,
  { first, last }: FaceRange = ALL_FACES,
): Generator<number> {
  const read = database.prepare(SLICE).raw();
  const vector = new Float32Array(space.dimension);
  const bytes = Buffer.from(vector.buffer);
  for (let from = first; ; ) {
    const slice = read.get(space.id, from, last, rowsPerSlice) as Slice;
    const [ids, checksums, sizes] = slice.slice(0, 3).map((list) => JSON.parse(list as string) as number[]);
    const vectors = slice[3];
    if (vectors === null) return;
    for (let at = 0; at < ids.length; at++) {
      if (sizes[at] !== bytes.length) throw sizeError(sizes[at], space.dimension, `of face ${ids[at]}`);
      vectors.copy(bytes, 0, at * bytes.length);
      ensureSame(ids[at], bytes, checksums[at]);
      toHostOrder(bytes);
      take(ids[at], vector);
    }
    yield ids.length;
    if (ids.length < rowsPerSlice) return;
    from = ids[ids.length - 1] + 1;
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
    rows.push({ faceId, vector: vector.slice() });
  };
  for (const _ of embeddingSlices(database, space, ROWS_PER_SLICE, take)) yield* rows.splice(0);
}
