// Exports and imports of a gallery through the command line: round trip, killed anywhere, out of disk.

import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, statSync, watch } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Rng } from '../../src-main/common/rng.ts';
import { saveNetwork } from '../../src-main/engine/models/student-file.ts';
import { glimpse, glimpseFailure, glimpseJson } from '../support/glimpse.ts';
import { makeIdentityFolders } from '../support/made-faces.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { tinyNetwork } from '../support/tiny-network.ts';

interface Bench {
  readonly folder: string;
  readonly faces: string;
  readonly model: string;
  readonly options: { readonly home: string };
}

async function setUp(context: TestContext, identities: number): Promise<Bench> {
  const folder = await temporaryFolder(context);
  const bench = {
    folder,
    faces: join(folder, 'faces'),
    model: join(folder, 'tiny.glimpse'),
    options: { home: join(folder, 'home') },
  };
  await makeIdentityFolders(bench.faces, { identities, images: 2 });
  await saveNetwork(bench.model, tinyNetwork(3));
  await glimpseJson(['gallery', 'create', 'door'], bench.options);
  const enrol = ['gallery', 'enrol', 'door', bench.faces, '--crops', '--model', bench.model];
  await glimpseJson(enrol, bench.options);
  return bench;
}

/** Kills the process once `folder` has seen so many changes anywhere below entries that match. */
function killAfter(folder: string, changes: number): { onStart: (child: ChildProcess) => void } {
  return {
    onStart: (child) => {
      let left = changes;
      const watcher = watch(folder, { recursive: true }, (_, name) => {
        if (!/partial|\.gallery/.test(String(name)) || --left > 0) return;
        watcher.close();
        child.kill('SIGKILL');
      });
      child.once('exit', () => watcher.close());
    },
  };
}

test('exported, imported, searched: the same answers with the same meaning', async (context) => {
  const { folder, faces, model, options } = await setUp(context, 22);
  await glimpseJson(['gallery', 'recheck', 'door'], options);
  const target = join(folder, 'door.zip');
  const exported = await glimpseJson(['gallery', 'export', 'door', target], options);
  assert.equal(exported.faces, 44);
  const imported = await glimpseJson(['gallery', 'import', target, 'again'], options);
  assert.deepEqual([imported.faces, imported.subjects, imported.gallery], [44, 22, 'again']);
  const probe = join(faces, 'person-03', '1.png');
  const search = (gallery: string): string[] => [
    'gallery',
    'search',
    gallery,
    probe,
    '--crops',
    '--model',
    model,
  ];
  const [first, second] = await Promise.all([
    glimpseJson(search('door'), options),
    glimpseJson(search('again'), options),
  ]);
  assert.ok((first.results as { fmrInterval: object | null }[])[0].fmrInterval !== null);
  assert.deepEqual({ ...second, gallery: 'door' }, first);
  const into = await glimpseJson(['gallery', 'import', target, '--into', 'again'], options);
  assert.deepEqual([into.faces, into.duplicates], [0, 44]);
  assert.deepEqual((await glimpseJson(['gallery', 'verify', 'again'], options)).problems, []);
  const { code, out } = await glimpse(['gallery', 'import', target, 'third'], options);
  assert.equal(code, 0);
  assert.match(out, /^third: 44 faces of 44 files and 22 new subjects imported\n/);
});

