// Sightings by camera on one time axis.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sightingRows } from '../../../src-renderer/lib/sightings.ts';

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
