import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Rng } from '../../../../src-main/common/rng.ts';
import {
  measureClosedSet,
  measureSearch,
  measureVerification,
} from '../../../../src-main/reports/benchmark/measure.ts';
import type { PairTable, ReportSettings } from '../../../../src-main/reports/benchmark/report-model.ts';

const SETTINGS: ReportSettings = {
  seed: 3,
  flipFusion: false,
  hrBackbone: 'teacher',
  replicates: 200,
  targetFmrs: [0.1, 0.001],
};

/** 200 pairs of 50 people in so many folds. */
function example(folds: number, hasPeople: boolean): { scores: number[]; table: PairTable } {
  const rng = Rng.seeded(folds);
  const pairs = Array.from({ length: 200 }, (_, pair) => pair);
  const isGenuine = pairs.map((pair) => (pair % 2 === 0 ? 1 : 0));
  const left = pairs.map((pair) => pair % 50);
  const right = pairs.map((pair) => (pair % 2 === 0 ? pair % 50 : (pair + 7) % 50));
  return {
    scores: isGenuine.map((flag) => rng.normal() + 2 * flag),
    table: {
      isGenuine,
      fold: pairs.map((pair) => Math.floor((pair * folds) / 200)),
      left,
      right,
      leftSubject: hasPeople ? left : null,
      rightSubject: hasPeople ? right : null,
      faceNames: null,
    },
  };
}

test('folds and people: accuracy with its interval, refused points, the worst pairs', () => {
  const { scores, table } = example(10, true);
  const measured = measureVerification(scores, table, SETTINGS);
  assert.equal(measured.folds, 10);
  const { low, high } = measured.accuracyInterval;
  assert.ok(
    measured.accuracy !== null && low < measured.accuracy && measured.accuracy < high && high - low < 0.25,
  );
  assert.equal(measured.intervalKind, 'people');
  assert.deepEqual(
    measured.operatingPoints.map(({ kind }) => kind),
    ['supported', 'refused'],
  );
  const impostors = scores.filter((_, pair) => table.isGenuine[pair] === 0).sort((a, b) => b - a);
  assert.deepEqual(
    measured.worstImpostors.map((pair) => scores[pair]),
    impostors.slice(0, 10),
  );
  assert.deepEqual(measureVerification(scores, table, SETTINGS), measured);
});

test('one fold: the best threshold decides; nobody named: intervals over pairs', () => {
  const { scores, table } = example(1, false);
  const measured = measureVerification(scores, table, SETTINGS);
  assert.deepEqual([measured.accuracy, measured.intervalKind, measured.aucInterval], [null, 'pairs', null]);
  const { low, high } = measured.accuracyInterval;
  assert.ok(low < measured.bestThresholdAccuracy && measured.bestThresholdAccuracy < high);
});

test('overlap, worked by hand: apart 0, the same 1', () => {
  const table = { ...example(1, false).table, isGenuine: [1, 1, 0, 0] as (0 | 1)[], fold: [0, 0, 0, 0] };
  assert.equal(measureVerification([2, 3, 0, 1], table, SETTINGS).histogram.overlap, 0);
  assert.equal(measureVerification([1, 2, 1, 2], table, SETTINGS).histogram.overlap, 1);
});

test('a classifier’s ranks and searches for strangers', () => {
  const cmc = measureClosedSet([0, 0, 1, 2], [1, 3, 1, 21]);
  assert.deepEqual([cmc[0].rate, cmc[2].rate, cmc[19].rate], [0.5, 0.75, 0.75]);
  const search = {
    subjects: [0, 1, ...Array.from({ length: 20 }, (_, stranger) => -2 - stranger)],
    mateScores: [0.9, 0.2, ...Array<null>(20).fill(null)],
    mateRanks: [1, 3, ...Array<null>(20).fill(null)],
    bestOther: [0.3, 0.4, ...Array.from({ length: 20 }, (_, stranger) => stranger / 40)],
    ranks: [1, 5],
    targetFpirs: [0.5],
    withinRank: 1,
  };
  const { mated, nonMated, openSet, meanAveragePrecision } = measureSearch(search, SETTINGS);
  assert.deepEqual([mated, nonMated, meanAveragePrecision], [2, 20, undefined]);
  const precisions = [1, 0.5, ...Array<null>(20).fill(null)];
  const { mean, interval } = measureSearch({ ...search, averagePrecisions: precisions }, SETTINGS)
    .meanAveragePrecision ?? { mean: 0, interval: { low: 0, high: 0 } };
  assert.deepEqual([mean, interval], [0.75, { low: 0.5, high: 1 }]);
  // 10 of 20 strangers may be accepted: the threshold is 0.25, which the second mate misses, as it does by its rank.
  const [point] = openSet;
  assert.ok(
    point.kind === 'supported' && point.fpir.hits === 10 && point.tpir === 0.5,
    JSON.stringify(point),
  );
});
