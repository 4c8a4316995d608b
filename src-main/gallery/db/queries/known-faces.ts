// Faces of known subjects with their embeddings: what the meaning of scores is measured from.

import type { Database } from 'better-sqlite3';
import { type Matrix, matrix } from '../../../common/matrix.ts';
import type { Rng } from '../../../common/rng.ts';
import { embeddingReader } from './embeddings.ts';
import type { Space } from './spaces.ts';

export interface KnownFaces {
  readonly vectors: Matrix;
  readonly subjects: readonly number[];
  readonly tracks: readonly number[];
  readonly weights: readonly number[];
}

/** All of them, or whole subjects drawn at random until there are `most` faces. Throws `bad-data` for a damaged embedding. */
export function readKnownFaces(database: Database, space: Space, most: number, rng: Rng): KnownFaces {
  const subjectIds = Int32Array.from(
    database.prepare('SELECT id FROM subjects ORDER BY id').pluck().all() as number[],
  );
  const facesOf = database.prepare(
    `SELECT faces.id, faces.weight, tracks.id AS track FROM tracks JOIN faces ON faces.track_id = tracks.id WHERE tracks.subject_id = ? ORDER BY faces.id`,
  );
  const read = embeddingReader(database, space);
  const chosen: { id: number; weight: number; subject: number; track: number; vector: Float32Array }[] = [];
  for (const subject of rng.shuffle(subjectIds)) {
    if (chosen.length >= most) break;
    const faces = facesOf.all(subject) as { id: number; weight: number; track: number }[];
    for (const { id, weight, track } of faces) {
      const vector = read(id);
      if (vector !== null) chosen.push({ id, weight, subject, track, vector });
    }
  }
  chosen.sort((left, right) => left.id - right.id);
  const values = new Float32Array(chosen.length * space.dimension);
  for (const [at, { vector }] of chosen.entries()) values.set(vector, at * space.dimension);
  return {
    vectors: matrix(values, space.dimension),
    subjects: chosen.map(({ subject }) => subject),
    tracks: chosen.map(({ track }) => track),
    weights: chosen.map(({ weight }) => weight),
  };
}
