import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflateSync } from 'node:zlib';
import { readMatFile } from '../../../../src-main/datasets/matlab/mat-file.ts';
import { readFixture } from '../../../support/fixtures.ts';

interface Fixture {
  readonly pairs: readonly (readonly string[])[];
  readonly plain: string;
  readonly compressed: string;
  readonly numbers: string;
}

const FIXTURE = readFixture<Fixture>('mat.json');
const bytesOf = (text: string): Buffer => Buffer.from(text, 'base64');

for (const form of ['plain', 'compressed'] as const) {
  test(`names of pairs, ${form}`, () => {
    const value = readMatFile(bytesOf(FIXTURE[form]), 'x.mat').get('positive_pairs_names');
    assert.ok(value?.kind === 'cell');
    assert.deepEqual([value.rows, value.columns], [3, 2]);
    const texts = value.items.map((item) => (item.kind === 'text' ? item.text : null));
    assert.deepEqual(texts, [
      ...FIXTURE.pairs.map(([left]) => left),
      ...FIXTURE.pairs.map(([, right]) => right),
    ]);
  });
}

test('numbers are passed over, and what stands behind them is found', () => {
  const variables = readMatFile(bytesOf(FIXTURE.numbers), 'x.mat');
  assert.deepEqual(Object.fromEntries(variables), { ids: { kind: 'other' }, small: { kind: 'other' } });
});

test('a variable that inflates without end is refused', () => {
  const bomb = deflateSync(Buffer.alloc(33 << 20));
  const tag = Buffer.alloc(8);
  tag.writeInt32LE(15, 0);
  tag.writeInt32LE(bomb.length, 4);
  const file = Buffer.concat([bytesOf(FIXTURE.plain).subarray(0, HEADER), tag, bomb]);
  assert.throws(() => readMatFile(file, 'x.mat'), {
    code: 'bad-dataset',
    message: /inflates to more than 33554432 bytes/,
  });
});

test('other files, cuts anywhere and lies about counts are refused', () => {
  const whole = bytesOf(FIXTURE.plain);
  const bad = { code: 'bad-dataset' };
  assert.throws(() => readMatFile(Buffer.from('no'), 'x.mat'), {
    ...bad,
    message: /^x\.mat is no little-endian MAT file of level 5/,
  });
  for (let length = 129; length < whole.length; length += 7) {
    assert.throws(() => readMatFile(whole.subarray(0, length), 'x.mat'), bad, `${length} bytes`);
  }
  const damaged = bytesOf(FIXTURE.compressed);
  damaged[140] ^= 0xff;
  assert.throws(() => readMatFile(damaged, 'x.mat'), { ...bad, message: /does not inflate/ });
  const lying = Buffer.from(whole);
  // The dimensions stand behind the matrix's tag, the array flags (16 bytes) and their own tag.
  lying.writeInt32LE(1_000_000, HEADER + 8 + 16 + 8);
  assert.throws(() => readMatFile(lying, 'x.mat'), { ...bad, message: /is cut off/ });
});

const HEADER = 128;
