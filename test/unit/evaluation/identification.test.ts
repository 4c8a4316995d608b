import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Rng } from '../../../src-main/common/rng.ts';
import {
  cumulativeMatches,
  evaluateIdentification,
  identificationAt,
  type SupportedIdentification,
  tpirCurve,
} from '../../../src-main/evaluation/identification.ts';
import { type SearchOutcome, withMatesRemoved } from '../../../src-main/evaluation/search-outcomes.ts';

function mated(probeSubject: number, rank: number, score: number, bestOther: number): SearchOutcome {
  return { probeSubject, mate: { rank, score }, bestOther };
}

function nonMated(probeSubject: number, bestOther: number): SearchOutcome {
  return { probeSubject, mate: null, bestOther };
}

/** Four mated searches and twenty non-mated ones, whose best scores are 0.05, 0.10 … 1.00. */
const EXAMPLE: readonly SearchOutcome[] = [
  mated(1, 1, 0.97, 0.4),
  mated(2, 1, 0.72, 0.5),
  mated(3, 3, 0.55, 0.9),
  mated(4, 12, 0.31, 0.6),
  ...Array.from({ length: 20 }, (_, at) => nonMated(100 + at, (at + 1) / 20)),
];

function supported(outcomes: readonly SearchOutcome[], target: number, withinRank?: number) {
  const point = identificationAt(outcomes, target, { withinRank });
  assert.equal(point.kind, 'supported');
  return point as SupportedIdentification;
}

test('the CMC of a hand-worked example', () => {
  const rates = cumulativeMatches(EXAMPLE, [1, 2, 3, 12]);
  assert.deepEqual(
    rates.map(({ rank, hits, searches, rate }) => [rank, hits, searches, rate]),
    [
      [1, 2, 4, 0.5],
      [2, 2, 4, 0.5],
      [3, 3, 4, 0.75],
      [12, 4, 4, 1],
    ],
  );
  for (const { rate, interval } of rates) assert.ok(interval.low < rate && rate <= interval.high);
});

test('FNIR at an FPIR, worked by hand', () => {
  // At most 10 of 20 non-mated searches may return someone: all with 0.55 and more would be ten, and 0.55 is a score seen.
  const half = supported(EXAMPLE, 0.5);
  assert.deepEqual([half.threshold, half.fpir.hits, half.fnir.hits, half.tpir], [0.55, 10, 1, 0.75]);
  // With rank 1 asked for, the mate at rank 3 is missed too.
  assert.equal(supported(EXAMPLE, 0.5, 1).fnir.hits, 2);
  // At most 11: 0.5 is the lowest score that returns eleven.
  assert.deepEqual([supported(EXAMPLE, 0.56).threshold, supported(EXAMPLE, 0.56).fpir.hits], [0.5, 11]);
});

test('an FPIR that the data cannot support is refused with the number needed', () => {
  const point = identificationAt(EXAMPLE, 0.01);
  assert.deepEqual(point, {
    kind: 'refused',
    targetFpir: 0.01,
    nonMated: 20,
    nonMatedNeeded: 1000,
    reason:
      'FPIR 0.01 needs at least 1000 searches for subjects who are not enrolled (10 false ones), there are 20',
  });
});

test('evaluation reports each rank and target; closed sets have no open-set part', () => {
  const result = evaluateIdentification(EXAMPLE, { ranks: [1, 10], targetFpirs: [0.5, 0.01] });
  assert.deepEqual([result.mated, result.nonMated], [4, 20]);
  assert.deepEqual(
    result.openSet.map(({ kind }) => kind),
    ['supported', 'refused'],
  );
  assert.deepEqual(evaluateIdentification(EXAMPLE.slice(0, 4)).openSet, []);
});

test('rates equal naive counting on random searches', () => {
  for (let seed = 0; seed < 30; seed++) {
    const rng = Rng.seeded(seed);
    const digits = [1, 2, 9][seed % 3];
    const score = (mean: number) => Number((mean + 0.15 * rng.normal()).toFixed(digits));
    const outcomes = Array.from({ length: 200 }, (_, at) =>
      at % 3 === 0 ? nonMated(at, score(0.3)) : mated(at >> 3, 1 + rng.int(15), score(0.5), score(0.3)),
    );
    const mates = outcomes.flatMap(({ mate }) => (mate === null ? [] : [mate]));
    const others = outcomes.filter(({ mate }) => mate === null).map(({ bestOther }) => bestOther ?? 0);
    const point = supported(outcomes, 0.2);
    const returned = (threshold: number) => others.filter((other) => other >= threshold).length;
    assert.equal(point.fpir.hits, returned(point.threshold));
    assert.ok(returned(point.threshold) / others.length <= 0.2);
    // No lower score that was seen keeps the rule.
    for (const lower of [...mates.map((mate) => mate.score), ...others]) {
      if (lower < point.threshold) assert.ok(returned(lower) / others.length > 0.2, `seed ${seed}, ${lower}`);
    }
    assert.equal(point.fnir.hits, mates.filter((mate) => mate.score < point.threshold).length);
    const curve = tpirCurve(outcomes, 10_000);
    curve.thresholds.forEach((threshold, at) => {
      assert.equal(curve.fpir[at], returned(threshold) / others.length);
      const found = mates.filter((mate) => mate.score >= threshold).length;
      assert.ok(Math.abs(curve.tpir[at] - found / mates.length) < 1e-12);
    });
  }
});

test('searches of one subject widen the interval', () => {
  const each = (subjects: number) =>
    Array.from({ length: 100 }, (_, at) => mated(at % subjects, (at % subjects) % 2 === 0 ? 1 : 2, 0.5, 0.4));
  const width = (outcomes: readonly SearchOutcome[]) => {
    const [{ interval }] = cumulativeMatches(outcomes, [1]);
    return interval.high - interval.low;
  };
  assert.ok(width(each(10)) > 2 * width(each(100)));
});

test('bad input is named', () => {
  assert.throws(() => cumulativeMatches([nonMated(1, 0.5)], [1]), { code: 'bad-data' });
  assert.throws(() => cumulativeMatches(EXAMPLE, [0]), { code: 'bad-usage' });
  assert.throws(() => identificationAt(EXAMPLE, 0), { code: 'bad-usage' });
  const lonely = Array.from(
    { length: 20 },
    (): SearchOutcome => ({ ...mated(1, 1, 0.5, 0), bestOther: null }),
  );
  assert.throws(() => identificationAt([...lonely, ...withMatesRemoved(lonely)], 0.5), {
    code: 'bad-data',
    message: /at least one other subject/,
  });
});
