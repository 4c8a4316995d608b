import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ProgressToken } from '../../../../src-main/common/progress.ts';
import { readAudit, verifyAudit } from '../../../../src-main/gallery/audit/audit-log.ts';
import { itemsOfKind, standingDecision } from '../../../../src-main/gallery/cases/case-items.ts';
import {
  addNote,
  addSearch,
  caseItems,
  createCase,
  decide,
  findCase,
  listCases,
  setCaseState,
} from '../../../../src-main/gallery/cases/cases.ts';
import { checkIntegrity } from '../../../../src-main/gallery/db/integrity.ts';
import { deleteCase } from '../../../../src-main/gallery/purge/purge.ts';
import { madeCase, madeFilledGallery, madeResult } from '../../../support/made-case.ts';

const PEOPLE = Array.from({ length: 4 }, (_, at) => ({ subject: `person ${at}` }));
const SILENT = ProgressToken.silent();

test('a case holds probe, search, notes and decisions as they were, in order', async (context) => {
  const gallery = await madeFilledGallery(context, PEOPLE);
  const { record, probeItem, searchItem } = await madeCase(gallery, 'The door', [2, 3]);
  const noteItem = addNote(gallery, record.id, 'seen twice\n— at night');
  decide(gallery, record.id, { verdict: 'match', searchItem: null, rank: 1, note: 'the scar' });
  const items = caseItems(gallery.database, record.id);
  assert.deepEqual(
    items.map(({ id, kind, actor }) => [id, kind, actor]),
    [
      [probeItem, 'probe', 'tester'],
      [searchItem, 'search', 'tester'],
      [noteItem, 'note', 'tester'],
      [noteItem + 1, 'decision', 'tester'],
    ],
  );
  const [search] = itemsOfKind(items, 'search');
  assert.deepEqual(search.body.results, [madeResult(gallery, 2, 1), madeResult(gallery, 3, 2)]);
  assert.equal(search.body.probeItem, probeItem);
  const [decision] = itemsOfKind(items, 'decision');
  const { verdict, faceId, subjectId, note, supersedes } = decision.body;
  assert.deepEqual([verdict, faceId, subjectId, note, supersedes], ['match', 2, 2, 'the scar', null]);
});

test('a later decision supersedes and never overwrites; a withdrawn one leaves none', async (context) => {
  const gallery = await madeFilledGallery(context, PEOPLE);
  const { record, searchItem } = await madeCase(gallery, 'The door', [2, 3]);
  const say = (verdict: 'match' | 'no-match' | 'withdrawn', rank = 1): number =>
    decide(gallery, record.id, { verdict, searchItem, rank, note: '' });
  const standing = (rank = 1): string | undefined =>
    standingDecision(caseItems(gallery.database, record.id), searchItem, rank)?.body.verdict;
  assert.throws(() => say('withdrawn'), { code: 'bad-usage', message: /nothing to withdraw/ });
  const first = say('match');
  const second = say('no-match');
  assert.equal(standing(), 'no-match');
  assert.equal(standing(2), undefined);
  say('withdrawn');
  assert.equal(standing(), undefined);
  say('match');
  assert.equal(standing(), 'match');
  const decisions = itemsOfKind(caseItems(gallery.database, record.id), 'decision');
  assert.deepEqual(
    decisions.map(({ body }) => [body.verdict, body.supersedes]),
    [
      ['match', null],
      ['no-match', first],
      ['withdrawn', second],
      ['match', null],
    ],
  );
  assert.throws(() => say('match', 9), { code: 'not-found', message: /has 2 results, none of rank 9/ });
});

test('the same probe is kept once', async (context) => {
  const gallery = await madeFilledGallery(context, PEOPLE);
  const { record, probeItem } = await madeCase(gallery, 'The door', [2]);
  const [{ body }] = itemsOfKind(caseItems(gallery.database, record.id), 'probe');
  const search = { parameters: {}, searched: { faces: 1, people: 1 }, results: [], notes: [] };
  assert.equal(addSearch(gallery, record.id, body, search).probeItem, probeItem);
  const other = { faces: [{ ...body.faces[0], face: 2 }] };
  assert.notEqual(addSearch(gallery, record.id, other, search).probeItem, probeItem);
});

test('a closed case takes nothing until it is reopened', async (context) => {
  const gallery = await madeFilledGallery(context, PEOPLE);
  const { record } = await madeCase(gallery, 'The door', [2]);
  setCaseState(gallery, record.id, 'closed');
  assert.throws(() => setCaseState(gallery, record.id, 'closed'), {
    code: 'bad-usage',
    message: 'case 1 is closed already',
  });
  const refused = { code: 'bad-usage', message: /case 1 is closed: `glimpse case reopen` first/ };
  assert.throws(() => addNote(gallery, record.id, 'more'), refused);
  assert.throws(
    () => decide(gallery, record.id, { verdict: 'match', searchItem: null, rank: 1, note: '' }),
    refused,
  );
  setCaseState(gallery, record.id, 'open');
  addNote(gallery, record.id, 'more');
  assert.equal(listCases(gallery)[0].items, 3);
});

