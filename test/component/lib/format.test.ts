// Numbers and times for people.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  counted,
  daysOf,
  duration,
  figure,
  megabytes,
  memory,
  percent,
  shortPath,
} from '../../../src-renderer/lib/format.ts';

test('durations', () => {
  assert.deepEqual([0.2, 45, 89, 2040, 3600, 7500, 86_400 * 3 + 3600 * 4].map(duration), [
    '1 s',
    '45 s',
    '1 min',
    '34 min',
    '1 h 00 min',
    '2 h 05 min',
    '3 d 4 h',
  ]);
});

test('counts, shares, sizes', () => {
  assert.deepEqual(
    [counted(1, 'epoch'), counted(12_678, 'face'), counted(2, 'identity', 'identities')],
    ['1 epoch', '12,678 faces', '2 identities'],
  );
  assert.equal(percent(0.879), '87.90 %');
  assert.deepEqual([megabytes(900), megabytes(49_000_000), megabytes(3.1e9)], ['1 kB', '49.0 MB', '3.1 GB']);
  assert.deepEqual([memory(512), memory(3174)], ['512 MB', '3.1 GB']);
});

test('figures keep what matters', () => {
  assert.deepEqual([0, 0.000012, 0.05, 12.44, 160.3].map(figure), ['0', '1.2e-5', '0.050', '12.4', '160']);
});

test('a long path is cut from the left', () => {
  assert.equal(shortPath('/work/faces/train112'), '…/faces/train112');
  assert.equal(shortPath('/faces'), '/faces');
});

test('a period is its days, one where they are the same', () => {
  const at = (day: number, month: number, hour: number): number => new Date(2026, month, day, hour).getTime();
  const plain = (text: string): string => text.replace(/\s*–\s*/, '–');
  assert.equal(plain(daysOf(at(24, 10, 8), at(28, 10, 9))), '24–28 Nov 2026');
  assert.equal(plain(daysOf(at(24, 10, 8), at(24, 10, 23))), '24 Nov 2026');
});
