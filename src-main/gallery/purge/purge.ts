// Purging: faces that must not be kept any longer, gone from rows, files, undo records and free pages.

import type { Database } from 'better-sqlite3';
import { ensure } from '../../common/errors.ts';
import { ProgressToken } from '../../common/progress.ts';
import { asGalleryError, removeOldVersions } from '../db/connection.ts';
import type { Gallery } from '../gallery.ts';
import { type Doomed, findDoomed } from './doomed.ts';
import { type CasePurgeCounts, purgeFromCases, removeCases } from './purge-cases.ts';
import type { PurgeRule } from './rule.ts';

export interface PurgeCounts extends CasePurgeCounts {
  readonly faces: number;
  readonly tracks: number;
  readonly subjects: number;
  readonly sources: number;
  readonly embeddings: number;
  readonly crops: number;
  /** Undo records that named what is gone: they go too. */
  readonly changes: number;
}

export interface PurgeReport extends PurgeCounts {
  /** Number of the purge record, which holds the rule and these counts and no personal data. */
  readonly purge: number;
}

/**
 * Removes the faces of a rule for good. Rows go in one transaction; then their crops; then the file is rewritten, so that
 * no free page keeps a byte of them. Killed in between, `finishPurge` (called whenever a gallery is opened) does the rest. Once
 * begun it is not cancelled.
 */
export function purgeFaces(
  gallery: Gallery,
  rule: PurgeRule,
  progress = ProgressToken.silent(),
): PurgeReport {
  const { database, acting } = gallery;
  progress.stage('removing rows', 1, 'step');
  const report = gallery.change(() => {
    selectFaces(database, rule);
    const purge = 1 + (database.prepare('SELECT ifnull(max(id), 0) FROM purges').pluck().get() as number);
    const doomed = rule.kind === 'whole' ? null : findDoomed(database);
    const fromCases =
      doomed === null ? removeCases(database, '1 = 1') : purgeFromCases(gallery, rule, doomed, purge);
    const counts = { ...removeRows(gallery, rule, doomed), ...fromCases };
    // A subject's number says nothing once the subject is gone.
    database
      .prepare('INSERT INTO purges (id, at, actor, rule, counts) VALUES (?, ?, ?, ?, ?)')
      .run(purge, acting.now(), acting.actor, JSON.stringify(rule), JSON.stringify(counts));
    gallery.record('gallery.purged', { purge, rule, ...counts });
    markPending(database);
    return { purge, ...counts };
  });
  finishPurge(gallery, progress);
  return report;
}

/** Removes a case for good, with every crop that nothing else names. Throws `not-found`. */
export function deleteCase(gallery: Gallery, caseId: number): CasePurgeCounts {
  const counts = gallery.change(() => {
    const removed = removeCases(gallery.database, 'id = ?', caseId);
    ensure(removed.cases === 1, 'not-found', `there is no case ${caseId}`);
    gallery.record('case.deleted', { case: caseId, items: removed.caseItems });
    markPending(gallery.database);
    return removed;
  });
  finishPurge(gallery);
  return counts;
}

const PENDING_KEY = 'purge-pending';

/** From here on crops may lie about that no row names, and free pages hold what was removed: `finishPurge` sweeps both. */
export function markPending(database: Database): void {
  database
    .prepare(`INSERT INTO meta (key, value) VALUES (?, 'pending') ON CONFLICT (key) DO NOTHING`)
    .run(PENDING_KEY);
}

/** Where nothing is left to sweep after all. */
export function clearPending(database: Database): void {
  database.prepare('DELETE FROM meta WHERE key = ?').run(PENDING_KEY);
}

/** Removes crops that no face and no case names any more and rewrites the file, if a purge has left that to do. */
export function finishPurge(gallery: Gallery, progress = ProgressToken.silent()): void {
  const { database, crops } = gallery;
  const isPending = database.prepare('SELECT 1 FROM meta WHERE key = ?').get(PENDING_KEY) !== undefined;
  if (!isPending) return;
  try {
    const ofFace = database.prepare('SELECT 1 FROM faces WHERE crop = ?');
    const ofCase = database.prepare('SELECT 1 FROM case_crops WHERE crop = ?');
    crops.sweep((digest) => ofFace.get(digest) !== undefined || ofCase.get(digest) !== undefined, progress);
    progress.stage('rewriting the file', 1, 'step');
    removeOldVersions(database);
    database.exec('VACUUM');
    const [{ busy }] = database.pragma('wal_checkpoint(TRUNCATE)') as { busy: number }[];
    ensure(
      busy === 0,
      'in-use',
      `${database.name} is still being read, so that its journal cannot be emptied: the purge ends when the gallery is opened again`,
    );
    clearPending(database);
  } catch (error) {
    throw asGalleryError(error, database.name);
  }
}

