import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { ProgressToken } from '../../../../src-main/common/progress.ts';
import { receivePackage } from '../../../../src-main/processes/exports/package-reader.ts';
import { writePackage } from '../../../../src-main/processes/exports/package-writer.ts';
import { type Files, readFolder, resealed, writeFolder, writeZip } from '../../../support/made-package.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const SILENT = ProgressToken.silent();
const OPTIONS = { format: 'glimpse-gallery', force: false, at: Date.UTC(2026, 0, 1) } as const;
const CONTENT: Readonly<Record<string, string>> = {
  'a.json': '{}',
  'deep/b.txt': 'b'.repeat(300_000),
  'deep/c.png': '',
};

function write(target: string, force = false): ReturnType<typeof writePackage> {
  return writePackage(target, { ...OPTIONS, force }, async (writer) => {
    for (const [path, content] of Object.entries(CONTENT)) await writer.add(path, content);
  });
}

/** Receives into a folder and returns what came; nothing but this folder may have been touched. */
async function receive(source: string, folder: string): Promise<Files> {
  await receivePackage(source, 'glimpse-gallery', ({ path }) => join(folder, path), SILENT);
  return readFolder(folder);
}

function expected(): Files {
  return new Map(Object.entries(CONTENT).map(([path, content]) => [path, Buffer.from(content)]));
}

async function folders(context: TestContext): Promise<{ root: string; out: string; taken: string }> {
  const root = await temporaryFolder(context);
  return { root, out: join(root, 'out'), taken: join(root, 'taken') };
}

for (const ending of ['', '.zip']) {
  test(`a ${ending || 'folder'} is written and received as it was`, async (context) => {
    const { root, out, taken } = await folders(context);
    const report = await write(`${out}${ending}`);
    assert.deepEqual([report.files, report.bytes], [3, 300_002]);
    assert.deepEqual(readdirSync(root), [`out${ending}`], 'nothing is left beside it');
    assert.deepEqual(await receive(`${out}${ending}`, taken), expected());
    await assert.rejects(write(`${out}${ending}`), { code: 'bad-usage', message: /exists already/ });
    await write(`${out}${ending}`, true);
  });
}

test('sha256sum and unzip agree', async (context) => {
  const { root, out } = await folders(context);
  await write(out);
  const said = execFileSync('sha256sum', ['-c', '--strict', 'SHA256SUMS'], { cwd: out, encoding: 'utf8' });
  assert.equal(said, 'a.json: OK\ndeep/b.txt: OK\ndeep/c.png: OK\nmanifest.json: OK\n');
  await write(`${out}.zip`);
  const script =
    'import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; z.extractall(sys.argv[2])';
  execFileSync('python3', ['-c', script, `${out}.zip`, join(root, 'unzipped')]);
  assert.deepEqual(await readFolder(join(root, 'unzipped')), await readFolder(out));
});

test('--force replaces an export of the same kind and nothing else', async (context) => {
  const { root, out } = await folders(context);
  mkdirSync(out);
  writeFileSync(join(out, 'thesis.txt'), 'years of work');
  await assert.rejects(write(out, true), { code: 'bad-usage', message: /is a folder of something else/ });
  assert.equal(readFileSync(join(out, 'thesis.txt'), 'utf8'), 'years of work');
  mkdirSync(join(root, 'x.zip'));
  await assert.rejects(write(join(root, 'x.zip'), true), {
    code: 'bad-usage',
    message: /is a folder: it is not/,
  });
});

test('what fails or is cancelled leaves nothing', async (context) => {
  const { root, out } = await folders(context);
  for (const target of [out, `${out}.zip`]) {
    const failing = writePackage(target, OPTIONS, async (writer) => {
      await writer.add('a.txt', 'a');
      async function* broken(): AsyncGenerator<Buffer> {
        yield Buffer.from('half');
        throw new Error('no more');
      }
      await writer.add('b.txt', broken());
    });
    await assert.rejects(failing, /no more/);
    assert.deepEqual(readdirSync(root), []);
  }
});

test('changed, missing and additional files are each named', async (context) => {
  const { root, out } = await folders(context);
  await write(out);
  const whole = await readFolder(out);
  const attempt = async (name: string, message: RegExp, meddle: (files: Files) => void): Promise<void> => {
    const files = new Map(whole);
    meddle(files);
    const [folder, zip] = [join(root, name), join(root, `${name}.zip`)];
    await writeFolder(folder, files);
    await writeZip(zip, files);
    for (const source of [folder, zip])
      await assert.rejects(receive(source, join(root, 'taken', source.length.toString(), name)), {
        code: 'bad-data',
        message,
      });
  };
  await attempt('changed', /was changed: a\.json is not what its manifest says/, (files) =>
    files.set('a.json', Buffer.from('[]')),
  );
  await attempt('longer', /was changed: a\.json/, (files) => files.set('a.json', Buffer.from('{} ')));
  await attempt('missing', /lacks deep\/c\.png, which its manifest names/, (files) =>
    files.delete('deep/c.png'),
  );
  await attempt('additional', /holds d\.txt, which its manifest does not name/, (files) =>
    files.set('d.txt', Buffer.from('d')),
  );
  await attempt('sums', /was changed: SHA256SUMS/, (files) => files.set('SHA256SUMS', Buffer.alloc(10)));
  await attempt('none', /has no manifest\.json: it is no export/, (files) => files.delete('manifest.json'));
  await attempt('torn', /it is no JSON/, (files) => files.set('manifest.json', Buffer.from('{"format":')));
  await attempt('foreign', /no manifest of a gallery/, (files) =>
    files.set('manifest.json', Buffer.from('{}')),
  );
});

