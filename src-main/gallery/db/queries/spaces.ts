// Embedding spaces: which embeddings may be compared, and which space answers.

import type { Database } from 'better-sqlite3';
import { ensure } from '../../../common/errors.ts';
import { prepared } from '../prepared.ts';

export type Side = 'lr' | 'hr';

export interface SpaceKey {
  /** SHA-256 of the network's file, hex. */
  readonly modelDigest: string;
  /** Of the FaceBN profile, or null for training's own statistics. */
  readonly profileDigest: string | null;
  /** How a crop becomes the network's input; a new number for a new way. */
  readonly preprocessing: number;
  /** Digest of the teacher whose embedding space this is: its own, or that of the student's teacher. */
  readonly frameDigest: string;
  /** A student's low-resolution side, or a teacher's high-resolution one. */
  readonly side: Side;
  readonly dimension: number;
}

export interface Space extends SpaceKey {
  readonly id: number;
  /** A filling space does not answer yet: some faces have no embedding in it. */
  readonly state: 'filling' | 'complete';
  readonly isActive: boolean;
}

/** Whether embeddings of the two may be compared, as far as model, profile and preprocessing go. */
export function isSameSpace(left: SpaceKey, right: SpaceKey): boolean {
  return (
    left.side === right.side &&
    left.modelDigest === right.modelDigest &&
    left.profileDigest === right.profileDigest &&
    left.preprocessing === right.preprocessing
  );
}

/** For messages: `student 0123456789ab… with FaceBN profile …`. */
export function describeSpace({ side, modelDigest, profileDigest }: SpaceKey): string {
  const model = `${side === 'lr' ? 'student' : 'teacher'} ${modelDigest.slice(0, 12)}…`;
  return profileDigest === null ? model : `${model} with FaceBN profile ${profileDigest.slice(0, 12)}…`;
}

const SELECT_SPACE = `
  SELECT id, model_digest AS modelDigest, profile_digest AS profileDigest, preprocessing, frame_digest AS frameDigest, side, dimension, state,
    is_active AS isActive
  FROM spaces`;

/** The space of this key; made, empty and filling, where there is none. Throws `bad-data` for another dimension. */
export function ensureSpace(database: Database, key: SpaceKey, at: number): Space {
  const find = (): Space | null => {
    const row = database
      .prepare(
        `${SELECT_SPACE} WHERE model_digest = @modelDigest AND profile_digest IS @profileDigest
         AND preprocessing = @preprocessing AND side = @side`,
      )
      .get(key);
    return row === undefined ? null : toSpace(row);
  };
  if (find() === null) {
    database
      .prepare(
        `INSERT INTO spaces (model_digest, profile_digest, preprocessing, frame_digest, side, dimension, state, created_at)
         VALUES (@modelDigest, @profileDigest, @preprocessing, @frameDigest, @side, @dimension, 'filling', @at)`,
      )
      .run({ ...key, at });
  }
  const space = find() as Space;
  ensure(
    space.dimension === key.dimension,
    'bad-data',
    `the model gives ${key.dimension} dimensions, its space in this gallery has ${space.dimension}`,
  );
  return space;
}

export interface CountedSpace extends Space {
  readonly embeddings: number;
}

export function listSpaces(database: Database): CountedSpace[] {
  const spaces = database.prepare(`${SELECT_SPACE} ORDER BY id`).all().map(toSpace);
  return spaces.map((space) => ({ ...space, embeddings: countEmbeddings(database, space.id) }));
}

/** Throws `bad-usage` unless the gallery has this very space under this number: embeddings of two are never mixed. */
export function checkSpace(database: Database, space: SpaceKey & Pick<Space, 'id'>): void {
  const row = database.prepare(`${SELECT_SPACE} WHERE id = ?`).get(space.id);
  const stored = row === undefined ? null : toSpace(row);
  ensure(
    stored !== null && isSameSpace(stored, space) && stored.dimension === space.dimension,
    'bad-usage',
    `space ${space.id} of this gallery is ${stored === null ? 'not there' : describeSpace(stored)}, not ${describeSpace(space)}`,
  );
}

/** Counted anew: some 20 ms in a million. */
export function countEmbeddings(database: Database, spaceId: number): number {
  return database
    .prepare('SELECT count(*) FROM embeddings WHERE space_id = ?')
    .pluck()
    .get(spaceId) as number;
}

/** The space that answers on a side; null before anything was enrolled. */
export function activeSpace(database: Database, side: Side): Space | null {
  const row = database.prepare(`${SELECT_SPACE} WHERE side = ? AND is_active = 1`).get(side);
  return row === undefined ? null : toSpace(row);
}

/** The side that is meant where nobody says: the low-resolution one, unless only the other has faces. */
export function usualSide(database: Database): Side {
  return activeSpace(database, 'lr') === null && activeSpace(database, 'hr') !== null ? 'hr' : 'lr';
}

