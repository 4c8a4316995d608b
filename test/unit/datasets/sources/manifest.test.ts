import assert from 'node:assert/strict';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { readManifest } from '../../../../src-main/datasets/sources/manifest.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

/** A folder with three pictures by name; what is in them is nobody's business here. */
async function folderWithPictures(context: TestContext): Promise<string> {
  const folder = join(await temporaryFolder(context), 'archive');
  await mkdir(join(folder, 'door'), { recursive: true });
  for (const name of ['a.jpg', 'door/b.png', 'it\'s "c".jpg']) await writeFile(join(folder, name), 'x');
  await writeFile(join(folder, '..', 'outside.jpg'), 'x');
  return folder;
}

async function write(folder: string, name: string, content: string | Buffer): Promise<string> {
  await writeFile(join(folder, name), content);
  return join(folder, name);
}

test('a CSV: columns in any order and spelling, quotes, a byte-order mark, tags', async (context) => {
  const folder = await folderWithPictures(context);
  const manifest = await write(
    folder,
    'm.csv',
    '\uFEFFSubject,PATH,captured_at,Tags,unknown column,Camera,track\r\n' +
      'Ann,a.jpg,2026-01-02T03:04:05Z,red; hat|bag,x,"Door, north",t1\r\n' +
      ',door/b.png,,,,,\r\n' +
      '"Robert\'); DROP TABLE faces;--","it\'s ""c"".jpg",2026-01-02,,,,\r\n',
  );
  const { items, leftOut } = await readManifest(manifest);
  assert.deepEqual(leftOut, []);
  assert.deepEqual(items, [
    {
      path: join(folder, 'a.jpg'),
      name: 'a.jpg',
      subject: 'Ann',
      camera: 'Door, north',
      capturedAtMs: Date.UTC(2026, 0, 2, 3, 4, 5),
      tags: ['red', 'hat', 'bag'],
      track: 't1',
    },
    {
      path: join(folder, 'door/b.png'),
      name: 'door/b.png',
      subject: null,
      camera: null,
      capturedAtMs: null,
      tags: [],
      track: null,
    },
    {
      path: join(folder, 'it\'s "c".jpg'),
      name: 'it\'s "c".jpg',
      subject: "Robert'); DROP TABLE faces;--",
      camera: null,
      capturedAtMs: Date.UTC(2026, 0, 2),
      tags: [],
      track: null,
    },
  ]);
});

test('rows that cannot be used are left out with their line, the others stay', async (context) => {
  const folder = await folderWithPictures(context);
  await symlink('../outside.jpg', join(folder, 'link.jpg'));
  const manifest = await write(
    folder,
    'm.csv',
    Buffer.concat([
      Buffer.from('path,captured-at,subject\n'),
      Buffer.from('../outside.jpg,,\nlink.jpg,,\n/etc/hostname,,\nnone.jpg,,\na.jpg,tomorrow,\n,,\n'),
      Buffer.from('a.jpg,2026-01-01\na\0.jpg,,\nm.csv,,\n'),
      Buffer.from([...Buffer.from('a.jpg,,M'), 0xfc, ...Buffer.from('ller\n')]),
      Buffer.from('a.jpg,,Müller\n'),
    ]),
  );
  const { items, leftOut } = await readManifest(manifest);
  assert.deepEqual(
    items.map(({ subject }) => subject),
    ['Müller'],
  );
  assert.deepEqual(
    leftOut.map(({ path, reason }) => `${path} ${reason}`),
    [
      "line 2: ../outside.jpg lies outside the manifest's folder",
      "line 3: link.jpg lies outside the manifest's folder",
      "line 4: /etc/hostname lies outside the manifest's folder",
      'line 5: none.jpg does not exist',
      'line 6: a.jpg has the time tomorrow, which is not ISO 8601 (2026-01-31T23:59:59Z)',
      'line 7:  has no path',
      'line 8: a.jpg has 2 fields, the header 3',
      'line 9: "a\\u0000.jpg" has a NUL byte in its path',
      'line 10: m.csv has no image ending',
      'line 11: a.jpg is not UTF-8 in its field subject',
    ],
  );
});

test('JSON, as an array or under "faces"; other types are named', async (context) => {
  const folder = await folderWithPictures(context);
  const faces = [
    { path: 'a.jpg', tags: ['red', 'hat'], camera: null },
    { path: 7 },
    'text',
    { path: 'none.jpg' },
  ];
  for (const content of [faces, { faces }]) {
    const { items, leftOut } = await readManifest(await write(folder, 'm.json', JSON.stringify(content)));
    assert.deepEqual(
      items.map(({ name, tags }) => [name, tags]),
      [['a.jpg', ['red', 'hat']]],
    );
    assert.deepEqual(
      leftOut.map(({ path, reason }) => `${path} ${reason}`),
      [
        'entry 2:  has 7 for path, expected text',
        'entry 3:  is not an object',
        'entry 4: none.jpg does not exist',
      ],
    );
  }
});

test('a file that is no manifest is one sentence with its name and the rule', async (context) => {
  const folder = await folderWithPictures(context);
  for (const [name, content, message] of [
    ['m.csv', 'file,subject\na.jpg,Ann\n', /m\.csv has no column "path" \(its columns: file, subject\)/],
    ['m.csv', '', /m\.csv is empty: expected a header with path, subject/],
    ['m.csv', 'path\n"a.jpg', /m\.csv is not a readable CSV file: Quote Not Closed/],
    ['m.json', '{"faces": 3}', /m\.json holds neither an array nor/],
    ['m.json', '[', /m\.json is not JSON/],
  ] as const) {
    await assert.rejects(readManifest(await write(folder, name, content)), { code: 'bad-dataset', message });
  }
  await assert.rejects(readManifest(join(folder, 'none.csv')), { code: 'not-found' });
  await assert.rejects(readManifest(join(folder, 'none.json')), { code: 'not-found' });
});
