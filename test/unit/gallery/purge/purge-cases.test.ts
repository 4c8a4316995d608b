import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { ProgressToken } from '../../../../src-main/common/progress.ts';
import { verifyAudit } from '../../../../src-main/gallery/audit/audit-log.ts';
import { itemsOfKind, standingDecision } from '../../../../src-main/gallery/cases/case-items.ts';
import { addNote, caseItems, decide, listCases } from '../../../../src-main/gallery/cases/cases.ts';
import { moveTracks, renameSubject } from '../../../../src-main/gallery/changes/changes.ts';
import { checkIntegrity } from '../../../../src-main/gallery/db/integrity.ts';
import { subjectByName } from '../../../../src-main/gallery/db/queries/subjects.ts';
import { Gallery } from '../../../../src-main/gallery/gallery.ts';
import { deleteCase, purgeFaces } from '../../../../src-main/gallery/purge/purge.ts';
import { type MadeSearch, madeCase, madeFilledGallery } from '../../../support/made-case.ts';
import { madeActing } from '../../../support/made-gallery.ts';
import { tinyPng } from '../../../support/tiny-png.ts';

const MARKER = 'Zebedee-the-marker';
const SILENT = ProgressToken.silent();

/** Face 3 is the marked person's, in name, path and tag. */
function people(): { subject: string; path?: string; tags?: string[]; camera: string }[] {
  return Array.from({ length: 6 }, (_, at) =>
    at === 2
      ? { subject: MARKER, path: `/cam/${MARKER}-2.jpg`, tags: [MARKER], camera: `gate ${MARKER}` }
      : { subject: `person ${at}`, camera: 'door' },
  );
}

/** Every byte of the gallery's folder, file names included. */
function everyByte(folder: string): Buffer {
  const parts: Buffer[] = [];
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const path = join(folder, name);
    if (statSync(path).isFile()) parts.push(Buffer.from(name), readFileSync(path));
  }
  return Buffer.concat(parts);
}

interface Told {
  readonly gallery: Gallery;
  readonly made: MadeSearch;
  readonly probePng: Buffer;
}

/** A case about the marked person, who was decided to be the probe, and whose name stands wherever people write. */
async function told(context: TestContext, verdict: 'match' | 'no-match'): Promise<Told> {
  const gallery = await madeFilledGallery(context, people());
  // Noise, so that its bytes are nobody else's.
  const probePng = Buffer.concat([tinyPng(16, 16, 200), randomBytes(64)]);
  const made = await madeCase(gallery, `Search for ${MARKER}`, [3, 4, 5], {
    path: `/probes/unknown-${verdict}.jpg`,
    png: probePng,
    camera: `gate ${MARKER}`,
  });
  addNote(gallery, made.record.id, `It may be ${MARKER.toUpperCase()}, see /cam/${MARKER}-2.jpg.`);
  decide(gallery, made.record.id, { verdict, searchItem: null, rank: 1, note: `I know ${MARKER}` });
  decide(gallery, made.record.id, { verdict: 'no-match', searchItem: null, rank: 2, note: 'somebody else' });
  return { gallery, made, probePng };
}

function subjectIdOf(gallery: Gallery, name: string): number {
  const subject = subjectByName(gallery.database, name);
  assert.ok(subject);
  return subject.id;
}

