import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { ProgressToken } from '../../../../../src-main/common/progress.ts';
import { appendAudit } from '../../../../../src-main/gallery/audit/audit-log.ts';
import { createCase, setCaseState } from '../../../../../src-main/gallery/cases/cases.ts';
import { closeDatabase, openDatabase } from '../../../../../src-main/gallery/db/connection.ts';
import { checkIntegrity } from '../../../../../src-main/gallery/db/integrity.ts';
import { MIGRATIONS } from '../../../../../src-main/gallery/db/migrations/index.ts';
import { Gallery } from '../../../../../src-main/gallery/gallery.ts';
import { madeActing } from '../../../../support/made-gallery.ts';
import { temporaryFolder } from '../../../../support/temporary-folder.ts';

test('cases of version 4 are in the log without a seal and are no problem, whatever becomes of them; new ones are sealed', async (context) => {
  const folder = await temporaryFolder(context);
  const old = openDatabase(join(folder, 'gallery.sqlite'), MIGRATIONS.slice(0, 4));
  old.exec(
    `INSERT INTO cases (id, title, state, created_by, created_at) VALUES (3, 'Door', 'open', 'ann', 5), (4, 'Gate', 'closed', 'bob', 6)`,
  );
  for (const [action, id] of [
    ['case.created', 3],
    ['case.created', 4],
    ['case.closed', 4],
  ] as const)
    appendAudit(old, { at: 7, actor: 'ann', action, body: { case: id } });
  closeDatabase(old);
  const gallery = Gallery.open(folder, madeActing());
  context.after(() => gallery.close());
  const made = createCase(gallery, 'Lobby');
  setCaseState(gallery, 3, 'closed');
  const problems = (): readonly string[] => checkIntegrity(gallery, ProgressToken.silent()).problems;
  assert.deepEqual(problems(), []);
  gallery.database.exec(`UPDATE cases SET title = title || '!'`);
  assert.deepEqual(problems(), [`case ${made.id}: its title, maker or date is not as the audit log has it`]);
});
