import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ALL_BANDS, bandLabel, bandOf } from '../../../../src-main/evaluation/meaning/face-bands.ts';

test('bands are 1, 2–3, 4–7 and 8 or more', () => {
  assert.deepEqual([1, 2, 3, 4, 7, 8, 9, 5000].map(bandOf), [0, 1, 1, 2, 2, 3, 3, 3]);
  assert.deepEqual(ALL_BANDS.map(bandLabel), ['1', '2–3', '4–7', '8+']);
  assert.throws(() => bandOf(0), /1 face or more/);
  assert.throws(() => bandOf(Number.NaN), /1 face or more/);
});
