// A gallery through the command line: made, filled, killed while it is filled, out of disk, filled again.

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, watch } from 'node:fs';
import { copyFile, mkdir, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Rng } from '../../src-main/common/rng.ts';
import { saveNetwork } from '../../src-main/engine/models/student-file.ts';
import { verifyAudit } from '../../src-main/gallery/audit/audit-log.ts';
import { readEmbeddings } from '../../src-main/gallery/db/queries/embedding-slices.ts';
import { listFaces } from '../../src-main/gallery/db/queries/faces.ts';
import { activeSpace } from '../../src-main/gallery/db/queries/spaces.ts';
import { Gallery } from '../../src-main/gallery/gallery.ts';
import { galleryFolder } from '../../src-main/gallery/gallery-folder.ts';
import { glimpse, glimpseFailure, glimpseJson } from '../support/glimpse.ts';
import { makeIdentityFolders } from '../support/made-faces.ts';
import { madeActing } from '../support/made-gallery.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { tinyNetwork } from '../support/tiny-network.ts';

interface Bench {
  readonly home: string;
  readonly faces: string;
  readonly model: string;
}

async function setUp(context: TestContext, identities: number, images: number): Promise<Bench> {
  const folder = await temporaryFolder(context);
  const bench = {
    home: join(folder, 'home'),
    faces: join(folder, 'faces'),
    model: join(folder, 'tiny.glimpse'),
  };
  await makeIdentityFolders(bench.faces, { identities, images });
  await saveNetwork(bench.model, tinyNetwork(3));
  return bench;
}

function enrolWords({ faces, model }: Bench, gallery: string): string[] {
  return ['gallery', 'enrol', gallery, faces, '--crops', '--model', model];
}

/** What a gallery holds, after a check that its audit chain holds, every crop is whole and every face is in the space that answers. */
function contentOf({ home }: Bench, name: string) {
  const gallery = Gallery.open(galleryFolder(home, name), madeActing());
  try {
    assert.equal(verifyAudit(gallery.database).problem, null);
    assert.equal(gallery.database.pragma('integrity_check', { simple: true }), 'ok');
    const faces = listFaces(gallery.database, { after: 0, limit: 10_000 });
    for (const face of faces) gallery.crops.read(face.crop);
    const space = activeSpace(gallery.database, 'lr');
    assert.ok(space);
    const embedded = [...readEmbeddings(gallery.database, space)];
    assert.deepEqual(
      embedded.map(({ faceId }) => faceId),
      faces.map(({ id }) => id),
    );
    return faces.map(({ subjectName, sourcePath }, at) => ({
      subjectName,
      sourcePath,
      vector: Buffer.from(embedded[at].vector.buffer).toString('hex'),
    }));
  } finally {
    gallery.close();
  }
}

test('create, enrol, list: subjects from folders, bad files named, nothing twice', async (context) => {
  const bench = await setUp(context, 6, 3);
  const options = { home: bench.home };
  assert.deepEqual(await glimpseJson(['gallery', 'list'], options), { galleries: [], problems: [] });
  await glimpseJson(['gallery', 'create', 'door'], options);
  const again = await glimpseFailure(['gallery', 'create', 'door'], options, {
    code: 'bad-usage',
    exitCode: 2,
  });
  assert.match(again, /door\.gallery already holds a gallery/);
  await writeFile(join(bench.faces, 'person-00', 'empty.jpg'), '');
  await copyFile(
    join(bench.faces, 'person-00', '0.png'),
    join(bench.faces, 'person-00', "it's; a 'copy'.png"),
  );
  await copyFile(join(bench.faces, 'person-01', '0.png'), join(bench.faces, 'person-01', 'cut.png'));
  await truncate(join(bench.faces, 'person-01', 'cut.png'), 900);
  await mkdir(join(bench.faces, 'person-02', 'deep'));
  const failures = join(bench.home, 'failures.csv');
  const report = await glimpseJson([...enrolWords(bench, 'door'), '--failures', failures], options);
  assert.deepEqual([report.faces, report.done, report.duplicate, report.failed], [18, 18, 1, 2]);
  const saved = readFileSync(failures, 'utf8').split('\r\n');
  assert.equal(saved[0], 'file,reason');
  assert.match(saved[1], /^person-00\/empty\.jpg,.*is empty/);
  assert.match(saved[2], /^person-01\/cut\.png,.*cannot be decoded/);
  const content = contentOf(bench, 'door');
  assert.equal(new Set(content.map(({ subjectName }) => subjectName)).size, 6);
  const second = await glimpseJson(enrolWords(bench, 'door'), options);
  assert.deepEqual([second.faces, second.duplicate], [0, 19]);
  assert.deepEqual(contentOf(bench, 'door'), content);
  const { galleries } = (await glimpseJson(['gallery', 'list'], options)) as { galleries: object[] };
  assert.deepEqual(galleries, [{ name: 'door', faces: 18, subjects: 6, spaces: 1 }]);
});