test('a purged subject leaves no byte in cases: name, path, camera, crop, the probe that was matched', async (context) => {
  const { gallery, made, probePng } = await told(context, 'match');
  const crop = gallery.database.prepare('SELECT crop FROM faces WHERE id = 3').pluck().get() as Buffer;
  const before = everyByte(gallery.folder);
  assert.ok(before.includes(MARKER) && before.includes(probePng));
  assert.ok(before.toString('latin1').includes(MARKER.toUpperCase()));
  const report = purgeFaces(gallery, { kind: 'subject', subjectId: subjectIdOf(gallery, MARKER) });
  // Redacted: probe, search, note, first decision. Texts: title, filter's camera, note (name; the path holds it), reason.
  assert.deepEqual(
    [report.faces, report.cases, report.caseItems, report.caseCrops, report.mentions],
    [1, 0, 4, 2, 4],
  );
  const { counts } = gallery.database.prepare('SELECT counts FROM purges').get() as { counts: string };
  assert.equal(JSON.parse(counts).caseItems, 4);
  assert.equal(verifyAudit(gallery.database).problem, null);
  assert.deepEqual(checkIntegrity(gallery, SILENT).problems, []);
  const items = caseItems(gallery.database, made.record.id);
  const [search] = itemsOfKind(items, 'search');
  const [purged, kept] = search.body.results;
  assert.deepEqual(
    [
      purged.rank,
      purged.purged,
      purged.subject,
      purged.faceId,
      purged.trackId,
      purged.sourcePath,
      purged.crop,
    ],
    [1, report.purge, null, null, null, '', null],
  );
  assert.deepEqual([kept.subject, kept.faceId, kept.purged], ['person 3', 4, undefined]);
  assert.equal(standingDecision(items, search.id, 1)?.body.verdict, 'match', 'that it was decided stays');
  const [{ body }] = itemsOfKind(items, 'note');
  assert.equal(body.text, 'It may be [purged], see [purged].');
  assert.equal(listCases(gallery)[0].title, 'Search for [purged]');
  gallery.close();
  const after = everyByte(gallery.folder);
  const text = after.toString('latin1').toLowerCase();
  assert.ok(!text.includes(MARKER.toLowerCase()), 'the name is still there');
  assert.ok(!after.includes(probePng), 'the probe that shows them is still there');
  assert.ok(!text.includes('unknown-match.jpg'), 'its path is still there');
  for (const digest of [crop, made.probeCrop]) {
    assert.ok(!after.includes(digest), 'a digest is still there');
    assert.ok(!text.includes(digest.toString('hex')), 'a digest in hex is still there');
  }
});

test('matched in one case, the same probe goes from every case', async (context) => {
  const { gallery, probePng } = await told(context, 'match');
  const { record } = await madeCase(gallery, 'Another case', [6], { png: probePng });
  purgeFaces(gallery, { kind: 'subject', subjectId: subjectIdOf(gallery, MARKER) });
  const [probe] = itemsOfKind(caseItems(gallery.database, record.id), 'probe');
  assert.equal(probe.body.faces[0].crop, null);
  assert.ok(!everyByte(gallery.folder).includes(probePng));
});

test('a probe that was not matched stays, and so does everything about others', async (context) => {
  const { gallery, made, probePng } = await told(context, 'no-match');
  const report = purgeFaces(gallery, { kind: 'subject', subjectId: subjectIdOf(gallery, MARKER) });
  assert.deepEqual([report.caseItems, report.caseCrops], [3, 1]);
  assert.ok(everyByte(gallery.folder).includes(probePng));
  const [probe] = itemsOfKind(caseItems(gallery.database, made.record.id), 'probe');
  assert.equal(probe.body.faces[0].path, '/probes/unknown-no-match.jpg');
  assert.deepEqual(checkIntegrity(gallery, SILENT).problems, []);
});

test('a probe that is the purged picture goes, whatever was decided', async (context) => {
  const gallery = await madeFilledGallery(context, people());
  const { record } = await madeCase(gallery, 'Same picture', [4], { png: tinyPng(16, 16, 2) });
  const report = purgeFaces(gallery, { kind: 'subject', subjectId: subjectIdOf(gallery, MARKER) });
  assert.equal(report.caseItems, 1);
  const [probe] = itemsOfKind(caseItems(gallery.database, record.id), 'probe');
  assert.deepEqual(probe.body.faces[0].crop, null);
});

test('earlier names of the person go too, from undo records and from results', async (context) => {
  const { gallery } = await told(context, 'no-match');
  const id = subjectIdOf(gallery, MARKER);
  renameSubject(gallery, id, 'Alias the second');
  addNote(gallery, 1, `${MARKER} is now Alias the Second`);
  purgeFaces(gallery, { kind: 'subject', subjectId: id });
  gallery.close();
  const text = everyByte(gallery.folder).toString('latin1').toLowerCase();
  assert.ok(!text.includes(MARKER.toLowerCase()) && !text.includes('alias the second'));
});

