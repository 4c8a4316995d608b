import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Rng } from '../../../src-main/common/rng.ts';
import {
  clopperPearson,
  clusteredRate,
  effectiveInterval,
} from '../../../src-main/evaluation/count-intervals.ts';

test('Clopper and Pearson at 5 of 10 is the published 0.187 … 0.813, ends are exact', () => {
  const { low, high } = clopperPearson(5, 10);
  assert.equal(low.toFixed(4), '0.1871');
  assert.equal(high.toFixed(4), '0.8129');
  assert.equal(clopperPearson(0, 10).low, 0);
  // (1 − p)¹⁰ = 0.025
  assert.equal(clopperPearson(0, 10).high.toFixed(9), (1 - 0.025 ** 0.1).toFixed(9));
  assert.equal(clopperPearson(10, 10).high, 1);
  assert.equal((clopperPearson(0, 1e6).high * 1e6).toFixed(2), '3.69');
  for (const [successes, trials] of [
    [0, 0],
    [-1, 3],
    [4, 3],
    [Number.NaN, 3],
  ]) {
    assert.throws(() => clopperPearson(successes, trials), { code: 'bad-data' });
  }
});

test('a clustered rate, worked by hand', () => {
  // Clusters 2/2, 0/2, 1/2: rate 1/2, residuals 1, −1, 0; variance 3/2 · 2 / 36 = 1/12; 0.25 / (1/12) = 3 trials, times
  // (1.959964 / 4.302653)² because three clusters leave two degrees of freedom.
  const { rate, effectiveTrials } = clusteredRate([2, 0, 1], [2, 2, 2]);
  assert.equal(rate, 0.5);
  assert.equal(effectiveTrials.toFixed(5), (3 * (1.959964 / 4.302653) ** 2).toFixed(5));
});

test('where all trials end alike each cluster counts once', () => {
  assert.deepEqual(clusteredRate([0, 0], [50, 50]), { rate: 0, effectiveTrials: 2 });
  assert.deepEqual(clusteredRate([5, 0, 3], [5, 0, 3]), { rate: 1, effectiveTrials: 2 });
  assert.deepEqual(clusteredRate([1], [4]), { rate: 0.25, effectiveTrials: 1 });
  assert.throws(() => clusteredRate([0], [0]), { code: 'bad-data' });
  assert.equal(effectiveInterval({ rate: 1, effectiveTrials: 3.3 }).high, 1);
});

test('independent trials keep their number, fully dependent ones count as their clusters', () => {
  const rng = Rng.seeded(5);
  const hits = Array.from({ length: 2000 }, () => (rng.next() < 0.2 ? 1 : 0));
  const alone = clusteredRate(
    hits,
    hits.map(() => 1),
  );
  assert.ok(Math.abs(alone.effectiveTrials / 2000 - 1) < 0.01, `${alone.effectiveTrials}`);
  const tenfold = clusteredRate(
    hits.map((hit) => 10 * hit),
    hits.map(() => 10),
  );
  assert.ok(Math.abs(tenfold.effectiveTrials / 2000 - 1) < 0.01, `${tenfold.effectiveTrials}`);
});

test('the clustered interval holds the true rate at least 93 times in 100; taking trials as independent would not', () => {
  // 60 subjects of 1 … 10 searches each, whose own rate is 0 or 2p alike: strongly dependent.
  const rate = 0.1;
  let held = 0;
  let heldIfIndependent = 0;
  const seeds = 600;
  for (let seed = 0; seed < seeds; seed++) {
    const rng = Rng.seeded(seed);
    const trials = Array.from({ length: 60 }, () => 1 + rng.int(10));
    const successes = trials.map((count) => {
      const own = rng.next() < 0.25 ? 4 * rate : 0;
      let hits = 0;
      for (let trial = 0; trial < count; trial++) hits += rng.next() < own ? 1 : 0;
      return hits;
    });
    const { low, high } = effectiveInterval(clusteredRate(successes, trials));
    if (low <= rate && rate <= high) held++;
    const sum = (counts: number[]) => counts.reduce((total, count) => total + count, 0);
    const naive = clopperPearson(sum(successes), sum(trials));
    if (naive.low <= rate && rate <= naive.high) heldIfIndependent++;
  }
  assert.ok(held / seeds >= 0.93, `held ${held} of ${seeds}`);
  assert.ok(heldIfIndependent / seeds < 0.93, `independent: ${heldIfIndependent} of ${seeds}`);
});
