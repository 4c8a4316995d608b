import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCapturedAt } from '../../../../src-main/datasets/sources/captured-at.ts';

test('dates and times of ISO 8601, UTC where no zone is given', () => {
  for (const [text, expected] of [
    ['2026-01-31', '2026-01-31T00:00:00.000Z'],
    ['2026-01-31T23:59', '2026-01-31T23:59:00.000Z'],
    ['2026-01-31 23:59:58', '2026-01-31T23:59:58.000Z'],
    ['2026-01-31T23:59:58.1239Z', '2026-01-31T23:59:58.123Z'],
    ['2026-01-31T23:59:58,5+01:00', '2026-01-31T22:59:58.500Z'],
    ['2026-01-31T23:59:58-0530', '2026-02-01T05:29:58.000Z'],
    ['2024-02-29', '2024-02-29T00:00:00.000Z'],
  ]) {
    assert.equal(new Date(parseCapturedAt(text) as number).toISOString(), expected, text);
  }
});

test('anything else, and days that no calendar has, is null', () => {
  for (const text of [
    '',
    'yesterday',
    '31.01.2026',
    '2026-02-29',
    '2026-13-01',
    '2026-01-01T25:00',
    '1769903999',
  ])
    assert.equal(parseCapturedAt(text), null, text);
});
