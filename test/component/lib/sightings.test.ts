// Sightings by camera on one time axis.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sightingRows, spanOf } from '../../../src-renderer/lib/sightings.ts';

test('cameras by first sighting, shares of the whole time, one mark for frames of a moment', () => {
  const seen = [
    { camera: 'yard', capturedAt: 500_000 },
    { camera: 'hall', capturedAt: 0 },
    { camera: 'hall', capturedAt: 100 },
    { camera: null, capturedAt: 1_000_000 },
    { camera: 'yard', capturedAt: null },
  ];
  const found = sightingRows(seen, 'no camera');
  assert.deepEqual(
    found?.rows.map(({ camera, at }) => [camera, ...at.map(({ share }) => share)]),
    [
      ['hall', 0],
      ['yard', 0.5],
      ['no camera', 1],
    ],
  );
  assert.deepEqual([found?.first, found?.last], [0, 1_000_000]);
});

test('without a time there is nothing to draw; one time stands in the middle', () => {
  assert.equal(sightingRows([{ camera: 'hall', capturedAt: null }], 'none'), null);
  assert.equal(sightingRows([{ camera: 'hall', capturedAt: 7 }], 'none')?.rows[0].at[0].share, 0.5);
});

test('a span names its day once where it ends on the same', () => {
  const at = (day: number, hour: number): number => new Date(2026, 2, day, hour, 5).getTime();
  assert.equal(spanOf(at(3, 8), at(3, 9)), '3 Mar 26, 08:05 – 09:05');
  assert.equal(spanOf(at(3, 8), at(4, 9)), '3 Mar 26, 08:05 – 4 Mar 26, 09:05');
  assert.equal(spanOf(at(3, 8), at(3, 8)), '3 Mar 26, 08:05');
  assert.equal(spanOf(null, at(3, 8)), null);
});
