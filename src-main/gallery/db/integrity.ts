// Whether a gallery is whole: the file, the references, the crops, the embeddings, the cases, the audit chain.

import Sqlite from 'better-sqlite3';
import { GlimpseError, messageOf } from '../../common/errors.ts';
import type { ProgressToken } from '../../common/progress.ts';
import { type AuditVerdict, verifyAudit } from '../audit/audit-log.ts';
import { checkSeals } from '../cases/case-seal.ts';
import type { Gallery } from '../gallery.ts';
import { asGalleryError } from './connection.ts';
import { readEmbeddings } from './queries/embedding-slices.ts';
import { listSpaces } from './queries/spaces.ts';
import { damagedRows } from './row-checksums.ts';

export interface IntegrityReport {
  readonly faces: number;
  readonly embeddings: number;
  readonly cases: number;
  readonly audit: AuditVerdict;
  /** One sentence each; empty for a gallery that is whole. */
  readonly problems: readonly string[];
}

const MOST_PROBLEMS = 100;

/** Reads everything once. A damaged gallery gives problems; it does not throw. */
export function checkIntegrity(gallery: Gallery, progress: ProgressToken): IntegrityReport {
  const problems: string[] = [];
  const report = (problem: string): void => {
    if (problems.length < MOST_PROBLEMS) problems.push(problem);
  };
  /** A page that SQLite cannot make sense of ends a check, not all of them. */
  const attempt = <Result>(check: () => Result, otherwise: Result): Result => {
    try {
      return check();
    } catch (error) {
      // A flipped bit in the schema makes tables and columns unknown.
      const isTold = error instanceof Sqlite.SqliteError || error instanceof GlimpseError;
      if (!isTold || progress.signal.aborted) throw error;
      report(messageOf(asGalleryError(error, gallery.database.name)));
      return otherwise;
    }
  };
  attempt(() => checkFile(gallery, report), undefined);
  attempt(() => [...damagedRows(gallery.database)].forEach(report), undefined);
  const faces = attempt(() => checkCrops(gallery, report, progress), 0);
  const embeddings = attempt(() => checkEmbeddings(gallery, report, progress), 0);
  const cases = attempt(() => checkCases(gallery, report, progress), 0);
  const unread: AuditVerdict = { entries: 0, head: '', problem: 'cannot be read' };
  const audit = attempt(() => verifyAudit(gallery.database), unread);
  if (audit.problem !== null) report(`audit log: ${audit.problem}`);
  return { faces, embeddings, cases, audit, problems };
}

function checkFile({ database }: Gallery, report: (problem: string) => void): void {
  for (const row of database.pragma('integrity_check') as { integrity_check: string }[])
    if (row.integrity_check !== 'ok') report(`database: ${row.integrity_check}`);
  for (const row of database.pragma('foreign_key_check') as {
    table: string;
    rowid: number;
    parent: string;
  }[])
    report(`${row.table} ${row.rowid} points at a missing row of ${row.parent}`);
}

function checkCrops(
  { database, crops }: Gallery,
  report: (problem: string) => void,
  progress: ProgressToken,
): number {
  const faces = database.prepare('SELECT id, crop FROM faces ORDER BY id').all() as {
    id: number;
    crop: Buffer;
  }[];
  const stage = progress.stage('checking crops', faces.length, 'faces');
  for (const { id, crop } of faces) {
    progress.throwIfCancelled();
    try {
      crops.read(crop);
    } catch (error) {
      report(`face ${id}: ${messageOf(error)}`);
    }
    stage.advance();
  }
  return faces.length;
}

/** Items against the seals of the audit log, and every crop that a case shows. */
function checkCases(
  { database, crops }: Gallery,
  report: (problem: string) => void,
  progress: ProgressToken,
): number {
  checkSeals(database, report);
  const rows = database
    .prepare(
      `SELECT crop, min(item_id) AS item, case_id AS caseId FROM case_crops JOIN case_items ON case_items.id = item_id
       GROUP BY crop ORDER BY item`,
    )
    .all() as { crop: Buffer; item: number; caseId: number }[];
  const stage = progress.stage('checking cases', rows.length, 'crops');
  for (const { crop, item, caseId } of rows) {
    progress.throwIfCancelled();
    try {
      crops.read(crop);
    } catch (error) {
      report(`case ${caseId}, item ${item}: ${messageOf(error)}`);
    }
    stage.advance();
  }
  return database.prepare('SELECT count(*) FROM cases').pluck().get() as number;
}

/** A bad vector ends the reading of its space: what comes after it is not checked, and that is said. */
function checkEmbeddings(
  { database }: Gallery,
  report: (problem: string) => void,
  progress: ProgressToken,
): number {
  let checked = 0;
  for (const space of listSpaces(database)) {
    const stage = progress.stage('checking embeddings', space.embeddings, 'embeddings');
    try {
      for (const _ of readEmbeddings(database, space)) {
        progress.throwIfCancelled();
        checked++;
        stage.advance();
      }
    } catch (error) {
      if (progress.signal.aborted) throw error;
      report(`space ${space.id}: ${messageOf(error)}, and the embeddings after it were not read`);
    }
    const missing = database
      .prepare(
        'SELECT count(*) FROM faces WHERE NOT EXISTS (SELECT 1 FROM embeddings WHERE space_id = ? AND face_id = faces.id)',
      )
      .pluck()
      .get(space.id) as number;
    if (space.state === 'complete' && missing > 0)
      report(`space ${space.id} calls itself complete and lacks ${missing} faces`);
  }
  return checked;
}
