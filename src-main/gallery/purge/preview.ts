// What a purge would take, counted before anything goes.

import type { Gallery } from '../gallery.ts';
import { findDoomed } from './doomed.ts';
import { selectFaces } from './purge.ts';
import { type CasePurgeCounts, purgeFromCases, removeCases } from './purge-cases.ts';
import type { PurgeRule } from './rule.ts';

export interface PurgePreview extends CasePurgeCounts {
  readonly faces: number;
  readonly tracks: number;
  readonly subjects: number;
  readonly sources: number;
  readonly embeddings: number;
  readonly crops: number;
  /** Undo records: all of them go, for they hold names. */
  readonly changes: number;
  /** Cases that lose something, or go as a whole. */
  readonly casesTouched: number;
  /** Faces that stay. */
  readonly left: number;
}

/**
 * The very counts that the purge would report. Rows are only counted; what cases would lose is found by taking it from them in a
 * transaction that is rolled back, on a connection that may be another's beside. Throws `not-found` for a subject who is not there.
 */
export function previewPurge(gallery: Gallery, rule: PurgeRule): PurgePreview {
  const { database } = gallery;
  const count = (sql: string): number => database.prepare(sql).pluck().get() as number;
  selectFaces(database, rule);
  const doomed = findDoomed(database);
  const faces = count('SELECT count(*) FROM temp.purged');
  const counts = {
    faces,
    left: count('SELECT count(*) FROM faces') - faces,
    tracks: doomed.tracks.size,
    subjects: doomed.subjects.size,
    sources: count(
      `SELECT count(*) FROM sources WHERE NOT EXISTS
         (SELECT 1 FROM faces WHERE source_id = sources.id AND id NOT IN temp.purged)`,
    ),
    embeddings: count('SELECT count(*) FROM embeddings WHERE face_id IN temp.purged'),
    crops: count('SELECT count(DISTINCT crop) FROM faces WHERE id IN temp.purged'),
    changes: count('SELECT count(*) FROM changes'),
  };
  // Only here do others who write have to wait.
  database.exec('BEGIN IMMEDIATE');
  try {
    const entries = count('SELECT ifnull(max(sequence), 0) FROM audit');
    const fromCases =
      rule.kind === 'whole' ? removeCases(database, '1 = 1') : purgeFromCases(gallery, rule, doomed, 0);
    const changed = database
      .prepare(
        `SELECT count(DISTINCT json_extract(body, '$.case')) FROM audit WHERE sequence > ? AND action IN ('case.item-purged', 'case.title-purged')`,
      )
      .pluck()
      .get(entries) as number;
    return { ...counts, ...fromCases, casesTouched: Math.max(changed, fromCases.cases) };
  } finally {
    database.exec('ROLLBACK');
  }
}