test('titles: found by title or number; hostile ones are kept as they are or refused', async (context) => {
  const gallery = await madeFilledGallery(context, []);
  const hostile = `Robert'); DROP TABLE cases;-- <img src=x> ../.. "q" 你好`;
  assert.equal(createCase(gallery, hostile).title, hostile);
  assert.equal(findCase(gallery, hostile).id, 1);
  assert.equal(findCase(gallery, '1').title, hostile);
  assert.throws(() => findCase(gallery, '2'), { code: 'not-found', message: /made has no case "2"/ });
  assert.throws(() => createCase(gallery, hostile), { code: 'bad-usage', message: /already: number 1/ });
  for (const title of ['', '  ', '12', 'a\nb', 'a\0b', 'x'.repeat(201), '\ud800'])
    assert.throws(() => createCase(gallery, title), { code: 'bad-usage' }, JSON.stringify(title));
  assert.throws(() => addNote(gallery, 1, ' \n'), { code: 'bad-usage' });
  addNote(gallery, 1, `NUL \0, quote ", '); DELETE FROM case_items;--`);
  const [note] = itemsOfKind(caseItems(gallery.database, 1), 'note');
  assert.equal(note.body.text, `NUL \0, quote ", '); DELETE FROM case_items;--`);
});

test('every step is in the audit log, without a word that was typed', async (context) => {
  const gallery = await madeFilledGallery(context, PEOPLE);
  const { record } = await madeCase(gallery, 'Marker title', [2], { path: '/marker/path.jpg' });
  addNote(gallery, record.id, 'marker note');
  decide(gallery, record.id, { verdict: 'match', searchItem: null, rank: 1, note: 'marker reason' });
  setCaseState(gallery, record.id, 'closed');
  deleteCase(gallery, record.id);
  const entries = readAudit(gallery.database).filter(({ action }) => action.startsWith('case.'));
  assert.deepEqual(
    entries.map(({ action }) => action),
    [
      'case.created',
      'case.probe-added',
      'case.search-added',
      'case.note-added',
      'case.decision-added',
      'case.closed',
      'case.deleted',
    ],
  );
  assert.doesNotMatch(JSON.stringify(entries), /marker|person/i);
  assert.equal(verifyAudit(gallery.database).problem, null);
  assert.deepEqual(checkIntegrity(gallery, SILENT).problems, []);
  assert.equal(createCase(gallery, 'Next').id, 2, 'a number is never used twice');
});

test('what fails adds nothing: no item, no entry in the log', async (context) => {
  const gallery = await madeFilledGallery(context, PEOPLE);
  const { record } = await madeCase(gallery, 'The door', [2]);
  const before = [caseItems(gallery.database, record.id).length, readAudit(gallery.database).length];
  gallery.database.exec(
    `CREATE TEMP TRIGGER stop BEFORE INSERT ON audit BEGIN SELECT raise(ABORT, 'no more'); END`,
  );
  assert.throws(() => addNote(gallery, record.id, 'lost'), /no more/);
  assert.deepEqual(
    [caseItems(gallery.database, record.id).length, readAudit(gallery.database).length],
    before,
  );
});

test('an item that was changed, taken out or put in by hand is found', async (context) => {
  const gallery = await madeFilledGallery(context, PEOPLE);
  const { record, probeItem } = await madeCase(gallery, 'The door', [2]);
  const { database } = gallery;
  const note = addNote(gallery, record.id, 'as it was');
  const gone = addNote(gallery, record.id, 'to be taken out');
  assert.deepEqual(checkIntegrity(gallery, SILENT).problems, []);
  database.prepare(`UPDATE case_items SET body = '{"text":"as it was not"}' WHERE id = ?`).run(note);
  database.prepare('DELETE FROM case_items WHERE id = ?').run(gone);
  database
    .prepare(
      `INSERT INTO case_items (case_id, kind, actor, at, body, salt) VALUES (1, 'note', 'x', 1, '{"text":"forged"}', zeroblob(16))`,
    )
    .run();
  gallery.crops.remove(
    database.prepare('SELECT crop FROM case_crops WHERE item_id = ?').pluck().get(probeItem) as Buffer,
  );
  const { problems } = checkIntegrity(gallery, SILENT);
  assert.equal(problems.length, 4, problems.join('\n'));
  assert.equal(problems[0], `case 1: item ${note} is not as the audit log has it`);
  assert.match(problems[1], /^case 1: item \d+ is not in the audit log$/);
  assert.equal(problems[2], `case 1: item ${gone} is missing`);
  assert.match(problems[3], /^case 1, item \d+: .* is missing/);
});
