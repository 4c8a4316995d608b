import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Rng } from '../../../../src-main/common/rng.ts';
import { IdIndex } from '../../../../src-main/gallery/search/id-index.ts';
import { MOST_ID } from '../../../../src-main/gallery/search/row-attributes.ts';

test('does what a Map does, growing and shrinking', () => {
  const rng = Rng.seeded(1);
  const index = new IdIndex();
  const expected = new Map<number, number>();
  // Ids close together and far apart, more deletions than insertions in the second half.
  for (let step = 0; step < 40_000; step++) {
    const id = rng.next() < 0.5 ? rng.int(3000) : rng.int(3000) * 1_000_003;
    if (rng.next() < (step < 20_000 ? 0.7 : 0.3)) {
      index.set(id, step);
      expected.set(id, step);
    } else {
      assert.equal(index.delete(id), expected.delete(id));
    }
    assert.equal(index.size, expected.size);
  }
  assert.ok(expected.size > 500);
  for (let id = 0; id < 3000; id++) {
    assert.equal(index.get(id), expected.get(id) ?? -1);
    assert.equal(index.get(id * 1_000_003), expected.get(id * 1_000_003) ?? -1);
  }
});

test('holds the smallest and the largest id and row', () => {
  const index = new IdIndex();
  index.set(0, MOST_ID);
  index.set(MOST_ID, 0);
  assert.equal(index.get(0), MOST_ID);
  assert.equal(index.get(MOST_ID), 0);
  assert.equal(index.get(1), -1);
});