/** Fills `temp.purged`. */
export function selectFaces(database: Database, rule: PurgeRule): void {
  database.exec(
    'CREATE TEMP TABLE IF NOT EXISTS purged (id INTEGER PRIMARY KEY) STRICT; DELETE FROM temp.purged;',
  );
  if (rule.kind === 'whole') database.exec('INSERT INTO temp.purged SELECT id FROM faces');
  if (rule.kind === 'age') {
    database
      .prepare('INSERT INTO temp.purged SELECT id FROM faces WHERE ifnull(captured_at, created_at) < ?')
      .run(rule.before);
  }
  if (rule.kind === 'subject') {
    const found = database.prepare('SELECT 1 FROM subjects WHERE id = ?').get(rule.subjectId);
    ensure(found !== undefined, 'not-found', `there is no subject ${rule.subjectId}`);
    database
      .prepare(
        'INSERT INTO temp.purged SELECT faces.id FROM faces JOIN tracks ON tracks.id = track_id WHERE subject_id = ?',
      )
      .run(rule.subjectId);
  }
}

/** @param doomed null where everything goes */
function removeRows(
  { database }: Gallery,
  rule: PurgeRule,
  doomed: Doomed | null,
): Omit<PurgeCounts, keyof CasePurgeCounts> {
  const count = (sql: string): number => database.prepare(sql).pluck().get() as number;
  const remove = (sql: string): number => database.prepare(sql).run().changes;
  const crops = count('SELECT count(DISTINCT crop) FROM faces WHERE id IN temp.purged');
  const embeddings = remove('DELETE FROM embeddings WHERE face_id IN temp.purged');
  const faces = remove('DELETE FROM faces WHERE id IN temp.purged');
  const sources = remove(
    'DELETE FROM sources WHERE NOT EXISTS (SELECT 1 FROM faces WHERE source_id = sources.id)',
  );
  const tracks = remove(
    'DELETE FROM tracks WHERE NOT EXISTS (SELECT 1 FROM faces WHERE track_id = tracks.id)',
  );
  // A subject goes with its last face; the one that the rule names goes with all of its own.
  const subjects = remove(
    'DELETE FROM subjects WHERE NOT EXISTS (SELECT 1 FROM tracks WHERE subject_id = subjects.id)',
  );
  remove('DELETE FROM cameras WHERE id NOT IN (SELECT camera_id FROM tracks WHERE camera_id IS NOT NULL)');
  // Undo records hold names, and an undo must not bring back what is gone; import lists hold paths.
  const changes = remove('DELETE FROM changes');
  if (doomed === null)
    database.exec(
      `DELETE FROM imports; DELETE FROM meta WHERE key LIKE 'meaning:%';
       DELETE FROM profiles WHERE digest NOT IN (SELECT profile_digest FROM spaces WHERE profile_digest IS NOT NULL);`,
    );
  else {
    database.exec(
      `UPDATE import_items SET name = '', item = 'null', reason = NULL WHERE state <> 'todo';
       UPDATE imports SET root = '', options = '{}' WHERE state = 'done';
       -- What scores mean was measured with them: it counts as old, even where the same number of faces comes again.
       DELETE FROM meta WHERE key LIKE 'meaning:%:state';`,
    );
    if (rule.kind === 'subject') removeUnenrolled(database, doomed);
  }
  return { faces, tracks, subjects, sources, embeddings, crops, changes };
}

/** What an unfinished import would still enrol of the purged person. */
function removeUnenrolled(database: Database, { names, isNameInUse }: Doomed): void {
  const remove = database.prepare(
    `DELETE FROM import_items WHERE state = 'todo' AND json_extract(item, '$.subject') = ?`,
  );
  for (const name of names) if (!isNameInUse(name)) remove.run(name);
}