test('refusals are one sentence with the mend', async (context) => {
  const { folder, options } = await setUp(context, 1);
  const target = join(folder, 'out');
  await glimpseJson(['gallery', 'export', 'door', target], options);
  const usage = { code: 'bad-usage', exitCode: 2 };
  const taken = await glimpseFailure(['gallery', 'export', 'door', target], options, usage);
  assert.match(taken, /out exists already: name another place, or add --force to replace it/);
  const nameless = await glimpseFailure(['gallery', 'import', target], options, usage);
  assert.match(nameless, /import needs the name of a new gallery, or --into one/);
  const there = await glimpseFailure(['gallery', 'import', target, 'door'], options, usage);
  assert.match(there, /door\.gallery exists already: name another gallery, or import --into it/);
  const nothing = await glimpseFailure(['gallery', 'import', join(folder, 'none'), 'x'], options, {
    code: 'not-found',
  });
  assert.match(nothing, /none does not exist/);
  const leading = await glimpseFailure(['gallery', 'import', target, '..'], options, usage);
  assert.match(leading, /a gallery's name is letters, digits/);
});

test('killed anywhere, an export or import leaves nothing under its name, and the next one sweeps', async (context) => {
  const { folder, options } = await setUp(context, 20);
  const out = join(folder, 'exports');
  mkdirSync(out);
  const galleries = join(options.home, 'galleries');
  let kills = 0;
  for (let seed = 0; seed < 6; seed++) {
    const rng = Rng.seeded(seed);
    const target = join(out, `e${seed}${seed % 2 === 0 ? '' : '.zip'}`);
    const exporting = ['gallery', 'export', 'door', target];
    const exported = await glimpse(exporting, { ...options, ...killAfter(out, 1 + rng.int(40)) });
    if (exported.signal === 'SIGKILL') kills++;
    if (existsSync(target)) await glimpseJson(['gallery', 'import', target, `check-${seed}`], options);
    else await glimpseJson(exporting, options);
    const importing = ['gallery', 'import', target, `g${seed}`];
    const imported = await glimpse(importing, { ...options, ...killAfter(galleries, 1 + rng.int(120)) });
    if (imported.signal === 'SIGKILL') kills++;
    const { problems } = await glimpseJson(['gallery', 'list'], options);
    assert.deepEqual(problems, []);
    if (!existsSync(join(galleries, `g${seed}.gallery`))) await glimpseJson(importing, options);
    const { faces, problems: found } = await glimpseJson(['gallery', 'verify', `g${seed}`], options);
    assert.deepEqual([faces, found], [40, []], `seed ${seed}`);
    const left = [...readdirSync(out), ...readdirSync(galleries)].filter((name) =>
      /partial|former/.test(name),
    );
    assert.deepEqual(left, [], `seed ${seed}`);
  }
  assert.ok(kills >= 4, `${kills} of 12 were killed before they were done`);
});

test('killed while it imports into a gallery: the gallery is as before, and whole', async (context) => {
  const { folder, faces, model, options } = await setUp(context, 12);
  await glimpseJson(['gallery', 'export', 'door', join(folder, 'whole')], options);
  await glimpseJson(['gallery', 'create', 'target'], options);
  const own = join(faces, 'person-00');
  await glimpseJson(['gallery', 'enrol', 'target', own, '--crops', '--model', model], options);
  const target = join(options.home, 'galleries', 'target.gallery');
  let kills = 0;
  for (let seed = 0; seed < 4; seed++) {
    const words = ['gallery', 'import', join(folder, 'whole'), '--into', 'target'];
    const left = 1 + Rng.seeded(seed).int(70);
    const { signal } = await glimpse(words, {
      ...options,
      ...killAfter(join(options.home, 'galleries'), left),
    });
    const { faces: count, problems } = await glimpseJson(['gallery', 'verify', 'target'], options);
    assert.deepEqual(problems, []);
    assert.ok(count === 24 || (count === 2 && signal === 'SIGKILL'), `${count} faces, ${signal}`);
    const crops = readdirSync(join(target, 'crops'), { recursive: true, withFileTypes: true });
    assert.equal(crops.filter((entry) => entry.isFile()).length, count, 'no crop without a face');
    if (signal === 'SIGKILL') kills++;
    if (count === 24) break;
  }
  assert.ok(kills >= 1, 'none was killed before it was done');
});

test('a full disk stops each in one sentence and leaves nothing', async (context) => {
  const { folder, options } = await setUp(context, 12);
  await glimpseJson(['gallery', 'export', 'door', join(folder, 'whole.zip')], options);
  const { size } = statSync(join(folder, 'whole.zip'));
  const largestFileKib = Math.floor(size / 1024 / 3);
  const out = join(folder, 'out');
  const full = { ...options, largestFileKib };
  const zip = await glimpseFailure(['gallery', 'export', 'door', join(out, 'x.zip')], full, {
    code: 'disk-full',
  });
  assert.match(zip, /no space left to write .*x\.zip/);
  // Every single file of the folder is small: only a limit below a crop stops it.
  const tight = { ...options, largestFileKib: 20 };
  const into = await glimpseFailure(['gallery', 'import', join(folder, 'whole.zip'), 'full'], tight, {
    code: 'disk-full',
  });
  assert.match(into, /no space left to write/);
  assert.deepEqual(readdirSync(out), []);
  assert.deepEqual(readdirSync(join(options.home, 'galleries')), ['door.gallery']);
});
