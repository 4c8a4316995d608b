import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { ProgressToken } from '../../../../src-main/common/progress.ts';
import { readAudit } from '../../../../src-main/gallery/audit/audit-log.ts';
import { addNote, caseItems, decide } from '../../../../src-main/gallery/cases/cases.ts';
import type { Gallery } from '../../../../src-main/gallery/gallery.ts';
import { purgeFaces } from '../../../../src-main/gallery/purge/purge.ts';
import { exportCase, writeCasePage } from '../../../../src-main/processes/exports/case-export.ts';
import { receivePackage } from '../../../../src-main/processes/exports/package-reader.ts';
import { type MadeSearch, madeCase, madeFilledGallery } from '../../../support/made-case.ts';
import { readFolder } from '../../../support/made-package.ts';

const SILENT = ProgressToken.silent();
const NAME = `<img src=x onerror=alert(1)> "'\`; ../..`;

interface Setting {
  readonly gallery: Gallery;
  readonly made: MadeSearch;
  readonly target: string;
}

async function setting(context: TestContext): Promise<Setting> {
  const people = [
    { subject: NAME, path: `/cam/${NAME}\0\n.jpg`, camera: NAME },
    { subject: 'Bo' },
    { subject: null },
  ];
  const gallery = await madeFilledGallery(context, people);
  const made = await madeCase(gallery, NAME, [1, 2, 3], { path: `/probe/${NAME}` });
  addNote(gallery, made.record.id, `${NAME}\0\n</body>`);
  decide(gallery, made.record.id, { verdict: 'match', searchItem: null, rank: 2, note: NAME });
  return { gallery, made, target: join(gallery.folder, '..', 'out') };
}

test('page, JSON and crops; nothing of what people wrote is markup', async (context) => {
  const { gallery, made, target } = await setting(context);
  await exportCase(gallery, made.record, target, { force: false }, SILENT);
  const files = await readFolder(target);
  const page = String(files.get('case.html'));
  // The page's own pictures alone: the probe and three results, each with its bytes in it.
  assert.equal(page.match(/<img /g)?.length, 4);
  assert.equal(page.match(/<img src="data:image\/png;base64,/g)?.length, 4);
  assert.equal(page.match(/<\/body>/g)?.length, 1);
  assert.ok(!page.includes('\0'));
  const told = JSON.parse(String(files.get('case.json')));
  assert.deepEqual(told.items, JSON.parse(JSON.stringify(caseItems(gallery.database, made.record.id))));
  assert.equal(told.case.title, NAME);
  assert.equal(told.audit.problem, null);
  const crops = [...files.keys()].filter((path) => path.startsWith('crops/'));
  assert.equal(crops.length, 4);
  assert.ok(crops.includes(`crops/${made.probeCrop.toString('hex')}.png`));
  assert.doesNotMatch(JSON.stringify(readAudit(gallery.database).at(-1)), /img|out/);
});

test('the page that becomes a PDF is the page of the package, and an export in the log', async (context) => {
  const { gallery, made, target } = await setting(context);
  await writeCasePage(gallery, made.record, `${target}.html`);
  const page = readFileSync(`${target}.html`, 'utf8');
  assert.equal(page.match(/<img src="data:image\/png;base64,/g)?.length, 4);
  assert.match(page, /case\.exported/);
  assert.equal(readAudit(gallery.database).at(-1)?.action, 'case.exported');
});

test('the audit extract can be checked by hand', async (context) => {
  const { gallery, made, target } = await setting(context);
  await exportCase(gallery, made.record, target, { force: false }, SILENT);
  const { audit } = JSON.parse(readFileSync(join(target, 'case.json'), 'utf8'));
  assert.deepEqual(
    audit.entries.map(({ action }: { action: string }) => action),
    [
      'case.created',
      'case.probe-added',
      'case.search-added',
      'case.note-added',
      'case.decision-added',
      'case.exported',
    ],
  );
  for (const { sequence, at, actor, action, body, previous, hash } of audit.entries) {
    const digest = createHash('sha256').update(Buffer.from(previous, 'hex'));
    assert.equal(digest.update(JSON.stringify([sequence, at, actor, action, body])).digest('hex'), hash);
  }
});

test('a .zip holds the same, and is no gallery', async (context) => {
  const { gallery, made, target } = await setting(context);
  const zip = `${target}.zip`;
  await exportCase(gallery, made.record, zip, { force: false }, SILENT);
  const taken = `${target}-taken`;
  const { manifest } = await receivePackage(zip, 'glimpse-case', ({ path }) => join(taken, path), SILENT);
  assert.deepEqual([...(await readFolder(taken)).keys()].sort(), [...manifest.files.keys()].sort());
  await assert.rejects(
    receivePackage(zip, 'glimpse-gallery', ({ path }) => join(taken, path), SILENT),
    { code: 'bad-data', message: /has no manifest of a gallery that Glimpse has exported/ },
  );
});

test('after a purge the export shows that something was there, and not what', async (context) => {
  const { gallery, made, target } = await setting(context);
  purgeFaces(gallery, { kind: 'subject', subjectId: 2 });
  await exportCase(gallery, made.record, target, { force: false }, SILENT);
  const files = await readFolder(target);
  assert.match(String(files.get('case.html')), /purged \(purge record 1\)/);
  assert.match(String(files.get('case.html')), /Picture and path were purged \(purge record 1\)/);
  assert.equal([...files.keys()].filter((path) => path.startsWith('crops/')).length, 2);
});

test('a damaged crop is one sentence, and nothing is left', async (context) => {
  const { gallery, made, target } = await setting(context);
  gallery.crops.remove(made.probeCrop);
  await assert.rejects(exportCase(gallery, made.record, target, { force: false }, SILENT), {
    code: 'not-found',
    message: /is missing: restore the gallery's crops folder from a backup/,
  });
  assert.deepEqual(readdirSync(join(gallery.folder, '..')), ['made.gallery']);
});