test('a manifest of unsafe, doubled or newer things is refused before anything is read', async (context) => {
  const { root, out, taken } = await folders(context);
  await write(out);
  const entry = { path: 'a.json', bytes: 2, sha256: '0'.repeat(64) };
  const attempt = async (manifest: object, code: string, message: RegExp): Promise<void> => {
    writeFileSync(
      join(out, 'manifest.json'),
      JSON.stringify({ format: 'glimpse-gallery', version: 1, ...manifest }),
    );
    await assert.rejects(receive(out, taken), { code, message });
  };
  for (const path of ['../a', '/a', 'a/../b', 'a\\b', 'C:/a', 'a//b', './a', 'a\0b', 'a\nb', '.hidden', ''])
    await attempt(
      { files: [{ ...entry, path }] },
      'bad-data',
      /holds a file named .*: names are plain words/s,
    );
  await attempt({ files: [entry, { ...entry, path: 'A.JSON' }] }, 'bad-data', /names A\.JSON twice/);
  await attempt({ files: [{ ...entry, path: 'manifest.json' }] }, 'bad-data', /names manifest\.json twice/);
  await attempt({ files: [{ ...entry, bytes: -1 }] }, 'bad-data', /its entry 1 lacks path, bytes or sha256/);
  await attempt({ version: 3, files: [] }, 'unsupported', /has version 3, and this Glimpse knows up to 2/);
  await attempt({ files: [{ ...entry, bytes: 2 ** 52 }] }, 'disk-full', /needs 4503599627370496 bytes/);
  assert.ok(!existsSync(join(root, 'a')));
});

test('a real zip-slip archive writes nothing outside', async (context) => {
  const { root, taken } = await folders(context);
  const files = resealed(new Map([['xx/evil.txt', Buffer.from('evil')]]));
  const zip = join(root, 'slip.zip');
  for (const name of [
    '../evil.txt',
    '/abevil.txt',
    '..\\evil.txt',
    'C:/evil.txt',
    'xx\\evil.txt',
    './/evil.txt',
  ]) {
    await writeZip(zip, files, { renamed: { 'xx/evil.txt': name } });
    await assert.rejects(receive(zip, join(taken, 'deep')), { code: 'bad-data' }, name);
  }
  assert.ok(!existsSync(join(taken, 'evil.txt')) && !existsSync(join(root, 'evil.txt')));
});

test('links are refused: in a folder, in an archive, as a folder above', async (context) => {
  const { root, out, taken } = await folders(context);
  await write(out);
  symlinkSync('/etc/passwd', join(out, 'link.txt'));
  await assert.rejects(receive(out, taken), {
    code: 'bad-data',
    message: /holds link\.txt, which is a link/,
  });
  const zip = join(root, 'link.zip');
  const files = resealed(new Map([['link', Buffer.from('/etc/passwd')]]));
  await writeZip(zip, files, { modes: { link: 0o120777 } });
  await assert.rejects(receive(zip, join(root, 'taken2')), {
    code: 'bad-data',
    message: /holds link, which is a link/,
  });
});

test('an archive that would swell is refused before it does, whatever it says', async (context) => {
  const { root, taken } = await folders(context);
  const zip = join(root, 'bomb.zip');
  await writeZip(zip, resealed(new Map([['a.json', Buffer.alloc(80 * 2 ** 20)]])), { compress: true });
  await assert.rejects(receive(zip, taken), {
    code: 'bad-data',
    message: /would unpack to 83886080: no export swells/,
  });
  assert.ok(!existsSync(join(taken, 'a.json')));
});

test('an entry that holds more than the archive says ends there', async (context) => {
  const { root, taken } = await folders(context);
  const zip = join(root, 'liar.zip');
  const files = resealed(new Map([['a.json', Buffer.alloc(1000, 'a')]]));
  await writeZip(zip, files, { compress: true });
  const bytes = readFileSync(zip);
  // The size in the central directory, and the manifest's with it, become smaller than what is packed.
  const lie = Buffer.alloc(4);
  lie.writeUInt32LE(1000);
  for (let at = bytes.indexOf(lie); at >= 0; at = bytes.indexOf(lie, at + 1)) bytes.writeUInt32LE(10, at);
  writeFileSync(zip, bytes);
  await assert.rejects(receive(zip, taken), { code: 'bad-data' });
});

test('bytes that are no archive, and one cut short, are one sentence', async (context) => {
  const { root, out, taken } = await folders(context);
  await write(`${out}.zip`);
  const whole = readFileSync(`${out}.zip`);
  for (const [name, bytes] of [
    ['cut', whole.subarray(0, whole.length / 2)],
    ['text', Buffer.from('no archive')],
    ['empty', Buffer.alloc(0)],
  ] as const) {
    const path = join(root, `${name}.zip`);
    writeFileSync(path, bytes);
    await assert.rejects(
      receive(path, taken),
      { code: 'bad-data', message: /is no usable \.zip: [^\n]+$/ },
      name,
    );
  }
  await assert.rejects(receive(join(root, 'none'), taken), { code: 'not-found' });
});

test('cancelled while it is received', async (context) => {
  const { out, taken } = await folders(context);
  await write(out);
  const controller = new AbortController();
  const token = new ProgressToken(() => controller.abort(), controller.signal);
  const receiving = receivePackage(out, 'glimpse-gallery', ({ path }) => join(taken, path), token);
  await assert.rejects(receiving, { code: 'cancelled' });
});
