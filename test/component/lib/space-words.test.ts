import assert from 'node:assert/strict';
import { test } from 'node:test';
import { spaceLabel } from '../../../src-renderer/lib/space-label.ts';
import {
  backupName,
  faceBnLabel,
  points,
  rateText,
  verdictOf,
} from '../../../src-renderer/lib/space-words.ts';

test('a space is called by its model and how FaceBN adapted it', () => {
  const space = {
    side: 'lr',
    model: 'ours',
    modelDigest: 'ab'.repeat(32),
    profile: null,
    faceBn: null,
  } as const;
  const faceBn = { mode: 'pooled', gamma: 0.1, lambda: 0.5 } as const;
  assert.equal(spaceLabel(space), 'LR ours');
  assert.equal(spaceLabel({ ...space, profile: 'p', faceBn }), 'LR ours · pooled λ 0.5');
  assert.equal(spaceLabel({ ...space, model: null, profile: 'p' }), 'LR abababababab · p');
  assert.equal(faceBnLabel({ ...faceBn, mode: 'calibrated' }), 'calibrated γ 0.1');
});

test('a change says something only where its interval leaves zero out', () => {
  assert.equal(verdictOf({ low: -0.2, high: -0.01 }), 'better');
  assert.equal(verdictOf({ low: 0.01, high: 0.2 }), 'worse');
  assert.equal(verdictOf({ low: -0.2, high: 0 }), 'same');
  assert.equal(verdictOf({ low: 0, high: 0 }), 'same');
});

test('points carry their sign, and nothing carries none', () => {
  assert.deepEqual(
    [points(-0.0623), points(0.003), points(-0.0004), points(0)],
    ['−6.2', '+0.3', '0.0', '0.0'],
  );
});

test('rates keep the digits that they have', () => {
  assert.deepEqual([0.1, 0.01, 0.001, 0.0001].map(rateText), ['10 %', '1 %', '0.1 %', '0.01 %']);
});

test('a backup is named by gallery and day', () => {
  assert.equal(backupName('Hall 1', new Date('2026-11-24T23:00:00Z')), 'Hall 1-2026-11-24.gallery');
});
