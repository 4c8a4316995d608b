// Embeddings from the database into rows that are reserved for them: what takes long in loading, on whatever thread.

import type { Database } from 'better-sqlite3';
import { embeddingSlices } from '../db/queries/embedding-slices.ts';
import type { Space } from '../db/queries/spaces.ts';
import { checkVector } from '../vector-check.ts';
import { Block } from './block.ts';
import type { BlockHandle, SpaceLayout } from './layout.ts';

/** Faces that are their whole track, and faces of longer tracks. */
export type FaceStore = 'single' | 'member';

export interface FillTask {
  readonly space: Pick<Space, 'id' | 'dimension'>;
  readonly layout: SpaceLayout;
  readonly blocks: Readonly<Record<FaceStore, readonly BlockHandle[]>>;
  /** Numbers of faces, rising. */
  readonly faces: Uint32Array;
  /** 1 where the face is its whole track. */
  readonly isAlone: Uint8Array;
  /** The row of each in its store. */
  readonly rows: Uint32Array;
}

const ROWS_PER_SLICE = 256;

/**
 * Writes what the database has now, and returns a 1 for each face whose row was filled: the others have lost their embedding
 * since they were listed. Throws `bad-data` or `not-finite` for an embedding that is damaged.
 */
export function fillRows(database: Database, task: FillTask): Uint8Array {
  const { space, layout, blocks, faces, isAlone, rows } = task;
  const isFilled = new Uint8Array(faces.length);
  const writerOf = (store: FaceStore) => blockWriter(blocks[store], layout);
  const [single, member] = [writerOf('single'), writerOf('member')];
  let at = 0;
  const take = (faceId: number, vector: Float32Array): void => {
    while (faces[at] < faceId) at++;
    // Enrolled since they were listed.
    if (faces[at] !== faceId) return;
    checkVector(`of face ${faceId}`, vector, space.dimension);
    (isAlone[at] === 1 ? single : member)(rows[at], vector);
    isFilled[at] = 1;
  };
  const range = { first: faces[0], last: faces[faces.length - 1] };
  for (const _ of embeddingSlices(database, space, ROWS_PER_SLICE, take, range));
  return isFilled;
}

function blockWriter(
  handles: readonly BlockHandle[],
  layout: SpaceLayout,
): (row: number, vector: Float32Array) => void {
  const blocks = new Map<number, Block>();
  return (row, vector) => {
    const index = Math.floor(row / layout.rowsPerBlock);
    let block = blocks.get(index);
    if (block === undefined) {
      block = new Block(handles[index], layout);
      blocks.set(index, block);
    }
    block.writeVector(row % layout.rowsPerBlock, vector);
  };
}
