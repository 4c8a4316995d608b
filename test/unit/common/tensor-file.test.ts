import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadTensorFile, type StoredTensor, saveTensorFile } from '../../../src-main/common/tensor-file.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const FILE = {
  kind: 'sample',
  header: { name: 'größe\nzwei', list: [1, 2.5, null] },
  tensors: new Map<string, StoredTensor>([
    ['scalar', { shape: [], values: Float32Array.of(-0) }],
    ['empty', { shape: [0, 3], values: new Float32Array(0) }],
    [
      'matrix',
      { shape: [2, 2], values: Float32Array.of(1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** -149) },
    ],
  ]),
};

test('what was saved is loaded: header, order, shapes and every bit of the values', async (context) => {
  const path = join(await temporaryFolder(context), 'file');
  await saveTensorFile(path, FILE);
  const loaded = await loadTensorFile(path, 'sample');
  assert.deepEqual(loaded, FILE);
  assert.deepEqual([...loaded.tensors.keys()], ['scalar', 'empty', 'matrix']);
  assert.ok(Object.is(loaded.tensors.get('scalar')?.values[0], -0));
});

test('a view into a larger buffer is written alone', async (context) => {
  const path = join(await temporaryFolder(context), 'file');
  const values = Float32Array.of(1, 2, 3, 4).subarray(1, 3);
  await saveTensorFile(path, { ...FILE, tensors: new Map([['view', { shape: [2], values }]]) });
  assert.deepEqual((await loadTensorFile(path, 'sample')).tensors.get('view')?.values, Float32Array.of(2, 3));
});

test('the layout is the documented one', async (context) => {
  const path = join(await temporaryFolder(context), 'file');
  const tensors = new Map([['x', { shape: [1], values: Float32Array.of(1.5) }]]);
  await saveTensorFile(path, { kind: 'k', header: 7, tensors });
  const body = Buffer.concat([
    Buffer.from('glimpse-tensors 1\n{"kind":"k","header":7,"tensors":[{"name":"x","shape":[1]}]}\n'),
    Buffer.from([0, 0, 0xc0, 0x3f]),
  ]);
  const expected = Buffer.concat([body, createHash('sha256').update(body).digest()]);
  assert.deepEqual(await readFile(path), expected);
});

test('every truncation and every flipped byte is bad-checkpoint and names the file', async (context) => {
  const path = join(await temporaryFolder(context), 'some.file');
  await saveTensorFile(path, FILE);
  const whole = await readFile(path);
  const damaged = [
    ...Array.from(whole, (_, length) => whole.subarray(0, length)),
    ...Array.from(whole, (_, at) => {
      const copy = Buffer.from(whole);
      copy[at] ^= 1;
      return copy;
    }),
    Buffer.concat([whole, Buffer.of(0)]),
  ];
  for (const bytes of damaged) {
    await writeFile(path, bytes);
    await assert.rejects(loadTensorFile(path, 'sample'), {
      name: 'GlimpseError',
      code: 'bad-checkpoint',
      message: /some\.file is not a usable sample file: /,
    });
  }
});

test('another kind says which; an absent file and a folder are not-found', async (context) => {
  const folder = await temporaryFolder(context);
  const path = join(folder, 'file');
  await saveTensorFile(path, FILE);
  await assert.rejects(loadTensorFile(path, 'network'), {
    code: 'bad-checkpoint',
    message: /it holds a sample/,
  });
  await assert.rejects(loadTensorFile(join(folder, 'none'), 'sample'), {
    code: 'not-found',
    message: /none does not exist/,
  });
  await assert.rejects(loadTensorFile(folder, 'sample'), {
    code: 'not-found',
    message: /cannot be read: EISDIR/,
  });
});

test('values that do not fill their shape are a bug, not a file', async (context) => {
  const path = join(await temporaryFolder(context), 'file');
  const tensors = new Map([['x', { shape: [2, 2], values: new Float32Array(3) }]]);
  await assert.rejects(saveTensorFile(path, { ...FILE, tensors }), /x has 3 values for shape \[2, 2\]/);
  await assert.rejects(readFile(path), { code: 'ENOENT' });
});
