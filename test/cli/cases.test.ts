// A case through the command line: searches put into it, decisions, an export that shows them, and its end.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { saveNetwork } from '../../src-main/engine/models/student-file.ts';
import { glimpse, glimpseFailure, glimpseJson } from '../support/glimpse.ts';
import { makeIdentityFolders } from '../support/made-faces.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { tinyNetwork } from '../support/tiny-network.ts';

interface Item {
  readonly id: number;
  readonly kind: string;
  readonly body: {
    readonly results?: readonly Record<string, unknown>[];
    readonly parameters?: Record<string, unknown>;
    readonly verdict?: string;
    readonly supersedes?: number | null;
  };
}

const TITLE = `The door's "case" <b>; DROP TABLE cases;--`;

test('search --case, decide, close, export, delete', async (context) => {
  const folder = await temporaryFolder(context);
  const options = { home: join(folder, 'home') };
  const [faces, model] = [join(folder, 'faces'), join(folder, 'tiny.glimpse')];
  await makeIdentityFolders(faces, { identities: 24, images: 2 });
  await saveNetwork(model, tinyNetwork(3));
  const probe = join(folder, 'person-07-probe.png');
  await rename(join(faces, 'person-07', '1.png'), probe);
  await glimpseJson(['gallery', 'create', 'door'], options);
  await glimpseJson(['gallery', 'enrol', 'door', faces, '--crops', '--model', model], options);
  const search = [
    'gallery',
    'search',
    'door',
    probe,
    '--crops',
    '--model',
    model,
    '--by',
    'face',
    '--count',
    '5',
  ];
  const json = (...words: string[]): Promise<Record<string, unknown>> => glimpseJson(words, options);
  const itemsOf = async (): Promise<readonly Item[]> =>
    (await json('case', 'show', 'door', '1')).items as Item[];

  await context.test('a case is made, listed, and found by title or number', async () => {
    const made = await json('case', 'create', 'door', TITLE, '--note', 'why it was opened');
    assert.deepEqual([made.id, made.title, made.state], [1, TITLE, 'open']);
    const [listed] = (await json('case', 'list', 'door')).cases as Record<string, unknown>[];
    assert.deepEqual([listed.id, listed.items, listed.searches], [1, 1, 0]);
    const none = await glimpseFailure(['case', 'show', 'door', 'Nope'], options, { code: 'not-found' });
    assert.match(none, /door has no case "Nope": see `glimpse case list door`/);
    const again = await glimpseFailure(['case', 'create', 'door', TITLE], options, {
      code: 'bad-usage',
      exitCode: 2,
    });
    assert.match(again, /already: number 1/);
  });

  await context.test('a search goes into it with parameters and results as they were printed', async () => {
    const unmeasured = await json(...search, '--case', TITLE);
    assert.deepEqual(unmeasured.case, { id: 1, probeItem: 2, searchItem: 3 });
    await json('gallery', 'recheck', 'door');
    const report = await json(...search, '--case', '1');
    assert.deepEqual(report.case, { id: 1, probeItem: 2, searchItem: 4 }, 'the probe is there already');
    const items = await itemsOf();
    assert.deepEqual(
      items.map(({ kind }) => kind),
      ['note', 'probe', 'search', 'search'],
    );
    const kept = (items[3].body.results ?? []).map(({ crop, ...result }) => {
      assert.match(String(crop), /^[0-9a-f]{64}$/);
      return result;
    });
    assert.deepEqual(kept, report.results);
    const { by, count, space } = items[3].body.parameters ?? {};
    assert.deepEqual([by, count, space], ['face', 5, report.space]);
    assert.ok(kept.every(({ measuredOn }) => (measuredOn as { pairs: number }).pairs > 0));
    const nowhere = await glimpseFailure([...search, '--case', '9'], options, { code: 'not-found' });
    assert.match(nowhere, /door has no case "9"/);
  });

  await context.test('decisions supersede and are withdrawn', async () => {
    const decide = ['case', 'decide', 'door', '1'];
    const first = await json(...decide, 'match', '--rank', '1', '--note', 'the same scar');
    await json(...decide, 'inconclusive', '--rank', '1', '--search', '4');
    await json(...decide, 'withdrawn', '--rank', '1');
    await json(...decide, 'match', '--rank', '2', '--search', '3');
    const decisions = (await itemsOf()).filter(({ kind }) => kind === 'decision');
    assert.deepEqual(
      decisions.map(({ body }) => [body.verdict, body.supersedes]),
      [
        ['match', null],
        ['inconclusive', first.item],
        ['withdrawn', (first.item as number) + 1],
        ['match', null],
      ],
    );
    const wrong = await glimpseFailure([...decide, 'maybe', '--rank', '1'], options, {
      code: 'bad-usage',
      exitCode: 2,
    });
    assert.match(wrong, /maybe/);
    const none = await glimpseFailure([...decide, 'match', '--rank', '77'], options, { code: 'not-found' });
    assert.match(none, /none of rank 77/);
  });

  await context.test('closed it takes nothing, not even a search, and none is run for it', async () => {
    await json('case', 'note', 'door', '1', 'closing words');
    await json('case', 'close', 'door', '1');
    const refused = await glimpseFailure([...search, '--case', '1'], options, {
      code: 'bad-usage',
      exitCode: 2,
    });
    assert.match(refused, /case 1 is closed: `glimpse case reopen` first/);
    await json('case', 'reopen', 'door', '1');
  });

  await context.test('the export can be read without the gallery, checked without Glimpse', async () => {
    // Whatever becomes of the probe's file: the case has its own crop.
    rmSync(probe);
    const target = join(folder, 'export');
    const report = await json('case', 'export', 'door', '1', target);
    execFileSync('sha256sum', ['-c', '--quiet', 'SHA256SUMS'], { cwd: target });
    const page = readFileSync(join(target, 'case.html'), 'utf8');
    assert.ok(page.includes('The door&#39;s &quot;case&quot; &lt;b&gt;; DROP TABLE cases;--'));
    assert.doesNotMatch(page, /<b>|<script/);
    // 1 probe of the note's case, 2 searches of 5 results: each shown, at a whole-number scale.
    const pictures = [
      ...page.matchAll(/<img src="data:image\/png;base64,[^"]+" width="(\d+)" height="(\d+)"/g),
    ];
    assert.equal(pictures.length, 11);
    assert.ok(pictures.every(([, width, height]) => width === '112' && height === '112'));
    assert.equal(page.match(/FMR not measured/g)?.length, 5);
    assert.ok(
      (page.match(/measured on \d+ pairs of \d+ different people of this gallery/g)?.length ?? 0) === 5,
    );
    const { head } = await json('audit', 'verify', 'door');
    const told = JSON.parse(readFileSync(join(target, 'case.json'), 'utf8'));
    assert.equal(told.items.length, 9);
    assert.equal(told.audit.entries.at(-1).action, 'case.exported');
    assert.equal(told.audit.entries.at(-1).hash, told.audit.head);
    assert.ok(page.includes(told.audit.head));
    assert.equal(told.audit.head, head);
    const crops = await readdir(join(target, 'crops'));
    assert.equal(report.files, crops.length + 2);
    const taken = await glimpseFailure(['case', 'export', 'door', '1', target], options, {
      code: 'bad-usage',
      exitCode: 2,
    });
    assert.match(taken, /exists already: name another place, or add --force/);
    await json('case', 'export', 'door', '1', target, '--force');
    await json('case', 'export', 'door', '1', join(folder, 'export.zip'));
  });

  await context.test('a purge of the person reaches the case; verify and backup know it', async () => {
    await json('gallery', 'backup', 'door', join(folder, 'copy.gallery'));
    const copy = await json('gallery', 'verify', join(folder, 'copy.gallery'));
    assert.deepEqual([copy.cases, copy.problems], [1, []]);
    const purged = await json('gallery', 'purge', 'door', '--subject', 'person-07', '--yes');
    assert.ok((purged.caseItems as number) >= 2, JSON.stringify(purged));
    assert.doesNotMatch(JSON.stringify(await itemsOf()), /person-07/);
    assert.deepEqual((await json('gallery', 'verify', 'door')).problems, []);
  });

  await context.test('people read it as text; deleted it is gone', async () => {
    const { out } = await glimpse(['case', 'show', 'door', '1'], options);
    assert.match(out, /^case 1 of door: The door's "case"/);
    assert.match(out, /result 2 of search 3/);
    assert.match(out, /purged/);
    const unsure = await glimpseFailure(['case', 'delete', 'door', '1'], options, {
      code: 'bad-usage',
      exitCode: 2,
    });
    assert.match(unsure, /nothing brings a deleted case back: add --yes/);
    await json('case', 'delete', 'door', '1', '--yes');
    assert.deepEqual((await json('case', 'list', 'door')).cases, []);
    assert.deepEqual((await json('gallery', 'verify', 'door')).problems, []);
    const { entries } = (await json('audit', 'show', 'door')) as { entries: { action: string }[] };
    const cases = entries.filter(({ action }) => action.startsWith('case.'));
    assert.doesNotMatch(JSON.stringify(cases), /DROP|scar|person|probe\.png/);
    assert.equal(cases.at(-1)?.action, 'case.deleted');
  });
});