/** Makes a complete space the one that answers. Throws `bad-data` while faces are missing in it. */
export function activateSpace(database: Database, id: number): void {
  ensure(isWhole(database, id), 'bad-data', `space ${id} is not complete: faces without an embedding remain`);
  database.transaction(() => {
    const side = database.prepare('SELECT side FROM spaces WHERE id = ?').pluck().get(id);
    database.prepare('UPDATE spaces SET is_active = 0 WHERE side = ? AND is_active = 1').run(side);
    database.prepare(`UPDATE spaces SET is_active = 1, state = 'complete' WHERE id = ?`).run(id);
  })();
}

/** Takes up to `most` embeddings out of a space that is about to go, which is filling from then on; how many it had of them. */
export function thinSpace(database: Database, id: number, most: number): number {
  database.prepare(`UPDATE spaces SET state = 'filling' WHERE id = ? AND is_active = 0`).run(id);
  return database
    .prepare(
      `DELETE FROM embeddings WHERE space_id = @id AND EXISTS (SELECT 1 FROM spaces WHERE id = @id AND is_active = 0)
       AND face_id IN (SELECT face_id FROM embeddings WHERE space_id = @id LIMIT @most)`,
    )
    .run({ id, most }).changes;
}

/** Removes a space that does not answer, with its embeddings, its profile and what its scores mean. Throws `not-found`, `in-use`. */
export function deleteSpace(database: Database, id: number): { readonly embeddings: number } {
  const row = database.prepare(`${SELECT_SPACE} WHERE id = ?`).get(id);
  ensure(row !== undefined, 'not-found', `this gallery has no space ${id}`);
  ensure(!toSpace(row).isActive, 'in-use', `space ${id} answers searches: let another one answer first`);
  const embeddings = database.prepare('DELETE FROM embeddings WHERE space_id = ?').run(id).changes;
  database.prepare('DELETE FROM spaces WHERE id = ?').run(id);
  database
    .prepare(
      'DELETE FROM profiles WHERE digest NOT IN (SELECT profile_digest FROM spaces WHERE profile_digest IS NOT NULL)',
    )
    .run();
  const measured = `key GLOB 'meaning:' || @id || ':*' OR key GLOB 'meaning:*:' || @id OR key GLOB 'meaning:*:' || @id || ':state'`;
  database.prepare(`DELETE FROM meta WHERE ${measured}`).run({ id: String(id) });
  return { embeddings };
}

/** Whether every face has an embedding in a space: each has at most one, and none is of a face that is gone. */
export function isWhole(database: Database, spaceId: number): boolean {
  const faces = database.prepare('SELECT count(*) FROM faces').pluck().get() as number;
  return countEmbeddings(database, spaceId) === faces;
}

/** New faces have embeddings in the given spaces alone: every other one is filling again. */
export function reopenOthers(database: Database, filled: readonly number[]): void {
  prepared(
    database,
    `UPDATE spaces SET state = 'filling' WHERE state = 'complete' AND id NOT IN (SELECT value FROM json_each(?))`,
  ).run(JSON.stringify(filled));
}

/** After rows came from elsewhere: a space that lacks faces is filling again; `wasWhole` lets one that lacks none be complete. */
export function settleSpaceState(
  database: Database,
  id: number,
  { isWhole: wasWhole }: { isWhole: boolean },
): void {
  const set = database.prepare('UPDATE spaces SET state = ? WHERE id = ?');
  if (!isWhole(database, id)) set.run('filling', id);
  else if (wasWhole) set.run('complete', id);
}

/** Networks that made its embeddings, by the SHA-256 of their file, hex. */
export function modelDigests(database: Database): string[] {
  return database
    .prepare('SELECT DISTINCT model_digest FROM spaces ORDER BY model_digest')
    .pluck()
    .all() as string[];
}

/**
 * Faces that have no embedding in a space yet, lowest numbers first: what a re-embedding goes on with.
 * @param after faces up to this number are not looked at: who goes through all of them need not look twice
 */
export function facesWithout(
  database: Database,
  spaceId: number,
  limit: number,
  after = 0,
): { id: number; crop: Buffer }[] {
  return database
    .prepare(
      `SELECT faces.id, faces.crop FROM faces
       WHERE faces.id > ? AND NOT EXISTS (SELECT 1 FROM embeddings WHERE space_id = ? AND face_id = faces.id)
       ORDER BY faces.id LIMIT ?`,
    )
    .all(after, spaceId, limit) as { id: number; crop: Buffer }[];
}

function toSpace(row: unknown): Space {
  const { isActive, ...rest } = row as Omit<Space, 'isActive'> & { isActive: number };
  return { ...rest, isActive: isActive === 1 };
}
