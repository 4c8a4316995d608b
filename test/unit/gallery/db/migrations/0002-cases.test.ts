import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { closeDatabase, openDatabase } from '../../../../../src-main/gallery/db/connection.ts';
import { MIGRATIONS } from '../../../../../src-main/gallery/db/migrations/index.ts';
import { temporaryFolder } from '../../../../support/temporary-folder.ts';

test('cases and items of version 1 stay, with a note for what was a case of its own', async (context) => {
  const path = join(await temporaryFolder(context), 'g.sqlite');
  const old = openDatabase(path, MIGRATIONS.slice(0, 1));
  old.exec(
    `INSERT INTO cases (id, title, note, state, created_by, created_at) VALUES (3, 'Door', 'why', 'closed', 'ann', 5), (4, 'Gate', '', 'open', 'bob', 6);
     INSERT INTO case_items (id, case_id, kind, actor, at, body) VALUES (7, 3, 'note', 'ann', 8, '{"text":"first"}');`,
  );
  closeDatabase(old);
  const database = openDatabase(path, MIGRATIONS.slice(0, 2));
  assert.deepEqual(database.prepare('SELECT id, title, state, created_by FROM cases ORDER BY id').all(), [
    { id: 3, title: 'Door', state: 'closed', created_by: 'ann' },
    { id: 4, title: 'Gate', state: 'open', created_by: 'bob' },
  ]);
  assert.deepEqual(database.prepare('SELECT id, case_id, kind, body FROM case_items ORDER BY id').all(), [
    { id: 7, case_id: 3, kind: 'note', body: '{"text":"first"}' },
    { id: 8, case_id: 3, kind: 'note', body: '{"text":"why"}' },
  ]);
  database.exec('DELETE FROM cases WHERE id = 3');
  assert.equal(
    database.prepare('SELECT count(*) FROM case_items').pluck().get(),
    0,
    'items go with their case',
  );
  assert.deepEqual(database.pragma('foreign_key_check'), []);
  closeDatabase(database);
});
