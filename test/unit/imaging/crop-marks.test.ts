// Landmarks in an aligned crop: where the template has them, wherever the face lay in its picture.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ARCFACE_TEMPLATE } from '../../../src-main/imaging/align.ts';
import { cropMarks } from '../../../src-main/imaging/crop-marks.ts';
import type { FiveLandmarks } from '../../../src-main/imaging/landmarks.ts';

test('a face of the template’s own shape, twice as large, turned and moved, has its marks where the template has them', () => {
  // A quarter turn: (x, y) → (−y, x), then twice as large and moved.
  const turned = ARCFACE_TEMPLATE.map(({ x, y }) => ({
    x: 300 - 2 * y,
    y: 40 + 2 * x,
  })) as unknown as FiveLandmarks;
  for (const [at, { x, y }] of cropMarks(turned).entries()) {
    assert.ok(Math.abs(x - (ARCFACE_TEMPLATE[at].x + 0.5) / 112) < 1e-9);
    assert.ok(Math.abs(y - (ARCFACE_TEMPLATE[at].y + 0.5) / 112) < 1e-9);
  }
});

test('what departs from the template is seen to: a nose pulled aside lies aside', () => {
  const aside = ARCFACE_TEMPLATE.map((point, at) =>
    at === 2 ? { x: point.x + 10, y: point.y } : point,
  ) as unknown as FiveLandmarks;
  const [, , nose] = cropMarks(aside);
  // The other four hold the face back, so the crop moves by a fifth of it at most.
  assert.ok(nose.x > (ARCFACE_TEMPLATE[2].x + 0.5 + 7) / 112);
});