test('a name that somebody who stays has is left alone', async (context) => {
  const gallery = await madeFilledGallery(context, people());
  await madeCase(gallery, 'Two names', [3]);
  addNote(gallery, 1, `${MARKER} was seen`);
  // The face was shown as the marked person's, and turns out to be another one's.
  moveTracks(gallery, [3], { subjectId: subjectIdOf(gallery, 'person 5') });
  moveTracks(gallery, [1], { subjectId: subjectIdOf(gallery, MARKER) });
  purgeFaces(gallery, { kind: 'subject', subjectId: subjectIdOf(gallery, 'person 5') });
  const items = caseItems(gallery.database, 1);
  assert.equal(itemsOfKind(items, 'search')[0].body.results[0].subject, null);
  assert.equal(itemsOfKind(items, 'note')[0].body.text, `${MARKER} was seen`);
});

test('by age: results of old faces, and probes that came before the date', async (context) => {
  const gallery = await madeFilledGallery(context, people());
  const probePng = Buffer.concat([tinyPng(16, 16, 201), randomBytes(64)]);
  const made = await madeCase(gallery, 'Old', [1, 6], { png: probePng });
  const old = purgeFaces(gallery, { kind: 'age', before: 1_000 });
  assert.deepEqual([old.faces, old.caseItems], [1, 1], 'the probe came in 2026');
  const [search] = itemsOfKind(caseItems(gallery.database, made.record.id), 'search');
  assert.deepEqual(
    search.body.results.map(({ faceId }) => faceId),
    [null, 6],
  );
  assert.ok(everyByte(gallery.folder).includes(probePng));
  const all = purgeFaces(gallery, { kind: 'age', before: Date.UTC(2027, 0, 1) });
  assert.deepEqual([all.faces, all.caseItems], [5, 2]);
  assert.ok(!everyByte(gallery.folder).includes(probePng));
  assert.deepEqual(checkIntegrity(gallery, SILENT).problems, []);
});

test('a whole purge takes the cases with it', async (context) => {
  const { gallery, probePng } = await told(context, 'no-match');
  const report = purgeFaces(gallery, { kind: 'whole' });
  assert.deepEqual([report.cases, report.caseItems], [1, 5]);
  assert.deepEqual(listCases(gallery), []);
  assert.deepEqual(checkIntegrity(gallery, SILENT).problems, []);
  gallery.close();
  const after = everyByte(gallery.folder);
  assert.ok(!after.includes(MARKER) && !after.includes(probePng));
});

test('a deleted case leaves no byte of its own, and no face less', async (context) => {
  const { gallery, made, probePng } = await told(context, 'match');
  const marked = gallery.database.prepare('SELECT crop FROM faces WHERE id = 3').pluck().get() as Buffer;
  assert.deepEqual(deleteCase(gallery, made.record.id), {
    cases: 1,
    caseItems: 5,
    caseCrops: 4,
    mentions: 0,
  });
  assert.throws(() => deleteCase(gallery, made.record.id), { code: 'not-found' });
  const after = everyByte(gallery.folder);
  assert.ok(!after.includes(probePng) && !after.includes('somebody else'));
  gallery.crops.read(marked);
  assert.deepEqual(checkIntegrity(gallery, SILENT).problems, []);
});

test('copies that migrations left beside the file go with the first purge', async (context) => {
  const { gallery } = await told(context, 'match');
  const copy = join(gallery.folder, 'gallery.sqlite.version-1.backup');
  writeFileSync(copy, MARKER);
  purgeFaces(gallery, { kind: 'subject', subjectId: subjectIdOf(gallery, MARKER) });
  assert.ok(!existsSync(copy));
});

test('killed after the rows: the next opening takes the crops of cases away, and no other', async (context) => {
  const { gallery, probePng } = await told(context, 'match');
  const { sweep } = gallery.crops;
  gallery.crops.sweep = () => {
    throw new Error('killed');
  };
  const rule = { kind: 'subject', subjectId: subjectIdOf(gallery, MARKER) } as const;
  assert.throws(() => purgeFaces(gallery, rule), /killed/);
  gallery.crops.sweep = sweep;
  gallery.close();
  assert.ok(everyByte(gallery.folder).includes(probePng));
  const again = Gallery.open(gallery.folder, madeActing());
  assert.ok(!everyByte(gallery.folder).includes(probePng));
  assert.deepEqual(checkIntegrity(again, SILENT).problems, []);
  again.close();
});
