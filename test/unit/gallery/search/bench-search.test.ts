import assert from 'node:assert/strict';
import { test } from 'node:test';
import { benchSearch } from '../../../../src-main/gallery/search/bench-search.ts';
import { usearchFlat } from '../../../../src-main/gallery/search/usearch-flat.ts';

test('the benchmark measures ours beside the baseline', async () => {
  const result = await benchSearch({
    rows: 3000,
    dimension: 128,
    threads: 2,
    batch: 6,
    rounds: 3,
    seed: 1,
    baseline: usearchFlat(2),
  });
  assert.equal(result.name, 'search');
  assert.equal(result.unit, 'ms');
  assert.equal(result.median, result.exact.oneProbe.median);
  assert.equal(result.baseline?.name, 'usearch exactSearch');
  assert.equal(result.ratio, (result.baseline?.median ?? 0) / result.median);
  assert.equal(result.compact.recall, 1);
  for (const timing of [
    result.exact.oneProbe,
    result.exact.batch,
    result.compact.oneProbe,
    result.compact.batch,
    result.filtered,
    result.addedFound,
  ]) {
    assert.ok(timing.median > 0 && timing.fastest <= timing.median && timing.median <= timing.slowest);
  }
  assert.ok(result.peakRssMb > 0);
});
