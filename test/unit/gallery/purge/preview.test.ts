import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { readAudit, verifyAudit } from '../../../../src-main/gallery/audit/audit-log.ts';
import { addNote, decide } from '../../../../src-main/gallery/cases/cases.ts';
import { renameSubject } from '../../../../src-main/gallery/changes/changes.ts';
import { subjectByName } from '../../../../src-main/gallery/db/queries/subjects.ts';
import type { Gallery } from '../../../../src-main/gallery/gallery.ts';
import { previewPurge } from '../../../../src-main/gallery/purge/preview.ts';
import { listPurges } from '../../../../src-main/gallery/purge/proofs.ts';
import { purgeFaces } from '../../../../src-main/gallery/purge/purge.ts';
import type { PurgeRule } from '../../../../src-main/gallery/purge/rule.ts';
import { keepRetention, readRetention } from '../../../../src-main/gallery/retention.ts';
import { madeCase, madeFilledGallery } from '../../../support/made-case.ts';
import { tinyPng } from '../../../support/tiny-png.ts';

/** Six people of a face each, seen a second apart; a case holds results 2 to 4, a decision about the third, and a note with a name. */
async function filled(context: TestContext): Promise<Gallery> {
  const people = Array.from({ length: 6 }, (_, at) => ({ subject: `person ${at}`, camera: 'door' }));
  const gallery = await madeFilledGallery(context, people);
  const { record } = await madeCase(gallery, 'Lobby', [2, 3, 4], {
    path: '/probes/a.jpg',
    png: tinyPng(16, 16, 200),
    camera: 'door',
  });
  decide(gallery, record.id, { verdict: 'match', searchItem: null, rank: 2, note: '' });
  addNote(gallery, record.id, 'It may be person 2.');
  renameSubject(gallery, 1, 'person zero');
  return gallery;
}

function everyRow({ database }: Gallery): string {
  const tables = database
    .prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name`)
    .pluck()
    .all() as string[];
  return JSON.stringify(tables.map((name) => [name, database.prepare(`SELECT * FROM "${name}"`).all()]));
}

const RULES: Readonly<Record<string, (gallery: Gallery) => PurgeRule>> = {
  'a person in a case': ({ database }) => ({
    kind: 'subject',
    subjectId: subjectByName(database, 'person 2')?.id ?? 0,
  }),
  'a person in no case': ({ database }) => ({
    kind: 'subject',
    subjectId: subjectByName(database, 'person 5')?.id ?? 0,
  }),
  'old faces': () => ({ kind: 'age', before: 2_500 }),
  everything: () => ({ kind: 'whole' }),
  nothing: () => ({ kind: 'age', before: 0 }),
};

for (const [what, ruleOf] of Object.entries(RULES)) {
  test(`${what}: the preview counts what the purge takes, and takes nothing`, async (context) => {
    const gallery = await filled(context);
    const rule = ruleOf(gallery);
    const before = everyRow(gallery);
    const { casesTouched, left, ...counts } = previewPurge(gallery, rule);
    assert.equal(everyRow(gallery), before);
    const { purge, ...taken } = purgeFaces(gallery, rule);
    assert.deepEqual(counts, taken);
    assert.equal(left, 6 - taken.faces);
    assert.equal(purge, 1);
    assert.equal(casesTouched, what === 'a person in no case' || what === 'nothing' ? 0 : 1);
  });
}

test('a preview of nobody leaves no transaction open', async (context) => {
  const gallery = await filled(context);
  assert.throws(() => previewPurge(gallery, { kind: 'subject', subjectId: 99 }), { code: 'not-found' });
  assert.equal(gallery.database.inTransaction, false);
  addNote(gallery, 1, 'goes on');
});

test('each purge has its proof: who, when, what, and the log before and after', async (context) => {
  const gallery = await filled(context);
  assert.deepEqual(listPurges(gallery.database, 10), []);
  const head = verifyAudit(gallery.database).head;
  const face = gallery.database.prepare('SELECT crop FROM faces WHERE id = 6').pluck().get() as Buffer;
  const first = purgeFaces(gallery, { kind: 'subject', subjectId: 6 });
  const { purge: _, ...counts } = first;
  const [proof] = listPurges(gallery.database, 10);
  assert.deepEqual(proof.counts, counts);
  assert.deepEqual([proof.purge, proof.actor, proof.rule], [1, 'tester', { kind: 'subject', subjectId: 6 }]);
  assert.deepEqual([proof.entry?.before, proof.entry?.after], [head, verifyAudit(gallery.database).head]);
  assert.equal(existsSync(gallery.crops.pathOf(face)), false);
  purgeFaces(gallery, { kind: 'whole' });
  const all = listPurges(gallery.database, 10);
  assert.deepEqual(
    all.map(({ purge }) => purge),
    [2, 1],
  );
  assert.deepEqual(all[1], proof, 'a later purge leaves an earlier record as it is');
});

test('retention is set, read, bounded, recorded, and says what is due', async (context) => {
  const gallery = await filled(context);
  assert.equal(readRetention(gallery.database), null);
  keepRetention(gallery, 30);
  keepRetention(gallery, 90);
  assert.equal(readRetention(gallery.database), 90);
  assert.deepEqual(readAudit(gallery.database).at(-1)?.body, { days: 90 });
  for (const wrong of [0, 1.5, -3, 40_000, Number.NaN])
    assert.throws(() => keepRetention(gallery, wrong), { code: 'bad-usage' });
  keepRetention(gallery, null);
  assert.equal(readRetention(gallery.database), null);
});
