// Overlap measures and suppression on boxes small enough to work by hand.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  intersectionOverSmaller,
  intersectionOverUnion,
  suppressOverlaps,
} from '../../../src-main/imaging/box.ts';

const LIMITS = { union: 0.4, smaller: 0.7 };

test('overlap measures', () => {
  const square = { x: 0, y: 0, width: 10, height: 10 };
  const shifted = { x: 5, y: 0, width: 10, height: 10 };
  const inner = { x: 2, y: 2, width: 5, height: 4 };
  assert.equal(intersectionOverUnion(square, shifted), 50 / 150);
  assert.equal(intersectionOverUnion(square, square), 1);
  assert.equal(intersectionOverUnion(square, { x: 10, y: 0, width: 5, height: 5 }), 0);
  assert.equal(intersectionOverUnion(square, inner), 20 / 100);
  assert.equal(intersectionOverSmaller(square, inner), 1);
  assert.equal(intersectionOverSmaller(square, { ...inner, width: 0 }), 0);
});

test('of overlapping boxes the surest stays; neighbours and far boxes stay', () => {
  const boxes = [
    { x: 0, y: 0, width: 10, height: 10, score: 0.8 },
    { x: 1, y: 0, width: 10, height: 10, score: 0.9 },
    { x: 9, y: 0, width: 10, height: 10, score: 0.7 },
    { x: 100, y: 0, width: 10, height: 10, score: 0.95 },
  ];
  // The third shares 2 × 10 with the second: 20 / 180 of the union, 0.2 of the smaller.
  assert.deepEqual(
    suppressOverlaps(boxes, LIMITS).map((box) => box.x),
    [100, 1, 9],
  );
});

test('a box inside a better one goes, though the union is large', () => {
  const outer = { x: 0, y: 0, width: 30, height: 30, score: 0.9 };
  const inner = { x: 5, y: 5, width: 8, height: 8, score: 0.8 };
  assert.deepEqual(suppressOverlaps([inner, outer], LIMITS), [outer]);
});
