import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Database } from 'better-sqlite3';
import { appendAudit, readAudit, verifyAudit } from '../../../../src-main/gallery/audit/audit-log.ts';
import { madeGallery } from '../../../support/made-gallery.ts';

/** Five entries; the first one is the gallery's own. */
async function filled(context: Parameters<typeof madeGallery>[0]): Promise<Database> {
  const gallery = await madeGallery(context);
  for (let number = 1; number < 5; number++)
    gallery.change(() => gallery.record('search', { number, name: '"; DROP' }));
  return gallery.database;
}

/** Somebody with a tool of their own, whom no trigger stops. */
function tamper(database: Database, sql: string): void {
  database.exec('DROP TRIGGER audit_is_append_only_update; DROP TRIGGER audit_is_append_only_delete;');
  database.exec(sql);
}

test('entries come back in order, and the chain holds', async (context) => {
  const database = await filled(context);
  assert.deepEqual(
    readAudit(database).map(({ sequence, action }) => [sequence, action]),
    [
      [1, 'gallery.created'],
      [2, 'search'],
      [3, 'search'],
      [4, 'search'],
      [5, 'search'],
    ],
  );
  assert.deepEqual(
    readAudit(database, { after: 3, limit: 1 }).map(({ body }) => body),
    [{ number: 3, name: '"; DROP' }],
  );
  const verdict = verifyAudit(database);
  assert.deepEqual([verdict.entries, verdict.problem], [5, null]);
  assert.match(verdict.head, /^[0-9a-f]{64}$/);
});

test('the database itself refuses to change or delete an entry', async (context) => {
  const database = await filled(context);
  assert.throws(() => database.exec('UPDATE audit SET actor = 0 WHERE sequence = 2'), /append-only/);
  assert.throws(() => database.exec('DELETE FROM audit WHERE sequence = 2'), /append-only/);
});

for (const [what, sql, problem] of [
  ['a changed body', `UPDATE audit SET body = '{"number":9}' WHERE sequence = 3`, /^entry 3 was changed$/],
  ['a changed time', 'UPDATE audit SET at = at + 1 WHERE sequence = 1', /^entry 1 was changed$/],
  ['a removed entry', 'DELETE FROM audit WHERE sequence = 3', /^entry 3 is missing: 4 follows 2$/],
  [
    'a removed entry, the rest renumbered',
    'DELETE FROM audit WHERE sequence = 3; UPDATE audit SET sequence = sequence - 1 WHERE sequence > 3',
    /^entry 3 does not follow the one before it$/,
  ],
  [
    'two entries in the other order',
    'UPDATE audit SET sequence = 99 WHERE sequence = 2; UPDATE audit SET sequence = 2 WHERE sequence = 3; UPDATE audit SET sequence = 3 WHERE sequence = 99',
    /^entry 2 does not follow/,
  ],
  [
    'a cut-off end',
    'DELETE FROM audit WHERE sequence > 3',
    /^the end was cut off: 3 entries, and the gallery has recorded 5:/,
  ],
  ['nothing left', 'DELETE FROM audit', /^the end was cut off: 0 entries/],
] as const) {
  test(`${what} is found`, async (context) => {
    const database = await filled(context);
    tamper(database, sql);
    assert.match(verifyAudit(database).problem ?? 'none', problem);
  });
}

test('a clock that goes backwards is recorded, and is no fault', async (context) => {
  const database = await filled(context);
  appendAudit(database, { at: 5, actor: 'a', action: 'b', body: null });
  assert.equal(readAudit(database).at(-1)?.at, 5);
  assert.equal(verifyAudit(database).problem, null);
});

test('an action that fails leaves no entry', async (context) => {
  const gallery = await madeGallery(context);
  assert.throws(() =>
    gallery.change(() => {
      gallery.record('half', {});
      throw new Error('no');
    }),
  );
  assert.deepEqual(
    readAudit(gallery.database).map(({ action }) => action),
    ['gallery.created'],
  );
  assert.equal(verifyAudit(gallery.database).problem, null);
});