test('what cannot be enrolled is one sentence', async (context) => {
  const bench = await setUp(context, 1, 1);
  const options = { home: bench.home };
  const missing = await glimpseFailure(enrolWords(bench, 'none'), options, { code: 'not-found' });
  assert.match(missing, /there is no gallery none \(galleries: none\)/);
  await glimpseJson(['gallery', 'create', 'door'], options);
  const words = ['gallery', 'enrol', 'door', bench.faces];
  assert.match(
    await glimpseFailure(words, options, { code: 'bad-usage', exitCode: 2 }),
    /needs --model \(low-resolution faces\), --teacher/,
  );
  const nothing = ['gallery', 'enrol', 'door', join(bench.home, 'nothing'), '--model', bench.model];
  assert.match(
    await glimpseFailure(nothing, options, { code: 'not-found' }),
    /is neither a picture nor a folder/,
  );
  const name = await glimpseFailure(['gallery', 'create', '..'], options, { code: 'bad-usage', exitCode: 2 });
  assert.match(name, /a gallery's name is letters, digits/);
});

test('killed anywhere while it enrols, it goes on: nothing twice, nothing lost', async (context) => {
  const bench = await setUp(context, 25, 12);
  const options = { home: bench.home };
  await glimpseJson(['gallery', 'create', 'whole'], options);
  await glimpseJson(enrolWords(bench, 'whole'), options);
  const whole = contentOf(bench, 'whole');
  assert.equal(whole.length, 300);
  for (let seed = 0; seed < 6; seed++) {
    const name = `killed-${seed}`;
    await glimpseJson(['gallery', 'create', name], options);
    const crops = join(galleryFolder(bench.home, name), 'crops');
    mkdirSync(crops, { recursive: true });
    let left = 1 + Rng.seeded(seed).int(120);
    const { signal } = await glimpse(enrolWords(bench, name), {
      ...options,
      onStart: (child) => {
        // Every new folder of crops counts down to the kill.
        const watcher = watch(crops, () => {
          left--;
          if (left > 0) return;
          watcher.close();
          child.kill('SIGKILL');
        });
        child.once('exit', () => watcher.close());
      },
    });
    assert.ok(signal === 'SIGKILL' || left > 0, `seed ${seed}: killed, or done before`);
    const report = await glimpseJson(enrolWords(bench, name), options);
    assert.equal(report.todo, 0);
    assert.deepEqual(contentOf(bench, name), whole, `seed ${seed}`);
  }
});

test('a full disk stops it in one sentence, and it goes on where there is room', async (context) => {
  const bench = await setUp(context, 12, 12);
  const options = { home: bench.home };
  await glimpseJson(['gallery', 'create', 'door'], options);
  const { code, err } = await glimpse(enrolWords(bench, 'door'), { ...options, largestFileKib: 150 });
  assert.equal(code, 1);
  assert.match(err, /glimpse: no space left to write .*: free some and try again\n$/);
  await glimpseJson(enrolWords(bench, 'door'), options);
  assert.equal(contentOf(bench, 'door').length, 144);
});

test('list-faces, audit, backup, verify and purge', async (context) => {
  const bench = await setUp(context, 4, 3);
  const options = { home: bench.home };
  await glimpseJson(['gallery', 'create', 'door'], options);
  await glimpseJson(enrolWords(bench, 'door'), options);
  const page = await glimpseJson(['gallery', 'list-faces', 'door', '--limit', '5'], options);
  assert.deepEqual([(page.faces as object[]).length, page.next], [5, 5]);
  const rest = await glimpseJson(['gallery', 'list-faces', 'door', '--after', '10', '--limit', '5'], options);
  assert.deepEqual([(rest.faces as object[]).length, rest.next], [2, null]);
  const copy = join(bench.home, 'copy.gallery');
  await glimpseJson(['gallery', 'backup', 'door', copy], options);
  const unsure = await glimpseFailure(['gallery', 'purge', 'door', '--subject', 'person-01'], options, {
    code: 'bad-usage',
    exitCode: 2,
  });
  assert.match(unsure, /nothing brings purged faces back: add --yes/);
  await glimpseJson(['gallery', 'rename', 'door', 'person-03', '1'], options);
  const ambiguous = await glimpseFailure(['gallery', 'purge', 'door', '--subject', '1', '--yes'], options, {
    code: 'bad-usage',
    exitCode: 2,
  });
  assert.match(ambiguous, /"1" may be "1" \(number 4\) or "person-00" \(number 1\): write #4 or #1/);
  const purged = await glimpseJson(['gallery', 'purge', 'door', '--subject', 'person-01', '--yes'], options);
  assert.deepEqual([purged.faces, purged.left], [3, 9]);
  for (const gallery of ['door', copy]) {
    const whole = await glimpseJson(['gallery', 'verify', gallery], options);
    assert.deepEqual([whole.faces, whole.problems], [gallery === 'door' ? 9 : 12, []]);
  }
  const { entries } = (await glimpseJson(['audit', 'show', 'door'], options)) as {
    entries: { action: string }[];
  };
  assert.deepEqual(
    entries.map(({ action }) => action),
    [
      ...['gallery.created', 'enrolment.started', 'enrolment.finished', 'gallery.backed-up'],
      ...['subject.renamed', 'gallery.purged'],
    ],
  );
  assert.doesNotMatch(
    JSON.stringify(entries),
    /door|copy\.gallery|person-|\//,
    'names and paths stay out of what is never purged',
  );
  assert.equal((await glimpseJson(['audit', 'verify', 'door'], options)).problem, null);
  const { code, out } = await glimpse(['gallery', 'list-faces', 'door', '--limit', '2'], options);
  assert.equal(code, 0);
  assert.match(out, /person-00.*\n.*person-00.*\nmore: --after 2\n$/);
});
